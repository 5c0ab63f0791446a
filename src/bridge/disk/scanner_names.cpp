// The part of Scanner for disks that do not keep all names apart.
#include <algorithm>
#include <utility>

#include "bridge/disk/scanner.h"
#include "sync/normal_form.h"

namespace leanspec::bridge::disk {
namespace {

[[nodiscard]] std::pair<std::string, std::string> split(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return {std::string(), path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

[[nodiscard]] std::string join(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder + "/" + name;
}

/// The name with its ASCII letters in the other case.
[[nodiscard]] std::string in_other_case(std::string name) {
  for (char& c : name) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) c = static_cast<char>(c ^ 0x20);
  }
  return name;
}

[[nodiscard]] std::string with_other_accents(const std::string& name) {
  auto other = sync::composed(name);
  return other == name ? sync::taken_apart(name) : other;
}

}  // namespace

/// Whether the one file is found under the other name as well; nothing if that cannot be told.
std::optional<bool> Scanner::is_also(const std::string& shown, const std::string& other) {
  const auto one = tree_.facts(shown);
  const auto same = tree_.facts(other);
  if (!one) return std::nullopt;
  if (!same) return same.error().code == ErrorCode::not_found ? std::optional(false) : std::nullopt;
  // Two links to one file are shown both.
  const auto [folder, name] = split(shown);
  return one->device == same->device && one->inode == same->inode &&
         !(shows(folder, name) && shows(folder, split(other).second));
}

bool Scanner::could_tell_folding(std::string_view name) const {
  if (!letters_fold_) return true;
  return !accents_fold_ &&
         std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

/// The first name that has letters tells of letters, the first with accents of accents: one look each.
void Scanner::learn_folding(const std::string& shown) {
  const auto [folder, name] = split(shown);
  if (!letters_fold_) {
    if (const auto other = in_other_case(name); other != name) letters_fold_ = is_also(shown, join(folder, other));
  }
  if (!accents_fold_) {
    if (const auto other = with_other_accents(name); other != name) accents_fold_ = is_also(shown, join(folder, other));
  }
}

bool Scanner::shows(const std::string& folder, std::string_view name) {
  auto at = shown_.find(folder);
  if (at == shown_.end()) {
    std::set<std::string, std::less<>> names;
    if (const auto entries = tree_.list(folder)) {
      for (const auto& entry : *entries) names.insert(entry.name);
    }
    at = shown_.emplace(folder, std::move(names)).first;
  }
  return at->second.contains(name);
}

/// A file that the disk also finds under other names has the one that is shown.
bool Scanner::is_shown_so(const std::string& path) {
  if (!letters_fold_.value_or(false) && !accents_fold_.value_or(false)) return true;
  const auto [folder, name] = split(path);
  if (shows(folder, name) || shown_.find(folder)->second.empty()) return true;
  if (!accents_fold_.value_or(false)) return false;
  const auto& names = shown_.find(folder)->second;
  const auto wanted = sync::composed(name);
  return std::any_of(names.begin(), names.end(), [&](const auto& other) { return sync::composed(other) == wanted; });
}

/// The path by which the file is known. Nothing: the result has it already. Folders of one tree may differ in what they
/// keep apart, so the disk itself has to say that both are one file.
std::optional<std::string> Scanner::known_path(const std::string& shown) {
  const auto& spellings = waiting_.front().spellings;
  if (!spellings) return shown;
  auto path = spellings->path_of(shown);
  const auto facts = tree_.facts(shown);
  const std::uint64_t inode = facts ? facts->inode : 0;
  if (path != shown) {
    const auto same = tree_.facts(path);
    if (facts && (!same || same->device != facts->device || same->inode != facts->inode)) path = shown;
  }
  auto [at, is_new] = seen_as_.emplace(path, inode);
  if (is_new) return path;
  if (at->second == inode || path == shown || !seen_as_.emplace(shown, inode).second) return std::nullopt;
  return shown;
}

}  // namespace leanspec::bridge::disk
