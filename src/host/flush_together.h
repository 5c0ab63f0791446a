#pragma once

#include <cstddef>
#include <vector>

namespace leanspec::host {

/// fsync(2) of open files, all at the same time: the file system then commits its journal once for many of them and the
/// disk flushes its cache once, so that sixty cost hardly more than one. Returns when all are done, with the errno of
/// each, 0: its bytes and names are on the disk. Runs threads of its own that end before it returns.
[[nodiscard]] std::vector<int> flush_together(const std::vector<int>& files);

/// Beyond, measured on ext4, a further thread saves nothing.
constexpr std::size_t flush_threads_max = 16;

}  // namespace leanspec::host
