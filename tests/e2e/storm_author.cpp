#include "tests/e2e/storm_author.h"

#include <fcntl.h>
#include <unistd.h>

#include <ctime>
#include <iomanip>
#include <sstream>
#include <system_error>
#include <tuple>

#include "host/descriptor.h"
#include "tests/e2e/scratch.h"
#include "tests/fakes/corpus.h"

namespace leanspec::e2e {
namespace {

namespace fs = std::filesystem;

/// So long a text stands with its bridge awake before its author writes over it: far more than a bridge takes to keep
/// it, also on a busy machine.
constexpr std::chrono::seconds seen_after{5};
/// For so long an author waits for the hub before writing over a text of their own.
constexpr std::chrono::seconds sent_within{30};
/// And so long for a file that somebody else has made.
constexpr std::chrono::seconds there_within{10};
constexpr std::chrono::milliseconds look_again{20};

[[nodiscard]] bool write_all(int file, std::string_view text) {
  return ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

/// Since when the bridge says that it is connected and has read what the hub has; nothing if it is not.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> online_since(const std::string& log) {
  std::optional<std::chrono::system_clock::time_point> since;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    const auto has = [&](const char* word) { return line.find(word) != std::string::npos; };
    if (has(" state=live") || has(" state=differs") || has(" state=syncing")) {
      std::tm date{};
      std::istringstream(line) >> std::get_time(&date, "%Y-%m-%dT%H:%M:%S");
      // Its fraction is left out, and so rounded to the careful side.
      if (!since) since = std::chrono::system_clock::from_time_t(::timegm(&date)) + std::chrono::seconds(1);
    } else if (has(" state=") || has("connection to the hub ended") || has("is running")) {
      since.reset();
    }
  }
  return since;
}

}  // namespace

StormAuthor::StormAuthor(std::string machine, fs::path specs, fs::path log, unsigned seed)
    : machine_(std::move(machine)), specs_(std::move(specs)), log_(std::move(log)), random_(seed) {}

StormAuthor::~StormAuthor() {
  ending_ = true;
  if (thread_.joinable()) thread_.join();
}

void StormAuthor::start() {
  thread_ = std::thread([this] { run(); });
}

void StormAuthor::finish() {
  if (thread_.joinable()) thread_.join();
}

void StormAuthor::bridge_is_awake(bool awake) {
  const std::lock_guard lock(mutex_);
  if (!awake) awake_since_.reset();
  if (awake && !awake_since_) awake_since_ = Clock::now();
}

void StormAuthor::hub_is_near(bool near) {
  const std::lock_guard lock(mutex_);
  if (!near) near_since_.reset();
  if (near && !near_since_) near_since_ = Clock::now();
}

void StormAuthor::run() {
  const auto begun = Clock::now();
  for (const Duty& duty : duties_) {
    while (!ending_ && Clock::now() < begun + duty.at) std::this_thread::sleep_for(look_again);
    for (const FileChange& change : duty.commit.changes) {
      if (ending_) return;
      perform(change);
    }
  }
  finished_ = true;
}

void StormAuthor::perform(const FileChange& change) {
  switch (change.kind) {
    case FileChange::Kind::write:
      return write(change);
    case FileChange::Kind::rename:
      return rename(change.old_path, change.path);
    case FileChange::Kind::remove:
      return remove(change.path);
  }
}

std::optional<StormAuthor::Own> StormAuthor::own_text(const std::string& path) const {
  const auto own = own_.find(path);
  if (own == own_.end() || tests::read_file(specs_ / path) != written_[own->second.written].text) return std::nullopt;
  return own->second;
}

bool StormAuthor::seen(const Own& own) {
  const std::lock_guard lock(mutex_);
  return awake_since_ && Clock::now() - std::max(*awake_since_, own.at) >= seen_after;
}

bool StormAuthor::sent(const Own& own) {
  const auto since = online_since(tests::read_file(log_));
  const std::lock_guard lock(mutex_);
  if (!since || !near_since_) return false;
  const auto last = std::max(*near_since_, own.at);
  return std::min<Clock::duration>(std::chrono::system_clock::now() - *since, Clock::now() - last) >= seen_after;
}

void StormAuthor::wait_until_seen(const std::string& path) {
  const auto begun = Clock::now();
  for (auto own = own_text(path); !ending_ && own; own = own_text(path)) {
    if (!full_ && seen(*own)) {
      if (sent(*own)) break;
      if (Clock::now() - begun >= sent_within) {
        written_[own->written].replaced_unsent = true;
        break;
      }
    }
    std::this_thread::sleep_for(look_again * 5);
  }
  while (!ending_ && full_) std::this_thread::sleep_for(look_again);
}

bool StormAuthor::save(const fs::path& file, const std::string& text) {
  std::error_code failed;
  fs::create_directories(file.parent_path(), failed);
  if (failed) return false;
  if (random_() % 2 == 0) {
    const fs::path beside = file.parent_path() / ("." + file.filename().string() + ".tmp");
    if (!save_in_place(beside, text)) {
      fs::remove(beside, failed);
      return false;
    }
    fs::rename(beside, file, failed);
    return !failed;
  }
  // In place, in two steps now and then; on a disk that is full an editor does not even begin.
  const host::Descriptor descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!descriptor) return false;
  const std::size_t first = random_() % 4 == 0 ? text.size() / 2 : 0;
  if (first > 0) {
    if (!write_all(descriptor.get(), text.substr(0, first))) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(random_() % 40));
  }
  return write_all(descriptor.get(), std::string_view(text).substr(first));
}

void StormAuthor::wait_until_there(const std::string& path) {
  const auto until = Clock::now() + there_within;
  while (!ending_ && Clock::now() < until && !fs::exists(specs_ / path)) std::this_thread::sleep_for(look_again);
}

void StormAuthor::write(const FileChange& change) {
  const auto& [path, text] = std::tie(change.path, change.text);
  if (!change.is_new) wait_until_there(path);
  wait_until_seen(path);
  if (ending_ || tests::read_file(specs_ / path) == text) return;
  while (!save(specs_ / path, text)) {
    if (ending_) return;
    std::this_thread::sleep_for(look_again);
  }
  own_[path] = {written_.size(), Clock::now()};
  written_.push_back({machine_, path, text, false});
}

void StormAuthor::rename(const std::string& from, const std::string& to) {
  std::error_code failed;
  wait_until_there(from);
  while (!ending_ && full_) std::this_thread::sleep_for(look_again);
  if (!fs::exists(specs_ / from, failed) || fs::exists(specs_ / to, failed)) return;
  fs::create_directories((specs_ / to).parent_path(), failed);
  fs::rename(specs_ / from, specs_ / to, failed);
  if (failed) return;
  ++renames_;
  if (auto own = own_.extract(from)) {
    own.key() = to;
    own_.erase(to);
    own_.insert(std::move(own));
  }
  remove_empty_folders(specs_ / from);
}

void StormAuthor::remove(const std::string& path) {
  wait_until_seen(path);
  std::error_code failed;
  if (ending_ || !fs::remove(specs_ / path, failed)) return;
  ++removals_;
  own_.erase(path);
  remove_empty_folders(specs_ / path);
}

void StormAuthor::remove_empty_folders(const fs::path& beneath) const {
  std::error_code failed;
  for (fs::path folder = beneath.parent_path(); folder != specs_ && fs::remove(folder, failed);
       folder = folder.parent_path()) {
  }
}

}  // namespace leanspec::e2e
