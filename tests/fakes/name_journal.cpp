#include "tests/fakes/name_journal.h"

#include <algorithm>

namespace leanspec::fakes {

void NameJournal::set_moment(std::chrono::milliseconds now) {
  now_ = std::max(now_, now);
  while (!steps_.empty() && steps_.front().at + written_back_after <= now_) write_first();
}

void NameJournal::record(Step step, bool ours) {
  if (!step.empty()) steps_.push_back({now_, std::move(step), ours});
}

void NameJournal::write_first() {
  for (auto& [path, file] : steps_.front().step) {
    if (file)
      names_.insert_or_assign(std::move(path), *file);
    else
      names_.erase(path);
  }
  steps_.pop_front();
}

void NameJournal::sync(std::string_view folder) {
  const auto is_in = [&](const auto& change) {
    const std::string_view path = change.first;
    const auto slash = path.rfind('/');
    return (slash == std::string_view::npos ? std::string_view() : path.substr(0, slash)) == folder;
  };
  std::size_t last = 0;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (std::any_of(steps_[i].step.begin(), steps_[i].step.end(), is_in)) last = i + 1;
  }
  for (; last > 0; --last) write_first();
}

const std::map<std::string, NameJournal::Serial>& NameJournal::cut(std::size_t survivors) {
  for (; survivors > 0 && !steps_.empty(); --survivors) write_first();
  steps_.clear();
  return names_;
}

void NameJournal::sync_all() {
  while (!steps_.empty()) write_first();
}

bool NameJournal::is_open_for_ours(std::string_view path) const {
  const auto last = std::find_if(steps_.rbegin(), steps_.rend(), [&](const Timed& timed) {
    return std::any_of(timed.step.begin(), timed.step.end(), [&](const auto& change) { return change.first == path; });
  });
  return last != steps_.rend() && last->ours;
}

}  // namespace leanspec::fakes
