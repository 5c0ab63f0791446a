#include "bridge/run/daemon.h"

#include <signal.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>

#include "bridge/run/service_notice.h"
#include "host/durable_file.h"
#include "host/process_memory.h"
#include "wire/limits.h"

namespace leanspec::bridge::run {
namespace {

/// How long the goodbyes to the hub may take before the program ends anyway; nothing depends on them.
constexpr std::chrono::milliseconds goodbye{300};

/// A restart may come while the one before is still ending, and `status` and the like hold the lock for a moment.
constexpr std::chrono::milliseconds predecessor{3000};

[[nodiscard]] std::string platform_name() {
  utsname system{};
  if (::uname(&system) != 0) return "linux";
  return std::string("linux-") + system.machine;
}

/// The kernel makes one per boot. Without it each start counts as a boot, which only makes ages less exact.
[[nodiscard]] Uuid boot_of_machine(host::Entropy& entropy, Instant now) {
  const auto text = host::read_small_file("/proc/sys/kernel/random/boot_id", 64);
  const auto boot = text && text->size() >= 36 ? parse_uuid(std::string_view(*text).substr(0, 36)) : std::nullopt;
  return boot ? *boot : entropy.uuid7(now);
}

}  // namespace

std::string program_version() {
  return LEANSPEC_VERSION;
}

Daemon::Daemon(StateFolder state, RunSettings settings, const host::Clock& clock, host::Entropy& entropy,
               host::Log& log)
    : state_(std::move(state)),
      settings_(std::move(settings)),
      clock_(clock),
      entropy_(entropy),
      log_(log),
      timer_watch_(context_, [this] { tell_watching(); }),
      network_watch_(context_,
                     [this] {
                       if (!network_->take()) return;
                       for (const auto& folder : folders_) folder->network_up();
                     }),
      shutdown_watch_(context_, [this] { stop(); }) {}

Daemon::~Daemon() = default;

Status Daemon::prepare() {
  LEANSPEC_ASSIGN(auto lock, host::FileLock::acquire(state_.lock_file(), "leanspec-bridge run", predecessor));
  lock_.emplace(std::move(lock));
  LEANSPEC_ASSIGN(machine_, state_.machine(entropy_, clock_.now(), settings_.name));
  boot_ = boot_of_machine(entropy_, clock_.now());
  boot_nonce_ = entropy_.uuid7(clock_.now());
  LEANSPEC_ASSIGN(auto timer, host::BootTimer::make());
  timer_.emplace(std::move(timer));
  timer_watch_.watch(timer_->descriptor());
  if (auto network = host::NetworkChanges::open()) {
    network_.emplace(*std::move(network));
    network_watch_.watch(network_->descriptor());
  }
  control_ = std::make_unique<ControlServer>(
      context_, [this](const control::Words& words, const std::shared_ptr<Conversation>& conversation) {
        handle(words, conversation);
      });
  return control_->listen(state_.control_socket());
}

Status Daemon::run(host::ShutdownSignal& shutdown) {
  host::keep_memory_small();
  LEANSPEC_TRY(prepare());
  shutdown_watch_.watch(shutdown.descriptor());
  LEANSPEC_ASSIGN(const auto folders, state_.folders());
  log_.info("leanspec-bridge is running", {{"version", program_version()},
                                           {"machine", machine_.name},
                                           {"folders", static_cast<std::int64_t>(folders.size())},
                                           {"state", state_.path()}});
  if (folders.empty()) log_.info("no folder is synced yet; add one: leanspec-bridge add [PATH]");
  for (const FolderSettings& folder : folders) take_on(folder).start();
  notify_service("READY=1");
  context_.run();
  notify_service("STOPPING=1");
  const int signal = shutdown.take();
  log_.info("stopping", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
  for (const auto& folder : folders_) folder->stop();
  context_.restart();
  context_.run_for(goodbye);
  folders_.clear();
  ::unlink(state_.control_socket().c_str());
  return {};
}

void Daemon::stop() {
  context_.stop();
}

SyncedFolder& Daemon::take_on(const FolderSettings& folder) {
  FolderServices services{context_,          clock_,          entropy_, log_,       state_,
                          program_version(), platform_name(), boot_,    boot_nonce_};
  folders_.push_back(std::make_unique<SyncedFolder>(std::move(services), *this, folder));
  return *folders_.back();
}

Result<link::HubAddress> Daemon::hub_address() {
  LEANSPEC_ASSIGN(const HubSettings saved, state_.hub());
  link::HubAddress address;
  address.url = settings_.hub_url.empty() ? saved.url : settings_.hub_url;
  if (address.url.empty()) {
    return Error(ErrorCode::unauthenticated, "no hub is known yet", "",
                 "Run: leanspec-bridge login URL --api-key-file FILE");
  }
  LEANSPEC_ASSIGN(address.key,
                  settings_.key_file.empty() ? read_key(saved.key_file, true) : read_key(settings_.key_file, false));
  const std::string& ca_file = settings_.ca_file.empty() ? saved.ca_file : settings_.ca_file;
  if (!ca_file.empty()) address.ca_file = ca_file;
  return address;
}

void Daemon::project_settled(const ReplicaId&, const std::string&) {
  if (const Status saved = save_folders(); !saved)
    log_.error("settings could not be saved", {{"why", saved.error().sentence()}});
}

void Daemon::machine_renamed(const std::string& name) {
  if (name.size() > wire::limits::name_bytes_max || (name == machine_.name && !machine_.renamed)) return;
  if (name != machine_.name) log_.info("this machine has another name at the hub", {{"name", name}});
  machine_.name = name;
  machine_.renamed = false;
  if (const Status saved = state_.save_machine(machine_); !saved)
    log_.error("settings could not be saved", {{"why", saved.error().sentence()}});
}

Status Daemon::save_folders() const {
  std::vector<FolderSettings> folders;
  folders.reserve(folders_.size());
  for (const auto& folder : folders_) folders.push_back(folder->settings());
  return state_.save_folders(folders);
}

control::BridgeStatus Daemon::status() const {
  control::BridgeStatus status;
  status.version = program_version();
  status.machine_id = to_string(machine_.id.value());
  status.machine_name = machine_.name;
  const auto hub = state_.hub();
  status.hub_url = !settings_.hub_url.empty() ? settings_.hub_url : hub ? hub->url : std::string();
  status.running = true;
  for (const auto& folder : folders_) status.folders.push_back(folder->status());
  return status;
}

void Daemon::send_status(Watching& watching) {
  if (watching.conversation->waiting() > 0) return;  // a reader that is behind gets the next one
  const control::BridgeStatus now = status();
  if (watching.json) return watching.conversation->output(control::status_json(now) + "\n");
  const std::string text = control::status_text(now, clock_.now(), watching.colour);
  watching.conversation->output(watching.colour ? "\033[H\033[2J" + text : text + "\n");
}

void Daemon::status_changed() {
  flush_wait_.status_changed();
  if (watching_.empty() || status_due_) return;
  status_due_ = true;
  timer_->set(std::max(clock_.since_boot(), status_sent_ + watch_interval));
}

void Daemon::tell_watching() {
  timer_->clear();
  status_due_ = false;
  status_sent_ = clock_.since_boot();
  std::erase_if(watching_, [](const Watching& watching) { return watching.conversation->closed(); });
  for (Watching& watching : watching_) send_status(watching);
}

}  // namespace leanspec::bridge::run
