#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "tests/fakes/replica_bench.h"

namespace leanspec::fakes {

/// A machine whose power fails: the next process runs in another boot, on the disk as the test leaves it.
struct PowerBench : ReplicaBench {
  explicit PowerBench(engine::SyncMode sync_mode = engine::SyncMode::two_way) : ReplicaBench(false) {
    mode = sync_mode;
    start();
    connect();
  }
  void boot_anew(std::chrono::milliseconds then = a_while) {
    auto config = replica->config();
    config.boot = id(++boots_);
    begin(std::move(config), then);
  }
  /// Another process in the same boot.
  void begin_again() { begin(replica->config(), a_while); }
  void save_and_sync(const std::string& path, const std::string& text) {
    save(path, text);
    pass(a_while);
  }

 private:
  void begin(engine::ReplicaConfig config, std::chrono::milliseconds then) {
    online = false;
    to_hub.clear();
    replica.reset();
    auto opened = engine::ReplicaEngine::open(
        std::move(config), store, [this] { return id(++made_); }, now());
    replica = std::move(opened).value();
    carry_out();
    connect();
    pass(then);
  }

  std::uint64_t boots_ = 700;
  std::uint64_t made_ = 900'000;
};

}  // namespace leanspec::fakes
