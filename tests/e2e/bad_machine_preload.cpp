// The library of tests/e2e/bad_machine.h: stands before the C library in a program under test. The files in
// $BAD_MACHINE are looked at on each call, so that a test can change the machine at any moment. Everything that is not
// ours goes to the kernel directly.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace {

/// The text of a small file in our folder; false if there is none.
bool told(const char* name, char* text, size_t size) {
  static const char* const folder = ::getenv("BAD_MACHINE");  // NOLINT(concurrency-mt-unsafe)
  char path[512];
  if (folder == nullptr || std::snprintf(path, sizeof path, "%s/%s", folder, name) >= static_cast<int>(sizeof path))
    return false;
  const long file = ::syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  if (file < 0) return false;
  const long count = ::syscall(SYS_read, file, text, size - 1);
  ::syscall(SYS_close, file);
  text[count > 0 ? count : 0] = '\0';
  return count > 0;
}

bool lies_in_read_only(const char* path) {
  char folder[512];
  if (!told("read-only", folder, sizeof folder)) return false;
  const size_t length = std::strlen(folder);
  return std::strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

bool is_read_only(int file) {
  char link[64];
  char path[4096];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = ::readlink(link, path, sizeof path - 1);
  if (length <= 0) return false;
  path[length] = '\0';
  return lies_in_read_only(path);
}

template <typename Call>
auto unless_read_only(bool read_only, Call call) -> decltype(call()) {
  if (!read_only) return call();
  errno = EROFS;
  return -1;
}

int open_at(int folder, const char* path, int flags, mode_t mode) {
  const bool writes = (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) != 0;
  return unless_read_only(writes && lies_in_read_only(path),
                          [&] { return static_cast<int>(::syscall(SYS_openat, folder, path, flags, mode)); });
}

long long clock_offset() {
  char text[64];
  return told("clock", text, sizeof text) ? std::atoll(text) : 0;
}

struct Loaded {
  Loaded() {
    const char* folder = ::getenv("BAD_MACHINE");  // NOLINT(concurrency-mt-unsafe)
    char path[512];
    if (folder == nullptr || std::snprintf(path, sizeof path, "%s/works", folder) < 0) return;
    ::syscall(SYS_close, ::syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  }
} const loaded;

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, size_t size) {
  return unless_read_only(is_read_only(file), [&] { return ssize_t{::syscall(SYS_write, file, bytes, size)}; });
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
  return unless_read_only(is_read_only(file), [&] { return ssize_t{::syscall(SYS_pwrite64, file, bytes, size, at)}; });
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) {
  return unless_read_only(is_read_only(file), [&] { return ssize_t{::syscall(SYS_pwrite64, file, bytes, size, at)}; });
}

int ftruncate64(int file, off64_t size) noexcept {
  return unless_read_only(is_read_only(file), [&] { return static_cast<int>(::syscall(SYS_ftruncate, file, size)); });
}

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return open_at(AT_FDCWD, path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return open_at(AT_FDCWD, path, flags, mode);
}

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const long done = ::syscall(SYS_clock_gettime, clock, time);
  if (done == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += clock_offset();
  return static_cast<int>(done);
}

int gettimeofday(timeval* time, void*) noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* result) noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  if (result != nullptr) *result = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"
