#include "tests/fakes/replica_bench.h"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <variant>

namespace leanspec::fakes {

ReplicaBench::ReplicaBench(bool connect_first) {
  start();
  if (connect_first) connect();
}

void ReplicaBench::start() {
  replica.reset();
  online = false;
  to_hub.clear();
  engine::ReplicaConfig config;
  config.machine = MachineId{id(1)};
  config.machine_name = "anvil";
  config.replica = ReplicaId{id(2)};
  config.project = "specs";
  config.boot = boot_;
  config.rescan_interval = std::chrono::seconds{0};
  config.document_bytes_max = document_bytes_max;
  config.mode = mode;
  config.branch = branch;
  config.follows_git = !branch.empty();
  auto opened = engine::ReplicaEngine::open(
      config, store, [this] { return id(++ids_); }, now_, git);
  replica = std::move(opened).value();
  if (after_open) after_open();
  carry_out();
}

void ReplicaBench::reboot(std::chrono::milliseconds jump) {
  boot_ = id(++ids_);
  now_ = {BootTime{std::chrono::seconds{1}}, now_.wall + jump};
  start();
}

void ReplicaBench::connect() {
  online = true;
  replica->connected(now_);
  carry_out();
}

void ReplicaBench::cut(const std::string& why) {
  online = false;
  to_hub.clear();
  replica->disconnected(why, now_);
  carry_out();
}

void ReplicaBench::save(const std::string& path, std::string text) {
  disk.write(path, std::move(text));
  hint({engine::HintKind::closed, path, std::nullopt, false});
}

void ReplicaBench::replace(const std::string& path, std::string text) {
  disk.replace(path, std::move(text));
  hint({engine::HintKind::moved_in, path, std::nullopt, false});
}

void ReplicaBench::rename(const std::string& from, const std::string& to) {
  disk.rename(from, to);
  hint({engine::HintKind::moved_in, to, from, false});
}

void ReplicaBench::remove(const std::string& path) {
  disk.files.erase(path);
  hint({engine::HintKind::removed, path, std::nullopt, false});
}

void ReplicaBench::save_all(int count) {
  for (int i = 0; i < count; ++i) disk.write("f" + std::to_string(i) + ".md", "text number " + std::to_string(i));
  replica->rescan(now());
  carry_out();
  pass(a_while);
}

void ReplicaBench::hint(const engine::Hint& hint) {
  look_at_git();
  replica->hinted(hint, now_);
  carry_out();
}

void ReplicaBench::pass(std::chrono::milliseconds time) {
  const auto end = now_.boot + time;
  for (std::size_t rounds = 0;; ++rounds) {
    const auto deadline = replica->deadline();
    if (!deadline || *deadline > end) break;
    if (rounds == rounds_max) throw std::runtime_error("the engine asks to be called again and again");
    set_clock(std::max(*deadline, now_.boot));
    ++wake_ups;
    look_at_git();
    replica->tick(now_);
    carry_out();
    if (replica->deadline() && *replica->deadline() <= now_.boot) set_clock(now_.boot + std::chrono::milliseconds{1});
  }
  set_clock(end);
}

void ReplicaBench::carry_out() {
  for (std::size_t rounds = 0;; ++rounds) {
    auto actions = replica->take_actions();
    if (actions.empty() && (to_hub.empty() || hold_messages)) return;
    if (rounds == rounds_max) throw std::runtime_error("the engine asks for more without end");
    for (auto& action : actions) {
      if (auto* scan = std::get_if<engine::ScanRequest>(&action)) {
        if (before_scan) before_scan();
        const auto result = scan_instead ? scan_instead(*scan, replica->files()) : disk.scan(*scan, replica->files());
        if (after_scan) after_scan();
        look_at_git();
        replica->scanned(result, now_);
      } else if (auto* question = std::get_if<engine::GitQuestion>(&action)) {
        ++questions;
        replica->git_answered({question->id, git_problem, git_states, git_went_back}, now_);
      } else if (auto* application = std::get_if<engine::ApplyRequest>(&action)) {
        if (lose_power_first) return;
        const auto result = apply_instead ? apply_instead(*application) : disk.apply(*application);
        ++applications;
        if (lose_power) return;
        replica->applied(result, now_);
      } else if (auto* send = std::get_if<engine::SendMessage>(&action)) {
        if (online) to_hub.push_back(std::move(send->message));
      } else if (auto* disconnect = std::get_if<engine::Disconnect>(&action)) {
        last_disconnect = disconnect->why;
        if (online) {
          online = false;
          to_hub.clear();
          replica->disconnected(disconnect->why, now_);
        }
      }
    }
    while (!hold_messages && !to_hub.empty()) {
      const auto message = std::move(to_hub.front());
      to_hub.pop_front();
      for (const auto& answer : hub.receive(message)) {
        look_at_git();
        if (online && !lose_answers) replica->received(answer, now_);
      }
    }
  }
}

void ReplicaBench::tell_head() {
  if (online) replica->received(wire::Head{hub.head()}, now_);
  carry_out();
}

std::size_t ReplicaBench::versions_of(const std::string& path) const {
  std::size_t count = 0;
  for (const auto& entry : hub.feed) count += entry.path == path && entry.digest ? 1U : 0U;
  return count;
}

bool ReplicaBench::agrees() const {
  if (hub.live() != disk.files.size()) return false;
  for (const auto& [path, file] : disk.files) {
    if (hub.text_at(path) != file.text) return false;
  }
  return true;
}

Uuid ReplicaBench::id(std::uint64_t number) {
  Uuid uuid;
  uuid.bytes[6] = 0x70;
  for (std::size_t i = 0; i < 8; ++i) uuid.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return uuid;
}

void ReplicaBench::look_at_git() {
  if (git.work_tree) replica->git_seen(git, now_);
}

void ReplicaBench::set_clock(BootTime boot) {
  now_.wall += std::chrono::duration_cast<std::chrono::milliseconds>(boot - now_.boot);
  now_.boot = boot;
  if (git.work_tree) disk.clock_ns = std::chrono::nanoseconds(now_.wall.time_since_epoch()).count();
}

}  // namespace leanspec::fakes
