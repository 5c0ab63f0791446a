#include "tests/simulation/simulated_user.h"

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <utility>

#include "digest/sha256.h"

namespace leanspec::simulation {

namespace {

using engine::HintKind;

/// So long nothing was in the way: then a text must have arrived.
constexpr milliseconds long_enough{25'000};

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

std::string numbered(std::uint64_t number, const std::string& name) {
  auto digits = std::to_string(number);
  return std::string(3 - std::min<std::size_t>(3, digits.size()), '0') + digits + "-" + name;
}

}  // namespace

std::string SimulatedUser::text_of(std::uint64_t number, std::size_t size) {
  std::string text = "---\nstatus: in-progress\ntags: [a" + std::to_string(number % 7) + "]\n---\n# Text " +
                     std::to_string(number) + "\n\n";
  while (text.size() < size) text += "- line " + std::to_string(text.size() * 31 + number) + "\n";
  return text;
}

std::string SimulatedUser::new_text(Chance& dice, std::size_t size) {
  const auto number = (static_cast<std::uint64_t>(bridge_.index()) + 1) * 1'000'000 + ++texts_;
  return text_of(number, size > 0 ? size : static_cast<std::size_t>(dice.between(0, dice.percent(10) ? 12'000 : 900)));
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
  constexpr std::string_view status = "status: ";
  if (const auto at = head.find(status); at != std::string::npos && dice.percent(30)) {
    constexpr std::array<std::string_view, 4> all{"planned", "in-progress", "complete", "archived"};
    head.replace(at + status.size(), head.find('\n', at) - at - status.size(), all.at(dice.below(all.size())));
  }
  for (const auto& line : lines) head += line;
  return head;
}

void SimulatedUser::edit_at(const std::string& path, std::uint64_t value) {
  if (!reachable() || busy(path) || !bridge_.disk.has(path)) return;
  Chance dice(value);
  ++edits_;
  write(path, edited(bridge_.disk.files().at(path).text, dice), true);
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
  return std::any_of(busy_.begin(), busy_.end(), [&](const std::string& other) {
    return other == path || other.starts_with(path + "/") || path.starts_with(other + "/");
  });
}

std::optional<std::string> SimulatedUser::choose(Chance& dice) const {
  std::vector<std::string> free;
  for (const auto& [path, truth] : bridge_.disk.files()) {
    if (!busy(path)) free.push_back(path);
  }
  if (free.empty()) return std::nullopt;
  return free[dice.below(free.size())];
}

std::vector<std::string> SimulatedUser::folders() const {
  std::set<std::string> found;
  for (const auto& [path, truth] : bridge_.disk.files()) {
    if (const auto folder = folder_of(path); !folder.empty() && !busy(folder)) found.insert(folder);
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

/// What stood here so long, undisturbed, must be at the hub before it goes.
void SimulatedUser::before_change(const std::string& path) {
  const auto file = bridge_.disk.files().find(path);
  if (file == bridge_.disk.files().end()) return;
  const auto since = std::max(file->second.changed_at, bridge_.calm_since());
  if (!bridge_.running() || stage_.executor.now() - since < long_enough || path.ends_with('~') ||
      path.ends_with(".tmp") || path.ends_with(".swp"))
    return;
  stage_.invariants.must_be_at_hub(path, digest::sha256(file->second.text));
}

void SimulatedUser::say(const std::string& what) {
  stage_.log.add(stage_.executor.now(), "user " + std::to_string(bridge_.index()) + " " + what);
}

void SimulatedUser::write(const std::string& path, const std::string& text, bool last) {
  say("writes " + path);
  touch_clock();
  before_change(path);
  bridge_.disk.write(path, text);
  bridge_.hint(last ? HintKind::closed : HintKind::modified, path);
}

void SimulatedUser::move(const std::string& from, const std::string& to, bool folder) {
  say("moves " + from + " to " + to);
  touch_clock();
  for (const auto& path : bridge_.disk.within(from)) before_change(path);
  if (!folder) before_change(to);
  bridge_.disk.move(from, to);
  bridge_.hint(HintKind::removed, from, std::nullopt, folder);
  bridge_.hint(HintKind::moved_in, to, from, folder);
}

void SimulatedUser::remove(const std::string& path) {
  say("removes " + path);
  touch_clock();
  for (const auto& file : bridge_.disk.within(path)) {
    if (!file.ends_with('~')) ++edits_;
    before_change(file);
    taken_away_.emplace_back(file, bridge_.disk.files().at(file).text);
    bridge_.hint(HintKind::removed, file);
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

bool SimulatedUser::save(EventKind kind, const std::string& path, Chance& dice) {
  const auto text = new_text(dice);
  auto& tree = bridge_.disk.tree;
  switch (kind) {
    case EventKind::save_in_place:
      write(path, text, true);
      return true;
    case EventKind::save_torn:
    case EventKind::save_truncating: {
      // Half of the new over the old (or nothing at all), a pause, then the whole.
      const auto old = bridge_.disk.files().at(path).text;
      const auto half = text.size() / 2;
      auto torn = text.substr(0, half) + (old.size() > half ? old.substr(half) : "");
      if (kind == EventKind::save_truncating) torn.clear();
      const bool keeps_open = dice.percent(60);
      busy_.insert(path);
      if (keeps_open) tree.open_writer(path);
      write(path, torn, !keeps_open && kind == EventKind::save_truncating);
      later(dice.time(1, kind == EventKind::save_truncating ? 1'400 : 400), path, [this, path, text] {
        busy_.erase(path);
        bridge_.disk.tree.close_writer(path);
        write(path, text, true);
      });
      return true;
    }
    case EventKind::save_atomic: {
      const auto temporary = path + ".tmp";
      busy_.insert(path);
      write(temporary, text, true);
      later(dice.time(0, 50), path, [this, path, temporary] {
        busy_.erase(path);
        if (bridge_.disk.has(temporary)) move(temporary, path, false);
      });
      return true;
    }
    case EventKind::save_vim: {
      const auto backup = path + "~";
      busy_.insert(path);
      move(path, backup, false);
      later(dice.time(0, 300), path, [this, path, backup, text, pause = dice.time(0, 300)] {
        write(path, text, true);
        later(pause, path, [this, path, backup] {
          busy_.erase(path);
          remove(backup);
        });
      });
      return true;
    }
    case EventKind::append_storm:
    case EventKind::save_burst: {
      // An agent that writes as it thinks, or a hundred saves within a second.
      const bool append = kind == EventKind::append_storm;
      const auto times = append ? dice.between(5, 60) : 100;
      const auto step = append ? dice.time(5, 120) : milliseconds(10);
      busy_.insert(path);
      auto grown = append ? bridge_.disk.files().at(path).text : std::string();
      for (std::int64_t i = 1; i <= times; ++i) {
        if (append)
          grown += "- appended " + std::to_string(++texts_) + " by " + std::to_string(bridge_.index()) + "\n";
        else
          grown = new_text(dice);
        const bool last = i == times;
        later(i * step, path, [this, path, grown, last] {
          if (!busy_.contains(path)) return;
          write(path, grown, true);
          if (last) busy_.erase(path);
        });
      }
      return true;
    }
    case EventKind::save_binary: {
      auto bytes = text;
      bytes.insert(bytes.size() / 2, "\xFF\xFE\x80");
      write(path, bytes, true);
      return true;
    }
    case EventKind::save_large:
      write(path, new_text(dice, static_cast<std::size_t>(dice.between(105, 125)) * 10'000), true);
      return true;
    case EventKind::save_between_calls: {
      // Exactly when the bridge looks at the disk the next time, before it sees this file.
      auto calls = std::make_shared<std::uint64_t>(dice.below(4));
      auto armed = std::make_shared<bool>(true);
      bridge_.disk.tree.set_interruption([this, armed, calls, path, text](std::string_view at) {
        if (!*armed || at != path || !reachable() || busy(path) || !bridge_.disk.has(path)) return;
        if ((*calls)-- > 0) return;
        *armed = false;
        write(path, text, true);
      });
      bridge_.hint(HintKind::closed, path);
      return true;
    }
    case EventKind::torn_read: {
      // The write falls into the read itself; the truth is what it leaves behind.
      bridge_.disk.write_during_next_read(path, text);
      bridge_.hint(HintKind::modified, path);
      bridge_.overflow();
      return true;
    }
    default:
      return false;
  }
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
