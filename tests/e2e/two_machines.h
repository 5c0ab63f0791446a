#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "tests/e2e/machine.h"
#include "tests/e2e/site.h"

namespace leanspec::e2e {

/// A hub and two machines with a folder of the same project each: `bridge` with `specs`, the desk, and `laptop` with
/// `there`.
class TwoMachines : public Site {
 protected:
  std::filesystem::path there = scratch / "laptop/specs";
  BridgeProcess laptop{scratch, "laptop"};

  void start_both(const std::string& mode_of_laptop = "two-way", const std::string& mode_of_desk = "two-way") {
    std::filesystem::create_directories(there);
    ASSERT_TRUE(hub.start()) << hub.errors();
    const MintedKey key = hub.make_key();
    for (auto [one, folder] : {std::pair(&bridge, &specs), std::pair(&laptop, &there)}) {
      ASSERT_EQ(one->login(hub.url(), key.secret).code, 0);
      const std::string mode = one == &laptop ? mode_of_laptop : mode_of_desk;
      const Finished added = one->command({"add", folder->string(), "--project", project, "--mode", mode});
      ASSERT_EQ(added.code, 0) << added.errors;
      ASSERT_TRUE(one->start()) << one->log();
    }
  }

  [[nodiscard]] bool both_have(const Files& files) const {
    return wait_until([&] {
      try {
        return files_in(specs) == files && files_in(there) == files;
      } catch (const std::filesystem::filesystem_error&) {
        return false;  // a folder went away under our eyes
      }
    });
  }
};

}  // namespace leanspec::e2e
