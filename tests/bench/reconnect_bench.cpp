// links: e2e/site digest host
// The network goes away and comes back: how long until a bridge is connected again, and until everything edited meanwhile is at the hub.
// In a network namespace of its own, whose loopback goes down and up, so that both ends meet what a pulled cable does. Several
// machines meet each cut. A cut of less than 45 s leaves connections alive: then only the second figure is there.
//   reconnect_bench --hub FILE --bridge FILE [--rounds 2] [--seconds 60] [--bridges 10]
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <optional>

#include "host/descriptor.h"
#include "tests/bench/bench_site.h"

namespace leanspec::bench {
namespace {

void set_loopback(bool up) {
  const host::Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  must(::ioctl(socket.get(), SIOCGIFFLAGS, &request) == 0, "the loopback cannot be asked");
  const int flags = up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP;
  request.ifr_flags = static_cast<short>(flags);
  must(::ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0, "the loopback cannot be switched");
}

/// A network of our own; as somebody else than root with a user namespace around it.
void leave_the_network() {
  const uid_t user = ::getuid();
  const gid_t group = ::getgid();
  if (user == 0 && ::unshare(CLONE_NEWNET) == 0) return;
  must(::unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0, "no network namespace here");
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
  std::ofstream("/proc/self/gid_map") << "0 " << group << " 1";
}

constexpr std::size_t edited = 20;

/// One bridge with a folder and a project of its own.
struct Machine {
  e2e::BridgeProcess bridge;
  std::string project;
  std::filesystem::path specs;
  std::vector<std::string> paths;
  std::size_t log_read = 0;

  Machine(Site& site, std::size_t number)
      : bridge(site.scratch, "machine-" + std::to_string(number)), project("project-" + std::to_string(number)) {
    specs = site.scratch / (project + "/specs");
    for (std::size_t spec = 0; spec < edited; ++spec) {
      paths.push_back(std::to_string(100 + spec) + "-spec/README.md");
      e2e::save_in_place(specs / paths.back(), e2e::spec_text("Spec " + std::to_string(spec)));
    }
    must(bridge.login(site.hub.url(), site.hub.key()).code == 0, "a bridge could not log in");
    must(bridge.add(specs, project).code == 0, "a folder could not be added");
    bridge.start_at_once();
  }
  /// When it wrote that everything is at the hub, after `from` in its log.
  [[nodiscard]] std::optional<WallTime> live(std::size_t from) const {
    return logged_at(bridge.log(), from, {"state=live", "in_sync=" + std::to_string(edited)});
  }
  [[nodiscard]] std::string trouble() const { return project + ": " + bridge.command({"status"}).output; }
};

/// The first time that `find` gives for this machine.
template <typename Find>
[[nodiscard]] WallTime wait_for(const Machine& machine, Find&& find) {
  const auto deadline = Stopwatch::now() + std::chrono::minutes(2);
  std::optional<WallTime> found;
  while (!(found = find())) {
    if (Stopwatch::now() > deadline) must(false, machine.trouble());
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return *found;
}

void run(const Flags& flags) {
  leave_the_network();
  set_loopback(true);
  Site site;
  site.start_hub();
  std::vector<std::unique_ptr<Machine>> machines;
  for (int number = 0; number < flags.number("--bridges", 10); ++number)
    machines.push_back(std::make_unique<Machine>(site, static_cast<std::size_t>(number)));
  for (const auto& machine : machines) (void)wait_for(*machine, [&] { return machine->live(0); });

  Samples connected, drained;
  const int seconds = flags.number("--seconds", 60);
  for (int round = 0; round < flags.number("--rounds", 2); ++round) {
    for (const auto& machine : machines) machine->log_read = machine->bridge.log().size();
    set_loopback(false);
    const auto cut = Stopwatch::now();
    for (const auto& machine : machines) {
      for (const std::string& path : machine->paths)
        e2e::save_in_place(machine->specs / path, e2e::spec_text("Edited in round " + std::to_string(round)));
    }
    std::this_thread::sleep_until(cut + std::chrono::seconds(seconds));  // the length of the cut is what is asked for
    const auto whole = wall_now();
    set_loopback(true);
    const auto since_whole = [&](WallTime at) { return static_cast<double>((at - whole).count()); };
    for (const auto& machine : machines) {
      drained.add(since_whole(wait_for(*machine, [&] { return machine->live(machine->log_read); })));
      if (const auto at = logged_at(machine->bridge.log(), machine->log_read, {"connected to the hub"}))
        connected.add(since_whole(*at));
      for (const std::string& path : machine->paths) {
        const auto there = site.hub.file(machine->project, path);
        must(there && there->content == tests::read_file(machine->specs / path), path + " differs at the hub");
      }
    }
  }
  Figures figures("reconnect");
  figures.add("cut_s", seconds, "s");
  figures.add("bridges_cut", static_cast<double>(drained.count()), "");
  figures.add("bridges_connected_anew", static_cast<double>(connected.count()), "");
  figures.add("connected", connected);
  figures.add("drained", drained);
  figures.finish();
}

}  // namespace
}  // namespace leanspec::bench

int main(int argc, char** argv) { leanspec::bench::run(leanspec::bench::Flags(argc, argv)); }
