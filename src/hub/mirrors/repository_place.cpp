#include "hub/mirrors/repository_place.h"

#include <algorithm>
#include <vector>

#include "sync/path_policy.h"

namespace leanspec::hub::mirrors {
namespace {

constexpr std::size_t text_bytes_max = 2048;   // as browsers take an address
constexpr std::size_t owner_bytes_max = 64;    // GitHub's is 39, with room for the suffixes of managed users
constexpr std::size_t name_bytes_max = 100;    // GitHub's bound
constexpr std::size_t host_bytes_max = 260;    // 253 and a port
constexpr std::size_t branch_bytes_max = 244;  // what a file system leaves of 255 for refs and their locks
constexpr std::string_view public_host = "github.com";

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool all_of(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_letter_or_digit(c) || more.find(c) != std::string_view::npos; });
}

Error refused(std::string_view text, std::string why) {
  return Error(ErrorCode::invalid, std::move(why), std::string(text.substr(0, 200)),
               "Write it like owner/repository or https://github.com/owner/repository");
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto slash = text.find('/');
    if (slash != 0) parts.push_back(text.substr(0, slash));
    text = slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
  }
  return parts;
}

bool take(std::string_view& text, std::string_view start) {
  if (!text.starts_with(start)) return false;
  text.remove_prefix(start.size());
  return true;
}

/// Where an address goes on behind the repository: "tree" and "blob" of GitHub, "-/tree" of GitLab, "src/branch" of
/// Gitea and Forgejo. Before them any number of groups.
std::vector<std::string_view>::iterator end_of_name(std::vector<std::string_view>& parts) {
  for (auto part = parts.begin(); part != parts.end(); ++part) {
    const auto at = part - parts.begin();
    const bool leads_on = part + 1 != parts.end() && at >= 2;
    if (*part == "-" || (leads_on && (*part == "tree" || *part == "blob"))) return part;
    if (leads_on && *part == "src" && *(part + 1) == "branch") return part;
    if (part->ends_with(".git")) return part + 1;
  }
  return parts.end();
}

/// What an address says behind the repository.
Result<RepositoryPlace> with_branch(RepositoryPlace place, std::vector<std::string_view> rest, std::string_view given) {
  if (rest.empty()) return place;
  if (rest[0] == "-" || (rest[0] == "src" && rest.size() > 1 && rest[1] == "branch")) rest.erase(rest.begin());
  if (rest.size() < 2 || (rest[0] != "tree" && rest[0] != "blob" && rest[0] != "branch"))
    return refused(given, "behind the repository only /tree/<branch>/<folder> may follow");
  place.branch = std::string(rest[1]);
  LEANSPEC_TRY(check_branch_name(place.branch));
  std::string folder;
  for (std::size_t i = 2; i < rest.size(); ++i) folder += (i > 2 ? "/" : "") + std::string(rest[i]);
  LEANSPEC_ASSIGN(place.folder, parse_repository_folder(folder));
  return place;
}

}  // namespace

std::string RepositoryPlace::web_url() const {
  return (plain_http ? "http://" : "https://") + host + "/" + full_name();
}

std::string RepositoryPlace::git_url() const {
  return (plain_http ? "http://" : "https://") + host;
}

bool RepositoryPlace::may_be_github() const {
  return !owner.empty() && owner.find_first_of("/~") == std::string::npos;
}

std::string RepositoryPlace::api_url() const {
  if (host == public_host) return "https://api.github.com";
  return (plain_http ? "http://" : "https://") + host + "/api/v3";
}

Result<RepositoryPlace> parse_repository_place(std::string_view text) {
  const std::string_view given = text;
  if (text.size() > text_bytes_max) return refused(given, "this address is longer than 2048 bytes");
  RepositoryPlace place;
  place.host = public_host;
  const bool secure = take(text, "https://");
  if (secure || take(text, "http://")) {
    place.plain_http = !secure;
    const auto slash = text.find('/');
    place.host = std::string(text.substr(0, slash));
    text = slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
  } else if (take(text, "git@")) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos)
      return refused(given, "after git@ a host, ':' and owner/repository must follow");
    place.host = std::string(text.substr(0, colon));
    text = text.substr(colon + 1);
  } else if (text.find("://") != std::string_view::npos) {
    return refused(given, "only https:// leads to a repository");
  } else if (take(text, "github.com/") || take(text, "www.github.com/")) {
    place.host = public_host;
  }
  std::transform(place.host.begin(), place.host.end(), place.host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (place.host == "www.github.com") place.host = public_host;
  if (place.host.find('@') != std::string::npos) {
    return Error(ErrorCode::invalid, "the address carries a user name or password, which would end up in logs", "",
                 "Give the token in its own field.");
  }
  if (place.host.empty() || place.host.size() > host_bytes_max || !all_of(place.host, ".-:[]"))
    return refused(given, "the host name has a character that host names cannot have");
  if (text.find_first_of("?#") != std::string_view::npos) text = text.substr(0, text.find_first_of("?#"));

  auto parts = split(text);
  auto behind = parts.end();
  if (place.host == public_host) {
    if (parts.size() > 2) behind = parts.begin() + 2;
  } else {
    behind = end_of_name(parts);
  }
  const std::vector<std::string_view> rest(behind, parts.end());
  parts.erase(behind, parts.end());
  if (parts.empty() || (parts.size() < 2 && place.host == public_host))
    return refused(given, "the address does not name an owner and a repository");
  place.dot_git = parts.back().ends_with(".git");
  if (place.dot_git) parts.back().remove_suffix(4);
  place.name = std::string(parts.back());
  parts.pop_back();
  for (const std::string_view part : parts) {
    if (part.size() > owner_bytes_max || !all_of(part, "-_.~") || part == "." || part == ".." ||
        (part.front() == '~' && place.host == public_host) || part.front() == '-' || part.front() == '.')
      return refused(given, "the owner's name has a character that it cannot have, or is too long");
    place.owner += (place.owner.empty() ? "" : "/") + std::string(part);
  }
  if (place.name.empty() || place.name.size() > name_bytes_max || !all_of(place.name, "-_.") || place.name == "." ||
      place.name == "..")
    return refused(given, "the repository's name has a character that it cannot have, or is too long");
  return with_branch(std::move(place), rest, given);
}

Result<std::string> parse_repository_folder(std::string_view text) {
  std::string folder;
  for (const std::string_view part : split(text)) folder += (folder.empty() ? "" : "/") + std::string(part);
  if (folder.empty()) return folder;
  if (auto allowed = sync::check_path(folder); !allowed)
    return Error(ErrorCode::invalid, allowed.error().what, folder, "Name a folder of the repository, like docs/specs.");
  return folder;
}

Status check_branch_name(std::string_view name) {
  const auto bad = [&](std::string why) {
    return Error(ErrorCode::invalid, std::move(why), std::string(name.substr(0, 200)));
  };
  if (name.empty() || name.size() > branch_bytes_max) return bad("a branch name has 1 to 244 bytes");
  const bool control = std::any_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == 0x7F ||
           std::string_view("~^:?*[\\").find(c) != std::string_view::npos;
  });
  if (control || name.find("..") != std::string_view::npos || name.find("@{") != std::string_view::npos ||
      name.find("//") != std::string_view::npos || name.front() == '/' || name.front() == '-' || name.front() == '.' ||
      name.back() == '/' || name.back() == '.' || name.ends_with(".lock") || name.find("/.") != std::string_view::npos)
    return bad("git allows no branch of this name");
  return {};
}

}  // namespace leanspec::hub::mirrors
