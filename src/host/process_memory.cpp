#include "host/process_memory.h"

#include <cstdlib>  // says which library it is

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace leanspec::host {

#ifdef __GLIBC__

namespace {

/// The library's own start value. Set by hand it stays there; else the first large block that is freed moves all up to
/// its size into the heap, where they leave holes.
constexpr int large_block_bytes = 128 * 1024;

}  // namespace

void keep_memory_small() {
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, large_block_bytes);
}

void limit_heaps(unsigned heaps) {
  mallopt(M_ARENA_MAX, static_cast<int>(heaps));
}

void return_free_memory() {
  malloc_trim(0);
}

#else

void keep_memory_small() {}
void limit_heaps(unsigned) {}
void return_free_memory() {}

#endif

}  // namespace leanspec::host
