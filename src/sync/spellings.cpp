#include "sync/spellings.h"

#include "sync/normal_form.h"
#include "sync/path_policy.h"

namespace leanspec::sync {

namespace {

[[nodiscard]] std::string_view above(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

[[nodiscard]] std::string_view name_in(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

[[nodiscard]] std::string joined(std::string_view folder, std::string_view name) {
  std::string path(folder);
  if (!path.empty()) path += '/';
  return path.append(name);
}

}  // namespace

std::string Folding::key(std::string_view path) const {
  if (letters) return accents ? collision_key(path) : fold_case(path);
  return accents ? composed(path) : std::string(path);
}

void Spellings::add(std::string_view path) {
  if (!files_.try_emplace(folding_.key(path), path).second) return;
  exact_.emplace(path);
  for (auto folder = above(path); !folder.empty() && exact_folders_.emplace(folder).second; folder = above(folder))
    folders_.try_emplace(folding_.key(folder), folder);
}

std::optional<std::string> Spellings::known_as(std::string_view path) const {
  const auto found = files_.find(folding_.key(path));
  return found == files_.end() ? std::nullopt : std::optional(found->second);
}

std::string Spellings::own_name(std::string_view shown) const {
  return folding_.accents ? composed(shown) : std::string(shown);
}

std::string Spellings::folder_of(std::string_view shown) const {
  if (shown.empty() || exact_folders_.contains(shown)) return std::string(shown);
  if (const auto found = folders_.find(folding_.key(shown)); found != folders_.end()) return found->second;
  return joined(folder_of(above(shown)), own_name(name_in(shown)));
}

std::string Spellings::path_of(std::string_view shown) const {
  if (exact_.contains(shown)) return std::string(shown);
  const auto name = own_name(name_in(shown));
  const auto known = known_as(shown);
  if (!known) return joined(folder_of(above(shown)), name);
  return own_name(name_in(*known)) == name ? *known : joined(above(*known), name);
}

}  // namespace leanspec::sync
