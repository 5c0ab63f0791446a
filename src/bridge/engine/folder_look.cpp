#include "bridge/engine/folder_look.h"

#include <algorithm>
#include <utility>

#include "sync/path_policy.h"
#include "wire/limits.h"

namespace leanspec::bridge::engine {

void Folder::scanned(const ScanResult& result, Now now) {
  if (!under_way_ || under_way_->id != result.id) return;
  if (result.root == RootHealth::healthy && !folds_as_known(result)) return drop_look(result.id, now);
  Look look;
  look.everything = under_way_->everything;
  look.asked = std::move(under_way_->paths);
  under_way_.reset();
  std::erase_if(moves_, [&](const auto& move) { return move.first < now.boot; });
  for (const auto& root : look.asked) look.asked_for.add(root);
  for (const auto& [until, move] : moves_) {
    look.moved.add(move.from);
    look.moved.add(move.to);
    look.arrived.add(move.to);
  }

  if (result.root != RootHealth::healthy) {
    root_problem_ = result.root_problem;
    guard_.root_missing();
    everything_at_ = now.boot + root_retry;
    return;
  }
  root_problem_.clear();
  if (result.rules) rules_ = result.rules;
  if (look.everything) {
    warnings_ = result.warnings;
    ignored_ = result.ignored;
    ignored_count_ = result.ignored_count;
    over_limit_ = 0;
    problems_.clear();
    missing_.clear();
    if (config_.rescan_interval.count() > 0 && !everything_at_) everything_at_ = now.boot + config_.rescan_interval;
  }
  sort_out(result, look, now);
  leave_what_stands_elsewhere(look, now);
  find_absent(result, look);
  if (!accept_root(result, look, now)) {
    if (!look.everything)
      look_everywhere(now);
    else
      everything_at_ = now.boot + root_retry;
    return;  // nothing of it is believed
  }
  if (another_root_ && look.everything && guard_.reason() == sync::GuardReason::none) return begin_anew(now);
  give_documents(look, now);
  let_go(look, now);
  end_doubt();
  // Only a look at everything can tell that it is empty no more.
  if (guard_.reason() == sync::GuardReason::root_emptied)
    everything_at_ = std::min(everything_at_.value_or(BootTime::max()), now.boot + root_retry);
  if (look.everything) {
    if (!std::exchange(looked_once_, true)) {
      never_seen_.clear();
      for (const auto& [path, document] : ledger_.local_paths()) {
        if (!look.files.contains(path)) never_seen_.insert(path);
      }
    }
    looks_ended_ = looks_begun_;
    everything_seen_at_ = now.boot;
    git_.looked_everywhere();
  }
  end_beginning(now);
}

/// What a power cut before this boot may have undone is decided for every file.
void Folder::end_doubt() {
  if (!ledger_.state().replica.in_doubt || !doubt_.is_over()) return;
  auto row = ledger_.state().replica;
  row.in_doubt = false;
  ledger_.set_replica(std::move(row));
}

/// What another folder has was not made from what the old one had: taken for edits of that, an older copy would undo
/// for everybody what came since. It joins like one that is added (law 7). What was saved in the old one and is on its
/// way still goes to the hub, and says nothing about the new one.
void Folder::begin_anew(Now now) {
  another_root_ = false;
  looked_once_ = false;
  for (const auto& [id, pending] : std::map(ledger_.state().pending)) {
    if (pending.digest) {
      auto change = pending;
      change.sent = true;
      change.displaced = true;
      ledger_.add_pending(std::move(change));
    } else if (!pending.sent) {
      ledger_.drop_pending(id);
    }
  }
  for (const auto& [document, row] : std::map(ledger_.state().local)) {
    settle_.forget(row.path);
    ledger_.set_local(document, std::nullopt);
  }
  for (const auto& [document, node] : std::map(ledger_.state().synced)) ledger_.set_synced(document, std::nullopt);
  files_.clear();
  approved_.clear();
  look_everywhere(now);
}

/// Whatever the trees say of this document is forgotten: what the hub has of it is new here (law 7). A text that is on
/// its way still goes there, and says nothing about the file.
void Folder::start_over(const DocumentId& document) {
  if (const auto* on_its_way = ledger_.pending_of(document)) {
    auto change = *on_its_way;
    if (change.digest) {
      change.sent = true;
      change.displaced = true;
      ledger_.add_pending(std::move(change));
    } else if (!change.sent) {
      ledger_.drop_pending(change.change);
    }
  }
  forget_place(document);
  ledger_.set_hold(document, std::nullopt);
  ledger_.set_local(document, std::nullopt);
  ledger_.set_synced(document, std::nullopt);
}

/// Whether this is the folder that we know. Another one in its place is accepted only if nothing in it differs (a
/// folder that was moved away and copied back).
bool Folder::accept_root(const ScanResult& result, const Look& look, Now) {
  const auto& replica = ledger_.state().replica;
  const sync::RootIdentity seen{result.root_device, result.root_inode, config_.boot};
  bool same = !replica.root || sync::same_root(*replica.root, seen);
  if (!same && look.everything) {
    same = look.absent.empty() && look.unknown.empty() && look.known.empty() && !look.unsettled;
  }
  const bool counted = look.everything && !result.truncated && look.unknown.empty();
  guard_.root_seen(same, counted ? std::optional{look.files.size()} : std::nullopt, ledger_.state().synced.size());
  const bool accepted = same || !is_another_root();
  if (accepted && replica.root != seen) {
    auto row = replica;
    row.root = seen;
    row.in_doubt = doubt_.any();
    ledger_.set_replica(row);
  }
  return accepted;
}

void Folder::sort_out(const ScanResult& result, Look& look, Now now) {
  // Unreadable folders first: what is said of files beneath them counts for nothing.
  for (const auto& seen : result.observations) {
    if (seen.presence == Presence::unknown) lose_from_view(seen.path, look);
    if (seen.presence == Presence::present && seen.facts.kind == sync::FileKind::regular) look.files.insert(seen.path);
  }
  for (const auto& seen : result.observations) {
    switch (seen.presence) {
      case Presence::unknown:
        set_problem(seen.path, FileState::unreadable, "it cannot be read: " + seen.problem,
                    "give this user the right to read it; it is tried again every minute");
        settle_.unknown(seen.path, now.boot + unknown_retry);
        lose_sight_of(seen.path);
        break;
      case Presence::absent:
        problems_.erase(seen.path);
        break;
      case Presence::present:
        see_file(seen, look, now);
        break;
    }
  }
}

/// Where the disk folds names, also what is known there in another case.
void Folder::lose_from_view(const std::string& unknown, Look& look) {
  look.unknown.add(unknown);
  const auto known = spellings();
  if (!known) return;
  const auto also = [&](std::string name) {
    if (name == unknown) return;
    lose_sight_of(name);
    look.unknown.add(look.names.emplace_back(std::move(name)));
  };
  also(known->folder_of(unknown));
  also(known->known_as(unknown).value_or(unknown));
}

/// What is missing once it can be read again may have gone at any time since it was last seen, and who was told that it
/// goes could not see that. Nor is it what a person has approved to be gone: perhaps it stands there.
void Folder::lose_sight_of(const std::string& unknown) {
  const auto& paths = ledger_.local_paths();
  for (auto at = paths.lower_bound(unknown); looked_once_ && at != paths.end() && at->first.starts_with(unknown);
       ++at) {
    if (!is_within(at->first, unknown)) continue;
    unheard_since_.try_emplace(at->first, everything_seen_at_);
    approved_.erase(at->second);
  }
}

/// Of two files that may be one document, git or another branch had the other one: this one is looked at again, as one
/// that is not known.
void Folder::leave_what_stands_elsewhere(Look& look, Now now) {
  std::erase_if(look.taken, [&](const auto& taken) {
    const auto known = look.known.find(taken.first);
    if (known == look.known.end()) return false;
    const auto* row = ledger_.local(known->second.document);
    if (row == nullptr || row->path == taken.first) return false;
    look.known.erase(known);
    look.unsettled = true;
    settle_.look(taken.first, now.boot);
    return true;
  });
}

void Folder::see_file(const Observation& seen, Look& look, Now now) {
  switch (seen.facts.kind) {
    case sync::FileKind::directory:
      return;
    case sync::FileKind::symlink:
    case sync::FileKind::other:
      look.others.insert(seen.path);
      if (!ignored_by(seen.path)) {
        set_problem(seen.path, FileState::unsyncable, "it is a link or a device; only regular files are synced",
                    "replace it by a file, or name it in .leanspecignore");
      }
      return;
    case sync::FileKind::regular:
      break;
  }
  if (ignored_by(seen.path)) return;
  if (const auto allowed = sync::check_path(seen.path); !allowed) {
    set_problem(seen.path, FileState::unsyncable, allowed.error().what, "rename it, or name it in .leanspecignore");
    return;
  }
  if (seen.facts.size > config_.document_bytes_max) {
    set_problem(seen.path, FileState::too_large,
                "it has " + std::to_string(seen.facts.size / (1024 * 1024)) + " MiB; files up to " +
                    std::to_string(config_.document_bytes_max / (1024 * 1024)) + " MiB are synced",
                "make it smaller, or name it in .leanspecignore");
    settle_.unchanged(seen.path, now.boot);
    return;
  }
  const auto before = files_.find(seen.path);
  sync::DiskFile file;
  file.facts = seen.facts;
  file.racy = seen.racy;
  if (seen.digest) {
    file.digest = *seen.digest;
  } else if (!seen.changing && before != files_.end() && before->second.facts == seen.facts) {
    file = before->second;
  } else {
    (void)settle_.present(seen.path, Candidate{std::nullopt, seen.facts.size, seen.writer_open, false}, now.boot);
    look.unsettled = true;
    return;
  }
  problems_.erase(seen.path);
  missing_.erase(seen.path);
  never_seen_.erase(seen.path);
  of_git_.erase(seen.path);
  of_people_.erase(seen.path);
  unheard_since_.erase(seen.path);
  if (seen.digest && seen.body) fresh_bodies_.insert_or_assign(*seen.digest, seen.body);
  files_.insert_or_assign(seen.path, file);
  take_or_wait(seen, file, look, now);
}

void Folder::take_or_wait(const Observation& seen, const sync::DiskFile& file, Look& look, Now now) {
  const auto document = ledger_.local_at(seen.path);
  const auto* row = document ? ledger_.local(*document) : nullptr;
  if (row != nullptr) {
    guard_.returned(*document);
    approved_.erase(*document);
    deleted_under_.erase(*document);
    // A rename that the system saw may have brought a file of equal text here, so identity is asked all the same.
    if (row->file.digest == file.digest && !look.moved.contains(seen.path)) {
      doubt_.settled(seen.path);
      settle_.unchanged(seen.path, now.boot);
      git_.as_before(seen.path);
      if (row->file != file) ledger_.set_local(*document, LocalRow{seen.path, file});
      return;
    }
  } else if (has_unseen_sources(seen.path, file, look, now)) {
    return;
  }
  const bool changed = row == nullptr || row->file.digest != file.digest;
  if (changed && row != nullptr && doubt_.any() &&
      doubt_.takes_back(*document, seen.path, file, cut_short(row->file.digest, row->file.facts.size, file), now)) {
    settle_.unchanged(seen.path, now.boot);
    return;
  }
  if (changed && is_of_git(seen, file, now)) return;
  // What was renamed into place came whole.
  const bool may_be_cut_short = changed && row != nullptr && !look.arrived.contains(seen.path) &&
                                cut_short(row->file.digest, row->file.facts.size, file) != CutShort::no;
  const Candidate candidate{file.digest, file.facts.size, seen.writer_open, may_be_cut_short};
  // The first look finds what is long finished; only what is suspicious has to wait.
  const bool at_rest = !looked_once_ && !seen.writer_open && !may_be_cut_short;
  if (changed && !at_rest && !settle_.present(seen.path, candidate, now.boot)) {
    look.unsettled = true;
    return;
  }
  sources_checked_.erase(seen.path);
  look.taken.emplace(seen.path, file);
  if (row != nullptr) look.known.emplace(seen.path, sync::KnownFile{*document, row->file});
}

/// Empty, or the former text without its end. Where the former bytes are not at hand, a text that lost bytes in place
/// may be.
CutShort Folder::cut_short(const Digest& known, std::uint64_t known_size, const sync::DiskFile& now) {
  if (now.facts.size >= known_size) return CutShort::no;
  if (now.facts.size == 0) return CutShort::yes;
  if (!ledger_.has_body(known) || known_size > wire::limits::delta_document_bytes_max) return CutShort::perhaps;
  const auto former = ledger_.body(known);
  const auto fresh = fresh_bodies_.find(now.digest);
  if (!former || fresh == fresh_bodies_.end()) return CutShort::perhaps;
  return (*former)->starts_with(*fresh->second) ? CutShort::yes : CutShort::no;
}

}  // namespace leanspec::bridge::engine
