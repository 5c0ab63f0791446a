#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace leanspec::digest {

/// The hash that a repository names its objects by.
enum class GitHash { sha1, sha256 };
[[nodiscard]] constexpr std::size_t git_id_bytes(GitHash hash) {
  return hash == GitHash::sha1 ? 20 : 32;
}

/// The name that git gives to an object, in hex: the hash of "<kind> <length>\0" and its bytes. `kind`: "blob", "tree",
/// "commit" or "tag".
[[nodiscard]] std::string git_object_id(GitHash hash, std::string_view kind, std::string_view bytes);
/// Of a file's bytes.
[[nodiscard]] std::string git_blob_id(GitHash hash, std::string_view bytes);

}  // namespace leanspec::digest
