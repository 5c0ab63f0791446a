#include "tests/simulation/simulated_user.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace leanspec::simulation {

namespace {

using engine::HintKind;

/// So long nothing was in the way: then a text must have arrived.
constexpr milliseconds long_enough{25'000};
/// No document that is written otherwise comes near it.
constexpr std::size_t large_bytes = 100'000;

std::string numbered(std::uint64_t number, const std::string& name) {
  auto digits = std::to_string(number);
  return std::string(3 - std::min<std::size_t>(3, digits.size()), '0') + digits + "-" + name;
}

}  // namespace

void SimulatedUser::edit_at(const std::string& path, std::uint64_t value) {
  if (!reachable() || busy(path) || !bridge_.disk.has(path)) return;
  Chance dice(value);
  ++edits_;
  write(path, edited(bridge_.disk.at(path).text.bytes(), dice), true);
}

void SimulatedUser::touch_clock() {
  const auto wall = bridge_.clock.now().time_since_epoch();
  bridge_.disk.set_clock(stage_.executor.now(), std::chrono::duration_cast<milliseconds>(wall).count());
}

void SimulatedUser::settle_in(std::size_t files, std::size_t shared) {
  touch_clock();
  for (std::size_t i = 0; i < files; ++i) {
    const bool same = i < shared;
    const auto folder = numbered(i + (same ? 0 : 100 * (bridge_.index() + 1)), same ? "shared" : "own");
    const auto number = same ? i : i + 1'000 * (bridge_.index() + 1);
    bridge_.disk.write(folder + "/README.md", text_of(number, 100 + 37 * i));
    if (i % 4 == 1) bridge_.disk.write(folder + "/DESIGN.md", text_of(number + 500, 60));
  }
}

bool SimulatedUser::busy(const std::string& path) const {
  const auto name = bridge_.disk.key(path);
  return std::any_of(busy_.begin(), busy_.end(), [&](const std::string& one) {
    const auto other = bridge_.disk.key(one);
    return other == name || other.starts_with(name + "/") || name.starts_with(other + "/");
  });
}

std::optional<std::string> SimulatedUser::choose(Chance& dice) const {
  // Each edit of a large text costs a world as much as some fifty others.
  const bool takes_large = dice.percent(10);
  std::vector<std::string> free;
  for (const auto& [path, truth] : bridge_.disk.files()) {
    if (!busy(path) && (takes_large || truth.text.bytes().size() < large_bytes)) free.push_back(bridge_.disk.shown(path));
  }
  if (free.empty()) return std::nullopt;
  return free[dice.below(free.size())];
}

std::vector<std::string> SimulatedUser::folders() const {
  std::set<std::string> found;
  for (const auto& [path, truth] : bridge_.disk.files()) {
    if (const auto folder = folder_of(bridge_.disk.shown(path)); !folder.empty() && !busy(folder)) found.insert(folder);
  }
  return {found.begin(), found.end()};
}

std::string SimulatedUser::new_folder(Chance& dice) const {
  for (;;) {
    // Few names, so that machines and times meet at the same path.
    auto folder = numbered(dice.below(40), dice.percent(60) ? "plan" : "idea");
    if (bridge_.disk.within(folder).empty() && !busy(folder)) return folder;
    if (dice.percent(5)) return numbered(dice.below(900) + 100, "rare-" + std::to_string(dice.below(100'000)));
  }
}

void SimulatedUser::before_change(const std::string& path) {
  const auto file = bridge_.disk.files().find(bridge_.disk.key(path));
  if (file == bridge_.disk.files().end()) return;
  if (file->second.is_promised_to_nobody()) return;
  if (bridge_.git && bridge_.git->is_part_of_merge(path)) return;
  const auto since = std::max(file->second.changed_at, bridge_.calm_since());
  if (!bridge_.running() || stage_.executor.now() - since < long_enough || path.ends_with('~') ||
      path.ends_with(".tmp") || path.ends_with(".swp"))
    return;
  // A bridge that lost its memory, and began on an empty disk in the folder's place, takes the folder for another one.
  if (bridge_.replica()->state_name() == engine::ReplicaStateName::halted) return;
  stage_.invariants.must_be_at_hub(path, file->second.text.digest());
}

void SimulatedUser::say(const std::string& what) {
  stage_.log.add(stage_.executor.now(), "user " + std::to_string(bridge_.index()) + " " + what);
}

void SimulatedUser::write(const std::string& path, const fakes::FileText& text, bool last) {
  say("writes " + path + " = " + short_hex(text.digest()));
  touch_clock();
  before_change(path);
  bridge_.disk.write(path, text);
  bridge_.hint(last ? HintKind::closed : HintKind::modified, bridge_.disk.shown(path));
}

void SimulatedUser::move(const std::string& from, const std::string& to, bool folder) {
  say("moves " + from + " to " + to);
  touch_clock();
  for (const auto& path : bridge_.disk.within(from)) before_change(path);
  if (!folder) before_change(to);
  const auto was = bridge_.disk.shown(from);
  bridge_.disk.move(from, to);
  bridge_.hint(HintKind::removed, was, std::nullopt, folder);
  bridge_.hint(HintKind::moved_in, bridge_.disk.shown(to), was, folder);
}

void SimulatedUser::remove(const std::string& path) {
  say("removes " + path);
  touch_clock();
  for (const auto& file : bridge_.disk.within(path)) {
    if (!file.ends_with('~')) ++edits_;
    before_change(file);
    const auto shown = bridge_.disk.shown(file);
    taken_away_.emplace_back(shown, bridge_.disk.at(file).text.bytes());
    bridge_.hint(HintKind::removed, shown);
  }
  if (taken_away_.size() > 50) taken_away_.erase(taken_away_.begin(), taken_away_.begin() + 25);
  bridge_.disk.remove(path);
}

/// The next piece of something under way; left out if the disk is not there any more.
void SimulatedUser::later(milliseconds delay, const std::string& path, std::function<void()> work) {
  stage_.executor.after(delay, [this, path, work = std::move(work)] {
    if (!reachable()) {
      busy_.erase(path);
      bridge_.disk.tree.close_writer(path);
      return;
    }
    work();
  });
}

void SimulatedUser::make_at(const std::string& path, const std::string& text) {
  if (!reachable() || busy(path)) return;
  ++edits_;
  write(path, text, true);
}

bool SimulatedUser::act(EventKind kind, std::uint64_t value) {
  if (!reachable()) return false;
  Chance dice(value);
  switch (kind) {
    case EventKind::save_in_place:
    case EventKind::save_torn:
    case EventKind::save_atomic:
    case EventKind::save_vim:
    case EventKind::save_truncating:
    case EventKind::append_storm:
    case EventKind::save_burst:
    case EventKind::save_large:
    case EventKind::save_between_calls:
    case EventKind::torn_read:
    case EventKind::save_binary: {
      const auto path = choose(dice);
      if (!path || !save(kind, *path, dice)) return false;
      ++edits_;
      return true;
    }
    case EventKind::edit_text: {
      const auto path = choose(dice);
      if (path) edit_at(*path, dice.bits());
      return path.has_value();
    }
    case EventKind::make_file: {
      const auto all = folders();
      const bool beside = !all.empty() && dice.percent(40);
      const auto path = beside ? all[dice.below(all.size())] + "/NOTES-" + std::to_string(dice.below(5)) + ".md"
                               : new_folder(dice) + "/README.md";
      if (busy(path)) return false;
      ++edits_;
      write(path, new_text(dice), true);
      return true;
    }
    case EventKind::rename_file:
    case EventKind::swap_files:
    case EventKind::rename_folder:
    case EventKind::shift_numbers:
      return change_names(kind, dice);
    case EventKind::respell:
      return respell(dice);
    case EventKind::other_spelling:
      return spell_another_way(dice);
    case EventKind::delete_file:
    case EventKind::delete_folder:
    case EventKind::mass_delete:
    case EventKind::empty_root:
    case EventKind::put_back:
      return take_away(kind, dice);
    case EventKind::rewrite_many: {
      const auto count = dice.between(3, 30);
      bool any = false;
      for (std::int64_t i = 0; i < count; ++i) {
        if (const auto path = choose(dice)) {
          write(*path, new_text(dice), true);
          ++edits_;
          any = true;
        }
      }
      return any;
    }
    case EventKind::litter: {
      const auto all = folders();
      if (all.empty()) return false;
      write(all[dice.below(all.size())] + "/.README.md.swp", new_text(dice), true);
      return true;
    }
    default:
      return false;
  }
}

}  // namespace leanspec::simulation
