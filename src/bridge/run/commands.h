#pragma once

#include <string>

#include "bridge/run/command_line.h"
#include "bridge/run/state_folder.h"
#include "host/log.h"
#include "wire/message.h"

namespace leanspec::bridge::run {

/// Carries out one command; the exit code. Messages go to standard output and error.
[[nodiscard]] int run_command(const CommandLine& line);

/// What the hub answers to a Hello that only checks the credentials. Error: why there was no welcome, in words.
[[nodiscard]] Result<wire::Welcome> try_hub(const HubSettings& hub, const std::string& key,
                                            const MachineIdentity& machine);

/// `doctor` and `service`, each in its own file.
[[nodiscard]] int run_doctor(const CommandLine& line, const StateFolder& state);
[[nodiscard]] int run_service(const CommandLine& line, const StateFolder& state);

/// `conflicts` and `resolve`.
[[nodiscard]] int show_conflicts(const CommandLine& line, const StateFolder& state, bool colour);
[[nodiscard]] int resolve_conflict(const CommandLine& line, const StateFolder& state);

/// `history` and `restore`.
[[nodiscard]] int show_history(const CommandLine& line, const StateFolder& state);
[[nodiscard]] int restore_text(const CommandLine& line, const StateFolder& state);

/// The unit file for systemd; `program` and `state` absolute, `roots` the folders to be written to.
[[nodiscard]] std::string service_unit(const std::string& program, const std::string& state,
                                       const std::vector<std::string>& roots);

/// Writes to standard output or error, the whole text.
void print(std::string_view text);
void print_error(std::string_view text);
/// The sentence on standard error, and the exit code for it.
int report(const Error& error);

/// `path` made absolute against the current folder, its folder's links resolved; it need not exist itself.
[[nodiscard]] std::string absolute_path(const std::string& path);

}  // namespace leanspec::bridge::run
