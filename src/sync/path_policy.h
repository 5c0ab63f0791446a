#pragma once

#include <string_view>

#include "vocabulary/result.h"

namespace leanspec::sync {

/// Whether a path may exist in a synced tree, by the same rule at both ends (H01): relative, '/' separated, valid
/// UTF-8, no empty,
/// "." or ".." component, no control characters, no names that another system cannot hold (Windows device names,
/// trailing dot or space, `<>:"|?*\`), no bidirectional or zero-width characters, nothing inside .git, .hg, .svn, .jj
/// or our own staging folder, at most 255 bytes a component and the depth and length below. Bytes are taken as given:
/// composed and decomposed spellings are two paths, and to bring a decomposing disk's names to one form is for who reads
/// that disk. Error: invalid with the reason in words.
[[nodiscard]] Status check_path(std::string_view path);

/// The key under which two spellings collide on a disk that does not keep case apart, or not how accents are written:
/// taken apart (normal_form.h), then simple case folding of the Latin, Greek, Cyrillic and Armenian scripts and the
/// full-width forms. Any bytes are allowed; those that are no UTF-8 are equal only to themselves.
[[nodiscard]] std::string collision_key(std::string_view path);

/// The same, of letters alone.
[[nodiscard]] std::string fold_case(std::string_view path);

constexpr std::size_t path_bytes_max = 1024;
constexpr std::size_t path_depth_max = 16;  ///< folders above the file

}  // namespace leanspec::sync
