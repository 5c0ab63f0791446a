#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "vocabulary/result.h"

namespace leanspec::bridge::run {

/// What `leanspec-bridge` answers to whoever started it.
enum ExitCode : int {
  exit_done = 0,
  exit_failed = 1,  ///< it was tried and did not work; the reason is on standard error
  exit_usage = 2,   ///< the command line is wrong; nothing was tried
  exit_not_running = 3,
  exit_attention = 4,  ///< `status`: something waits for a person; `doctor`: something is wrong
};

/// A command line that has been understood. Each flag comes from the first that has it: the command line, the
/// environment (LEANSPEC_...), the file of --config, the default.
struct CommandLine {
  std::string command;  ///< "" for --help and --version alone
  std::vector<std::string> words;
  std::map<std::string, std::string, std::less<>> flags;  ///< without the dashes; "true" for switches

  [[nodiscard]] bool has(std::string_view flag) const { return flags.contains(flag); }
  /// "" if it is not given.
  [[nodiscard]] std::string value(std::string_view flag) const;
};

/// Errors: invalid, with what to write instead. Reads the environment and the file of --config.
[[nodiscard]] Result<CommandLine> parse_command_line(const std::vector<std::string>& arguments);

/// The whole manual page, or that of one command; every command has an example.
[[nodiscard]] std::string help_text(std::string_view command);

}  // namespace leanspec::bridge::run
