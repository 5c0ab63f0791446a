#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "digest/sha256.h"
#include "tests/fakes/memory_file_tree.h"
#include "tests/simulation/chance.h"

namespace leanspec::simulation {

using std::chrono::milliseconds;

/// A machine's disk with the user's hands on it, and the truth about it: which files there are, since when, and which
/// were really taken away, whatever a bridge thinks that it saw.
class SimulatedDisk {
 public:
  struct Truth {
    fakes::FileText text;
    milliseconds changed_at{0};
    std::set<Digest> texts;              ///< all that it ever had
    std::set<std::string> stood_at;      ///< where it was before it was renamed
    std::set<std::string> brought_from;  ///< where it was before the bridge renamed it, which others had asked for
    bool of_nobody = false;              ///< a power cut left this text there
    bool put_in_place = false;           ///< its user moved it to where another file had been
  };

  explicit SimulatedDisk(std::int64_t timestamp_granularity_ns) {
    tree.set_timestamp_granularity(timestamp_granularity_ns);
    tree.set_written_during_read([this](std::string_view path, std::string_view text) {
      remember_what_stands(path);
      put(std::string(path), std::string(text));
    });
  }
  SimulatedDisk(const SimulatedDisk&) = delete;
  SimulatedDisk& operator=(const SimulatedDisk&) = delete;

  /// Wall time of the machine. Each change gets a moment of its own, as on a disk that counts nanoseconds.
  void set_clock(milliseconds now, std::int64_t wall_ms) {
    now_ = now;
    tree.set_moment(now);
    tree.set_time(wall_ms * 1'000'000 + ++changes_ % 1'000'000);
  }

  void write(const std::string& path, const fakes::FileText& text) {
    remember_what_stands(path);
    tree.write(path, text);
    put(path, text);
  }
  void move(const std::string& from, const std::string& to) {
    remember_what_stands(to);
    tree.rename(from, to);
    for (const auto& path : within(from)) {
      auto node = files_.extract(path);
      gone_since_[path] = now_;
      const auto place = to + path.substr(from.size());
      auto truth = std::move(node.mapped());
      if (is_passing(place))
        saved_over_[path] = truth;
      else if (is_passing(path))
        inherit(truth, place);
      else
        truth.stood_at.insert(path);
      if (is_passing(place)) {
        truth.stood_at.clear();
        truth.brought_from.clear();
      }
      if (!is_passing(path)) end(place);
      // What stood there before goes on with the text that comes there, since the same path wins; so the document that
      // came from elsewhere may be nowhere any more.
      if (!is_passing(place) && (gone_since_.contains(place) || was_long_gone_.contains(place))) {
        remember_end(truth);
        truth.put_in_place = true;
      }
      settle(place, std::move(truth));
    }
  }
  void remove(const std::string& path) {
    tree.remove(path);
    for (const auto& file : within(path)) {
      end(file);
      files_.erase(file);
      gone_since_[file] = now_;
    }
  }

  /// Another program writes `text` while the bridge reads the file the next time.
  void write_during_next_read(const std::string& path, const std::string& text) {
    tree.write_during_next_read(path, text);
  }

  /// Of the real disk, also while another one stands in its place.
  void set_failing(const std::string& path, const std::optional<Error>& error) {
    tree.set_failing(path, error);
    if (covered) covered->set_failing(path, error);
  }

  /// Takes over what the bridge wrote. A text that it took from its place is remembered: it must be somewhere in the
  /// end. `is_safe`: the hub has it.
  void notice_applied(const std::function<bool(const Digest&)>& is_safe) {
    if (covered || root_is_away) {  // another disk stands in its place
      for (const auto& [path, text] : synced_files()) had_.insert(text.digest());
      return;
    }
    const auto there = synced_files();
    std::vector<std::pair<std::string_view, fakes::FileText>> came;
    std::multimap<Digest, std::pair<std::string, Truth>> left;  // by the text
    auto now_there = there.begin();
    const auto passes = [&](const auto& file) { return now_there != there.end() && now_there->first < file->first; };
    for (auto file = files_.begin(); file != files_.end();) {
      for (; passes(file); ++now_there) came.emplace_back(*now_there);
      const bool stands = now_there != there.end() && now_there->first == file->first;
      if (stands && now_there->second == file->second.text) {
        ++now_there;
        ++file;
        continue;
      }
      left.emplace(file->second.text.digest(), *file);
      if (stands) came.emplace_back(*now_there++);
      file = stands ? std::next(file) : files_.erase(file);
    }
    for (; now_there != there.end(); ++now_there) came.emplace_back(*now_there);
    for (auto& [path, text] : came) {
      auto& truth = files_[std::string(path)];
      truth.of_nobody = truth.put_in_place = false;
      // Where it stood is remembered with it: a hub restored from an older backup names it by its former place again,
      // and who takes it away here takes away that document.
      if (const auto moved = left.find(text.digest()); moved != left.end()) {
        truth = moved->second.second;
        truth.brought_from.insert(moved->second.first);
        left.erase(moved);
      }
      truth.text = std::move(text);
      truth.changed_at = now_;
      truth.texts.insert(truth.text.digest());
      had_.insert(truth.text.digest());
      come_back(std::string(path));
    }
    for (const auto& [text, file] : left) {
      if (!file.second.of_nobody && !made_by_power_.contains(text) && !is_safe(text)) taken_.insert(text);
    }
  }
  /// The hub has these now. Should it lose them later, then by a restore and not by the bridge.
  void forget_taken(const std::function<bool(const Digest&)>& is_safe) { std::erase_if(taken_, is_safe); }
  /// Texts of this machine's user that the bridge replaced or removed, and that the hub has not had since.
  [[nodiscard]] const std::set<Digest>& taken() const { return taken_; }

  /// Whether any file here ever had that text.
  [[nodiscard]] bool had(const Digest& text) const { return had_.contains(text); }

  /// That text stands there because the power was cut.
  [[nodiscard]] bool was_left_by_power(const std::string& path, const Digest& text) const {
    const auto file = files_.find(path);
    return file != files_.end() && file->second.of_nobody && !file->second.put_in_place &&
           file->second.text.digest() == text;
  }
  /// When a user last saved that text here.
  [[nodiscard]] std::optional<milliseconds> written_at(const Digest& text) const {
    const auto found = written_at_.find(text);
    return found == written_at_.end() ? std::nullopt : std::optional(found->second);
  }

  /// What lies in the bridge's own folder.
  [[nodiscard]] std::set<Digest> staged_texts() const {
    std::set<Digest> found;
    tree.each_file([&](std::string_view path, const fakes::FileText& text) {
      if (path.starts_with(".leanspec-sync/")) found.insert(text.digest());
    });
    return found;
  }

  /// What the disk has when the machine begins anew is the truth from then on; nobody did it. False: nothing was lost.
  bool cut_power(Chance& chance) {
    if (covered || root_is_away) return false;
    const auto staged = staged_texts();
    tree.cut_power([&chance](std::uint64_t below) { return chance.below(below); });
    std::map<std::string, fakes::FileText> there;
    for (const auto& [path, text] : synced_files()) {
      there.emplace(path, text);
      taken_.erase(text.digest());
    }
    // What had come out of its place and nobody had synced is lost.
    const auto still_staged = staged_texts();
    std::erase_if(taken_, [&](const Digest& text) { return staged.contains(text) && !still_staged.contains(text); });
    bool lost = false;
    std::map<Digest, std::pair<std::string, Truth>> left;  // by the text: a rename may have been taken back
    for (auto file = files_.begin(); file != files_.end();) {
      const auto now_there = there.find(file->first);
      const bool same = now_there != there.end() && now_there->second == file->second.text;
      if (same) there.erase(now_there);
      lost = lost || !same;
      if (!same) left.insert_or_assign(file->second.text.digest(), *file);
      file = same || now_there != there.end() ? std::next(file) : files_.erase(file);
    }
    for (auto& [path, text] : there) {
      lost = true;
      if (!had_.contains(text.digest())) made_by_power_.insert(text.digest());
      auto& truth = files_[path];
      if (const auto moved = left.find(text.digest()); moved != left.end()) {
        truth = moved->second.second;
        truth.stood_at.insert(moved->second.first);
      }
      truth.text = std::move(text);
      truth.changed_at = now_;
      truth.of_nobody = true;
      truth.put_in_place = false;
      truth.texts.insert(truth.text.digest());
      had_.insert(truth.text.digest());
      come_back(path);
    }
    return lost;
  }

  [[nodiscard]] const std::map<std::string, Truth>& files() const { return files_; }
  [[nodiscard]] bool has(const std::string& path) const { return files_.contains(path); }
  [[nodiscard]] std::vector<std::string> within(const std::string& path) const {
    std::vector<std::string> found;
    for (const auto& [file, truth] : files_) {
      if (file == path || (file.size() > path.size() && file.starts_with(path) && file[path.size()] == '/'))
        found.push_back(file);
    }
    return found;
  }
  /// The user took it away at some time, and for so long that two looks two seconds apart could see that; or renamed
  /// what stood there with that text and took it away later, whatever has come to its first place since.
  [[nodiscard]] bool was_taken_away(const std::string& path, const std::optional<Digest>& text,
                                    milliseconds now) const {
    if (const auto ended = ended_.find(path); text && ended != ended_.end() && ended->second.contains(*text))
      return true;
    const auto since = gone_since_.find(path);
    return was_long_gone_.contains(path) || (since != gone_since_.end() && now - since->second >= milliseconds(2'000));
  }

  /// A person was asked about what is gone and said that it shall be: nobody waits two seconds then.
  void approved() {
    for (const auto& [path, since] : gone_since_) was_long_gone_[path] = since;
  }

  fakes::MemoryFileTree tree;
  bool root_is_away = false;
  /// The real tree while another, empty one is mounted in its place.
  std::optional<fakes::MemoryFileTree> covered;

 private:
  /// What stands on the disk and is no bridge's own, by path; until the disk changes.
  [[nodiscard]] std::vector<std::pair<std::string_view, fakes::FileText>> synced_files() const {
    std::vector<std::pair<std::string_view, fakes::FileText>> found;
    tree.each_file([&](std::string_view path, const fakes::FileText& text) {
      if (!path.starts_with(".leanspec-sync/")) found.emplace_back(path, text);
    });
    if (tree.folding().any())
      std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return found;
  }

  /// The bridge may have put it there in this very moment, and it is about to be written over.
  void remember_what_stands(std::string_view path) {
    if (const auto* text = tree.text(path)) had_.insert(text->digest());
  }

  /// A name that an editor uses in the middle of a save.
  static bool is_passing(const std::string& path) { return path.ends_with('~') || path.ends_with(".tmp"); }
  /// An editor replaces the file by a new one: for people it is the same one. Who saw neither that nor that it was
  /// renamed before cannot know.
  void inherit(Truth& truth, const std::string& path) {
    const auto file = files_.find(path);
    const auto saved_over = saved_over_.find(path);
    if (file == files_.end() && saved_over == saved_over_.end()) return;
    const auto& former = file == files_.end() ? saved_over->second : file->second;
    remember_end(former);
    truth.texts.insert(former.texts.begin(), former.texts.end());
    truth.stood_at.insert(former.stood_at.begin(), former.stood_at.end());
    truth.brought_from.insert(former.brought_from.begin(), former.brought_from.end());
  }
  /// The file at the path is no more.
  void end(const std::string& path) {
    const auto file = files_.find(path);
    if (file == files_.end()) return;
    remember_end(file->second);
    // Not when an editor saves over it: the bridge itself brought it here, and knows what it is.
    for (const auto& place : file->second.brought_from)
      ended_[place].insert(file->second.texts.begin(), file->second.texts.end());
  }
  void remember_end(const Truth& truth) {
    for (const auto& place : truth.stood_at) {
      ended_[place].insert(truth.texts.begin(), truth.texts.end());
      const auto before = texts_at_.find(place);
      if (before != texts_at_.end()) ended_[place].insert(before->second.begin(), before->second.end());
    }
  }
  void put(const std::string& path, const fakes::FileText& text) {
    const auto before = files_.find(path);
    auto truth = before == files_.end() ? Truth() : std::move(before->second);
    if (before == files_.end()) inherit(truth, path);
    truth.text = text;
    truth.of_nobody = truth.put_in_place = false;
    const auto& digest = text.digest();
    truth.texts.insert(digest);
    had_.insert(digest);
    written_at_[digest] = now_;
    settle(path, std::move(truth));
  }
  void settle(const std::string& path, Truth truth) {
    truth.changed_at = now_;
    texts_at_[path].insert(truth.text.digest());
    files_[path] = std::move(truth);
    saved_over_.erase(path);
    come_back(path);
  }
  /// Also by the bridge's hand: else it would be forgotten that it was gone for long once the user takes it away again,
  /// and a hub restored from a backup shows a deletion of that time again.
  void come_back(const std::string& path) {
    const auto since = gone_since_.find(path);
    if (since == gone_since_.end()) return;
    if (now_ - since->second >= milliseconds(2'000)) was_long_gone_[path] = now_;
    gone_since_.erase(since);
  }

  std::map<std::string, Truth> files_;
  std::set<Digest> had_;
  std::map<Digest, milliseconds> written_at_;
  std::set<Digest> made_by_power_;  ///< texts that stood nowhere before
  std::set<Digest> taken_;
  std::map<std::string, milliseconds> gone_since_;
  std::map<std::string, milliseconds> was_long_gone_;
  std::map<std::string, Truth> saved_over_;           ///< by the place where an editor is about to put the new one
  std::map<std::string, std::set<Digest>> texts_at_;  ///< all that ever stood there: for a bridge one document's
  std::map<std::string, std::set<Digest>> ended_;     ///< texts of files that are no more, by where they once were
  milliseconds now_{0};
  std::int64_t changes_ = 0;
};

}  // namespace leanspec::simulation
