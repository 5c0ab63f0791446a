#include <algorithm>
#include <utility>

#include "bridge/engine/folder_look.h"

namespace leanspec::bridge::engine {

void Folder::find_absent(const ScanResult& result, Look& look) {
  if (result.truncated) return;
  const auto consider = [&](const std::string& path, const DocumentId& document) {
    if (look.files.contains(path) || look.others.contains(path) || look.is_unknown(path)) return;
    if (const auto rule = ignored_by(path)) {
      set_problem(path, FileState::ignored,
                  "the rule `" + rule->rule + "` keeps it out now; the hub keeps what it has of it",
                  "remove the rule to sync it again");
      doubt_.settled(path);
      return;
    }
    look.absent.emplace(path, document);
    missing_.insert(path);
  };
  if (look.everything) {
    for (const auto& [path, document] : ledger_.local_paths()) consider(path, document);
    std::erase_if(files_, [&](const auto& file) {
      return !look.files.contains(file.first) && !look.is_unknown(file.first) && !ledger_.local_at(file.first);
    });
    // A new file that was waited for and has gone: the look that would have noticed may have come to nothing.
    for (const auto& [path, waiting] : settle_.waiting()) {
      if (!look.files.contains(path) && !look.is_unknown(path) && !ledger_.local_at(path))
        settle_.unchanged(path, BootTime{});
    }
    std::vector<std::string> gone;  // what git left there, and somebody removed
    for (const auto& [path, held] : git_.held()) {
      const bool is_there = look.files.contains(path) || look.is_unknown(path);
      if (held.digest && !is_there && !ledger_.local_at(path)) gone.push_back(path);
    }
    for (const auto& path : gone) git_.as_before(path);
    return;
  }
  for (const auto& root : look.asked) {
    const auto& paths = ledger_.local_paths();
    for (auto at = paths.lower_bound(root); at != paths.end() && at->first.starts_with(root); ++at) {
      if (is_within(at->first, root)) consider(at->first, at->second);
    }
    if (!look.files.contains(root) && !ledger_.local_at(root)) {
      files_.erase(root);
      problems_.erase(root);
      settle_.unchanged(root, BootTime{});
      git_.as_before(root);
    }
  }
}

/// Whether it took that file away, which is asked when its absence is looked at for the second time.
bool Folder::git_is_to_say(const std::string& path) const {
  return git_.judgement().mood != GitMood::absent && !of_git_.contains(path) && !of_people_.contains(path);
}

/// Files that vanish together are seen one after the other; what is gone for certain is judged with those that are seen
/// absent once so far.
void Folder::weigh_with_others(const Look& look, std::set<DocumentId>& gone, Now now) {
  const std::size_t synced = ledger_.state().synced.size();
  std::size_t absent_once = 0;
  std::set<DocumentId> certain;
  bool nothing_left = true;
  for (const auto& [document, row] : ledger_.state().local) {
    const bool is_certain = settle_.is_absent_for_certain(row.path, now.boot) && !git_is_to_say(row.path);
    if (is_certain && ledger_.synced(document) != nullptr && !of_git_.contains(row.path)) certain.insert(document);
    const bool once = !is_certain && settle_.is_absent(row.path);
    if (once) ++absent_once;
    nothing_left = nothing_left && (once || is_certain || look.absent.contains(row.path));
  }
  certain.insert(gone.begin(), gone.end());
  // A root that loses its last file is no tidying up, even where the files are few.
  if (nothing_left) guard_.root_emptied(synced);
  if (certain.size() + absent_once <= sync::Guard::allowed(synced)) return;
  if (nothing_left || absent_once == 0) {
    gone = std::move(certain);  // too many: the guard holds them together
    return;
  }
  for (const auto& document : gone) settle_.look(ledger_.local(document)->path, now.boot + judged_again_after);
  gone.clear();
}

/// The power took back that the file of a missing document was moved there.
bool Folder::was_moved_back(const std::string& path, const LocalRow& row, Look& look, Now now) const {
  if (!doubt_.any() || row.file.facts.inode == 0) return false;
  if (!look.standing) {
    auto& standing = look.standing.emplace();
    for (const auto& [place, file] : files_) {
      if (!missing_.contains(place)) standing.emplace(Inode{file.facts.device, file.facts.inode}, place);
    }
  }
  const auto same = look.standing->equal_range(Inode{row.file.facts.device, row.file.facts.inode});
  return std::any_of(same.first, same.second, [&](const auto& file) {
    return doubt_.was_moved_back(path, file.second, files_.at(file.second), now);
  });
}

/// Perhaps in the middle of a save: many editors move the former file to a backup first.
bool Folder::power_took_it(const std::string& path, const DocumentId& document) const {
  const auto is_backup = [&](const IgnoredPath& ignored) { return ignored.path == path + "~"; };
  return doubt_.any() && doubt_.is_lost(path, document, std::any_of(ignored_.begin(), ignored_.end(), is_backup));
}

/// Seen to be absent twice, or at first where it was not there before either.
bool Folder::counts_as_gone(const std::string& path, Now now) {
  const bool twice = settle_.absent(path, now.boot);
  return twice || doubt_.is_unheard(path) || (!looked_once_ && git_.came_without(path));
}

/// Documents that are not there: gone once seen twice, and deleted once the guard agrees.
void Folder::let_go(Look& look, Now now) {
  std::set<DocumentId> gone;
  std::set<DocumentId> silently;
  for (const auto& [path, document] : look.absent) {
    const auto* row = ledger_.local(document);
    if (row == nullptr || row->path != path) continue;
    problems_.erase(path);
    if ((look.everything || is_fetch_) && looked_once_ && !settle_.is_absent(path))
      unheard_since_.try_emplace(path, everything_seen_at_);
    if (approved_.contains(document)) {
      silently.insert(document);
      continue;
    }
    if (guard_.held().contains(document)) continue;
    // Certain at the first look, and at the second one the file may be another: what the hub has at its place may have
    // come there in between.
    const bool moved_back = was_moved_back(path, *row, look, now);
    if (moved_back || counts_as_gone(path, now)) {
      if (moved_back || power_took_it(path, document)) {
        if (guard_.halted()) continue;  // nobody took it away, so a person's approval is not about it
        forget_place(document);
        doubt_.take_away(path, document);
        continue;
      }
      // A branch begins with what stands there as it is opened, and nobody else has anything on it.
      if (is_of_the_beginning(path)) {
        silently.insert(document);
        continue;
      }
      if (git_took_it(path, document, now)) continue;
      // What the hub never heard of cannot be deleted for anybody.
      const bool known_there = ledger_.synced(document) != nullptr || ledger_.pending_of(document) != nullptr;
      (known_there ? gone : silently).insert(document);
    }
  }
  if (!gone.empty()) weigh_with_others(look, gone, now);
  const bool released = guard_.release(gone, ledger_.state().synced.size(), now.boot);
  if (released && !gone.empty()) remember_release(gone.size(), now);
  for (const auto& document : gone) {
    if (released)
      silently.insert(document);
    else
      settle_.forget(ledger_.local(document)->path);
  }
  for (const auto& document : silently) {
    const auto path = ledger_.local(document)->path;
    settle_.forget(path);
    files_.erase(path);
    unheard_since_.erase(path);
    of_people_.erase(path);
    if (const auto approved = approved_.extract(document)) deleted_under_[document] = approved.mapped();
    ledger_.set_local(document, std::nullopt);
  }
}

/// A process that begins anew within the guard's window must not begin a window of its own.
void Folder::remember_release(std::size_t count, Now now) {
  const auto time = time_of(now);
  auto all = ledger_.state().released;
  std::erase_if(all, [&](const ReleasedDeletes& one) { return one.age_at_least(time) >= sync::Guard::window; });
  const auto second = [](BootTime at) { return std::chrono::floor<std::chrono::seconds>(at); };
  if (!all.empty() && all.back().when.boot == time.boot && second(all.back().when.at) == second(time.at))
    all.back() = {time, all.back().count + static_cast<std::uint32_t>(count)};
  else
    all.push_back({time, static_cast<std::uint32_t>(count)});
  ledger_.set_released(std::move(all));
}

}  // namespace leanspec::bridge::engine
