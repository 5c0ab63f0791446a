#include <unistd.h>

#include <cstdio>
#include <exception>
#include <fstream>

#include "host/stream_log.h"
#include "host/system_file_tree.h"
#include "hub/serve/account_commands.h"
#include "hub/serve/backup_commands.h"
#include "hub/serve/machine_commands.h"
#include "hub/serve/options.h"
#include "hub/serve/server.h"
#include "hub/sources/list_command.h"
#include "store/sqlite/open.h"

namespace leanspec::hub::serve {

namespace {

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;
constexpr int exit_port_taken = 3;
constexpr int exit_data_in_use = 4;

[[nodiscard]] int complain(const Error& error) {
  std::fprintf(stderr, "leanspec-hub: %s\n", error.sentence().c_str());
  switch (error.code) {
    case ErrorCode::invalid: return exit_usage;
    case ErrorCode::already_exists: return exit_port_taken;
    case ErrorCode::conflict: return exit_data_in_use;
    default: return exit_failed;
  }
}

[[nodiscard]] Status print_link(store::Store& store, host::Entropy& entropy, const Options& options, Instant now) {
  LEANSPEC_ASSIGN(const std::string link, make_link(store, entropy, now));
  std::string url;
  std::ifstream input(options.serve.data_directory / "hub.url");
  std::getline(input, url);
  if (url.empty()) url = "http://127.0.0.1:" + std::to_string(options.serve.port);
  std::printf("%s%s\n", url.c_str(), link.c_str());
  return {};
}

[[nodiscard]] Status run_on_store(const Options& options, host::Entropy& entropy) {
  const host::Clock& clock = host::system_clock();
  LEANSPEC_ASSIGN(const auto store, store::sqlite::open_sqlite_beside(options.serve.data_directory, clock, entropy, host::silent_log()));
  const Instant now = clock.now();
  switch (options.command) {
    case Command::user_add: return add_user(*store, entropy, options, now);
    case Command::user_list: return list_users(*store, options);
    case Command::key_create: return create_key(*store, entropy, options, now);
    case Command::key_list: return list_keys(*store, options, now);
    case Command::key_revoke: return revoke_key(*store, options, now);
    case Command::machine_list: return list_machines(*store, options);
    case Command::machine_rename: return rename_machine(*store, options, now);
    case Command::machine_revoke: return revoke_machine(*store, options, now);
    case Command::link: return print_link(*store, entropy, options, now);
    case Command::serve:
    case Command::list:
    case Command::backup:
    case Command::restore: break;
  }
  return {};
}

[[nodiscard]] int list_folder(const Options& options) {
  auto tree = host::open_file_tree(options.list.directory.string());
  if (!tree) return complain(tree.error());
  sources::ListOptions list;
  list.json = options.json;
  for (const std::string& status : options.list.statuses) list.status += (list.status.empty() ? "" : ",") + status;
  const sources::CommandResult result = sources::list_specs(**tree, list);
  std::fputs(result.output.c_str(), stdout);
  std::fputs(result.errors.c_str(), stderr);
  return result.exit_code;
}

[[nodiscard]] Status carry_out(const Options& options, host::Log& log) {
  if (options.command == Command::serve) return serve(options.serve, host::system_clock(), host::system_entropy(), log);
  if (options.command == Command::backup) return make_backup(options);
  if (options.command == Command::restore) return restore_backup(options, host::system_clock(), host::system_entropy());
  return run_on_store(options, host::system_entropy());
}

[[nodiscard]] int run(int argc, char** argv) {
  const Outcome outcome = parse_options(argc, argv);
  if (!outcome.options) return outcome.exit_code;
  const Options& options = *outcome.options;
  auto log_options = host::log_options_from_environment(STDERR_FILENO);
  if (!log_options) return complain(log_options.error());
  const auto log = host::make_stream_log(STDERR_FILENO, *log_options, host::system_clock());
  if (options.command == Command::list) return list_folder(options);
  const Status done = carry_out(options, *log);
  return done ? 0 : complain(done.error());
}

}  // namespace
}  // namespace leanspec::hub::serve

int main(int argc, char** argv) {
  try {
    return leanspec::hub::serve::run(argc, argv);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "leanspec-hub: this is a bug: %s\n", failure.what());
    return 70;  // EX_SOFTWARE
  }
}
