#pragma once

#include <string>
#include <string_view>

#include "vocabulary/result.h"

namespace leanspec::hub::mirrors {

/// A repository as a person names it.
struct RepositoryPlace {
  std::string host;  ///< "github.com", or that of a GitHub Enterprise server, with its port if it has one
  std::string owner;
  std::string name;
  std::string branch;       ///< "" not said: the repository's default
  std::string folder;       ///< "" not said: to be found
  bool plain_http = false;  ///< http:// was written; only an administrator's allowance makes that work

  [[nodiscard]] std::string full_name() const { return owner + "/" + name; }
  /// Where people see it.
  [[nodiscard]] std::string web_url() const;
  /// Where GitHub's REST API of this host is: https://api.github.com, or https://<host>/api/v3 of an Enterprise server.
  [[nodiscard]] std::string api_url() const;

  friend bool operator==(const RepositoryPlace&, const RepositoryPlace&) = default;
};

/// Takes "owner/repo", "https://host/owner/repo", the same with ".git" or "/tree/<branch>/<folder>" behind it (a branch
/// with a '/' in its name has to be said apart), and "git@host:owner/repo.git". Error: invalid, saying which part.
[[nodiscard]] Result<RepositoryPlace> parse_repository_place(std::string_view text);

/// A folder inside a repository: relative, no "." or "..". "" is the whole repository. Error: invalid.
[[nodiscard]] Result<std::string> parse_repository_folder(std::string_view text);

/// A name that a branch can have (git-check-ref-format). Error: invalid.
[[nodiscard]] Status check_branch_name(std::string_view name);

}  // namespace leanspec::hub::mirrors
