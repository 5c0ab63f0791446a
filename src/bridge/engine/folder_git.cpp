// The part of Folder that asks whether git did it.
#include <algorithm>

#include "bridge/engine/folder_look.h"

namespace leanspec::bridge::engine {

namespace {

/// The last edit of a document that git put back is on its way: its answer is waited for in steps of this.
constexpr std::chrono::seconds answer_interval{2};

}  // namespace

void Folder::drop_look(std::uint64_t id, Now now) {
  if (!under_way_ || under_way_->id != id) return;
  const auto look = *std::exchange(under_way_, std::nullopt);
  if (look.everything) look_everywhere(now);
  if (is_fetch_)
    bytes_wanted_.insert(look.paths.begin(), look.paths.end());
  else
    for (const auto& path : look.paths) settle_.look(path, now.boot);
  is_fetch_ = false;
}

/// True: it is not to be taken for an edit, or not yet.
bool Folder::is_of_git(const Observation& seen, const sync::DiskFile& file, Now now) {
  const auto fresh = fresh_bodies_.find(file.digest);
  const auto text = seen.body ? seen.body : fresh != fresh_bodies_.end() ? fresh->second : nullptr;
  switch (git_.of_text(seen.path, file, text.get())) {
    case GitWatch::Verdict::take:
      return false;
    case GitWatch::Verdict::ask:
      settle_.look(seen.path, now.boot + GitWatch::answer_patience);
      return true;
    case GitWatch::Verdict::read:
      settle_.look(seen.path, now.boot);
      return true;
    case GitWatch::Verdict::hold:
      settle_.unchanged(seen.path, now.boot);
      return true;
    case GitWatch::Verdict::put_back:
      git_.rewind_to(seen.path, file, make_uuid_);
      settle_.unchanged(seen.path, now.boot);
      return true;
    case GitWatch::Verdict::wait_sent:
      settle_.look(seen.path, now.boot + answer_interval);
      return true;
  }
  return false;
}

/// True: its absence is no deletion, or not yet.
bool Folder::git_took_it(const std::string& path, const DocumentId& document, Now now) {
  of_git_.insert(path);
  of_people_.erase(path);
  const bool since_before = was_never_seen(path);
  auto since = settle_.absent_since(path);
  // What nobody heard of may have gone at any time since it was last seen.
  if (const auto unheard = unheard_since_.find(path); since && unheard != unheard_since_.end())
    since = std::min<BootTime>(*since, unheard->second + GitWatch::vanished_with);
  switch (git_.of_absence(path, document, since ? now.boot - *since : std::chrono::nanoseconds{0}, since_before, now)) {
    case GitWatch::Verdict::take:
      of_git_.erase(path);
      of_people_.insert(path);
      return false;
    case GitWatch::Verdict::ask:
    case GitWatch::Verdict::read:
      settle_.look(path, now.boot + GitWatch::answer_patience);
      return true;
    case GitWatch::Verdict::hold:
      settle_.forget(path);
      return true;
    case GitWatch::Verdict::put_back:
      forget_place(document);
      unheard_since_.erase(path);
      git_.rewind_to(path, std::nullopt, make_uuid_);
      return true;
    case GitWatch::Verdict::wait_sent:
      settle_.look(path, now.boot + answer_interval);
      return true;
  }
  return false;
}

bool Folder::was_never_seen(const std::string& path) const {
  return !looked_once_ || never_seen_.contains(path);
}

/// It stood there as another branch was left, and not as this one was opened.
bool Folder::is_of_the_beginning(const std::string& path) const {
  return ledger_.state().replica.is_beginning() && was_never_seen(path);
}

/// Of what the first look missed all is decided: what goes from here on goes as on any other branch.
void Folder::end_beginning(Now now) {
  if (!looked_once_ || !ledger_.state().replica.is_beginning()) return;
  const bool waits = std::any_of(missing_.begin(), missing_.end(), [this](const std::string& path) {
    return settle_.absent_since(path) && was_never_seen(path);
  });
  if (waits) return;
  auto row = ledger_.state().replica;
  row.watched_until = watched_until(now);
  ledger_.set_replica(std::move(row));
}

Instant Folder::watched_until(Now now) const {
  auto until = everything_seen_at_;
  for (const auto& path : missing_) {
    if (const auto since = settle_.absent_since(path)) until = std::min(until, *since);
  }
  for (const auto& [path, since] : unheard_since_) until = std::min(until, since);
  // Since when an absence is held on account of git nobody knows any more; nor when what no look of this process has
  // found there went, which may be waited for because it cannot be looked for.
  const bool holds =
      std::any_of(git_.held().begin(), git_.held().end(), [](const auto& held) { return !held.second.digest; });
  const bool unseen = std::any_of(never_seen_.begin(), never_seen_.end(),
                                  [this](const std::string& path) { return ledger_.local_at(path).has_value(); });
  if (holds || unseen) return ledger_.state().replica.watched_until.value_or(Instant{});
  return now.wall - std::chrono::ceil<std::chrono::milliseconds>(now.boot - until);
}

}  // namespace leanspec::bridge::engine
