#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdlib>

#include "bridge/control/control_socket.h"
#include "bridge/control/json_writer.h"
#include "bridge/disk/applier.h"
#include "bridge/disk/file_system_kind.h"
#include "bridge/disk/watcher.h"
#include "bridge/run/commands.h"
#include "bridge/run/daemon.h"
#include "bridge/run/stopped_bridge.h"
#include "host/durable_file.h"
#include "host/system_file_tree.h"
#include "sync/ignore_rules.h"

namespace leanspec::bridge::run {
namespace {

enum class Finding { good, note, wrong };

struct Check {
  Finding finding = Finding::good;
  std::string what;
  std::string remedy;
};

/// Below this the state database may fail to commit before anyone notices.
constexpr std::uint64_t free_bytes_low = 100ULL * 1024 * 1024;

class Doctor {
 public:
  explicit Doctor(const StateFolder& state) : state_(state) {}

  void examine() {
    state_folder();
    daemon();
    hub();
    folders();
    system();
  }

  [[nodiscard]] const std::vector<Check>& checks() const { return checks_; }
  [[nodiscard]] bool healthy() const {
    for (const Check& check : checks_) {
      if (check.finding == Finding::wrong) return false;
    }
    return true;
  }

 private:
  void say(Finding finding, std::string what, std::string remedy = {}) {
    checks_.push_back(Check{finding, std::move(what), std::move(remedy)});
  }
  void say(const Error& error) {
    say(Finding::wrong, (error.subject.empty() ? "" : error.subject + ": ") + error.what, error.remedy);
  }

  void state_folder() {
    say(Finding::good, "state folder " + state_.path() + " is private");
    struct statvfs disk {};
    if (::statvfs(state_.path().c_str(), &disk) != 0) return;
    const std::uint64_t free_bytes = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    if (free_bytes < free_bytes_low) {
      say(Finding::wrong, "only " + std::to_string(free_bytes / (1024 * 1024)) + " MiB are free for the state folder",
          "Free some space.");
    }
  }

  void daemon() {
    if (control::daemon_runs(state_.control_socket())) {
      return say(Finding::good, "leanspec-bridge is running (leanspec-bridge status says what it does)");
    }
    say(Finding::note, "leanspec-bridge is not running",
        "Start it: leanspec-bridge run, or leanspec-bridge service install");
    const auto status = StoppedBridge(state_).status();
    if (!status) return say(status.error());
    for (const control::FolderStatus& folder : status->folders) {
      if (!folder.problem.empty()) say(Finding::wrong, folder.root + ": " + folder.problem, folder.remedy);
    }
  }

  void hub() {
    const auto hub = state_.hub();
    if (!hub) return say(hub.error());
    if (hub->url.empty())
      return say(Finding::wrong, "no hub is known", "Run: leanspec-bridge login URL --api-key-file FILE");
    const auto key = read_key(hub->key_file, true);
    if (!key) return say(key.error());
    const auto machine = state_.machine(host::system_entropy(), host::system_clock().now(), "");
    if (!machine) return say(machine.error());
    const auto welcome = try_hub(*hub, *key, *machine);
    if (!welcome) return say(welcome.error());
    say(Finding::good, "the hub " + hub->url + " (version " + welcome->hub_version + ") accepts this machine, \"" +
                           machine->name + "\"");
    if (!welcome->warning.empty()) say(Finding::note, "the hub warns: " + welcome->warning);
    const auto skew =
        std::chrono::duration_cast<std::chrono::seconds>(welcome->hub_time - host::system_clock().now()).count();
    if (skew > 60 || skew < -60) {
      say(Finding::note, "the clocks of this machine and the hub differ by " + std::to_string(std::abs(skew)) + " s",
          "Sync works all the same; times shown may surprise. Set the clock (timedatectl set-ntp true).");
    }
  }

  void folders() {
    const auto folders = state_.folders();
    if (!folders) return say(folders.error());
    if (folders->empty()) say(Finding::note, "no folder is synced yet", "Run: leanspec-bridge add [PATH]");
    for (const FolderSettings& folder : *folders) examine_folder(folder);
  }

  void examine_folder(const FolderSettings& folder) {
    auto tree = host::open_file_tree(folder.root);
    if (!tree) return say(tree.error());
    const auto entries = (*tree)->list("");
    if (!entries) return say(entries.error());
    say(Finding::good, folder.root + " can be read (project \"" + folder.project + "\")");
    const auto kind = disk::file_system_kind(folder.root);
    if (!kind.tells_changes) {
      say(Finding::note, folder.root + " is on " + kind.name +
                             ", which does not tell of changes made elsewhere; it is looked at every " +
                             std::to_string(disk::poll_interval.count()) + " s");
    }
    if (engine::writes_here(folder.mode)) {
      disk::Applier applier(**tree);
      if (const Status probed = applier.probe(); !probed) {
        say(probed.error());
      } else if (const auto protection = applier.protection(); !protection.whole()) {
        say(Finding::note, folder.root + ": " + protection.sentence(),
            "Keep the specs on a local disk if you can; otherwise save in one place at a time.");
      } else {
        say(Finding::good, folder.root + ": a file is replaced in one step, and never one that is being written");
      }
      if (const auto names = applier.protection().names_sentence(); !names.empty())
        say(Finding::note, folder.root + ": " + names);
    }
    disk::WatcherOptions watching;
    watching.root = folder.root;
    watching.ignored = [](std::string_view path, bool is_folder) {
      return sync::IgnoreRules().match(path, is_folder).has_value();
    };
    const auto watcher = disk::make_inotify_watcher(std::move(watching), host::system_clock().since_boot());
    if (watcher->state() == disk::WatchState::polling && kind.tells_changes) {
      for (const std::string& warning : watcher->warnings()) say(Finding::wrong, folder.root + ": " + warning);
    } else {
      say(Finding::good, folder.root + ": " + std::to_string(watcher->watched()) + " folders can be watched");
    }
  }

  void system() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < 256) {
      say(Finding::wrong, "only " + std::to_string(files.rlim_cur) + " files may be open at once",
          "Raise it: ulimit -n 1024");
    }
  }

  const StateFolder& state_;
  std::vector<Check> checks_;
};

}  // namespace

int run_doctor(const CommandLine& line, const StateFolder& state) {
  Doctor doctor(state);
  doctor.examine();
  if (line.has("json")) {
    control::JsonWriter json;
    json.begin_object().key("healthy").boolean(doctor.healthy()).key("checks").begin_array();
    for (const Check& check : doctor.checks()) {
      const std::string_view finding = check.finding == Finding::good   ? "good"
                                       : check.finding == Finding::note ? "note"
                                                                        : "wrong";
      json.begin_object()
          .field("finding", finding)
          .field("what", check.what)
          .field("remedy", check.remedy)
          .end_object();
    }
    print(json.end_array().end_object().str() + "\n");
  } else {
    for (const Check& check : doctor.checks()) {
      print(check.finding == Finding::good ? "  ok     " : check.finding == Finding::note ? "  note   " : "  WRONG  ");
      print(check.what + "\n");
      if (!check.remedy.empty()) print("         → " + check.remedy + "\n");
    }
  }
  return doctor.healthy() ? exit_done : exit_attention;
}

}  // namespace leanspec::bridge::run
