#include "bridge/run/state_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "bridge/run/settings_file.h"
#include "digest/sha256.h"
#include "host/durable_file.h"
#include "host/system_error.h"
#include "wire/limits.h"

namespace leanspec::bridge::run {
namespace {

/// Keys are some 50 characters; a private key or certificate put here by mistake is refused.
constexpr std::size_t key_bytes_max = 1024;

[[nodiscard]] std::string host_name() {
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return "unnamed";
  return name;
}

/// An absent file is an empty one.
[[nodiscard]] Result<std::vector<SettingsSection>> read_sections(const std::string& file) {
  auto text = host::read_small_file(file, settings_bytes_max);
  if (!text && text.error().code == ErrorCode::not_found) return std::vector<SettingsSection>(1);
  if (!text) return text.error();
  return parse_settings(*text, file);
}

[[nodiscard]] Error damaged(const std::string& file) {
  return Error(ErrorCode::corrupt, "is not as leanspec-bridge wrote it", file,
               "Restore it, or move it away and start afresh.");
}

[[nodiscard]] bool lies_in(const std::string& path, const std::string& folder) {
  return path.size() > folder.size() && path.starts_with(folder) && (folder == "/" || path[folder.size()] == '/');
}

}  // namespace

Result<std::string> StateFolder::default_path() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state == '/') {
    return std::string(state) + "/leanspec-bridge";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
    return std::string(home) + "/.local/state/leanspec-bridge";
  }
  return Error(ErrorCode::not_found, "there is no home folder to keep state in", "HOME",
               "Set HOME, or give --state-dir FOLDER.");
}

Result<StateFolder> StateFolder::open(std::string path, const std::string& machine_id_file) {
  LEANSPEC_TRY(host::make_private_folder(path));
  char* resolved = ::realpath(path.c_str(), nullptr);
  if (resolved == nullptr) return host::system_error(errno, "could not be looked at", path);
  path = resolved;
  std::free(resolved);
  LEANSPEC_TRY(host::check_private(path));
  LEANSPEC_TRY(host::make_private_folder(path + "/replicas"));
  // The identifier itself is nobody's business (machine-id(5)).
  const auto system = host::read_small_file(machine_id_file, 4096);
  const bool is_known = system && system->find_first_not_of(" \n") != std::string::npos;
  return StateFolder(std::move(path), is_known ? to_hex(digest::sha256("leanspec-bridge " + *system)) : std::string());
}

Result<MachineIdentity> StateFolder::begin_anew(host::Entropy& entropy, Instant now,
                                                const std::string& name_if_new) const {
  LEANSPEC_ASSIGN(auto known, folders());
  for (FolderSettings& folder : known) folder.replica = ReplicaId{entropy.uuid7(now)};
  // The machine last: until then it is done again from the start.
  if (!known.empty()) LEANSPEC_TRY(save_folders(known));
  MachineIdentity machine;
  machine.id = MachineId{entropy.uuid7(now)};
  machine.name = (name_if_new.empty() ? host_name() : name_if_new).substr(0, wire::limits::name_bytes_max);
  LEANSPEC_TRY(save_machine(machine));
  return machine;
}

Result<MachineIdentity> StateFolder::machine(host::Entropy& entropy, Instant now,
                                             const std::string& name_if_new) const {
  const std::string file = path_ + "/machine";
  LEANSPEC_ASSIGN(const auto sections, read_sections(file));
  const SettingsSection& section = sections.front();
  const std::string made_on(section.value("system"));
  const bool is_copy = !made_on.empty() && !system_.empty() && made_on != system_;
  if (section.settings.empty() || is_copy) return begin_anew(entropy, now, name_if_new);
  MachineIdentity machine;
  const auto id = parse_uuid(section.value("id"));
  if (!id) return damaged(file);
  machine.id = MachineId{*id};
  machine.name = section.value("name");
  machine.renamed = section.value("renamed") == "true";
  if (made_on.empty() && !system_.empty()) LEANSPEC_TRY(save_machine(machine));
  return machine;
}

Status StateFolder::save_machine(const MachineIdentity& machine) const {
  SettingsSection section;
  section.settings.push_back(Setting{"id", to_string(machine.id.value())});
  section.settings.push_back(Setting{"name", machine.name});
  if (machine.renamed) section.settings.push_back(Setting{"renamed", "true"});
  if (!system_.empty()) section.settings.push_back(Setting{"system", system_});
  return host::write_durable_file(path_ + "/machine", print_settings({section}));
}

Result<HubSettings> StateFolder::hub() const {
  LEANSPEC_ASSIGN(const auto sections, read_sections(path_ + "/hub"));
  HubSettings hub;
  hub.url = sections.front().value("url");
  hub.ca_file = sections.front().value("ca-file");
  hub.key_file = key_file();
  return hub;
}

Status StateFolder::save_hub(const HubSettings& hub) const {
  SettingsSection section;
  section.settings.push_back(Setting{"url", hub.url});
  if (!hub.ca_file.empty()) section.settings.push_back(Setting{"ca-file", hub.ca_file});
  return host::write_durable_file(path_ + "/hub", print_settings({section}));
}

Result<std::vector<FolderSettings>> StateFolder::folders() const {
  const std::string file = path_ + "/folders";
  LEANSPEC_ASSIGN(const auto sections, read_sections(file));
  std::vector<FolderSettings> folders;
  for (const SettingsSection& section : sections) {
    if (section.name != "folder") continue;
    const auto replica = parse_uuid(section.value("replica"));
    FolderSettings folder;
    folder.root = section.value("root");
    if (!replica || folder.root.empty() || folder.root.front() != '/') return damaged(file);
    folder.replica = ReplicaId{*replica};
    folder.project = section.value("project");
    folder.branch = section.value("branch");
    if (const auto mode = section.value("mode"); !mode.empty()) {
      const auto known = engine::sync_mode_of(mode);
      if (!known) return damaged(file);
      folder.mode = *known;
    }
    folder.create_project = section.value("create") == "true";
    folders.push_back(std::move(folder));
  }
  if (folders.size() > folders_max) return damaged(file);
  return folders;
}

Status StateFolder::save_folders(const std::vector<FolderSettings>& folders) const {
  std::vector<SettingsSection> sections;
  for (const FolderSettings& folder : folders) {
    SettingsSection section;
    section.name = "folder";
    section.settings.push_back(Setting{"root", folder.root});
    section.settings.push_back(Setting{"replica", to_string(folder.replica.value())});
    section.settings.push_back(Setting{"project", folder.project});
    if (!folder.branch.empty()) section.settings.push_back(Setting{"branch", folder.branch});
    if (folder.mode != engine::SyncMode::push)
      section.settings.push_back(Setting{"mode", std::string(engine::to_string(folder.mode))});
    if (folder.create_project) section.settings.push_back(Setting{"create", "true"});
    sections.push_back(std::move(section));
  }
  return host::write_durable_file(path_ + "/folders", print_settings(sections));
}

Result<std::string> read_key(const std::string& file, bool must_be_private) {
  LEANSPEC_ASSIGN(std::string key, host::read_small_file(file, key_bytes_max));
  if (must_be_private) LEANSPEC_TRY(host::check_private(file));
  key = key.substr(0, key.find_first_of("\r\n"));
  for (const char c : key) {
    if (c <= ' ' || c > '~')
      return Error(ErrorCode::invalid, "holds something that is no key", file, "Put the key alone on its first line.");
  }
  if (key.empty()) return Error(ErrorCode::invalid, "holds no key", file, "Put the key on its first line.");
  return key;
}

Status check_new_root(const std::vector<FolderSettings>& folders, const std::string& root) {
  if (folders.size() >= folders_max) {
    return Error(ErrorCode::exhausted, "no more than " + std::to_string(folders_max) + " folders can be synced", root,
                 "Remove one first.");
  }
  for (const FolderSettings& folder : folders) {
    if (folder.root == root) {
      return Error(ErrorCode::already_exists, "is synced already, with project \"" + folder.project + "\"", root);
    }
    if (lies_in(root, folder.root) || lies_in(folder.root, root)) {
      return Error(ErrorCode::conflict, "overlaps with " + folder.root + ", which is synced already", root,
                   "Add folders that do not contain each other.");
    }
  }
  return {};
}

}  // namespace leanspec::bridge::run
