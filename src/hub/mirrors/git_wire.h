#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "digest/git_object.h"
#include "hub/mirrors/provider.h"
#include "vocabulary/result.h"

namespace leanspec::hub::mirrors {

/// Git's protocol, version 2, as it goes over HTTP (gitprotocol-v2(5), gitprotocol-http(5)): what is asked and what the
/// answers say. Pure. What does not have the documented shape is `corrupt`; what the server says in an error line is
/// `unavailable`.

/// What a server says of itself.
struct GitServer {
  bool filters = false;  ///< it can leave files out of an answer
  digest::GitHash hash = digest::GitHash::sha1;
  friend bool operator==(const GitServer&, const GitServer&) = default;
};

/// Of `info/refs?service=git-upload-pack`. Errors: unsupported (an older protocol), not_found (no git server).
[[nodiscard]] Result<GitServer> parse_git_advertisement(std::string_view body);

/// The names that begin so, and what symbolic ones stand for.
[[nodiscard]] std::string git_refs_question(const GitServer& server, const std::vector<std::string>& prefixes);
struct GitRef {
  std::string name;
  GitId id;
  std::string target;  ///< of a symbolic one
  friend bool operator==(const GitRef&, const GitRef&) = default;
};
[[nodiscard]] Result<std::vector<GitRef>> parse_git_refs(std::string_view body);

struct GitFetch {
  std::vector<GitId> wants;
  std::vector<GitId> haves = {};  ///< what they hold is not sent
  bool shallow = true;            ///< of commits, the one that is wanted alone
  std::string filter = {};        ///< "" none; only of a server that filters
};
[[nodiscard]] std::string git_fetch_question(const GitServer& server, const GitFetch& fetch);
/// The pack in the answer.
[[nodiscard]] Result<std::string> parse_git_fetch(std::string_view body);

}  // namespace leanspec::hub::mirrors
