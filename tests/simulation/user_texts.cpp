// The texts that a SimulatedUser writes.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "tests/simulation/simulated_user.h"

namespace leanspec::simulation {

namespace {

constexpr std::array<std::string_view, 4> all_statuses{"planned", "in-progress", "complete", "archived"};

/// In the frontmatter: where it begins, and how long it is.
std::optional<std::pair<std::size_t, std::size_t>> status_in(std::string_view text) {
  constexpr std::string_view field = "\nstatus: ";
  const auto at = text.find(field);
  const auto end = text.find("\n---\n");
  if (!text.starts_with("---\n") || at == std::string_view::npos || end == std::string_view::npos || at > end)
    return std::nullopt;
  const auto begin = at + field.size();
  return std::pair(begin, text.find('\n', begin) - begin);
}

}  // namespace

std::vector<std::string_view> SimulatedUser::other_statuses(std::string_view text) {
  std::vector<std::string_view> others;
  const auto place = status_in(text);
  if (!place) return others;
  for (const auto status : all_statuses) {
    if (status != text.substr(place->first, place->second)) others.push_back(status);
  }
  return others;
}

void SimulatedUser::set_status(const std::string& path, std::string_view status) {
  if (!reachable() || busy(path) || !bridge_.disk.has(path)) return;
  auto text = bridge_.disk.at(path).text.bytes();
  const auto place = status_in(text);
  if (!place) return;
  ++edits_;
  text.replace(place->first, place->second, status);
  write(path, text, true);
}

std::string SimulatedUser::text_of(std::uint64_t number, std::size_t size) {
  std::string text = "---\nstatus: in-progress\ntags: [a" + std::to_string(number % 7) + "]\n---\n# Text " +
                     std::to_string(number) + "\n\n";
  while (text.size() < size) text += "- line " + std::to_string(text.size() * 31 + number) + "\n";
  return text;
}

std::string SimulatedUser::new_text(Chance& dice, std::size_t size) {
  const auto number = (static_cast<std::uint64_t>(bridge_.index()) + 1) * 1'000'000 + ++texts_;
  return text_of(number, size > 0 ? size : static_cast<std::size_t>(dice.between(0, dice.percent(4) ? 12'000 : 500)));
}

/// One to three lines of the body are added, changed or taken out; at times the status is another.
std::string SimulatedUser::edited(const std::string& text, Chance& dice) {
  const auto end = text.find("\n---\n");
  const auto title = end == std::string::npos ? end : text.find("\n\n", end);
  if (title == std::string::npos) return new_text(dice);
  auto head = text.substr(0, title + 2);
  std::vector<std::string> lines;
  for (auto at = head.size(); at < text.size();) {
    const auto next = std::min(text.find('\n', at), text.size() - 1) + 1;
    lines.push_back(text.substr(at, next - at));
    at = next;
  }
  const auto own = [&] { return "edit-" + std::to_string(bridge_.index()) + "-" + std::to_string(++texts_); };
  for (auto times = dice.between(1, 3); times > 0; --times) {
    const auto place = static_cast<std::ptrdiff_t>(dice.below(lines.size() + 1));
    if (lines.empty() || place == std::ssize(lines) || dice.percent(40))
      lines.insert(lines.begin() + place, "- line " + own() + "\n");
    else if (dice.percent(75))
      lines[static_cast<std::size_t>(place)] = "- line " + own() + " changed\n";
    else
      lines.erase(lines.begin() + place);
  }
  if (const auto place = status_in(head); place && dice.percent(30))
    head.replace(place->first, place->second, all_statuses.at(dice.below(all_statuses.size())));
  for (const auto& line : lines) head += line;
  return head;
}

}  // namespace leanspec::simulation
