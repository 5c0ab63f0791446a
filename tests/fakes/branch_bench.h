#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <utility>

#include "bridge/engine/branch_seed.h"
#include "tests/fakes/git_bench.h"

namespace leanspec::fakes {

/// A folder whose branches have a state and a hub each; one at a time is at work.
struct BranchBench : GitBench {
  explicit BranchBench(engine::SyncMode sync_mode = engine::SyncMode::push) : GitBench(sync_mode) {
    branch = "main";
    start();
    connect();
    pass(a_while);
  }

  /// Git has done its work on the disk; the bridge finds another branch checked out.
  void switch_to(const std::string& name, bool online_then = true) {
    const auto known = replica->left_branch(now());
    ASSERT_TRUE(known);
    const auto& left = *known;
    const auto from = branch;
    replica->leave_disk(now());
    replica.reset();
    stores.insert_or_assign(from, std::exchange(store, MemoryStateStore()));
    hubs.insert_or_assign(from, std::exchange(hub, SmallHub()));
    if (hubs.contains(name)) hub = hubs.at(name);
    const bool is_new = !stores.contains(name);
    if (is_new)
      ASSERT_TRUE(store.commit(engine::state_of_new_branch(left, "c2")));
    else
      store = stores.at(name);
    git.branch = branch = name;
    git.head = "ref: refs/heads/" + name;
    writes_index();
    after_open = [this, left, from] { replica->take_disk(engine::carried_from(left, from), now()); };
    start();
    after_open = nullptr;
    if (online_then) connect();
    pass(std::chrono::seconds{1});
  }
  /// The hub makes it as a fork of what this branch has, for this replica.
  void open_at_hub(const std::string& name) {
    hubs.insert_or_assign(name, hub.fork());
    hubs.at(name).opened_here = true;
  }

  std::map<std::string, MemoryStateStore> stores;
  std::map<std::string, SmallHub> hubs;
};

}  // namespace leanspec::fakes
