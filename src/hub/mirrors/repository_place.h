#pragma once

#include <string>
#include <string_view>

#include "vocabulary/result.h"

namespace leanspec::hub::mirrors {

/// A repository as a person names it.
struct RepositoryPlace {
  std::string host;   ///< "github.com", or that of another forge, with its port if it has one
  std::string owner;  ///< of groups in groups "group/sub"; "" of a plain server's repository in no folder
  std::string name;
  std::string branch;       ///< "" not said: the repository's default
  std::string folder;       ///< "" not said: to be found
  bool dot_git = false;     ///< ".git" was written behind the name
  bool plain_http = false;  ///< http:// was written; only an administrator's allowance makes that work

  [[nodiscard]] std::string full_name() const { return owner.empty() ? name : owner + "/" + name; }
  /// Where git's own protocol is spoken: scheme and host, and the path behind them.
  [[nodiscard]] std::string git_url() const;
  [[nodiscard]] std::string git_path() const { return full_name() + (dot_git ? ".git" : ""); }
  /// Whether GitHub's API can be there: it knows owners and nothing deeper.
  [[nodiscard]] bool may_be_github() const;
  /// Where people see it.
  [[nodiscard]] std::string web_url() const;
  /// Where GitHub's REST API of this host is: https://api.github.com, or https://<host>/api/v3 of an Enterprise server.
  [[nodiscard]] std::string api_url() const;

  friend bool operator==(const RepositoryPlace&, const RepositoryPlace&) = default;
};

/// Takes "owner/repo", "https://host/owner/repo", the same with ".git" or "/tree/<branch>/<folder>" behind it (at other
/// forges "/-/tree/…" and "/src/branch/…"; a branch with a '/' in its name has to be said apart), and
/// "git@host:owner/repo.git". Other hosts than github.com may have groups in groups, or none. Error: invalid, saying
/// which part.
[[nodiscard]] Result<RepositoryPlace> parse_repository_place(std::string_view text);

/// A folder inside a repository: relative, no "." or "..". "" is the whole repository. Error: invalid.
[[nodiscard]] Result<std::string> parse_repository_folder(std::string_view text);

/// A name that a branch can have (git-check-ref-format). Error: invalid.
[[nodiscard]] Status check_branch_name(std::string_view name);

}  // namespace leanspec::hub::mirrors
