#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/e2e/two_machines.h"

namespace leanspec::e2e {

/// A hub and its machines, with one backup file.
class BackedUpHub : public TwoMachines {
 protected:
  std::filesystem::path file = scratch / "monday.backup";

  [[nodiscard]] Finished back_up(std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"backup", file.string()};
    words.insert(words.end(), more.begin(), more.end());
    return hub.command(words);
  }
  [[nodiscard]] Finished restore(std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"restore", file.string()};
    words.insert(words.end(), more.begin(), more.end());
    return hub.command(words);
  }
  void go_back() {
    ASSERT_EQ(hub.stop(), 0);
    const Finished restored = restore();
    ASSERT_EQ(restored.code, 0) << restored.errors;
    ASSERT_TRUE(hub.start()) << hub.errors();
  }
};

}  // namespace leanspec::e2e
