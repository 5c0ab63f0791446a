#include "bridge/run/synced_folder.h"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cstring>
#include <utility>

#include "bridge/disk/state_database.h"
#include "host/process_memory.h"
#include "host/system_file_tree.h"

namespace leanspec::bridge::run {
namespace {

[[nodiscard]] std::string last_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

SyncedFolder::SyncedFolder(FolderServices services, FolderOwner& owner, FolderSettings settings)
    : services_(std::move(services)),
      owner_(owner),
      settings_(std::move(settings)),
      journal_(services_.log, services_.clock, settings_.root),
      copies_(services_.state.copies_file(settings_.replica), services_.clock),
      work_tree_(settings_.root),
      reconnect_([&entropy = services_.entropy] {
        std::array<std::uint8_t, 8> bytes{};
        entropy.fill(bytes);
        std::uint64_t bits = 0;
        std::memcpy(&bits, bytes.data(), sizeof bits);
        return bits;
      }),
      git_asker_(services_.context,
                 [this](const engine::GitAnswer& answer) {
                   if (!engine_) return;
                   look_at_git();
                   engine_->git_answered(answer, now());
                   driver_->perform(now());
                 }),
      timer_watch_(services_.context, [this] { on_time(); }),
      disk_watch_(services_.context, [this] { on_disk(); }) {}

SyncedFolder::~SyncedFolder() {
  *alive_ = false;
}

engine::Now SyncedFolder::now() const {
  return engine::Now{services_.clock.since_boot(), services_.clock.now()};
}

void SyncedFolder::start() {
  if (!timer_) {
    auto timer = host::BootTimer::make();
    if (!timer) return fail(timer.error());
    timer_.emplace(*std::move(timer));
    timer_watch_.watch(timer_->descriptor());
  }
  if (const Status opened = open(); !opened) return fail(opened.error());
  if (failure_) journal_.opened_again();
  failure_.reset();
  disk_watch_.watch(watcher_->descriptor());
  owner_.status_changed();
  driver_->perform(now());
}

Status SyncedFolder::open() {
  LEANSPEC_ASSIGN(auto lock, disk::RootLock::acquire(settings_.root));
  lock_.emplace(std::move(lock));
  LEANSPEC_ASSIGN(auto state,
                  disk::open_state_database(services_.state.replica_file(settings_.replica), services_.clock.now()));
  store_ = std::move(state.store);
  if (!state.notice.empty()) {
    notice_ = state.notice;
    journal_.state_was_damaged(notice_);
  }
  LEANSPEC_ASSIGN(tree_, host::open_file_tree(settings_.root));
  applier_.emplace(*tree_, &copies_);
  scanner_ = std::make_unique<disk::Scanner>(*tree_, services_.clock);
  (void)scanner_->load_rules();  // what fails here is found and said by the first scan
  watched_rules_ = scanner_->rules();
  disk::WatcherOptions watching;
  watching.root = settings_.root;
  watching.ignored = [scanner = scanner_.get()](std::string_view path, bool is_folder) {
    return scanner->rules()->match(path, is_folder).has_value();
  };
  watcher_ = disk::make_inotify_watcher(std::move(watching), services_.clock.since_boot());

  const MachineIdentity machine = owner_.machine();
  engine::ReplicaConfig config;
  config.machine = machine.id;
  config.machine_name = machine.name;
  config.machine_renamed = machine.renamed;
  config.replica = settings_.replica;
  config.project = settings_.project;
  config.create_project = settings_.create_project;
  config.branch = settings_.branch;
  config.mode = settings_.mode;
  config.client_version = services_.version;
  config.platform = services_.platform;
  config.root_hint = last_name(settings_.root);
  config.boot_nonce = services_.boot_nonce;
  config.boot = services_.boot;
  auto make_uuid = [this] { return services_.entropy.uuid7(services_.clock.now()); };
  LEANSPEC_ASSIGN(engine_, engine::ReplicaEngine::open(std::move(config), *store_, make_uuid, now(),
                                                       work_tree_.read(services_.clock.now())));
  engine::ReplicaPort& port = *this;
  driver_.emplace(*engine_, reconnect_, port);
  return {};
}

void SyncedFolder::close_all() {
  ++life_;
  git_asker_.forget();
  disk_watch_.stop();
  link_.reset();
  driver_.reset();
  engine_.reset();
  watcher_.reset();
  scanner_.reset();
  applier_.reset();
  tree_.reset();
  store_.reset();
  lock_.reset();
}

void SyncedFolder::fail(const Error& error) {
  if (!failure_ || *failure_ != error) journal_.failed(error);
  failure_ = error;
  connection_ = "the folder cannot be synced";
  close_all();
  open_again_ = services_.clock.since_boot() + open_again_after;
  if (timer_) timer_->set(open_again_);
  owner_.status_changed();
}

void SyncedFolder::stop() {
  stopping_ = true;
  timer_watch_.stop();
  disk_watch_.stop();
  git_asker_.forget();
  if (driver_) driver_->stop();
  if (link_) link_->close("leanspec-bridge is stopping");
}

Result<engine::ReplicaEngine*> SyncedFolder::running() const {
  if (engine_) return engine_.get();
  return Error(ErrorCode::unavailable, failure_ ? failure_->what : "is not open yet", settings_.root,
               failure_ ? failure_->remedy : "");
}

control::FolderStatus SyncedFolder::status() const {
  control::FolderStatus status;
  status.root = settings_.root;
  status.project = settings_.project;
  if (engine_) status.replica = engine_->status(now());
  if (failure_) {
    status.problem = failure_->what;
    status.remedy = failure_->remedy;
  }
  if (!link_ || !connection_.empty()) {
    status.connection = connection_;
    status.connection_remedy = connection_remedy_;
  }
  if (watcher_) status.warnings = watcher_->warnings();
  if (!notice_.empty()) status.warnings.push_back(notice_);
  if (const auto& problem = copies_.problem())
    status.warnings.push_back(problem->sentence() + "; what is replaced here is only in the hub's history for now");
  return status;
}

Result<engine::FileExplanation> SyncedFolder::why(const std::string& path) {
  LEANSPEC_ASSIGN(const auto* replica, running());
  auto explanation = replica->why(path, now());
  const auto kept = copies_.list(path);
  if (kept && !kept->empty()) {
    explanation.sentence += (explanation.sentence.empty() ? "" : "; ") + std::to_string(kept->size()) +
                            (kept->size() == 1 ? " earlier text of it is" : " earlier texts of it are") +
                            " kept on this machine (leanspec-bridge history FILE)";
  }
  return explanation;
}

Status SyncedFolder::accept(const std::string& path) {
  LEANSPEC_ASSIGN(auto* replica, running());
  look_at_git();
  LEANSPEC_TRY(replica->accept(path, now()));
  driver_->perform(now());
  return {};
}

void SyncedFolder::refresh() {
  if (!driver_) return;
  look_at_git();
  driver_->perform(now());
}

void SyncedFolder::look_at_git() {
  if (engine_) engine_->git_seen(work_tree_.read(services_.clock.now()), now());
}

Status SyncedFolder::tell(void (engine::ReplicaEngine::*wish)(engine::Now)) {
  LEANSPEC_ASSIGN(auto* replica, running());
  look_at_git();
  (replica->*wish)(now());
  driver_->perform(now());
  return {};
}

Result<FlushTicket> SyncedFolder::flush() {
  LEANSPEC_ASSIGN(auto* replica, running());
  look_at_git();
  const FlushTicket ticket{life_, replica->rescan(now())};
  driver_->perform(now());
  return ticket;
}

std::optional<bool> SyncedFolder::flushed(const FlushTicket& ticket) const {
  if (!engine_ || ticket.life != life_) return std::nullopt;
  return engine_->flushed(ticket.ticket);
}

void SyncedFolder::settings_changed() {
  if (driver_) driver_->settings_changed(now());
}

void SyncedFolder::restart() {
  close_all();
  reconnect_.settings_changed(services_.clock.since_boot());
  start();
}

void SyncedFolder::network_up() {
  if (driver_) driver_->network_up(now());
}

void SyncedFolder::drop_connection() {
  if (!link_) return;
  // Perhaps we are in one of its calls.
  boost::asio::post(services_.context, [old = std::shared_ptr<link::HubLink>(std::move(link_))] {});
  link_.reset();
}

void SyncedFolder::link_opened() {
  connection_.clear();
  connection_remedy_.clear();
  look_at_git();
  driver_->opened(now());
}

void SyncedFolder::link_received(wire::ToBridge message) {
  if (const auto* welcome = std::get_if<wire::Welcome>(&message)) {
    journal_.connected(*welcome);
    if (!welcome->project.empty() && (welcome->project != settings_.project || settings_.create_project)) {
      settings_.project = welcome->project;
      settings_.create_project = false;
      owner_.project_settled(settings_.replica, welcome->project);
    }
    if (!welcome->machine_name.empty()) owner_.machine_renamed(welcome->machine_name);
  } else if (const auto* notice = std::get_if<wire::Notice>(&message)) {
    journal_.told(*notice);
    if (!notice->machine_name.empty()) owner_.machine_renamed(notice->machine_name);
  }
  look_at_git();
  driver_->received(message, now());
}

void SyncedFolder::link_ended(link::LinkEnd end) {
  drop_connection();
  if (driver_) driver_->ended(std::move(end), now());
}

void SyncedFolder::connection_ended(const engine::ConnectionEnd& end) {
  if (end.why != connection_ && !stopping_) journal_.connection_ended(end);
  connection_ = end.why;
  connection_remedy_ = end.remedy;
  owner_.status_changed();
}

Status SyncedFolder::connect() {
  auto address = owner_.hub_address();
  Result<std::unique_ptr<link::HubLink>> opened = address ? link::HubLink::open(services_.context, *address, *this)
                                                          : Result<std::unique_ptr<link::HubLink>>(address.error());
  if (opened) {
    link_ = *std::move(opened);
    return {};
  }
  const Error& error = opened.error();
  connection_ = error.subject.empty() ? error.what : error.subject + ": " + error.what;
  connection_remedy_ = error.remedy;
  owner_.status_changed();
  return error;
}

void SyncedFolder::send(const wire::ToHub& message) {
  if (link_) link_->send(message);
}

void SyncedFolder::scan(engine::ScanRequest request) {
  looks_everywhere_ = request.everything;
  scanner_->begin(std::move(request));
}

/// In a turn of its own: the driver is in the middle of handing out.
void SyncedFolder::apply(engine::ApplyRequest request) {
  boost::asio::post(services_.context, [this, alive = alive_, life = life_, request = std::move(request)] {
    if (!*alive || life != life_ || !applier_) return;
    const auto result = applier_->carry_out(request);
    look_at_git();
    engine_->applied(result, now());
    driver_->perform(now());
  });
}

void SyncedFolder::ask_git(engine::GitQuestion question) {
  git_asker_.ask(std::move(question), work_tree_.top(), work_tree_.prefix());
}

void SyncedFolder::status_changed() {
  journal_.status_changed();
  owner_.status_changed();
}

void SyncedFolder::on_time() {
  timer_->clear();
  if (failure_) return start();
  const BootTime at = services_.clock.since_boot();
  look_at_git();
  hint(watcher_->tick(at));
  disk_watch_.watch(watcher_->descriptor());
  driver_->tick(now());
}

void SyncedFolder::on_disk() {
  if (!watcher_) return;
  look_at_git();
  hint(watcher_->take(services_.clock.since_boot()));
  if (watcher_->state() == disk::WatchState::root_gone)
    lock_.reset();  // a lock on a folder that is not the root any more
  driver_->perform(now());
}

void SyncedFolder::hint(const std::vector<engine::Hint>& hints) {
  for (const engine::Hint& one : hints) engine_->hinted(one, now());
}

void SyncedFolder::step() {
  stepping_ = false;
  if (!engine_ || stopping_) return;
  if (const auto result = scanner_->step(engine_->files())) scanned(*result);
  if (driver_) driver_->perform(now());
}

void SyncedFolder::scanned(const engine::ScanResult& result) {
  if (result.root == engine::RootHealth::healthy && !lock_) {
    auto lock = disk::RootLock::acquire(settings_.root);
    if (!lock && lock.error().code == ErrorCode::conflict) return fail(lock.error());
    if (lock) lock_.emplace(*std::move(lock));
  }
  const bool other_rules = result.rules != nullptr && result.rules != watched_rules_;
  if (looks_everywhere_ && engine::writes_here(settings_.mode)) {
    if (auto names = applier_->left_overs()) engine_->seen_in_staging(*std::move(names));
  }
  look_at_git();
  engine_->scanned(result, now());
  if (!other_rules) return;
  watched_rules_ = scanner_->rules();
  watcher_->rewatch(services_.clock.since_boot());
  disk_watch_.watch(watcher_->descriptor());
  engine_->hinted(engine::Hint(), now());  // of kind overflow: nobody listened during the change
}

void SyncedFolder::performed() {
  if (!scanner_->idle() && !stepping_) {
    stepping_ = true;
    boost::asio::post(services_.context, [this, alive = alive_] {
      if (*alive) step();
    });
  }
  const bool arrived = journal_.note(*engine_);
  if (arrived && services_.clock.since_boot() >= tidy_after_) {
    host::return_free_memory();  // of the look at everything and of a first sync
    tidy_after_ = services_.clock.since_boot() + tidy_interval;
  }
  prune_copies();
  schedule();
}

/// Never with a wake-up of its own: a folder at rest is looked at now and then anyway.
void SyncedFolder::prune_copies() {
  const BootTime at = services_.clock.since_boot();
  if (at < prune_after_ || !engine_->quiet()) return;
  const auto more = copies_.prune([&pending = engine_->state().pending](const Digest& digest) {
    return std::any_of(pending.begin(), pending.end(), [&](const auto& one) { return one.second.digest == digest; });
  });
  prune_after_ = more && *more ? at : at + prune_interval;
}

void SyncedFolder::schedule() {
  std::optional<BootTime> next = driver_->deadline();
  const auto consider = [&next](std::optional<BootTime> when) {
    if (when && (!next || *when < *next)) next = when;
  };
  consider(watcher_->deadline());
  consider(journal_.deadline());
  timer_->set(next);
}

}  // namespace leanspec::bridge::run
