#include "hub/serve/options.h"

#include <CLI/CLI.hpp>
#include <toml++/toml.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

namespace leanspec::hub::serve {

namespace {

/// Lets CLI11 read our configuration as TOML, by the library made for it.
class TomlConfig final : public CLI::Config {
 public:
  std::string to_config(const CLI::App*, bool, bool, std::string) const override { return {}; }

  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    std::vector<CLI::ConfigItem> settings;
    try {
      const toml::table table = toml::parse(input);
      for (const auto& [key, value] : table) {
        CLI::ConfigItem item;
        item.name = std::string(key.str());
        if (const auto text = value.value<std::string>(); value.is_string()) {
          item.inputs.push_back(*text);
        } else if (const auto flag = value.value<bool>(); value.is_boolean()) {
          item.inputs.emplace_back(*flag ? "true" : "false");
        } else if (const auto number = value.value<std::int64_t>(); value.is_integer()) {
          item.inputs.push_back(std::to_string(*number));
        } else {
          throw CLI::ConversionError("the value of '" + item.name + "' must be a text, a number, true or false");
        }
        settings.push_back(std::move(item));
      }
    } catch (const toml::parse_error& failure) {
      throw CLI::ParseError("the configuration file is not TOML: " + std::string(failure.description()) + ", line " +
                                std::to_string(failure.source().begin.line),
                            CLI::ExitCodes::InvalidError);
    }
    return settings;
  }
};

void add_data_directory(CLI::App& app, Options& options) {
  app.add_option("--data-dir", options.serve.data_directory, "Where the hub keeps everything")
      ->envname("LEANSPEC_DATA_DIR")
      ->capture_default_str();
}

void add_serve_options(CLI::App& app, Options& options) {
  ServeOptions& serve = options.serve;
  add_data_directory(app, options);
  app.add_option("--host", serve.host, "Address to listen on")->envname("LEANSPEC_HOST")->capture_default_str();
  app.add_option("--port", serve.port, "Port to listen on; 0 takes any free one")->envname("PORT")->capture_default_str();
  app.add_option("--tls-cert", serve.certificate, "Certificate chain, PEM")->envname("LEANSPEC_TLS_CERT")->check(CLI::ExistingFile);
  app.add_option("--tls-key", serve.private_key, "Private key, PEM")->envname("LEANSPEC_TLS_KEY")->check(CLI::ExistingFile);
  app.add_flag("--behind-proxy", serve.behind_proxy, "A proxy in front ends TLS and sets X-Forwarded-For and X-Forwarded-Proto")
      ->envname("LEANSPEC_BEHIND_PROXY");
  app.add_option("--threads", serve.threads, "Threads for connections")->envname("LEANSPEC_THREADS")->check(CLI::Range(1U, 64U))->capture_default_str();
  app.add_option("--requests-per-second", serve.requests_per_second, "Sustained API requests of one key, person or address; 0 sets no limit")
      ->envname("LEANSPEC_REQUESTS_PER_SECOND")
      ->check(CLI::Range(0U, 1'000'000U))
      ->capture_default_str();
  app.add_option("--github-token", serve.github_token, "For mirrors of GitHub repositories that an administrator adds (better in GITHUB_TOKEN than on the command line)")
      ->envname("GITHUB_TOKEN");
  app.add_option("--cron-secret", serve.cron_secret, "Lets an outside scheduler ask for syncs of mirrors (better in CRON_SECRET)")->envname("CRON_SECRET");
  app.add_option("--allow-forge-host", serve.forge_hosts, "A GitHub Enterprise host, host[:port], that may have a private address; several by comma")
      ->delimiter(',')
      ->envname("LEANSPEC_ALLOW_FORGE_HOST");
  app.add_option("--forge-ca-file", serve.forge_ca_file, "Certificates (PEM) that forges' own are checked against, beside the system's")
      ->envname("LEANSPEC_FORGE_CA_FILE");
  app.add_option("--specs-mode", serve.specs_mode, "filesystem: a local folder alone, without a data folder; database: synced projects; both")
      ->envname("SPECS_MODE")
      ->check(CLI::IsMember({"filesystem", "database", "both"}))
      ->capture_default_str();
  app.add_option("--specs-dir", serve.specs_directory, "Local specs folder to serve and follow; without it the one of the working folder, if there is one")
      ->envname("SPECS_DIR");
  app.add_option("--cache-ttl", serve.cache_ttl_ms, "Milliseconds after which the local folder is looked at even if nothing was heard of it")
      ->envname("CACHE_TTL")
      ->check(CLI::Range(std::int64_t{100}, std::int64_t{86'400'000}))
      ->capture_default_str();
  app.add_flag("--no-watch", serve.unwatched, "Look at the local folder every --cache-ttl alone: for disks that tell nobody of changes")->envname("LEANSPEC_NO_WATCH");
  app.add_option("--api-key", serve.api_key, "With --specs-mode filesystem: the key that programs and people from elsewhere need (better in LEANSPEC_API_KEY)")
      ->envname("LEANSPEC_API_KEY");
  app.add_option("--database-url", serve.database_url, "sqlite:FOLDER in place of --data-dir")->envname("DATABASE_URL");
  app.add_option("--revalidation-secret", serve.revalidation_secret, "For POST /api/revalidate; without it there is no such route")
      ->envname("REVALIDATION_SECRET");
  app.add_option("--ui-dist", serve.ui_directory, "Folder of another web app for LeanSpec's API, served in place of the one in this program")
      ->envname("LEANSPEC_UI_DIST")
      ->check(CLI::ExistingDirectory);
  app.add_option("--public-url", serve.public_url, "How people reach the hub, for printed links")->envname("LEANSPEC_PUBLIC_URL");
  app.set_config("--config", "", "TOML file with the same names as the flags", false)->envname("LEANSPEC_CONFIG");
  app.config_formatter(std::make_shared<TomlConfig>());
}

}  // namespace

Outcome parse_options(int argc, char** argv) {
  Options options;
  CLI::App app("leanspec-hub: the always-on server that keeps, merges and shows the specs of your projects.", "leanspec-hub");
  app.set_version_flag("--version", "leanspec-hub " LEANSPEC_VERSION);
  app.footer(
      "Examples:\n"
      "  leanspec-hub                                     serve http://127.0.0.1:8420, data in ./leanspec-data\n"
      "  leanspec-hub --host 0.0.0.0 --tls-cert c.pem --tls-key k.pem\n"
      "  leanspec-hub user add ada --password-file pw.txt --administrator\n"
      "  leanspec-hub key create --name laptop --scopes bridge:sync --json\n"
      "  leanspec-hub backup /mnt/backups/hub.backup --force --verify\n"
      "  leanspec-hub list ./specs\n\n"
      "Logs: LEANSPEC_LOG_LEVEL=debug|info|warning|error, LEANSPEC_LOG_FORMAT=text|json.\n"
      "Exit codes: 0 done, 1 failed, 2 the command line or the configuration is wrong, 3 the port is taken, 4 the data folder is in use.");
  app.require_subcommand(0, 1);
  add_serve_options(app, options);

  CLI::App* serve = app.add_subcommand("serve", "Serve (the same as no command; its options: leanspec-hub --help)");
  serve->fallthrough();

  CLI::App* user = app.add_subcommand("user", "Manage the people who may sign in");
  user->require_subcommand(1);
  user->fallthrough();
  CLI::App* user_add = user->add_subcommand("add", "Add a person. Example: leanspec-hub user add ada --password-file pw.txt");
  user_add->fallthrough();
  user_add->add_option("name", options.user.name, "Sign-in name")->required();
  user_add->add_option("--password-file", options.user.password_file, "File with the password on its first line; - reads standard input")->required();
  user_add->add_flag("--administrator", options.user.administrator, "May do everything on this hub (the first person always may)");
  user_add->add_flag("--json", options.json, "Answer as JSON");
  CLI::App* user_list = user->add_subcommand("list", "List the people");
  user_list->fallthrough();
  user_list->add_flag("--json", options.json, "Answer as JSON");

  CLI::App* key = app.add_subcommand("key", "Manage API keys");
  key->require_subcommand(1);
  key->fallthrough();
  CLI::App* key_create = key->add_subcommand("create", "Make a key. Example: leanspec-hub key create --name ci --scopes bridge:sync,specs:read");
  key_create->fallthrough();
  key_create->add_option("--name", options.key.name, "What it is for")->required();
  key_create->add_option("--scopes", options.key.scopes, "specs:read, specs:write, bridge:sync, project:admin")->required()->delimiter(',');
  key_create->add_option("--project", options.key.project, "Only for this project");
  key_create->add_option("--expires-days", options.key.expires_in_days, "Days until it expires (default 90, 0 never)")->check(CLI::Range(0, 3650));
  key_create->add_flag("--json", options.json, "Answer as JSON");
  CLI::App* key_list = key->add_subcommand("list", "List the keys");
  key_list->fallthrough();
  key_list->add_flag("--json", options.json, "Answer as JSON");
  CLI::App* key_revoke = key->add_subcommand("revoke", "Revoke a key");
  key_revoke->fallthrough();
  key_revoke->add_option("id", options.key_id, "Its id, from `key list`")->required();

  CLI::App* machine = app.add_subcommand("machine", "Manage the machines that sync");
  machine->require_subcommand(1);
  machine->fallthrough();
  CLI::App* machine_list = machine->add_subcommand("list", "List the machines");
  machine_list->fallthrough();
  machine_list->add_flag("--json", options.json, "Answer as JSON");
  CLI::App* machine_rename = machine->add_subcommand("rename", "Give a machine another name. Example: leanspec-hub machine rename laptop 'Work laptop'");
  machine_rename->fallthrough();
  machine_rename->add_option("machine", options.machine.machine, "Its name or id")->required();
  machine_rename->add_option("name", options.machine.name, "The new name")->required();
  CLI::App* machine_revoke = machine->add_subcommand("revoke", "Close a machine's connection for good; its unsent work stays on it");
  machine_revoke->fallthrough();
  machine_revoke->add_option("machine", options.machine.machine, "Its name or id")->required();

  CLI::App* link = app.add_subcommand("link", "Print a one-time link: set-up while nobody has an account (24 hours), sign-in for the administrator afterwards (10 minutes, loopback only)");
  link->fallthrough();

  CLI::App* list = app.add_subcommand("list", "List the specs of a folder, without a server. Example: leanspec-hub list .");
  list->add_option("directory", options.list.directory, "A project or its specs folder")->required();
  list->add_option("--status", options.list.statuses, "Only these")->delimiter(',');
  list->add_flag("--json", options.json, "Answer as JSON");

  CLI::App* backup = app.add_subcommand("backup", "Copy everything into one file, also while the hub runs. Example: leanspec-hub backup hub-monday.backup --verify");
  backup->fallthrough();
  backup->add_option("file", options.backup.file, "The file to write; put it on another disk")->required();
  backup->add_flag("--force", options.backup.replace, "Replace a file that is there, once the new one is whole");
  backup->add_flag("--verify", options.backup.verify, "Read the copy back and check every text before it gets its name");
  backup->add_flag("--json", options.json, "Answer as JSON");
  CLI::App* restore = app.add_subcommand("restore", "Put a backup in the place of the data, while the hub is stopped; what was there is kept beside it. "
                                                    "Example: leanspec-hub restore hub-monday.backup --data-dir D");
  restore->fallthrough();
  restore->add_option("file", options.backup.file, "A file that `backup` has made")->required();
  restore->add_flag("--verify", options.backup.verify, "Only check the file from end to end; restore nothing");
  restore->add_flag("--json", options.json, "Answer as JSON");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stopped) {
    const int code = app.exit(stopped);
    return {std::nullopt, code == 0 ? 0 : 2};
  }
  if (auto directory = data_directory_of(options.serve)) {
    options.serve.data_directory = *std::move(directory);
  } else {
    std::fprintf(stderr, "leanspec-hub: %s\n", directory.error().sentence().c_str());
    return {std::nullopt, 2};
  }
  if (user_add->parsed()) options.command = Command::user_add;
  else if (user_list->parsed()) options.command = Command::user_list;
  else if (key_create->parsed()) options.command = Command::key_create;
  else if (key_list->parsed()) options.command = Command::key_list;
  else if (key_revoke->parsed()) options.command = Command::key_revoke;
  else if (machine_list->parsed()) options.command = Command::machine_list;
  else if (machine_rename->parsed()) options.command = Command::machine_rename;
  else if (machine_revoke->parsed()) options.command = Command::machine_revoke;
  else if (link->parsed()) options.command = Command::link;
  else if (list->parsed()) options.command = Command::list;
  else if (backup->parsed()) options.command = Command::backup;
  else if (restore->parsed()) options.command = Command::restore;
  return {std::move(options), 0};
}

Result<std::filesystem::path> data_directory_of(const ServeOptions& options) {
  constexpr std::string_view sqlite = "sqlite:";
  if (options.database_url.empty()) return options.data_directory;
  if (options.database_url.starts_with(sqlite) && options.database_url.size() > sqlite.size()) {
    return std::filesystem::path(options.database_url.substr(sqlite.size()));
  }
  if (options.database_url.starts_with("postgres:") || options.database_url.starts_with("postgresql:")) {
    return Error(ErrorCode::invalid, "This hub has no store for PostgreSQL yet", "DATABASE_URL", "Write sqlite:FOLDER, or leave it out for ./leanspec-data.");
  }
  return Error(ErrorCode::invalid, "This is no database that the hub knows", "DATABASE_URL", "Write sqlite:FOLDER, or leave it out for ./leanspec-data.");
}

namespace {
/// A key that is guessed a hundred times a second, which no bucket lets anybody do, lasts longer than this.
constexpr std::size_t api_key_bytes_min = 16;
}  // namespace

Status check_exposure(const ServeOptions& options) {
  if (options.certificate.empty() != options.private_key.empty()) {
    return Error(ErrorCode::invalid, "TLS needs both --tls-cert and --tls-key", options.certificate.empty() ? "--tls-cert" : "--tls-key");
  }
  const bool loopback = options.host == "localhost" || options.host == "::1" || options.host.starts_with("127.");
  const bool alone = options.specs_mode == "filesystem";
  if (!options.api_key.empty() && options.api_key.size() < api_key_bytes_min) {
    return Error(ErrorCode::invalid, "is too short to keep anybody out", "LEANSPEC_API_KEY", "Give at least 16 characters, such as those of: openssl rand -hex 20");
  }
  if (!loopback && alone && options.api_key.empty()) {
    return Error(ErrorCode::invalid, "is reachable from outside, and a hub without a data folder has no accounts", "--host " + options.host,
                 "Set LEANSPEC_API_KEY to a secret of at least 16 characters, or leave --host at 127.0.0.1, or --specs-mode at both.");
  }
  if (loopback || !options.certificate.empty() || options.behind_proxy) return {};
  return Error(ErrorCode::invalid, "is reachable from outside, and without TLS passwords and specs would travel in plain", "--host " + options.host,
               "Give --tls-cert and --tls-key, or --behind-proxy if a proxy in front ends TLS.");
}

}  // namespace leanspec::hub::serve
