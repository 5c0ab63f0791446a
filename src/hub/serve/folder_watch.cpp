#include "hub/serve/folder_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

#include "hub/sources/folder.h"

namespace leanspec::hub::serve {

namespace {

constexpr std::uint32_t folder_events = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                                        IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK;
/// What concerns a folder concerns everything beneath it; after a lost event nobody knows.
constexpr std::uint32_t more_than_a_file =
    IN_ISDIR | IN_Q_OVERFLOW | IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED;

[[nodiscard]] std::string beneath(const std::string& folder, std::string_view name) {
  return folder.empty() ? std::string(name) : folder + '/' + std::string(name);
}

}  // namespace

FolderWatch::FolderWatch(std::string root, bool watch)
    : root_(std::move(root)), events_(watch ? ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC) : -1) {}

FolderWatch::Heard FolderWatch::take() {
  Heard heard;
  heard.everything = !everywhere_;
  std::array<char, 16 * 1024> bytes{};
  while (events_) {
    const ssize_t count = ::read(events_.get(), bytes.data(), bytes.size());
    if (count <= 0) break;
    for (std::size_t at = 0; at < static_cast<std::size_t>(count);) {
      inotify_event event{};
      std::memcpy(&event, bytes.data() + at, sizeof event);
      const char* const name = bytes.data() + at + sizeof event;
      at += sizeof event + event.len;
      const auto folder = folders_.find(event.wd);
      if ((event.mask & more_than_a_file) != 0 || folder == folders_.end() || event.len == 0) {
        heard.everything = true;
      } else if (const std::string_view file(name); !sources::is_left_out(file)) {
        heard.files.insert(beneath(folder->second, file));
      }
    }
  }
  return heard;
}

void FolderWatch::follow(host::FileTree& files) {
  everywhere_ = static_cast<bool>(events_);
  folders_.clear();
  if (events_) follow(files, "");
}

void FolderWatch::follow(host::FileTree& files, const std::string& folder) {
  const int watch = ::inotify_add_watch(events_.get(), beneath(root_, folder).c_str(), folder_events);
  everywhere_ = everywhere_ && watch >= 0;
  if (watch < 0) return;  // the look that comes from time to time makes it good
  folders_[watch] = folder;
  const auto entries = files.list(folder);
  everywhere_ = everywhere_ && entries;
  if (!entries) return;
  for (const host::DirectoryEntry& entry : *entries) {
    if (entry.kind == host::FileKind::directory && !sources::is_left_out(entry.name))
      follow(files, beneath(folder, entry.name));
  }
}

}  // namespace leanspec::hub::serve
