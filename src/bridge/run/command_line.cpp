#include "bridge/run/command_line.h"

#include <algorithm>
#include <cstdlib>

#include "bridge/run/settings_file.h"
#include "host/durable_file.h"

namespace leanspec::bridge::run {
namespace {

struct Flag {
  std::string_view name;
  std::string_view environment;  ///< "" for what makes sense once only
  std::string_view value;        ///< "" for a switch
  std::string_view meaning;
};

/// `restore --version ID`; without a command before it --version is the program's.
constexpr std::string_view restored_version = "restored-version";

constexpr Flag flags[] = {
    {"state-dir", "LEANSPEC_STATE_DIR", "FOLDER", "the bridge's own folder (default: $XDG_STATE_HOME/leanspec-bridge)"},
    {"config", "LEANSPEC_CONFIG", "FILE", "settings as lines of: key = \"value\" (the names of these flags)"},
    {"name", "LEANSPEC_BRIDGE_NAME", "NAME", "this machine's name (default: the host's)"},
    {"hub-url", "LEANSPEC_HUB_URL", "URL", "the hub, instead of the one of `login`"},
    {"api-key-file", "LEANSPEC_API_KEY_FILE", "FILE", "holds the API key on its first line"},
    {"ca-file", "LEANSPEC_CA_FILE", "FILE", "certificates to trust beside the system's"},
    {"log-level", "LEANSPEC_LOG_LEVEL", "LEVEL", "debug, info, warning or error (default: info)"},
    {"log-format", "LEANSPEC_LOG_FORMAT", "FORMAT", "text or json (default: text)"},
    {"project", "LEANSPEC_PROJECT", "NAME", "add: the project to join or make (default: the folder's name)"},
    {"branch", "", "NAME", "add: the project's branch that this folder holds"},
    {"mode", "", "MODE",
     "add: push (default) only sends; two-way also writes what the hub has newer here; pull only receives"},
    {"join-only", "", "", "add: do not make the project if the hub has none of this name"},
    {"json", "", "", "one line of JSON instead of text"},
    {"watch", "", "", "status: again at every change, until Ctrl-C"},
    {"take", "", "WAY", "resolve: head, other, both, beside, merged"},
    {"places", "", "CHOICES", "resolve: place by place, as 1=head,2=other,3=both"},
    {"from", "", "FILE", "resolve: the whole text as it shall be"},
    {"path", "", "PATH", "resolve: where the document shall stand, if another one has its place"},
    {restored_version, "", "ID", "restore: a version of `history`, or the beginning of its name"},
    {"copy", "", "NUMBER", "restore: a copy of `history`"},
    {"to", "", "FILE", "restore --copy: write it there instead"},
    {"wait", "", "", "flush: until everything that was saved before is at the hub, and what it had is here"},
    {"timeout", "", "SECONDS", "flush --wait: give up after this (default: 60)"},
    {"print", "", "", "service install: show the unit, install nothing"},
    {"help", "", "", "this text; after a command: about that command"},
    {"version", "", "", "the version"},
};

struct Command {
  std::string_view name;
  std::string_view arguments;
  std::string_view meaning;
  std::string_view more;
  std::string_view example;
  std::size_t words_min;
  std::size_t words_max;
};

constexpr Command commands[] = {
    {"login", "URL --api-key-file FILE", "Remember the hub and the key for it, after trying them.",
     "The key is kept in the state folder, readable by you only. A running bridge takes it at once.",
     "leanspec-bridge login https://hub.example.com --api-key-file ~/hub.key", 0, 1},
    {"add", "[PATH] [--project NAME] [--mode push|two-way|pull]", "Sync the specs of a project.",
     "Finds the folder as LeanSpec does: specsDir of .lean-spec/config.json, specs, .lean-spec/specs, docs/specs.",
     "leanspec-bridge add ~/src/my-project --project my-project", 0, 1},
    {"remove", "[PATH]", "Stop syncing a folder. Nothing is deleted, here or at the hub.", "",
     "leanspec-bridge remove ~/src/my-project", 0, 1},
    {"run", "", "Sync all folders, in the foreground, until Ctrl-C.", "", "leanspec-bridge run --log-level debug", 0,
     0},
    {"status", "[--json] [--watch]", "Show what is in sync, on its way, held, or in need of you.",
     "Exit code 0: all is well; 3: the bridge is not running; 4: something waits for a person.",
     "leanspec-bridge status --watch", 0, 0},
    {"why", "FILE [--json]", "Say why a file is, or is not, in sync.", "",
     "leanspec-bridge why specs/082-web-sync/README.md", 1, 1},
    {"pause", "[PATH]", "Hold still: send and take nothing, for one folder or all.", "", "leanspec-bridge pause", 0, 1},
    {"resume", "[PATH]", "Go on after pause.", "", "leanspec-bridge resume", 0, 1},
    {"approve", "[PATH]", "Let deletions go on that were held because they are many, or accept a root that changed.",
     "", "leanspec-bridge approve", 0, 1},
    {"revert", "[PATH]", "Bring back from the hub what vanished here and is held because it is many.",
     "Nothing is deleted anywhere. A folder that only sends is not written to: put the files back yourself.",
     "leanspec-bridge revert", 0, 1},
    {"accept", "FILE", "Let a file stand that is held on account of git, or that git put back.",
     "What is there now is sent as your edit (a missing file: as deleted).",
     "leanspec-bridge accept specs/082-web-sync/README.md", 1, 1},
    {"flush", "[PATH] [--wait [--timeout SECONDS]]", "Look at everything now; with --wait, until it is in sync.",
     "Exit code 0: what was saved before is at the hub, and what the hub had is here; 1: not in time; 4: something "
     "waits "
     "for a person.",
     "leanspec-bridge flush --wait --timeout 30", 0, 1},
    {"conflicts", "[PATH|FILE|ID] [--json]", "Show what is held because two sides changed the same place.",
     "One conflict is shown with every place; several as a list. Exit code 4: there are some. The key needs "
     "specs:read.",
     "leanspec-bridge conflicts specs/082-web-sync/README.md", 0, 1},
    {"resolve", "FILE|ID --take WAY", "Decide a conflict, on every machine.",
     "WAY: head (as the hub has it), other (the text that was set aside), both (one after the other), beside (the "
     "other "
     "in a file of its own), merged (if it merges by now). Or --places 1=head,2=other for each place, or --from FILE "
     "with "
     "the whole text. A document that changed meanwhile is not decided. The key needs specs:write.",
     "leanspec-bridge resolve specs/082-web-sync/README.md --take other", 1, 1},
    {"history", "FILE [--json]", "Show the versions of a file: those at the hub, and those kept on this machine.",
     "What the bridge replaces or removes here is kept in its state folder for 30 days. The hub's key needs "
     "specs:read.",
     "leanspec-bridge history specs/082-web-sync/README.md", 1, 1},
    {"restore", "FILE --version ID | --copy NUMBER [--to FILE]", "Bring back an older text of a file.",
     "--version makes it a new version at the hub, for every machine; the key needs specs:write. --copy writes a copy "
     "that is kept here to the file, whose present text becomes a copy, or to the file named by --to.",
     "leanspec-bridge restore specs/082-web-sync/README.md --copy 12", 1, 1},
    {"rename", "NAME", "Give this machine another name.", "", "leanspec-bridge rename build-server", 1, 1},
    {"doctor", "[--json]", "Check the hub, the key, the folders and the system, and say what to do.",
     "Exit code 4: something is wrong.", "leanspec-bridge doctor", 0, 0},
    {"service", "install|uninstall|status", "Run the bridge at every login (a systemd user unit).", "",
     "leanspec-bridge service install", 1, 1},
};

[[nodiscard]] const Flag* find_flag(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(flags), std::end(flags), [&](const Flag& flag) { return flag.name == name; });
  return found == std::end(flags) ? nullptr : found;
}

[[nodiscard]] const Command* find_command(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(commands), std::end(commands), [&](const Command& one) { return one.name == name; });
  return found == std::end(commands) ? nullptr : found;
}

[[nodiscard]] Error usage(std::string what, std::string subject, std::string remedy = "See leanspec-bridge --help.") {
  return Error(ErrorCode::invalid, std::move(what), std::move(subject), std::move(remedy));
}

[[nodiscard]] Status take_environment(CommandLine& line) {
  for (const Flag& flag : flags) {
    if (flag.environment.empty() || line.has(flag.name)) continue;
    const char* value = std::getenv(std::string(flag.environment).c_str());
    if (value != nullptr && *value != '\0') line.flags.emplace(flag.name, value);
  }
  return {};
}

[[nodiscard]] Status take_config(CommandLine& line) {
  const std::string file = line.value("config");
  if (file.empty()) return {};
  LEANSPEC_ASSIGN(const std::string text, host::read_small_file(file, settings_bytes_max));
  LEANSPEC_ASSIGN(const auto sections, parse_settings(text, file));
  for (const SettingsSection& section : sections) {
    if (!section.name.empty()) return usage("sections mean nothing here", file + ": [" + section.name + "]");
    for (const Setting& setting : section.settings) {
      std::string name = setting.key;
      std::replace(name.begin(), name.end(), '_', '-');
      const Flag* flag = find_flag(name);
      if (flag == nullptr || flag->environment.empty() || name == "config") {
        return usage("there is no setting of this name", file + ":" + std::to_string(setting.line) + ": " + setting.key,
                     "The names are those of the flags in leanspec-bridge --help.");
      }
      line.flags.emplace(name, setting.value);  // what is there already came from a nearer place
    }
  }
  return {};
}

[[nodiscard]] std::string flag_text(const Flag& flag) {
  const std::string_view name = flag.name == restored_version ? "version" : flag.name;
  std::string text = "  --" + std::string(name) + (flag.value.empty() ? "" : " " + std::string(flag.value));
  text.append(text.size() < 26 ? 26 - text.size() : 1, ' ');
  text += flag.meaning;
  if (!flag.environment.empty()) text += " [" + std::string(flag.environment) + "]";
  return text + "\n";
}

}  // namespace

std::string CommandLine::value(std::string_view flag) const {
  const auto found = flags.find(flag);
  return found == flags.end() ? std::string() : found->second;
}

Result<CommandLine> parse_command_line(const std::vector<std::string>& arguments) {
  CommandLine line;
  bool only_words = false;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string& argument = arguments[at];
    if (only_words || argument.size() < 2 || argument[0] != '-') {
      if (line.command.empty()) {
        line.command = argument;
      } else {
        line.words.push_back(argument);
      }
      continue;
    }
    if (argument == "--") {
      only_words = true;
      continue;
    }
    const auto equals = argument.find('=');
    std::string name = argument.substr(0, equals);
    if (name == "-h") name = "--help";
    if (name == "-V") name = "--version";
    if (name == "--version" && line.command == "restore") name = "--" + std::string(restored_version);
    const Flag* flag = name.starts_with("--") ? find_flag(std::string_view(name).substr(2)) : nullptr;
    if (flag == nullptr) return usage("there is no such flag", name);
    std::string value = "true";
    if (!flag->value.empty()) {
      if (equals != std::string::npos) {
        value = argument.substr(equals + 1);
      } else if (at + 1 < arguments.size()) {
        value = arguments[++at];
      } else {
        return usage("needs a value: " + name + " " + std::string(flag->value), name);
      }
    } else if (equals != std::string::npos) {
      return usage("takes no value", name);
    }
    line.flags.insert_or_assign(std::string(flag->name), value);
  }
  if (line.has("help") || line.has("version")) return line;
  if (line.command == "help") {
    line.flags.emplace("help", "true");
    line.command = line.words.empty() ? std::string() : line.words[0];
    return line;
  }
  if (line.command.empty())
    return usage("no command was given", "leanspec-bridge", "Try: leanspec-bridge status, or leanspec-bridge --help");
  const Command* command = find_command(line.command);
  if (command == nullptr) return usage("there is no such command", line.command);
  if (line.words.size() < command->words_min || line.words.size() > command->words_max) {
    return usage("is written so: leanspec-bridge " + line.command + " " + std::string(command->arguments), line.command,
                 "For example: " + std::string(command->example));
  }
  LEANSPEC_TRY(take_environment(line));
  LEANSPEC_TRY(take_config(line));
  return line;
}

std::string help_text(std::string_view name) {
  if (const Command* command = find_command(name)) {
    std::string text = "leanspec-bridge " + std::string(command->name) + " " + std::string(command->arguments) +
                       "\n\n" + std::string(command->meaning) + "\n";
    if (!command->more.empty()) text += std::string(command->more) + "\n";
    return text + "\nExample:\n  " + std::string(command->example) + "\n\nAll flags: leanspec-bridge --help\n";
  }
  std::string text =
      "leanspec-bridge keeps the specs of your projects in sync with a hub.\n\n"
      "  leanspec-bridge login https://hub.example.com --api-key-file ~/hub.key\n"
      "  leanspec-bridge add\n"
      "  leanspec-bridge run\n\nCommands (each with --help):\n";
  for (const Command& command : commands) {
    std::string line = "  " + std::string(command.name);
    line.append(13 - std::min<std::size_t>(line.size(), 12), ' ');
    text += line + std::string(command.meaning) + "\n";
  }
  text += "\nFlags, and [the environment variables] that stand for them:\n";
  for (const Flag& flag : flags) text += flag_text(flag);
  text +=
      "\nExit codes: 0 done; 1 failed; 2 wrong command line; 3 the bridge is not running;\n"
      "            4 something waits for a person (status, doctor)\n";
  return text;
}

}  // namespace leanspec::bridge::run
