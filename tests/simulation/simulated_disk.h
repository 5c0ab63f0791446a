#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
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

/// A line of git's that begins or ends one side of what it could not join.
[[nodiscard]] bool has_conflict_markers(std::string_view text);

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
    bool saved_as_left = false;          ///< and its user has saved it since, word for word: an edit, or nothing new
    bool of_git = false;                 ///< git put this text there, from a commit or its index
    bool of_others = false;              ///< the bridge brought this text
    bool put_in_place = false;           ///< its user moved it to where another file had been
    bool may_lack_its_end = false;       ///< it looks like one that a power cut shortened (stands_again_after_power())
    std::int64_t stamp_ns = 0;           ///< of its last save, as the disk counts time
    std::vector<fakes::FileText> texts_of_stamp;  ///< before this one, of the same stamp

    bool as_git_put_it = false;  ///< its user has saved it since, word for word: an edit, or nothing new
    bool has_markers = false;    ///< of a merge: a person has not decided yet
    /// Nobody is promised to find it at the hub.
    [[nodiscard]] bool is_promised_to_nobody() const {
      return of_nobody || of_git || as_git_put_it || may_lack_its_end || has_markers;
    }
  };

  explicit SimulatedDisk(std::int64_t timestamp_granularity_ns, fakes::DiskFolding folding = {})
      : folding_(folding), granularity_ns_(timestamp_granularity_ns) {
    if (folding_.any()) tree.set_folding(folding_);
    tree.set_timestamp_granularity(timestamp_granularity_ns);
    tree.set_written_during_read([this](std::string_view path, std::string_view text) {
      remember_what_stands(path);
      put(key(std::string(path)), std::string(text));
    });
  }
  SimulatedDisk(const SimulatedDisk&) = delete;
  SimulatedDisk& operator=(const SimulatedDisk&) = delete;

  /// Wall time of the machine. Each change gets a moment of its own, as on a disk that counts nanoseconds.
  void set_clock(milliseconds now, std::int64_t wall_ms) {
    now_ = now;
    tree.set_moment(now);
    const auto wall_ns = wall_ms * 1'000'000 + ++changes_ % 1'000'000;
    tree.set_time(wall_ns);
    stamp_ns_ = wall_ns - wall_ns % granularity_ns_;
  }

  void write(const std::string& path, const fakes::FileText& text) {
    remember_what_stands(path);
    tree.write(path, text);
    put(key(path), text);
  }
  void move(const std::string& from, const std::string& to);
  void remove(const std::string& path) {
    tree.remove(path);
    for (const auto& file : within(key(path))) {
      end(file);
      files_.erase(file);
      gone_since_[file] = now_;
    }
  }

  // ---- git, at its own work (simulated_disk_git.cpp)
  void leaves_for(const std::string& branch);
  /// Where it wanted to, or gave up.
  void arrives_at(const std::string& branch);
  /// Whose text it is that git puts there: its own, or one that it kept only for a while and gives back.
  enum class Giver {
    git,
    user,
    /// A power cut had left it. What comes back has a time of now, and looks like one that its user has saved: nobody
    /// is promised to find it at the hub, and no bridge can know that it is no edit.
    nobody,
  };
  /// In a new file, as git does.
  void put_by_git(const std::string& path, const fakes::FileText& text, Giver of);
  /// For nobody to notice as a deletion.
  void remove_by_git(const std::string& path);
  /// A bridge without memory cannot know who wrote what.
  void forget_who_wrote() {
    for (auto& [path, truth] : files_) truth.of_others = false;
  }
  /// What its user had taken away before git gave it back for a while is gone again, and since then.
  void take_away_again(const std::string& path, milliseconds since);
  [[nodiscard]] milliseconds gone_since(const std::string& path) const {
    const auto since = gone_since_.find(path);
    return since == gone_since_.end() ? now_ : since->second;
  }
  /// That text stands there because git put it there.
  [[nodiscard]] bool was_put_by_git(const std::string& path, const Digest& text) const;
  /// Texts of git's that the bridge has replaced.
  [[nodiscard]] std::uint64_t replaced_of_git() const { return replaced_of_git_; }

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
  /// end. `is_safe`: the hub has it. `moves`: what it was to bring to another place, by that, perhaps with a new text.
  void notice_applied(const std::function<bool(const Digest&)>& is_safe,
                      const std::map<std::string, std::string>& moves);
  /// The hub has these now. Should it lose them later, then by a restore and not by the bridge.
  void forget_taken(const std::function<bool(const Digest&)>& is_safe) { std::erase_if(taken_, is_safe); }
  /// Texts of this machine's user that the bridge replaced or removed, and that the hub has not had since.
  [[nodiscard]] const std::set<Digest>& taken() const { return taken_; }

  /// Whether any file here ever had that text.
  [[nodiscard]] bool had(const Digest& text) const { return had_.contains(text); }
  /// And while that branch was checked out. On git's way from one to the other people write on both, git on the one
  /// that it goes to, whatever HEAD says by then.
  [[nodiscard]] bool had_on(const Digest& text, const std::string& branch) const;

  /// That text stands there because the power was cut.
  [[nodiscard]] bool was_left_by_power(const std::string& path, const Digest& text) const {
    const auto file = files_.find(key(path));
    return file != files_.end() && file->second.of_nobody && !file->second.saved_as_left &&
           !file->second.put_in_place && file->second.text.digest() == text;
  }
  /// Its user renamed that file, which had stood at `place`, and put another one with this text in its place.
  [[nodiscard]] bool made_room_for(const std::string& path, const std::string& place, const Digest& text) const {
    const auto file = files_.find(key(path));
    const auto other = files_.find(key(place));
    return file != files_.end() && file->second.stood_at.contains(key(place)) && other != files_.end() &&
           other->second.text.digest() == text;
  }
  /// A power cut left that text there once. Whoever takes it away and puts the same there again has changed nothing.
  [[nodiscard]] bool was_once_left_by_power(const std::string& path, const Digest& text) const {
    const auto left = left_by_power_.find(key(path));
    return left != left_by_power_.end() && left->second.contains(text);
  }
  /// When a user last saved that text there, or moved another file with it into that place. Nothing if git put it there
  /// since, and before `arrived`: whether it is of then or of when it was first saved is for its bridge to say, which
  /// may have seen that or not.
  [[nodiscard]] std::optional<milliseconds> written_at(const std::string& path, const Digest& text,
                                                       milliseconds arrived) const {
    const auto found = written_at_.find(text);
    if (found == written_at_.end()) return std::nullopt;
    const auto moved = moved_into_place_at_.find({path, text});
    const bool is_moved = moved != moved_into_place_at_.end() && moved->second <= arrived;
    const auto saved = is_moved ? std::max(found->second, moved->second) : found->second;
    const auto by_git = put_by_git_at_.find(text);
    if (by_git != put_by_git_at_.end() && saved <= by_git->second && by_git->second <= arrived) return std::nullopt;
    return saved;
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
  bool cut_power(Chance& chance);
  /// What its bridge could write down of what came out of its place was nothing, so it knows the fronts that the power
  /// left of it from whole texts by nothing.
  void nothing_was_known_of_staged() {
    for (const auto& text : staged_texts()) remember(text);
  }
  /// A file that was emptied, and that its bridge did not see so (`was_seen`) before the machine began anew, or the
  /// clock was set after that, is what a power cut leaves: its text is brought back, and of an empty one nothing is
  /// lost.
  void bring_back_empty(const std::function<bool(const std::string& path, const Digest& text)>& was_seen) {
    for (auto& [path, truth] : files_) {
      if (truth.text.bytes().empty() && !was_seen(path, truth.text.digest())) truth.may_lack_its_end = true;
    }
  }

  /// Nothing told the bridge what happened there.
  void hint_was_lost(const std::string& path) { hint_lost_at_[key(path)] = now_; }

  /// Equal for names that this disk does not keep apart.
  [[nodiscard]] std::string key(const std::string& path) const { return folding_.any() ? folding_.key(path) : path; }
  /// As the disk shows it.
  [[nodiscard]] std::string shown(const std::string& path) const { return folding_.any() ? tree.spelled(path) : path; }
  /// By key().
  [[nodiscard]] const std::map<std::string, Truth>& files() const { return files_; }
  [[nodiscard]] const Truth& at(const std::string& path) const { return files_.at(key(path)); }
  [[nodiscard]] bool has(const std::string& path) const { return files_.contains(key(path)); }
  /// The file, or all that are in the folder; by key().
  [[nodiscard]] std::vector<std::string> within(const std::string& place) const {
    std::vector<std::string> found;
    const auto path = key(place);
    for (const auto& [file, truth] : files_) {
      if (file == path || (file.size() > path.size() && file.starts_with(path) && file[path.size()] == '/'))
        found.push_back(file);
    }
    return found;
  }
  /// The user took it away at some time, and for so long that two looks two seconds apart could see that; or renamed
  /// what stood there with that text and took it away later, whatever has come to its first place since.
  /// `unheard`: nothing may have told the bridge that it was back for a moment in between.
  [[nodiscard]] bool was_taken_away(const std::string& place, const std::optional<Digest>& text, milliseconds now,
                                    bool unheard) const {
    const auto path = key(place);
    // Under that name. Of two documents that one file may be, since the same path wins, it has gone with the other one.
    if (respelled_.contains(path) && shown(place) != place) return true;
    const auto first = unheard && gone_since_.contains(path) ? came_back_since_.find(path) : came_back_since_.end();
    if (first != came_back_since_.end() && now - first->second >= milliseconds(2'000)) return true;
    if (const auto ended = ended_.find(path); text && ended != ended_.end() && ended->second.contains(*text))
      return true;
    const auto since = gone_since_.find(path);
    return was_long_gone_.contains(path) || (since != gone_since_.end() && now - since->second >= milliseconds(2'000));
  }

  /// The user took away the file with that text, and did not move it to where it stands now; unless into another file's
  /// place, which goes on with that text.
  [[nodiscard]] bool was_removed(const std::string& place, const Digest& text, milliseconds now, bool unheard) const {
    const auto moved_from = [&text, path = key(place)](const auto& file) {
      return file.second.stood_at.contains(path) && file.second.texts.contains(text) && !file.second.put_in_place;
    };
    const bool stands = has(place) && at(place).text.digest() == text;
    return !stands && was_taken_away(place, std::nullopt, now, unheard) &&
           std::none_of(files_.begin(), files_.end(), moved_from);
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
  /// What stands on the disk and is no bridge's own, by key(); until the disk changes, or the next call.
  [[nodiscard]] std::vector<std::pair<std::string_view, fakes::FileText>> synced_files() const;

  /// The bridge may have put it there in this very moment, and it is about to be written over.
  void remember_what_stands(std::string_view path) {
    if (const auto* text = tree.text(path)) remember(text->digest());
  }

  void remember(const Digest& text) { had_[text] |= checked_out_; }
  [[nodiscard]] std::uint32_t bit_of(const std::string& branch);

  /// A name that an editor uses in the middle of a save.
  static bool is_passing(const std::string& path) { return path.ends_with('~') || path.ends_with(".tmp"); }
  /// An editor replaces the file by a new one: for people it is the same one. Who saw neither that nor that it was
  /// renamed before cannot know.
  void inherit(Truth& truth, const std::string& path);
  /// The file at the path is no more.
  void end(const std::string& path);
  void remember_end(const Truth& truth);
  void put(const std::string& path, const fakes::FileText& text);
  /// Remembers what the file held in the same tick of the disk's clock.
  void write_into(Truth& truth, const fakes::FileText& text) const;
  void settle(const std::string& path, Truth truth);
  /// Also by the bridge's hand: else it would be forgotten that it was gone for long once the user takes it away again,
  /// and a hub restored from a backup shows a deletion of that time again.
  void come_back(const std::string& path);

  /// It was gone before that as well, and nothing may have told the bridge that it was back in between: two looks two
  /// seconds apart could miss it, also where it is back for good by the time that the hub hears of that.
  [[nodiscard]] bool seemed_gone_since_before(const std::string& path, milliseconds since) const;

  /// The power was cut, and the file stands as it was.
  void stands_again_after_power(Truth& truth) const;

  const fakes::DiskFolding folding_;
  std::map<std::string, Truth> files_;         ///< by key(), as all that is kept of paths
  std::set<std::string> respelled_;            ///< in another case, by its user, or by another file that they put there
  mutable std::deque<std::string> keys_;       ///< of synced_files(), where the disk folds names
  std::vector<std::string> branches_{"main"};  ///< a bit for each
  std::uint32_t checked_out_ = 1;
  std::uint32_t written_by_git_ = 1;     ///< for that branch
  std::map<Digest, std::uint32_t> had_;  ///< on which branches
  std::map<Digest, milliseconds> written_at_;
  std::map<std::pair<std::string, Digest>, milliseconds> moved_into_place_at_;
  std::map<Digest, milliseconds> put_by_git_at_;  ///< the first time since it was last saved
  std::set<Digest> made_by_power_;                ///< texts that stood nowhere before
  std::set<Digest> taken_;
  std::map<std::string, milliseconds> gone_since_;
  std::map<std::string, milliseconds> was_long_gone_;
  /// Of what was gone for a moment, since when.
  std::map<std::string, milliseconds> came_back_since_;
  std::map<std::string, milliseconds> hint_lost_at_;
  std::map<std::string, Truth> saved_over_;           ///< by the place where an editor is about to put the new one
  std::map<std::string, Digest> last_put_;            ///< by its user or git, and not by the bridge since
  std::map<std::string, std::set<Digest>> texts_at_;  ///< all that ever stood there: for a bridge one document's
  std::map<std::string, std::set<Digest>> ended_;     ///< texts of files that are no more, by where they once were
  std::map<std::string, std::set<Digest>> left_by_power_;
  milliseconds now_{0};
  std::int64_t granularity_ns_;
  std::int64_t stamp_ns_ = 0;
  std::int64_t changes_ = 0;
  std::uint64_t replaced_of_git_ = 0;
  std::map<Digest, std::set<std::string>> left_by_git_;  ///< where git took a text away
};

}  // namespace leanspec::simulation
