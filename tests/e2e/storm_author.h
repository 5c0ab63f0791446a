#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/e2e/spec_history.h"

namespace leanspec::e2e {

/// One text that somebody saved, and where.
struct WrittenText {
  std::string machine;
  std::string path;
  std::string text;
  /// Its author wrote over it while the machine could send nothing: of those only the last is sent.
  bool replaced_unsent = false;
};

/// Somebody who edits a specs folder while the machine below goes through bad times: does what commits did, each at its
/// moment, with a thread of its own. An author writes over a text of their own only after it stood for a while with the
/// bridge awake, for what nobody could have seen is nobody's to keep; and waits for the hub, though not for ever.
class StormAuthor {
 public:
  struct Duty {
    std::chrono::milliseconds at{0};
    SpecCommit commit;
  };

  /// `log`: what the machine's bridge writes.
  StormAuthor(std::string machine, std::filesystem::path specs, std::filesystem::path log, unsigned seed);
  ~StormAuthor();
  StormAuthor(const StormAuthor&) = delete;
  StormAuthor& operator=(const StormAuthor&) = delete;

  void add(Duty duty) { duties_.push_back(std::move(duty)); }
  void start();
  /// From any thread: the bridge sees what is saved from now on, or does not.
  void bridge_is_awake(bool awake);
  /// From any thread: what is sent comes through at once, or may take its time.
  void hub_is_near(bool near);
  /// From any thread: nothing can be saved while the disk is full.
  void disk_is_full(bool full) { full_ = full; }
  [[nodiscard]] bool finished() const { return finished_; }
  /// Waits for the last duty.
  void finish();
  /// Once finished.
  [[nodiscard]] const std::vector<WrittenText>& written() const { return written_; }
  [[nodiscard]] std::size_t renames() const { return renames_; }
  [[nodiscard]] std::size_t removals() const { return removals_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Own {
    std::size_t written = 0;  ///< its place in written_
    Clock::time_point at;
  };

  void run();
  void perform(const FileChange& change);
  void write(const FileChange& change);
  void rename(const std::string& from, const std::string& to);
  void remove(const std::string& path);
  /// False: the file could not be written, and what was there stands.
  [[nodiscard]] bool save(const std::filesystem::path& file, const std::string& text);
  /// Nothing if the file does not stand there as this author last saved it.
  [[nodiscard]] std::optional<Own> own_text(const std::string& path) const;
  [[nodiscard]] bool seen(const Own& own);
  /// Since then the hub was near for a while, and the bridge says that it was connected and up to date.
  [[nodiscard]] bool sent(const Own& own);
  /// Nobody edits or renames what has not come yet; but some make it themselves in the end.
  void wait_until_there(const std::string& path);
  void wait_until_seen(const std::string& path);
  void remove_empty_folders(const std::filesystem::path& beneath) const;

  const std::string machine_;
  const std::filesystem::path specs_;
  const std::filesystem::path log_;
  std::mt19937 random_;
  std::vector<Duty> duties_;
  std::map<std::string, Own> own_;
  std::vector<WrittenText> written_;
  std::size_t renames_ = 0;
  std::size_t removals_ = 0;
  std::atomic<bool> full_ = false;
  std::atomic<bool> finished_ = false;
  std::atomic<bool> ending_ = false;
  std::mutex mutex_;
  std::optional<Clock::time_point> awake_since_;
  std::optional<Clock::time_point> near_since_;
  std::thread thread_;
};

}  // namespace leanspec::e2e
