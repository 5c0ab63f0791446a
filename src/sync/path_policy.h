#pragma once

#include <string_view>

#include "vocabulary/result.h"

namespace leanspec::sync {

/// Whether a path may exist in a synced tree, by the same rule at both ends (H01): relative, '/' separated, valid UTF-8 in NFC
/// order of bytes as given, no empty, "." or ".." component, no control characters, no names that another system cannot hold
/// (Windows device names, trailing dot or space, `<>:"|?*\`), no bidirectional or zero-width characters, nothing inside .git, .hg,
/// .svn, .jj or our own staging folder, at most the depth and length of limits. Error: invalid with the reason in words.
[[nodiscard]] Status check_path(std::string_view path);

/// The key under which two spellings collide on a case-insensitive disk (simple case folding).
[[nodiscard]] std::string collision_key(std::string_view path);

constexpr std::size_t path_bytes_max = 1024;
constexpr std::size_t path_depth_max = 16;

}  // namespace leanspec::sync
