// What happens to whole trees at once: a rename, what the bridge wrote, a power cut.
#include "tests/simulation/simulated_disk.h"

#include <algorithm>

namespace leanspec::simulation {

void SimulatedDisk::move(const std::string& from, const std::string& to) {
  remember_what_stands(to);
  tree.rename(from, to);
  if (key(from) == key(to)) {  // in another case
    for (const auto& path : within(from)) {
      files_.at(path).changed_at = now_;
      respelled_.insert(path);
    }
    return;
  }
  for (const auto& path : within(from)) {
    auto node = files_.extract(path);
    gone_since_[path] = now_;
    const auto place = key(to) + path.substr(key(from).size());
    auto truth = std::move(node.mapped());
    truth.of_git = truth.of_others = false;  // who names a file has seen it
    if (is_passing(place))
      saved_over_[path] = truth;
    else if (is_passing(path))
      inherit(truth, place);
    else
      truth.stood_at.insert(path);
    if (is_passing(place)) {
      truth.stood_at.clear();
      truth.brought_from.clear();
    }
    if (!is_passing(path)) end(place);
    // What stood there before goes on with the text that comes there, since the same path wins; so the document that
    // came from elsewhere may be nowhere any more.
    if (!is_passing(place) && (gone_since_.contains(place) || was_long_gone_.contains(place))) {
      remember_end(truth);
      truth.put_in_place = true;
      respelled_.insert(place);  // perhaps: shown() says so
      // Written in another document long before, for this one it is an edit of now.
      moved_into_place_at_[{place, truth.text.digest()}] = now_;
    }
    settle(place, std::move(truth));
  }
}

void SimulatedDisk::notice_applied(const std::function<bool(const Digest&)>& is_safe,
                                   const std::map<std::string, std::string>& moves) {
  if (covered || root_is_away) {  // another disk stands in its place
    for (const auto& [path, text] : synced_files()) remember(text.digest());
    return;
  }
  const auto there = synced_files();
  std::vector<std::pair<std::string_view, fakes::FileText>> came;
  std::multimap<Digest, std::pair<std::string, Truth>> left;  // by the text
  auto now_there = there.begin();
  const auto passes = [&](const auto& file) { return now_there != there.end() && now_there->first < file->first; };
  for (auto file = files_.begin(); file != files_.end();) {
    for (; passes(file); ++now_there) came.emplace_back(*now_there);
    const bool stands = now_there != there.end() && now_there->first == file->first;
    if (stands && now_there->second == file->second.text) {
      ++now_there;
      ++file;
      continue;
    }
    left.emplace(file->second.text.digest(), *file);
    if (stands) came.emplace_back(*now_there++);
    file = stands ? std::next(file) : files_.erase(file);
  }
  for (; now_there != there.end(); ++now_there) came.emplace_back(*now_there);
  for (auto& [path, text] : came) {
    auto& truth = files_[std::string(path)];
    truth.of_nobody = truth.put_in_place = truth.of_git = truth.may_lack_its_end = truth.as_git_put_it = false;
    // What its user wrote is theirs, also where the bridge brings it again after git put it by.
    truth.of_others = !written_at_.contains(text.digest());
    // Where it stood is remembered with it: a hub restored from an older backup names it by its former place again,
    // and who takes it away here takes away that document.
    if (const auto moved = left.find(text.digest()); moved != left.end()) {
      truth = moved->second.second;
      truth.brought_from.insert(moved->second.first);
      left.erase(moved);
    } else if (const auto move = moves.find(std::string(path)); move != moves.end()) {
      for (const auto& [former_text, file] : left) {
        if (file.first != move->second) continue;
        truth.texts.insert(file.second.texts.begin(), file.second.texts.end());
        truth.stood_at.insert(file.second.stood_at.begin(), file.second.stood_at.end());
        truth.brought_from.insert(file.second.brought_from.begin(), file.second.brought_from.end());
        truth.brought_from.insert(file.first);
      }
    }
    if (truth.text != text) write_into(truth, text);
    truth.changed_at = now_;
    truth.texts.insert(truth.text.digest());
    remember(truth.text.digest());
    last_put_.erase(std::string(path));
    come_back(std::string(path));
  }
  for (const auto& [text, file] : left) {
    if (file.second.of_git) ++replaced_of_git_;
    // What git put there git still has; and who puts again what a power cut had left there has changed nothing.
    const bool of_power = made_by_power_.contains(text) || was_once_left_by_power(file.first, text);
    if (!file.second.is_promised_to_nobody() && !of_power && !is_safe(text)) taken_.insert(text);
  }
}

/// Saved in the last minute, on a disk of whole seconds, over a longer text of the same second that begins like it: a
/// bridge that knows the longer one sees what a lost end would leave, to the byte and to the second. It keeps what it
/// replaces in the safety copies.
void SimulatedDisk::stands_again_after_power(Truth& truth) const {
  constexpr milliseconds written_back_after{60'000};
  if (now_ - truth.changed_at > written_back_after) return;
  const auto& bytes = truth.text.bytes();
  // An empty one that its bridge has not seen so looks like it whatever stood there (bring_back_empty()).
  truth.may_lack_its_end =
      truth.may_lack_its_end ||
      std::any_of(truth.texts_of_stamp.begin(), truth.texts_of_stamp.end(), [&](const fakes::FileText& before) {
        return before.bytes().size() > bytes.size() && before.bytes().starts_with(bytes);
      });
}

bool SimulatedDisk::cut_power(Chance& chance) {
  if (covered || root_is_away) return false;
  const auto staged = staged_texts();
  std::map<fakes::NameJournal::Serial, std::pair<std::string, Truth>> stood;
  for (const auto& file : files_) {
    if (const auto serial = tree.serial(file.first)) stood.emplace(*serial, file);
  }
  tree.cut_power([&chance](std::uint64_t below) { return chance.below(below); });
  std::map<std::string, fakes::FileText> there;
  for (const auto& [path, text] : synced_files()) {
    there.emplace(path, text);
    taken_.erase(text.digest());
  }
  // What had come out of its place and nobody had synced is lost.
  const auto still_staged = staged_texts();
  std::erase_if(taken_, [&](const Digest& text) { return staged.contains(text) && !still_staged.contains(text); });
  bool lost = false;
  std::map<Digest, std::pair<std::string, Truth>> left;  // by the text: a rename may have been taken back
  for (auto file = files_.begin(); file != files_.end();) {
    const auto now_there = there.find(file->first);
    const bool same = now_there != there.end() && now_there->second == file->second.text;
    if (same) there.erase(now_there);
    if (same) stands_again_after_power(file->second);
    lost = lost || !same;
    if (!same) left.insert_or_assign(file->second.text.digest(), *file);
    file = same || now_there != there.end() ? std::next(file) : files_.erase(file);
  }
  for (auto& [path, text] : there) {
    lost = true;
    if (!had_.contains(text.digest())) made_by_power_.insert(text.digest());
    auto& truth = files_[path];
    // A file whose rename was taken back is the same one, also where its text was lost with it: who takes it away now
    // takes away what stood there.
    const auto serial = tree.serial(path);
    const auto same = serial ? stood.find(*serial) : stood.end();
    const auto moved = left.find(text.digest());
    if (same != stood.end() && same->second.first != path) {
      truth = same->second.second;
      truth.stood_at.insert(same->second.first);
    } else if (moved != left.end()) {
      truth = moved->second.second;
      truth.stood_at.insert(moved->second.first);
    }
    // Only that it went on to another place was taken back: it came here by its user's hand, whole, after whatever
    // stood here before.
    const auto last = last_put_.find(path);
    truth.put_in_place = same != stood.end() && same->second.second.text == text && last != last_put_.end() &&
                         last->second == text.digest();
    truth.text = std::move(text);
    truth.changed_at = now_;
    truth.of_nobody = true;
    truth.saved_as_left = truth.of_git = truth.may_lack_its_end = truth.as_git_put_it = false;
    left_by_power_[path].insert(truth.text.digest());
    truth.texts.insert(truth.text.digest());
    remember(truth.text.digest());
    come_back(path);
  }
  return lost;
}

std::vector<std::pair<std::string_view, fakes::FileText>> SimulatedDisk::synced_files() const {
  std::vector<std::pair<std::string_view, fakes::FileText>> found;
  const bool folds = folding_.any();
  keys_.clear();
  tree.each_file([&](std::string_view path, const fakes::FileText& text) {
    if (path.starts_with(".leanspec-sync/")) return;
    if (folds) keys_.push_back(folding_.key(path));
    found.emplace_back(folds ? std::string_view(keys_.back()) : path, text);
  });
  if (folds) std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return found;
}

}  // namespace leanspec::simulation
