#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "vocabulary/result.h"

namespace leanspec::host {

/// A program to run to its end, without a shell. Nothing of this process' environment goes along but what is named.
struct ChildProcess {
  std::vector<std::string> words;  ///< the program, looked for in PATH, and its arguments
  std::string folder;              ///< that it runs in
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<std::string> inherited;  ///< names of variables that it sees as we do, if they are set
  std::chrono::milliseconds time_max{10'000};
  std::size_t output_bytes_max = 1024 * 1024;
};

struct ChildOutput {
  int code = 0;        ///< 128 + the signal if one ended it
  std::string output;  ///< of standard output
  std::string errors;  ///< of standard error, at most `child_errors_bytes_max`
};
constexpr std::size_t child_errors_bytes_max = 4 * 1024;

/// Runs it and waits; not for a thread that has other things to do. Standard input is empty. A child that is too slow
/// or says too much is killed, with the whole process group that it leads. `cancel`: a descriptor that becomes readable
/// when nobody wants the answer any more; -1: none. Errors: not_found (no such program), timeout, too_large, cancelled,
/// io.
[[nodiscard]] Result<ChildOutput> run_child(const ChildProcess& child, int cancel = -1);

}  // namespace leanspec::host
