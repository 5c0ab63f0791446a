#include "bridge/engine/folder.h"

#include <algorithm>
#include <utility>

#include "wire/limits.h"

namespace leanspec::bridge::engine {

Folder::Folder(Ledger& ledger, const ReplicaConfig& config, ReplicaEngine::MakeUuid make_uuid, Now now)
    : ledger_(ledger),
      config_(config),
      make_uuid_(std::move(make_uuid)),
      git_(ledger, config),
      doubt_(ledger, config, now),
      rules_(std::make_shared<sync::IgnoreRules>()) {
  for (const auto& [document, row] : ledger_.state().local) {
    auto& file = files_.emplace(row.path, row.file).first->second;
    file.racy = file.racy || doubt_.any();  // it is read again
  }
  for (const auto& released : ledger_.state().released)
    guard_.released_before(now.boot - released.age_at_least(time_of(now)), released.count);
  everything_at_ = now.boot;
}

EditTime Folder::time_of(Now now) const {
  return EditTime{config_.boot, now.boot, now.wall};
}

void Folder::hinted(const Hint& shown, Now now) {
  const Hint hint = as_known(shown);
  if (hint.kind == HintKind::removed) unheard_since_.erase(hint.path);
  if (hint.kind == HintKind::overflow || hint.path == sync::IgnoreRules::file_name || hint.path.empty())
    look_everywhere(now);
  if (hint.kind == HintKind::overflow || hint.path.empty()) return;
  const bool folder = hint.folder || hint.kind == HintKind::folder_changed;
  if (hint.kind == HintKind::moved_in && hint.from && was_our_own(hint, now)) {
    settle_.look(*hint.from, now.boot);
    settle_.look(hint.path, now.boot);
    return;
  }
  if (hint.kind == HintKind::moved_in && hint.from) {
    const bool both_ours = !ignored_by(*hint.from) && !ignored_by(hint.path);
    if (both_ours) moves_.emplace_back(now.boot + evidence_life, sync::MoveEvidence{*hint.from, hint.path});
    if (both_ours && (folder || ledger_.local_at(*hint.from))) {
      // Swaps and shifts are several renames; looked at one by one they would seem to be edits.
      settle_.look(*hint.from, now.boot + Settle::after_close);
      settle_.look(hint.path, now.boot + Settle::after_close);
      return;
    }
    settle_.look(*hint.from, now.boot);
  }
  if (!rules_->match(hint.path, folder)) settle_.hint(hint, now.boot);
}

std::uint64_t Folder::look_everywhere(Now now) {
  everything_at_ = now.boot;
  everything_wanted_ = true;
  return ++looks_asked_;
}

/// What we moved ourselves is where the trees say, and no evidence of anything else.
bool Folder::was_our_own(const Hint& hint, Now now) {
  std::erase_if(own_moves_, [&](const auto& move) { return move.first < now.boot; });
  const sync::MoveEvidence seen{*hint.from, hint.path};
  return std::any_of(own_moves_.begin(), own_moves_.end(), [&](const auto& move) { return move.second == seen; });
}

/// Unless another document took its place in the meantime.
void Folder::forget_place(const DocumentId& document) {
  const auto* row = ledger_.local(document);
  if (row == nullptr || ledger_.local_at(row->path) != document) return;
  settle_.forget(row->path);
  files_.erase(row->path);
}

void Folder::placed(const DocumentId& document, const std::string& path, sync::DiskFile file, Now now) {
  if (const auto* row = ledger_.local(document); row != nullptr && row->file.digest != file.digest)
    flapping_.replaced(document, row->file.digest, now.boot);
  if (const auto* row = ledger_.local(document); row != nullptr && row->path != path) {
    own_moves_.emplace_back(now.boot + evidence_life, sync::MoveEvidence{row->path, path});
    forget_place(document);
  }
  problems_.erase(path);
  missing_.erase(path);
  never_seen_.erase(path);
  doubt_.settled(path);
  deleted_under_.erase(document);
  files_.insert_or_assign(path, file);
  ledger_.set_local(document, LocalRow{path, std::move(file)});
  settle_.look(path, now.boot);
}

void Folder::taken_away(const DocumentId& document, const std::string& path) {
  forget_place(document);
  problems_.erase(path);
  guard_.returned(document);
  approved_.erase(document);
  ledger_.set_local(document, std::nullopt);
}

void Folder::approve(const GuardId& guard, Now now) {
  another_root_ = another_root_ || is_another_root();
  // Of an emptied root not everything may have been missed for certain yet.
  const bool emptied = guard_.reason() == sync::GuardReason::root_emptied;
  const auto documents = guard_.approve();
  for (const auto& document : documents) approved_.insert_or_assign(document, guard);
  if (emptied) {
    for (const auto& [document, row] : ledger_.state().local) {
      // What git took away, and is on its way still, nobody deleted.
      if (!power_took_it(row.path, document) && !of_git_.contains(row.path))
        approved_.insert_or_assign(document, guard);
    }
  }
  if (!approved_.empty()) approvals_[guard] = static_cast<std::uint32_t>(approved_.size());
  look_everywhere(now);
}

void Folder::revert(Now now) {
  const bool emptied = guard_.reason() == sync::GuardReason::root_emptied;
  const auto documents = guard_.approve();
  if (emptied) return begin_anew(now);
  for (const auto& document : documents) start_over(document);
  look_everywhere(now);
}

std::optional<GuardId> Folder::approval_of(const DocumentId& document) const {
  const auto found = deleted_under_.find(document);
  return found == deleted_under_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::uint32_t> Folder::approved_under(const GuardId& guard) const {
  const auto found = approvals_.find(guard);
  return found == approvals_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<sync::IgnoreMatch> Folder::ignored_by(std::string_view path) const {
  return rules_->match(path, false);
}

bool Folder::quiet() const {
  const auto& looks = settle_.scheduled();
  return looked_once_ && !under_way_ && !everything_wanted_ && bytes_wanted_.empty() &&
         std::all_of(looks.begin(), looks.end(), [&](const auto& look) { return problems_.contains(look.second); });
}

std::optional<BootTime> Folder::deadline() const {
  if (under_way_) return std::nullopt;
  if (is_another_root()) return everything_at_;
  auto when = settle_.deadline();
  if (everything_at_ && (!when || *everything_at_ < *when)) when = everything_at_;
  return when;
}

std::optional<ScanRequest> Folder::next_scan(Now now) {
  if (under_way_) return std::nullopt;
  bool fetching = false;
  ScanRequest request;
  request.file_bytes_max = config_.document_bytes_max;
  request.files_max = 2 * wire::limits::documents_max;
  request.body_bytes_max = ReplicaEngine::pending_bytes_max;
  if (everything_at_ && *everything_at_ <= now.boot) {
    request.everything = true;
    request.body_bytes_max = whole_look_bytes_max;
    everything_at_.reset();
    everything_wanted_ = false;
    looks_begun_ = looks_asked_;
  } else if (is_another_root()) {
    return std::nullopt;
  } else if (auto due = settle_.due(now.boot); !due.empty()) {
    request.paths = std::move(due);
  } else if (!bytes_wanted_.empty()) {
    request.paths.assign(bytes_wanted_.begin(), bytes_wanted_.end());
    bytes_wanted_.clear();
    fetching = true;
  } else {
    return std::nullopt;
  }
  request.id = ++last_id_;
  request.for_good = !looked_once_;
  request.spellings = spellings();
  under_way_ = request;
  is_fetch_ = fetching;
  return request;
}

std::shared_ptr<const std::string> Folder::bytes(const std::string& path, const Digest& digest) {
  if (const auto fresh = fresh_bodies_.find(digest); fresh != fresh_bodies_.end()) return fresh->second;
  // Another text has to settle first, and then it is planned anew.
  if (is_readable(path, digest)) {
    const auto size = files_.find(path)->second.facts.size;
    const bool first = bytes_wanted_.empty();
    if (first) bytes_wanted_size_ = 0;
    if (first || (bytes_wanted_.size() < ReplicaEngine::pending_changes_max &&
                  bytes_wanted_size_ + size <= ReplicaEngine::pending_bytes_max)) {
      if (bytes_wanted_.insert(path).second) bytes_wanted_size_ += size;
    }
  }
  return nullptr;
}

bool Folder::is_readable(const std::string& path, const Digest& digest) const {
  const auto file = files_.find(path);
  return file != files_.end() && file->second.digest == digest && !missing_.contains(path) && !settle_.waiting(path) &&
         !problems_.contains(path);
}

void Folder::set_problem(const std::string& path, FileState state, std::string why, std::string remedy) {
  problems_.insert_or_assign(path, FileProblem{state, std::move(why), std::move(remedy)});
}

}  // namespace leanspec::bridge::engine
