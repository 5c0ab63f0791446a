#include "tests/e2e/bad_machine.h"

#include <utility>

#include "tests/e2e/scratch.h"

namespace leanspec::e2e {

BadMachine::BadMachine(std::filesystem::path folder) : folder_(std::move(folder)) {
  std::filesystem::create_directories(folder_);
}

SpawnOptions BadMachine::options() const {
  SpawnOptions options;
  options.environment = {{"LD_PRELOAD", LEANSPEC_BAD_MACHINE_LIBRARY}, {"BAD_MACHINE", folder_.string()}};
  return options;
}

bool BadMachine::works() const { return std::filesystem::exists(folder_ / "works"); }

void BadMachine::set_clock(std::chrono::seconds offset) const {
  save_atomically(folder_ / "clock", std::to_string(offset.count()));
}

void BadMachine::make_read_only(const std::filesystem::path& folder) const {
  save_atomically(folder_ / "read-only", folder.string());
}

void BadMachine::make_writable() const { std::filesystem::remove(folder_ / "read-only"); }

}  // namespace leanspec::e2e
