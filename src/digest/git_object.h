#pragma once

#include <string>
#include <string_view>

namespace leanspec::digest {

/// The hash that a repository names its objects by.
enum class GitHash { sha1, sha256 };

/// The name that git gives to a file's bytes, in hex: the hash of "blob <length>\0" and the bytes.
[[nodiscard]] std::string git_blob_id(GitHash hash, std::string_view bytes);

}  // namespace leanspec::digest
