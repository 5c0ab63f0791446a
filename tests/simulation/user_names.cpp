// What a SimulatedUser renames, takes away and puts back.
#include <algorithm>

#include "tests/simulation/simulated_user.h"

namespace leanspec::simulation {

std::string SimulatedUser::folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

bool SimulatedUser::change_names(EventKind kind, Chance& dice) {
  if (kind == EventKind::rename_file || kind == EventKind::swap_files) {
    const auto path = choose(dice);
    if (!path) return false;
    if (kind == EventKind::rename_file) {
      const auto to = dice.percent(50) ? folder_of(*path) + "/RENAMED-" + std::to_string(dice.below(9)) + ".md"
                                       : new_folder(dice) + "/README.md";
      if (*path == to || busy(to)) return false;
      ++edits_;
      move(*path, to, false);
      return true;
    }
    const auto other = choose(dice);
    if (!other || *other == *path) return false;
    edits_ += 2;
    const auto between = *path + ".swap";
    move(*path, between, false);
    move(*other, *path, false);
    move(between, *other, false);
    return true;
  }
  const auto all = folders();
  if (all.empty()) return false;
  if (kind == EventKind::rename_folder) {
    ++edits_;
    move(all[dice.below(all.size())], new_folder(dice), true);
    return true;
  }
  // 083 becomes 084, then 082 becomes 083: each takes the name that another one has just left.
  const auto first = all.size() - std::min<std::size_t>(all.size(), static_cast<std::size_t>(dice.between(2, 5)));
  std::string to = new_folder(dice);
  for (std::size_t i = all.size(); i-- > first;) {
    ++edits_;
    move(all[i], to, true);
    to = all[i];
  }
  return true;
}

bool SimulatedUser::take_away(EventKind kind, Chance& dice) {
  switch (kind) {
    case EventKind::delete_file: {
      const auto path = choose(dice);
      if (!path) return false;
      remove(*path);
      return true;
    }
    case EventKind::delete_folder: {
      const auto all = folders();
      if (all.empty()) return false;
      remove(all[dice.below(all.size())]);
      return true;
    }
    case EventKind::mass_delete: {
      const auto count = bridge_.disk.files().size() * static_cast<std::size_t>(dice.between(40, 100)) / 100;
      if (count <= 10) return false;
      for (std::size_t i = 0; i < count; ++i) {
        if (const auto path = choose(dice)) remove(*path);
      }
      return true;
    }
    case EventKind::empty_root: {
      if (bridge_.disk.files().empty() || !busy_.empty()) return false;
      while (!bridge_.disk.files().empty()) remove(std::string(bridge_.disk.files().begin()->first));
      return true;
    }
    case EventKind::put_back: {
      if (taken_away_.empty()) return false;
      const auto [path, text] = taken_away_[dice.below(taken_away_.size())];
      if (busy(path) || bridge_.disk.has(path)) return false;
      ++edits_;
      write(path, dice.percent(50) ? text : new_text(dice), true);
      return true;
    }
    default:
      return false;
  }
}

}  // namespace leanspec::simulation
