#include "bridge/engine/settle.h"

#include <algorithm>
#include <utility>

namespace leanspec::bridge::engine {

namespace {

/// A file that was changing while it was read is read again after this.
constexpr std::chrono::milliseconds reread_after{50};
/// A file that is still open is looked at this often, for systems that do not tell when it is closed.
constexpr std::chrono::seconds open_look_interval{2};

}  // namespace

std::chrono::nanoseconds Settle::interval(std::uint64_t size) {
  const std::chrono::nanoseconds by_size{static_cast<std::int64_t>(size * (1'000'000'000 / bytes_per_second))};
  return std::max<std::chrono::nanoseconds>(least_interval, by_size);
}

void Settle::schedule(const std::string& path, Path& entry, BootTime when) {
  if (entry.next_look && *entry.next_look <= when) return;
  if (entry.next_look) next_.erase({*entry.next_look, path});
  entry.next_look = when;
  next_.emplace(when, path);
}

BootTime Settle::not_before(const Path& entry, BootTime when) {
  return entry.last_taken ? std::max(when, *entry.last_taken + interval(entry.last_size)) : when;
}

void Settle::hint(const Hint& hint, BootTime now) {
  forget_idle(now);
  auto& entry = paths_[hint.path];
  // Somebody wrote there, put a file there, or took one away: what was seen of its absence before counts no more.
  const bool was_there = hint.kind != HintKind::folder_changed && hint.kind != HintKind::overflow;
  if (was_there) entry.first_absent.reset();
  switch (hint.kind) {
    case HintKind::modified:
      entry.moved_in = false;
      schedule(hint.path, entry, not_before(entry, now + least_interval));
      return;
    case HintKind::closed:
      entry.moved_in = false;
      schedule(hint.path, entry, not_before(entry, now + after_close));
      return;
    case HintKind::moved_in:
      entry.moved_in = true;
      schedule(hint.path, entry, not_before(entry, now));
      return;
    case HintKind::removed:
    case HintKind::folder_changed:
    case HintKind::overflow:
      schedule(hint.path, entry, now);
      return;
  }
}

void Settle::look(const std::string& path, BootTime when) {
  schedule(path, paths_[path], when);
}

std::vector<std::string> Settle::due(BootTime now) {
  std::vector<std::string> paths;
  while (!next_.empty() && next_.begin()->first <= now) {
    auto node = next_.extract(next_.begin());
    paths_[node.value().second].next_look.reset();
    paths.push_back(std::move(node.value().second));
  }
  return paths;
}

std::optional<BootTime> Settle::deadline() const {
  return next_.empty() ? std::nullopt : std::optional{next_.begin()->first};
}

bool Settle::wait(const std::string& path, Path& entry, BootTime until, std::string why) {
  entry.why = std::move(why);
  schedule(path, entry, until);
  return false;
}

bool Settle::present(const std::string& path, const Candidate& candidate, BootTime now) {
  auto& entry = paths_[path];
  entry.first_absent.reset();
  if (!candidate.digest) return wait(path, entry, now + reread_after, "it is being written");
  if (entry.candidate != candidate.digest) {
    entry.candidate = candidate.digest;
    entry.candidate_since = now;
  }
  if (candidate.writer_open) {
    if (!entry.first_open) entry.first_open = now;
    if (const auto end = *entry.first_open + open_writer_max; now < end) {
      return wait(path, entry, std::min<BootTime>(end, now + open_look_interval), "a program has it open for writing");
    }
  }
  const bool came_whole = entry.moved_in && candidate.size > 0;
  if (candidate.cut_short && !came_whole) {
    if (const auto end = entry.candidate_since + cut_short_quiet; now < end) {
      return wait(path, entry, end,
                  candidate.size == 0 ? "it became empty; waiting to see whether that is final"
                                      : "its end is missing; waiting to see whether that is final");
    }
  }
  if (const auto earliest = not_before(entry, now); now < earliest) {
    return wait(path, entry, earliest, "it changes often");
  }
  entry.last_taken = now;
  entry.last_size = candidate.size;
  entry.first_open = candidate.writer_open ? std::optional{now} : std::nullopt;
  entry.candidate.reset();
  entry.moved_in = false;
  entry.why.clear();
  idle_.emplace(now + interval(candidate.size), path);
  return true;
}

void Settle::unchanged(const std::string& path, BootTime now) {
  forget_idle(now);
  const auto found = paths_.find(path);
  if (found == paths_.end()) return;
  auto& entry = found->second;
  entry.first_absent.reset();
  entry.first_open.reset();
  entry.candidate.reset();
  entry.moved_in = false;
  entry.why.clear();
  if (!entry.next_look && !entry.last_taken) paths_.erase(found);
}

bool Settle::absent(const std::string& path, BootTime now) {
  auto& entry = paths_[path];
  entry.candidate.reset();
  entry.first_open.reset();
  if (!entry.first_absent) entry.first_absent = now;
  if (const auto end = *entry.first_absent + absent_twice_after; now < end) {
    return wait(path, entry, end, "it is gone; waiting to see whether it comes back");
  }
  return true;
}

void Settle::forget(const std::string& path) {
  const auto found = paths_.find(path);
  if (found == paths_.end()) return;
  if (found->second.next_look) next_.erase({*found->second.next_look, path});
  paths_.erase(found);
}

void Settle::unknown(const std::string& path, BootTime retry_at) {
  auto& entry = paths_[path];
  entry.first_absent.reset();
  entry.candidate.reset();
  entry.why.clear();
  schedule(path, entry, retry_at);
}

std::map<std::string, Settle::Waiting> Settle::waiting() const {
  std::map<std::string, Waiting> all;
  for (const auto& [path, entry] : paths_) {
    if (!entry.why.empty()) all.emplace(path, Waiting{entry.why, entry.next_look.value_or(BootTime{})});
  }
  return all;
}

std::optional<Settle::Waiting> Settle::waiting(const std::string& path) const {
  const auto found = paths_.find(path);
  if (found == paths_.end() || found->second.why.empty()) return std::nullopt;
  return Waiting{found->second.why, found->second.next_look.value_or(BootTime{})};
}

bool Settle::is_absent(const std::string& path) const {
  const auto found = paths_.find(path);
  return found != paths_.end() && found->second.first_absent.has_value();
}

std::optional<BootTime> Settle::absent_since(const std::string& path) const {
  const auto found = paths_.find(path);
  return found == paths_.end() ? std::nullopt : found->second.first_absent;
}

bool Settle::is_absent_for_certain(const std::string& path, BootTime now) const {
  const auto found = paths_.find(path);
  return found != paths_.end() && found->second.first_absent && *found->second.first_absent + absent_twice_after <= now;
}

void Settle::forget_idle(BootTime now) {
  while (!idle_.empty() && idle_.begin()->first <= now) {
    const auto path = std::move(idle_.begin()->second);
    idle_.erase(idle_.begin());
    const auto found = paths_.find(path);
    if (found == paths_.end()) continue;
    auto& entry = found->second;
    if (entry.last_taken && *entry.last_taken + interval(entry.last_size) <= now) entry.last_taken.reset();
    if (!entry.next_look && !entry.last_taken && !entry.first_open && entry.why.empty()) paths_.erase(found);
  }
}

}  // namespace leanspec::bridge::engine
