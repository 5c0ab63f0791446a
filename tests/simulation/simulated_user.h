#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/simulation/simulated_bridge.h"

namespace leanspec::simulation {

/// A person (or an agent) with an editor at one machine's disk: does what editors do, piece by piece, and tells
/// the watcher of each piece as inotify would. Every text is new, so that a lost one can be named.
class SimulatedUser {
 public:
  SimulatedUser(Stage stage, SimulatedBridge& bridge) : stage_(stage), bridge_(bridge) {}

  /// The files that are there when the world begins; `shared` ones are alike on every machine.
  void settle_in(std::size_t files, std::size_t shared);
  /// False: there was nothing to do it to.
  bool act(EventKind kind, std::uint64_t value);
  /// The same new text, or another one at the same new path, as on the other machines.
  void make_at(const std::string& path, const std::string& text);
  /// A small edit of the file at the path, if there is one.
  void edit_at(const std::string& path, std::uint64_t value);
  /// Nothing else of the file at the path changes, if there is one and it has a status.
  void set_status(const std::string& path, std::string_view status);
  /// The text after a small edit.
  [[nodiscard]] std::string edited(const std::string& text, Chance& dice);
  /// Those that the text does not have.
  [[nodiscard]] static std::vector<std::string_view> other_statuses(std::string_view text);
  /// A file that nobody is writing at the moment.
  [[nodiscard]] std::optional<std::string> choose(Chance& dice) const;

  /// Something is being saved.
  [[nodiscard]] bool is_at_work() const { return !busy_.empty(); }
  [[nodiscard]] bool reachable() const { return !bridge_.disk.root_is_away && !bridge_.disk.covered; }
  /// What stood at the path so long, undisturbed, must be at the hub before it goes.
  void before_change(const std::string& path);
  /// Before each change of the disk.
  void touch_clock();

  /// Saves, renames and deletes of single files so far; a hundred saves in a second are one.
  [[nodiscard]] std::uint64_t edits() const { return edits_; }

  [[nodiscard]] static std::string text_of(std::uint64_t number, std::size_t size);

 private:
  bool save(EventKind kind, const std::string& path, Chance& dice);
  bool change_names(EventKind kind, Chance& dice);
  bool take_away(EventKind kind, Chance& dice);
  // ---- user_spellings.cpp
  bool respell(Chance& dice);
  bool spell_another_way(Chance& dice);

  // ---- pieces
  void say(const std::string& what);
  void write(const std::string& path, const fakes::FileText& text, bool last);
  void move(const std::string& from, const std::string& to, bool folder);
  void remove(const std::string& path);
  void later(milliseconds delay, const std::string& path, std::function<void()> work);

  [[nodiscard]] static std::string folder_of(const std::string& path);
  [[nodiscard]] std::vector<std::string> folders() const;
  [[nodiscard]] bool busy(const std::string& path) const;
  [[nodiscard]] std::string new_folder(Chance& dice) const;
  [[nodiscard]] std::string new_text(Chance& dice, std::size_t size = 0);

  Stage stage_;
  SimulatedBridge& bridge_;
  std::set<std::string> busy_;
  std::vector<std::pair<std::string, std::string>> taken_away_;
  std::uint64_t texts_ = 0;
  std::uint64_t edits_ = 0;
};

}  // namespace leanspec::simulation
