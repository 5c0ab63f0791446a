#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "host/files.h"
#include "sync/spellings.h"
#include "tests/fakes/file_text.h"
#include "tests/fakes/name_journal.h"

namespace leanspec::fakes {

/// Which names a disk takes for one, and how it spells them.
struct DiskFolding : sync::Folding {
  bool takes_apart = false;  ///< it keeps accents decomposed, whatever it was given
  friend bool operator==(const DiskFolding&, const DiskFolding&) = default;
};

/// The order of paths on such a disk: equal are those that it does not keep apart.
struct PathLess {
  using is_transparent = void;
  DiskFolding folding;
  /// Every look at a file asks this at each level of the tree, and nearly every disk keeps all names apart.
  [[nodiscard]] bool operator()(std::string_view one, std::string_view other) const {
    return folding.any() ? folded(one, other) : one < other;
  }

 private:
  [[nodiscard]] bool folded(std::string_view one, std::string_view other) const;
};

/// A disk in memory with a user who edits it. Deterministic: no clock but the one that the test moves, inode numbers in
/// order, and a deleted file's inode is given to the next new file, as ext4 does. Keeps the contract of host::FileTree
/// (file_tree_contract). Under it lies a disk that a power cut leaves with what was synced, and with chance's choice of
/// the rest.
class MemoryFileTree final : public host::WritableFileTree {
 public:
  MemoryFileTree();

  // host::FileTree
  [[nodiscard]] Result<host::FileFacts> facts(std::string_view path) override;
  [[nodiscard]] Result<std::vector<host::DirectoryEntry>> list(std::string_view folder) override;
  [[nodiscard]] Result<host::FileContent> read(std::string_view path, std::uint64_t limit) override;
  [[nodiscard]] Result<bool> has_writer(std::string_view path) override;
  [[nodiscard]] bool knows_writers() const override { return true; }

  // host::WritableFileTree
  [[nodiscard]] Status create(std::string_view path, std::string_view bytes, std::uint32_t mode) override;
  [[nodiscard]] Status exchange(std::string_view one, std::string_view other) override;
  [[nodiscard]] Status move(std::string_view from, std::string_view to) override;
  void imitate(std::string_view, std::string_view) override {}
  [[nodiscard]] Status link(std::string_view from, std::string_view to) override;
  [[nodiscard]] Status put_over(std::string_view from, std::string_view to) override;
  [[nodiscard]] Status remove_file(std::string_view path) override;
  [[nodiscard]] Status make_folder(std::string_view path) override;
  [[nodiscard]] Status remove_folder(std::string_view path) override;
  [[nodiscard]] Status sync_folder(std::string_view folder) override;

  // What the user and their editor do. Missing folders above are made.
  void write(std::string_view path, FileText text);    ///< in place: the inode stays
  void replace(std::string_view path, FileText text);  ///< a new file renamed over the old one: a new inode
  void add_folder(std::string_view path);
  void make_symlink(std::string_view path);
  void remove(std::string_view path);                       ///< with everything beneath
  void rename(std::string_view from, std::string_view to);  ///< over whatever is there
  void open_writer(std::string_view path);
  void close_writer(std::string_view path);
  void set_modified(std::string_view path, std::int64_t nanoseconds);  ///< utimensat: mtime as wished, ctime is now

  // Bad days.
  void set_failing(std::string_view path, std::optional<Error> error);  ///< every call on this very path answers so
  /// The file is written in place while the next read of it is under way: that read sees the front of the old and the
  /// rest of the new.
  void write_during_next_read(std::string_view path, std::string_view bytes);
  /// Hears of every such write just before it happens.
  void set_written_during_read(std::function<void(std::string_view path, std::string_view bytes)> heard) {
    written_during_read_ = std::move(heard);
  }
  void take_root_away();  ///< unmounted, or moved: not_found for the root and all in it
  void bring_root_back();
  void mount_empty_root();  ///< another, empty disk at the same place
  /// The machine's power fails: the front of the unsynced names survives, and of each unsynced text all, nothing new, a
  /// part or nothing at all. `below`: chance. Nobody has anything open afterwards.
  void cut_power(const std::function<std::uint64_t(std::uint64_t)>& below);
  /// Time for what the system writes back by itself: names after 5 s, texts after 30.
  void set_moment(std::chrono::milliseconds now);
  /// A bridge that forgets to sync what it makes, or the folders of its names.
  void set_syncs(bool texts, bool names) {
    syncs_texts_ = texts;
    syncs_names_ = names;
  }
  void sync_all_names();
  /// What the bridge itself did to this name, or the text that it made there, a power cut could take back.
  [[nodiscard]] bool is_ours_and_uncertain(std::string_view path) const;
  /// create() answers no_space from here on.
  void set_full(bool full) { full_ = full; }
  /// exchange() and move() answer unsupported, as on a network disk.
  void set_one_step(bool can) { one_step_ = can; }
  /// link() answers so too.
  void set_links(bool can) { links_ = can; }
  /// While it is empty.
  void set_folding(DiskFolding folding);
  [[nodiscard]] DiskFolding folding() const { return items_.key_comp().folding; }
  /// As the disk spells it, or would if it were made now.
  [[nodiscard]] std::string spelled(std::string_view path) const;
  /// Runs before every call that looks at the disk, with its path: for a user who acts between any two of our calls.
  void set_interruption(std::function<void(std::string_view path)> interruption);
  /// After so many more calls `then` runs in the middle of one, and may throw.
  void set_call_limit(std::optional<std::uint64_t> calls, std::function<void()> then) {
    calls_left_ = calls;
    at_limit_ = std::move(then);
  }
  [[nodiscard]] std::optional<std::uint64_t> calls_left() const { return calls_left_; }
  /// Sooner than that; only while somebody is there to be stopped.
  void set_calls_left(std::uint64_t calls) {
    if (at_limit_) calls_left_ = calls;
  }
  /// False: nobody interrupts and nothing fails, for a test that looks itself.
  void set_listening(bool listening) { listening_ = listening; }

  // Time.
  void set_time(std::int64_t nanoseconds) { now_ns_ = nanoseconds; }
  void advance(std::int64_t nanoseconds) { now_ns_ += nanoseconds; }
  [[nodiscard]] std::int64_t time() const { return now_ns_; }
  void set_timestamp_granularity(std::int64_t nanoseconds) { granularity_ns_ = nanoseconds; }

  /// The bytes, for assertions; nothing if there is no such file.
  [[nodiscard]] std::optional<std::string> content(std::string_view path) const;
  /// The same, as the disk holds it; null if there is no such file.
  [[nodiscard]] const FileText* text(std::string_view path) const;
  /// Of the file there, whatever its name.
  [[nodiscard]] std::optional<NameJournal::Serial> serial(std::string_view path) const;
  /// Every ordinary file with its text, in the order of items by path; for assertions too.
  template <typename Visit>
  void each_file(const Visit& visit) const {
    for (const auto& [path, item] : items_) {
      if (item.facts.kind == host::FileKind::regular) visit(path, item.text);
    }
  }
  /// Whole reads served so far: what a scanner that trusts equal facts saves.
  [[nodiscard]] std::size_t reads() const { return reads_; }

 private:
  /// A text as the disk has it, while the system has a newer one in memory.
  struct Unwritten {
    host::FileFacts facts;
    FileText text;
    std::chrono::milliseconds since{0};
  };
  struct Item {
    host::FileFacts facts;
    FileText text;
    NameJournal::Serial serial = 0;
    bool ours = false;  ///< made by create()
    std::optional<Unwritten> unwritten;
  };
  using Items = std::map<std::string, Item, PathLess>;

  [[nodiscard]] Result<Items::iterator> find(std::string_view path);
  [[nodiscard]] Status check(std::string_view path);
  [[nodiscard]] Status check_free(std::string_view path);
  [[nodiscard]] std::int64_t stamp() const { return now_ns_ - now_ns_ % granularity_ns_; }
  [[nodiscard]] std::uint64_t new_inode();
  [[nodiscard]] static std::string_view parent_of(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
  }
  /// One name of it is gone.
  void free_inode(std::uint64_t inode);
  Item& make(std::string_view path, host::FileKind kind);
  [[nodiscard]] std::pair<Items::iterator, Items::iterator> inside(const std::string& folder);
  void put(Item& item, FileText text);
  void bury(Item item);
  void touch_parent(std::string_view path);

  Items items_;  ///< by path; "" is the root
  std::optional<Items> away_;
  std::size_t symlinks_ = 0;  ///< ever made
  NameJournal journal_;
  NameJournal::Serial last_serial_ = 0;
  std::map<NameJournal::Serial, Item> buried_;  ///< nameless, and a power cut could give them their name back
  std::chrono::milliseconds moment_{0};
  bool acting_ = false;  ///< it is the bridge that does it
  bool syncs_texts_ = true;
  bool syncs_names_ = true;
  std::set<std::uint64_t> free_inodes_;
  std::uint64_t last_inode_ = 100;
  std::uint64_t device_ = 7;
  std::int64_t now_ns_ = 1'700'000'000'000'000'000;
  std::int64_t granularity_ns_ = 1;
  std::set<std::string, PathLess> writers_;
  std::map<std::string, Error, PathLess> failing_;
  std::map<std::string, std::string, PathLess> during_read_;
  std::function<void(std::string_view, std::string_view)> written_during_read_;
  std::function<void(std::string_view)> interruption_;
  std::size_t reads_ = 0;
  bool listening_ = true;
  std::optional<std::uint64_t> calls_left_;
  std::function<void()> at_limit_;
  bool full_ = false;
  bool one_step_ = true;
  bool links_ = true;
  bool has_links_ = false;  ///< some file has two names
};

}  // namespace leanspec::fakes
