// The part of SimulatedDisk that git writes to.
#include <algorithm>

#include "tests/simulation/simulated_disk.h"

namespace leanspec::simulation {

bool has_conflict_markers(std::string_view text) {
  for (const std::string_view marker : {"<<<<<<<", ">>>>>>>"}) {
    for (auto at = text.find(marker); at != std::string_view::npos; at = text.find(marker, at)) {
      const bool begins_line = at == 0 || text[at - 1] == '\n';
      at = std::min(text.find_first_not_of(marker.front(), at), text.size());
      if (begins_line && (at == text.size() || text[at] == ' ' || text[at] == '\n')) return true;
    }
  }
  return false;
}

std::uint32_t SimulatedDisk::bit_of(const std::string& branch) {
  auto found = std::find(branches_.begin(), branches_.end(), branch);
  if (found == branches_.end()) found = branches_.insert(found, branch);
  return 1U << static_cast<unsigned>(found - branches_.begin());
}

bool SimulatedDisk::had_on(const Digest& text, const std::string& branch) const {
  const auto found = had_.find(text);
  const auto name = std::find(branches_.begin(), branches_.end(), branch);
  return found != had_.end() && name != branches_.end() &&
         (found->second >> static_cast<unsigned>(name - branches_.begin()) & 1U) != 0;
}

void SimulatedDisk::leaves_for(const std::string& branch) {
  written_by_git_ = bit_of(branch);
  checked_out_ |= written_by_git_;
}

void SimulatedDisk::arrives_at(const std::string& branch) {
  checked_out_ = written_by_git_ = bit_of(branch);
  for (const auto& [path, text] : synced_files()) remember(text.digest());
}

void SimulatedDisk::put_by_git(const std::string& path, const fakes::FileText& text, Giver of) {
  remember_what_stands(path);
  tree.replace(path, text);
  const auto before = files_.find(path);
  auto truth = before == files_.end() ? Truth() : before->second;
  truth.text = text;
  truth.of_nobody = truth.put_in_place = truth.of_others = truth.may_lack_its_end = false;
  truth.of_git = of == Giver::git;
  truth.as_git_put_it = of == Giver::nobody;
  truth.texts.insert(text.digest());
  had_[text.digest()] |= written_by_git_;
  put_by_git_at_.try_emplace(text.digest(), now_);
  // A rename that git undoes, or makes again.
  if (const auto left = left_by_git_.find(text.digest()); left != left_by_git_.end()) {
    truth.stood_at.insert(left->second.begin(), left->second.end());
    truth.stood_at.erase(path);
  }
  settle(path, std::move(truth));
}

void SimulatedDisk::remove_by_git(const std::string& path) {
  const auto file = files_.find(path);
  if (file == files_.end()) return;
  auto& places = left_by_git_[file->second.text.digest()];
  places.insert(path);
  places.insert(file->second.stood_at.begin(), file->second.stood_at.end());
  for (auto& [other, truth] : files_) {
    if (other != path && truth.text == file->second.text) truth.stood_at.insert(path);
  }
  tree.remove(path);
  files_.erase(file);
}

void SimulatedDisk::take_away_again(const std::string& path, milliseconds since) {
  if (has(path)) remove(path);
  gone_since_[path] = since;
}

bool SimulatedDisk::was_put_by_git(const std::string& path, const Digest& text) const {
  const auto file = files_.find(path);
  return file != files_.end() && file->second.of_git && file->second.text.digest() == text;
}

}  // namespace leanspec::simulation
