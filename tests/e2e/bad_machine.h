#pragma once

#include <chrono>
#include <filesystem>

#include "tests/e2e/process.h"

namespace leanspec::e2e {

/// A machine on which things go wrong while a program runs that cannot be done to a real one without its owner: its
/// wall clock jumps, and its disk turns read-only under files that are open (a remount is refused then; a file system
/// that met an error does it all the same). Works by a library that is preloaded into the program, so not on a static
/// one.
class BadMachine {
 public:
  /// Keeps what it tells the library in `folder`, which it makes.
  explicit BadMachine(std::filesystem::path folder);

  /// For the programs that shall run on it.
  [[nodiscard]] SpawnOptions options() const;
  /// False: the program took no notice, because it is static.
  [[nodiscard]] bool works() const;

  /// By so much the wall clock is off from now on.
  void set_clock(std::chrono::seconds offset) const;
  /// Nothing under `folder`, a canonical path, can be written.
  void make_read_only(const std::filesystem::path& folder) const;
  void make_writable() const;

 private:
  std::filesystem::path folder_;
};

}  // namespace leanspec::e2e
