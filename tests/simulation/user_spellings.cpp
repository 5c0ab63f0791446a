// Names that some disks do not keep apart: in another case, and with accents in one character or two.
#include <algorithm>
#include <string>

#include "sync/normal_form.h"
#include "tests/simulation/simulated_user.h"

namespace leanspec::simulation {

namespace {

/// The other case; of a name with both, small letters.
std::string in_other_case(std::string name) {
  const bool has_capital = std::any_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  for (char& c : name) {
    if (has_capital && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!has_capital && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return name;
}

constexpr std::string_view with_accents = "\u00DCberblick-\u00E9t\u00E9.md";

}  // namespace

/// A rename that changes nothing but the case.
bool SimulatedUser::respell(Chance& dice) {
  const auto path = choose(dice);
  if (!path) return false;
  const auto folder = folder_of(*path);
  const bool of_folder = !folder.empty() && dice.percent(40);
  if (of_folder && (busy(folder) || folder.find('/') != std::string::npos)) return false;
  const auto from = of_folder ? folder : *path;
  const auto to = of_folder ? in_other_case(folder) : folder + "/" + in_other_case(path->substr(folder.size() + 1));
  if (bridge_.disk.key(from) != bridge_.disk.key(to) && !bridge_.disk.within(to).empty()) return false;
  edits_ += of_folder ? bridge_.disk.within(from).size() : 1;
  move(from, to, of_folder);
  return true;
}

/// A file whose name some other disk takes for that of another file, or its folder for another one. Where this disk
/// does so, it is a save of that file.
bool SimulatedUser::spell_another_way(Chance& dice) {
  const auto path = choose(dice);
  if (!path) return false;
  const auto folder = folder_of(*path);
  auto name = path->substr(folder.empty() ? 0 : folder.size() + 1);
  if (dice.percent(30))
    name = dice.percent(50) ? sync::taken_apart(with_accents) : std::string(with_accents);
  else if (dice.percent(50))
    name = "NOTES-" + std::to_string(dice.below(5)) + ".md";
  const auto place =
      (dice.percent(50) ? in_other_case(folder) : folder) + "/" + (dice.percent(50) ? in_other_case(name) : name);
  if (busy(place)) return false;
  ++edits_;
  write(place, new_text(dice), true);
  return true;
}

}  // namespace leanspec::simulation
