#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vocabulary/result.h"

namespace leanspec::host {

/// Replaces the file at `path` by `bytes`, readable by its owner only (0600): written beside it, flushed, renamed into
/// place, folder flushed. After a crash or a full disk the file is the old one or the new one. For small files of
/// settings and keys.
[[nodiscard]] Status write_durable_file(const std::string& path, std::string_view bytes);

/// The whole of a small file. Errors: not_found, forbidden, too_large beyond `limit`, io.
[[nodiscard]] Result<std::string> read_small_file(const std::string& path, std::uint64_t limit);

/// Makes `path` and what is missing above it, each 0700. No error if it is there.
[[nodiscard]] Status make_private_folder(const std::string& path);

/// Refuses a file that another user owns or that others may read: where keys are kept. Error: forbidden, saying the
/// chmod to run.
[[nodiscard]] Status check_private(const std::string& path);

/// True if anything is at `path` (symbolic links followed).
[[nodiscard]] bool path_exists(const std::string& path);
[[nodiscard]] bool is_folder(const std::string& path);

}  // namespace leanspec::host
