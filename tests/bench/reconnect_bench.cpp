// links: e2e/site digest host
// The network goes away and comes back: how long until the bridge is connected again and everything edited meanwhile is at the hub.
// In a network namespace of its own, whose loopback goes down and up, so that both ends meet what a pulled cable does.
//   reconnect_bench --hub FILE --bridge FILE [--rounds 5] [--seconds 60]
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

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

void run(const Flags& flags) {
  leave_the_network();
  set_loopback(true);
  constexpr std::size_t files = 20;
  Site site;
  const auto paths = site.make_small_files(25 * files);
  site.start_hub();
  site.join(site.hub.url());
  site.start_bridge();
  site.wait_live(paths.size());
  Samples connected, drained;
  const int seconds = flags.number("--seconds", 60);
  for (int round = 0; round < flags.number("--rounds", 5); ++round) {
    set_loopback(false);
    const auto cut = Stopwatch::now();
    for (std::size_t number = 0; number < files; ++number)
      e2e::save_in_place(site.specs / paths[number * 25], e2e::spec_text("Edited in round " + std::to_string(round)));
    std::this_thread::sleep_until(cut + std::chrono::seconds(seconds));  // the length of the cut is what is asked for
    const std::size_t before = site.bridge.log().size();
    const auto whole = Stopwatch::now();
    set_loopback(true);
    while (site.bridge.log().find("connected to the hub", before) == std::string::npos) {
      must(milliseconds_since(whole) < 120'000, "not connected: " + site.bridge.command({"status"}).output);
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    connected.add(milliseconds_since(whole));
    for (std::size_t number = 0; number < files; ++number) {
      const std::string& path = paths[number * 25];
      const std::string wanted = e2e::sha256_hex(tests::read_file(site.specs / path));
      while (site.hub.hash(site.project, path) != wanted) {
        must(milliseconds_since(whole) < 120'000, path + " did not arrive");
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
    }
    drained.add(milliseconds_since(whole));
  }
  Figures figures("reconnect");
  figures.add("cut_s", seconds, "s");
  figures.add("cuts", static_cast<double>(connected.count()), "");
  figures.add("connected", connected);
  figures.add("drained", drained);
  figures.finish();
}

}  // namespace
}  // namespace leanspec::bench

int main(int argc, char** argv) { leanspec::bench::run(leanspec::bench::Flags(argc, argv)); }
