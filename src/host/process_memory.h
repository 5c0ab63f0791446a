#pragma once

namespace leanspec::host {

/// For a program whose work is done by one thread and that is to stay small: one heap for all threads, and large blocks
/// outside it, so that they go back to the system when they are freed. Before the first other thread.
void keep_memory_small();

/// For a server: this many heaps for all its threads. Left alone the library makes one for nearly every thread, and each
/// keeps the most that its threads ever needed at once. Before the first other thread.
void limit_heaps(unsigned heaps);

/// Gives back to the system what the heap holds free, after work that needed much for a moment. Takes milliseconds.
void return_free_memory();

}  // namespace leanspec::host
