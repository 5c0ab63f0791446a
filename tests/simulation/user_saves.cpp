// How the editors of a SimulatedUser save.
#include <functional>
#include <memory>
#include <utility>

#include "tests/simulation/simulated_user.h"

namespace leanspec::simulation {

using engine::HintKind;

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
      const auto old = bridge_.disk.at(path).text.bytes();
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
          // Not where the power took the new one, and the editor with it.
          if (bridge_.disk.has(path)) remove(backup);
        });
      });
      return true;
    }
    case EventKind::append_storm:
    case EventKind::save_burst: {
      // An agent that writes as it thinks, or a hundred saves within a second.
      const bool append = kind == EventKind::append_storm;
      const auto times = append ? dice.between(5, 30) : 100;
      const auto step = append ? dice.time(5, 120) : milliseconds(10);
      busy_.insert(path);
      auto grown = append ? bridge_.disk.at(path).text.bytes() : std::string();
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
      write(path, new_text(dice, static_cast<std::size_t>(dice.between(105, 107)) * 10'000), true);
      return true;
    case EventKind::save_between_calls: {
      // Exactly when the bridge looks at the disk the next time, before it sees this file; or in the middle of
      // replacing one, whichever comes first.
      const bool at_exchange = dice.percent(50);
      auto calls = std::make_shared<std::uint64_t>(dice.below(at_exchange ? 12 : 4));
      auto armed = std::make_shared<bool>(true);
      const auto dies = dice.percent(40) ? std::optional(dice.below(6)) : std::nullopt;
      bridge_.disk.tree.set_interruption([this, armed, calls, path, text, dies, at_exchange](std::string_view at) {
        const std::string place(at);
        if (!*armed || !(at_exchange ? bridge_.applies() : at == path)) return;
        if (!reachable() || busy(place) || !bridge_.disk.has(place)) return;
        if (bridge_.disk.tree.content(place) != bridge_.disk.at(place).text.bytes()) return;  // it is replaced already
        if ((*calls)-- > 0) return;
        *armed = false;
        write(place, text, true);
        if (dies) bridge_.die_in(*dies);
      });
      if (!at_exchange) bridge_.hint(HintKind::closed, path);
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

}  // namespace leanspec::simulation
