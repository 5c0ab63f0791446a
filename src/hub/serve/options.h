#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "vocabulary/result.h"

namespace leanspec::hub::serve {

struct ServeOptions {
  std::filesystem::path data_directory = "leanspec-data";
  std::string host = "127.0.0.1";
  std::uint16_t port = 8420;
  std::string certificate;  ///< PEM file; "" no TLS
  std::string private_key;
  bool behind_proxy = false;  ///< a proxy ends TLS and says who the client is
  unsigned threads = 2;
  unsigned requests_per_second = 500;  ///< sustained, of one key, person or address; 0: no limit
  std::string github_token;                 ///< GITHUB_TOKEN: of the hub itself, for mirrors that administrators add
  std::string cron_secret;                  ///< CRON_SECRET: lets an outside scheduler ask for syncs
  std::vector<std::string> forge_hosts;     ///< "host[:port]" of forges whose addresses may be private
  std::string forge_ca_file;                ///< PEM roots for them beside the system's
  std::string api_key;              ///< LEANSPEC_API_KEY: the one credential of a hub without accounts; "" none
  std::string specs_mode = "both";  ///< filesystem, database or both
  std::filesystem::path specs_directory;  ///< of the local project; "" the working folder's, if it has one
  std::int64_t cache_ttl_ms = 60'000;  ///< how long a change in the folder may go unseen where it cannot be watched
  bool unwatched = false;  ///< the local folder is looked at every cache_ttl_ms alone
  std::string revalidation_secret;  ///< for POST /api/revalidate; "" there is no such thing
  std::string database_url;  ///< sqlite:FOLDER in place of data_directory
  std::string ui_directory;  ///< another web app for LeanSpec's API, in place of ours; "" ours
  std::string public_url;  ///< how people reach the hub, for printed links; "" from host and port
};

struct UserAddOptions {
  std::string name;
  std::string password_file;  ///< "-": standard input
  bool administrator = false;
};

struct KeyCreateOptions {
  std::string name;
  std::vector<std::string> scopes;
  std::string project;
  std::optional<int> expires_in_days;  ///< nothing: 90; 0: never
};

struct MachineOptions {
  std::string machine;  ///< its id or its name
  std::string name;     ///< the new one
};

struct ListOptions {
  std::filesystem::path directory;
  std::vector<std::string> statuses;
};

struct BackupOptions {
  std::filesystem::path file;
  bool replace = false;
  bool verify = false;
};

enum class Command { serve, user_add, user_list, key_create, key_list, key_revoke, machine_list, machine_rename, machine_revoke, link, list, backup, restore };

/// What the command line, the environment and the configuration file say together.
struct Options {
  Command command = Command::serve;
  bool json = false;
  ServeOptions serve;
  UserAddOptions user;
  KeyCreateOptions key;
  std::int64_t key_id = 0;
  MachineOptions machine;
  ListOptions list;
  BackupOptions backup;
};

/// What to do, or what to print and with which exit code (help, version, a mistake).
struct Outcome {
  std::optional<Options> options;
  int exit_code = 0;
};

/// Flags win over the environment (LEANSPEC_DATA_DIR, LEANSPEC_HOST, PORT, LEANSPEC_TLS_CERT, …), which wins over the TOML file of --config
/// or LEANSPEC_CONFIG, which wins over the defaults. Prints help and mistakes itself.
[[nodiscard]] Outcome parse_options(int argc, char** argv);

/// Where the data are, by `data_directory` or `database_url`. Error: invalid, for a database that is not spoken here.
[[nodiscard]] Result<std::filesystem::path> data_directory_of(const ServeOptions& options);

/// Off loopback only with TLS, or behind a proxy that says so. Error: invalid, with both ways out.
[[nodiscard]] Status check_exposure(const ServeOptions& options);

}  // namespace leanspec::hub::serve
