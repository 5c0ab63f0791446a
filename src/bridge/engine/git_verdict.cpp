// The part of GitWatch that judges what a look at the disk shows: somebody's edit, git's doing, or a person's to say.
#include <algorithm>
#include <utility>

#include "bridge/engine/conflict_markers.h"
#include "bridge/engine/git_watch.h"

namespace leanspec::bridge::engine {
namespace {

constexpr const char* accept_remedy = "if it is meant so, run `leanspec-bridge accept` on the file";

constexpr const char* interrupted_words = "git ended in the middle of its work, and may have put it so";
constexpr const char* interrupted_remedy =
    "remove git's index.lock and let git do that again; if it is meant so, run `leanspec-bridge accept` on the file";

}  // namespace

/// Git writes its index after the files. A file that a person moved back keeps its old time of change, and not that of
/// its status. A time in the future says nothing: the clock was set back since, and an index of now looks older than
/// what git wrote before it.
bool GitWatch::git_may_have_written(const sync::DiskFile& file, bool known) const {
  const auto written = known ? file.facts.modified_ns : file.facts.changed_ns;
  return seen_.index && (written <= seen_.index->modified_ns || since(written, seen_at_) < -clock_slack);
}

/// It ended before its lock was old.
bool GitWatch::was_interrupted_with(const sync::DiskFile& file, bool known) const {
  if (!interrupted_) return false;
  const auto written = known ? file.facts.modified_ns : file.facts.changed_ns;
  return written >= interrupted_->from_ns &&
         written <= interrupted_->from_ns + std::chrono::nanoseconds(git_lock_patience).count();
}

/// By the boot clock from the moment in which it was first seen: the wall clock may have been set since.
std::chrono::nanoseconds GitWatch::index_age(Now now) const {
  return index_age_as_seen_ + (now.boot - index_seen_at_);
}

/// What a person saved while HEAD was still there is theirs, though the commit that it went back to has it too.
bool GitWatch::was_written_as_git_went_back(const sync::DiskFile& file, bool known) const {
  const auto written = known ? file.facts.modified_ns : file.facts.changed_ns;
  const auto granularity = written % std::chrono::nanoseconds(std::chrono::seconds{1}).count() == 0
                               ? std::chrono::nanoseconds(std::chrono::seconds{1})
                               : std::chrono::nanoseconds{0};
  return went_back_ && since(written, came_from_at_) <= granularity;
}

/// Of what went while no process looked nobody knows when, beyond what was agreed on last; nor even that if nothing
/// ever was, or the clock was set back since.
bool GitWatch::may_have_gone_with_index(std::chrono::nanoseconds gone_for, bool since_before, Now now) const {
  if (!since_before) return index_age(now) <= vanished_with + gone_for;
  if (!unwatched_since_ || *unwatched_since_ > now.wall) return true;
  return index_age(now) <= vanished_with + (now.wall - *unwatched_since_);
}

bool GitWatch::is_new_to(const std::optional<DocumentId>& document, const Digest& digest) const {
  if (!document) return true;
  const auto* synced = ledger_.synced(*document);
  const auto* remote = ledger_.remote(*document);
  return (synced == nullptr || synced->digest != digest) && (remote == nullptr || remote->digest != digest);
}

/// Not what disk and hub agree on, or would.
bool GitWatch::is_new_or_on_its_way(const DocumentId& document, const Digest& digest) const {
  return is_new_to(document, digest) || ledger_.pending_of(document) != nullptr;
}

bool GitWatch::is_held_at_another_path(const DocumentId& document) const {
  return std::any_of(held_.begin(), held_.end(), [&](const auto& held) { return held.second.document == document; });
}

bool GitWatch::has_new_markers(const std::optional<DocumentId>& document, const std::string& text) {
  const auto lines = conflict_marker_lines(text);
  if (lines == 0) return false;
  const auto* row = document ? ledger_.local(*document) : nullptr;
  if (row == nullptr || !ledger_.has_body(row->file.digest)) return true;
  const auto former = ledger_.body(row->file.digest);
  return !former || conflict_marker_lines(**former) < lines;
}

std::optional<GitWatch::Former> GitWatch::former_of(const std::optional<DocumentId>& document, const std::string& path,
                                                    const Digest& digest) {
  const auto find_in = [&](const DocumentId& of) -> std::optional<Former> {
    const auto all = ledger_.ancestors(of);
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.digest == digest; });
    if (found == all.end()) return std::nullopt;
    const auto* row = ledger_.local(of);
    const auto* remote = ledger_.remote(of);
    if (row != nullptr) return Former{of, *found, row->path != path ? row->path : std::string()};
    if (all.front().taken_away) return Former{of, *found, {}};
    // Taken away here, and the deletion is not agreed on: git took that back as well.
    if (ledger_.synced(of) != nullptr && is_new_or_on_its_way(of, digest)) return Former{of, *found, {}};
    if (is_put_back(of) && remote != nullptr && remote->path != path) return Former{of, *found, remote->path};
    return std::nullopt;  // deleted here, and made again
  };
  if (document) {
    if (!is_new_or_on_its_way(*document, digest)) return std::nullopt;
    auto former = find_in(*document);
    if (former || ledger_.synced(*document) != nullptr || ledger_.pending_of(*document) == nullptr) return former;
    // Made anew where another one was, which the hub will say it is.
    for (const auto& once : ledger_.documents_once_at(path)) {
      const auto all = ledger_.ancestors(once);
      const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.digest == digest; });
      if (found != all.end()) return Former{*document, *found, {}};
    }
    return std::nullopt;
  }
  for (const auto& once : ledger_.documents_once_at(path)) {
    if (auto former = find_in(once)) return former;
  }
  return std::nullopt;
}

GitWatch::Verdict GitWatch::take(const std::string& path) {
  held_.erase(path);
  found_.erase(path);
  accepted_.erase(path);
  return Verdict::take;
}

GitWatch::Verdict GitWatch::ask(const std::string& path, std::optional<Digest> text) {
  to_ask_.insert_or_assign(path, text);
  return Verdict::ask;
}

GitWatch::Verdict GitWatch::hold(const std::string& path, std::optional<Digest> digest, std::string why,
                                 std::string remedy) {
  held_.insert_or_assign(path, Held{digest, std::move(why), std::move(remedy), std::nullopt});
  return Verdict::hold;
}

GitWatch::Verdict GitWatch::put_back(const std::string& path, Former former) {
  const bool on_its_way = !former.stays && ledger_.pending_of(former.document) != nullptr;
  found_.insert_or_assign(path, std::move(former));
  if (!on_its_way) return Verdict::put_back;
  return Verdict::wait_sent;
}

GitWatch::Verdict GitWatch::of_text(const std::string& path, const sync::DiskFile& file, const std::string* text) {
  if (!seen_.work_tree) return Verdict::take;
  if (const auto accepted = accepted_.find(path); accepted != accepted_.end() && accepted->second == file.digest)
    return take(path);
  if (const auto carried = of_carried(path, file)) return *carried;
  const auto document = ledger_.local_at(path);
  const bool from_git = git_may_have_written(file, document.has_value());
  // What another program moved, or what was looked at before, may have conflict markers as well.
  if (text == nullptr) return Verdict::read;
  if (has_new_markers(document, *text)) {
    return hold(path, file.digest, "it has conflict markers",
                std::string("decide what stays and save it; ") + accept_remedy);
  }
  const bool merging = judgement_.mood == GitMood::merging;
  const bool interrupted = !from_git && was_interrupted_with(file, document.has_value());
  if (!merging && !from_git && !interrupted) return take(path);
  auto former = former_of(document, path, file.digest);
  if (interrupted && former) return hold(path, file.digest, interrupted_words, interrupted_remedy);
  if (interrupted && !merging) return take(path);
  if (!document && !former && !merging && came_from_.empty()) return take(path);
  const auto* state = answer_for(path, file.digest);
  if (state == nullptr) return ask(path, file.digest);
  if (!cannot_ask_.empty()) {
    if (!former && !merging) return take(path);
    return hold(path, file.digest, "git may have put it back, and " + cannot_ask_, accept_remedy);
  }
  switch (*state) {
    case GitFileState::unmerged:
      return hold(path, file.digest, "git could not merge it and waits for a person",
                  std::string("decide, then `git add` it; ") + accept_remedy);
    case GitFileState::clean:
    case GitFileState::staged:
      if (merging)
        return hold(path, file.digest, "it is part of what git has not finished: " + judgement_.why, judgement_.remedy);
      if (!former && was_written_as_git_went_back(file, document.has_value()) && is_new_to(document, file.digest)) {
        if (!document)
          return hold(path, file.digest, "git went back to a commit that has it, and the hub does not have it",
                      accept_remedy);
        former = Former{*document, Ancestor{file.digest, std::nullopt, path, file.facts.size, false, false}, {}};
      }
      if (!former) return take(path);
      if (!former->lives_at.empty()) {
        const auto verdict =
            hold(path, file.digest, "git put it back, and the document stands at " + former->lives_at + " now",
                 std::string("remove it; or ") + accept_remedy);
        held_.at(path).document = former->document;
        return verdict;
      }
      return put_back(path, *former);
    case GitFileState::changed:
    case GitFileState::deleted:
    case GitFileState::untracked:
    case GitFileState::ignored:
      return take(path);
  }
  return take(path);
}

/// Law 28. What stood there as another branch's and git does not have here is no edit of this one: the hub's text of
/// this branch takes its place, and an edit of it is one of the text that it was there.
std::optional<GitWatch::Verdict> GitWatch::of_carried(const std::string& path, const sync::DiskFile& file) {
  const auto found = carried_.find(path);
  if (found == carried_.end()) return std::nullopt;
  const auto document = ledger_.local_at(path);
  if (found->second.digest != file.digest || (document && !is_new_to(document, file.digest))) {
    carried_.erase(found);
    return std::nullopt;
  }
  const auto* state = answer_for(path, file.digest);
  if (state == nullptr) return ask(path, file.digest);
  if (!cannot_ask_.empty())
    return hold(path, file.digest,
                std::string(carried_words) + found->second.branch + ", or is this one's, and " + cannot_ask_,
                accept_remedy);
  const auto carried = std::move(found->second);
  carried_.erase(found);
  if (*state == GitFileState::clean || *state == GitFileState::unmerged) return std::nullopt;
  std::optional<DocumentId> here = document;
  if (!here && (ledger_.remote(carried.document) != nullptr || ledger_.synced(carried.document) != nullptr))
    here = carried.document;
  if (const auto at_hub = ledger_.remote_at(path); !here && !at_hub.empty()) here = at_hub.front();
  Former former{here.value_or(carried.document),
                Ancestor{file.digest, carried.version, path, file.facts.size, carried.elsewhere, false},
                {}};
  former.carried_from = carried.branch;
  former.stays = !here;
  const auto* row = here && here != document ? ledger_.local(*here) : nullptr;
  const auto* at_hub = row != nullptr ? ledger_.remote(*here) : nullptr;
  // Unless it is just what this branch has there: then the file at its former place is git's.
  if (row != nullptr && (at_hub == nullptr || at_hub->path != path || at_hub->digest != file.digest)) {
    former.stays = true;
    former.lives_at = row->path;
  }
  return put_back(path, std::move(former));
}

GitWatch::Verdict GitWatch::of_absence(const std::string& path, const DocumentId& document,
                                       std::chrono::nanoseconds gone_for, bool since_before, Now now) {
  if (!seen_.work_tree) return Verdict::take;
  if (const auto accepted = accepted_.find(path); accepted != accepted_.end() && !accepted->second) return take(path);
  // Law 28: nobody took it away from this branch.
  if (since_before && came_without(path)) return put_back(path, Former{document, {}, {}});
  if (interrupted_ &&
      (since_before || held_.contains(path) || now.boot - gone_for <= interrupted_->seen_at + vanished_with))
    return hold(path, std::nullopt, interrupted_words, interrupted_remedy);
  const bool merging = judgement_.mood == GitMood::merging;
  const auto ancestors = ledger_.ancestors(document);
  const bool of_another = !ancestors.empty() && ancestors.front().elsewhere;
  const bool with_git = seen_.index && may_have_gone_with_index(gone_for, since_before, now);
  const bool held_elsewhere = is_held_at_another_path(document);
  if (!merging && !of_another && !with_git && !held_elsewhere) return take(path);
  const auto* state = answer_for(path, std::nullopt);
  if (state == nullptr) return ask(path, std::nullopt);
  if (!cannot_ask_.empty())
    return hold(path, std::nullopt, "git may have taken it away, and " + cannot_ask_, accept_remedy);
  switch (*state) {
    case GitFileState::unmerged:
      return hold(path, std::nullopt, "git could not merge it and waits for a person", accept_remedy);
    case GitFileState::staged:
      if (merging)
        return hold(path, std::nullopt, "it is part of what git has not finished: " + judgement_.why,
                    judgement_.remedy);
      return take(path);
    case GitFileState::deleted:
    case GitFileState::changed:
      if (held_elsewhere) return put_back(path, Former{document, {}, {}});
      return take(path);
    case GitFileState::clean:
    case GitFileState::untracked:
    case GitFileState::ignored:
      if (merging)
        return hold(path, std::nullopt, "it is part of what git has not finished: " + judgement_.why,
                    judgement_.remedy);
      return put_back(path, Former{document, {}, {}});
  }
  return take(path);
}

}  // namespace leanspec::bridge::engine
