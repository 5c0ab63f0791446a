// The part of SimulatedDisk that follows each file from save to save and from name to name.
#include <utility>

#include "tests/simulation/simulated_disk.h"

namespace leanspec::simulation {

void SimulatedDisk::inherit(Truth& truth, const std::string& path) {
  const auto file = files_.find(path);
  const auto saved_over = saved_over_.find(path);
  if (file == files_.end() && saved_over == saved_over_.end()) return;
  const auto& former = file == files_.end() ? saved_over->second : file->second;
  remember_end(former);
  truth.texts.insert(former.texts.begin(), former.texts.end());
  truth.stood_at.insert(former.stood_at.begin(), former.stood_at.end());
  truth.brought_from.insert(former.brought_from.begin(), former.brought_from.end());
}

void SimulatedDisk::end(const std::string& path) {
  const auto file = files_.find(path);
  if (file == files_.end()) return;
  remember_end(file->second);
  // Not when an editor saves over it: the bridge itself brought it here, and knows what it is.
  for (const auto& place : file->second.brought_from)
    ended_[place].insert(file->second.texts.begin(), file->second.texts.end());
}

void SimulatedDisk::remember_end(const Truth& truth) {
  for (const auto& place : truth.stood_at) {
    ended_[place].insert(truth.texts.begin(), truth.texts.end());
    const auto before = texts_at_.find(place);
    if (before != texts_at_.end()) ended_[place].insert(before->second.begin(), before->second.end());
  }
}

void SimulatedDisk::write_into(Truth& truth, const fakes::FileText& text) const {
  if (truth.stamp_ns != stamp_ns_)
    truth.texts_of_stamp.clear();
  else
    truth.texts_of_stamp.push_back(truth.text);
  truth.stamp_ns = stamp_ns_;
  truth.text = text;
}

void SimulatedDisk::put(const std::string& path, const fakes::FileText& text) {
  const auto before = files_.find(path);
  auto truth = before == files_.end() ? Truth() : std::move(before->second);
  if (before == files_.end()) inherit(truth, path);
  // Who saves what a power cut left there, or git put there, word for word, has changed nothing.
  const bool same = truth.text == text;
  truth.of_nobody = truth.of_nobody && same;
  truth.saved_as_left = truth.of_nobody;
  // Nor has who took away what git put there, and puts it there again.
  const auto last = last_put_.find(path);
  const bool again = before == files_.end() && last != last_put_.end() && last->second == text.digest() &&
                     put_by_git_at_.contains(text.digest());
  truth.as_git_put_it = ((truth.of_git || truth.as_git_put_it) && same) || again;
  write_into(truth, text);
  truth.put_in_place = truth.of_git = truth.of_others = truth.may_lack_its_end = false;
  const auto& digest = text.digest();
  truth.texts.insert(digest);
  remember(digest);
  written_at_[digest] = now_;
  put_by_git_at_.erase(digest);
  settle(path, std::move(truth));
}

void SimulatedDisk::settle(const std::string& path, Truth truth) {
  truth.has_markers = has_conflict_markers(truth.text.bytes());
  truth.changed_at = now_;
  texts_at_[path].insert(truth.text.digest());
  last_put_[path] = truth.text.digest();
  files_[path] = std::move(truth);
  saved_over_.erase(path);
  come_back(path);
}

void SimulatedDisk::come_back(const std::string& path) {
  const auto since = gone_since_.find(path);
  if (since == gone_since_.end()) return;
  if (now_ - since->second >= milliseconds(2'000) || seemed_gone_since_before(path, since->second))
    was_long_gone_[path] = now_;
  else
    came_back_since_[path] = since->second;
  gone_since_.erase(since);
}

bool SimulatedDisk::seemed_gone_since_before(const std::string& path, milliseconds since) const {
  constexpr milliseconds between_looks{4'000};
  const auto first = came_back_since_.find(path);
  const auto lost = hint_lost_at_.find(path);
  return first != came_back_since_.end() && lost != hint_lost_at_.end() && lost->second >= first->second &&
         since - first->second < between_looks && now_ - first->second >= milliseconds(2'000);
}

}  // namespace leanspec::simulation
