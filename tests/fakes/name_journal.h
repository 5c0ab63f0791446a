#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leanspec::fakes {

/// Which names a disk would have after a power cut: those that are on it for certain, and the changes of names since,
/// of which the front survives. As ext4's journal does it: changes reach the disk in their order, after five seconds by
/// themselves, and with the sync of a folder all up to the last one in it.
class NameJournal {
 public:
  /// A file or folder, whatever its name; never used again.
  using Serial = std::uint64_t;
  /// One step: names and what they stand for from then on, nothing for a name that is gone.
  using Step = std::vector<std::pair<std::string, std::optional<Serial>>>;

  /// Time that never goes back, whatever the machine's clock says.
  void set_moment(std::chrono::milliseconds now);
  /// `ours`: by the bridge.
  void record(Step step, bool ours);
  void sync(std::string_view folder);
  void sync_all();

  /// Steps that a power cut could take back.
  [[nodiscard]] std::size_t open_steps() const { return steps_.size(); }
  /// The power is cut: the first so many of them have survived.
  [[nodiscard]] const std::map<std::string, Serial>& cut(std::size_t survivors);
  /// The bridge changed this name, and a power cut could take that back.
  [[nodiscard]] bool is_open_for_ours(std::string_view path) const;

  static constexpr std::chrono::milliseconds written_back_after{5'000};

 private:
  struct Timed {
    std::chrono::milliseconds at{0};
    Step step;
    bool ours = false;
  };
  void write_first();

  std::map<std::string, Serial> names_;
  std::deque<Timed> steps_;
  std::chrono::milliseconds now_{0};
};

}  // namespace leanspec::fakes
