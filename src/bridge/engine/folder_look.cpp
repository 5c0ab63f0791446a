#include <algorithm>
#include <utility>

#include "bridge/engine/folder.h"
#include "sync/path_policy.h"
#include "wire/limits.h"

namespace leanspec::bridge::engine {

namespace {

bool is_within(std::string_view path, std::string_view folder) {
  return folder.empty() || path == folder ||
         (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

/// Paths with all that is beneath them; asked in as many steps as a path is deep.
class Covered {
 public:
  void add(std::string_view path) { paths_.insert(path); }
  [[nodiscard]] bool empty() const { return paths_.empty(); }
  [[nodiscard]] bool contains(std::string_view path) const {
    if (paths_.empty()) return false;
    if (paths_.contains(path) || paths_.contains(std::string_view{})) return true;
    for (auto end = path.rfind('/'); end != std::string_view::npos && end > 0; end = path.rfind('/', end - 1)) {
      if (paths_.contains(path.substr(0, end))) return true;
    }
    return false;
  }

 private:
  std::set<std::string_view> paths_;
};

using Inode = std::pair<std::uint64_t, std::uint64_t>;

/// The files that are known, by what a moved one keeps.
struct Sources {
  std::multimap<Inode, DocumentId> by_inode;
  std::multimap<Digest, DocumentId> by_digest;
};

/// A text that stands at more places than this says nothing about where another copy came from.
constexpr int equal_sources_max = 16;

}  // namespace

/// What one scan result says, sorted out. Views point into the result.
struct Folder::Look {
  bool everything = false;
  std::set<std::string_view> files;   ///< regular files that are there
  std::set<std::string_view> others;  ///< links and the like: there, and not ours
  Covered unknown;                    ///< could not be looked at, with all that is beneath
  std::vector<std::string> asked;
  sync::DiskFiles taken;                     ///< settled files that are new or differ from their local row
  sync::KnownFiles known;                    ///< documents whose place is in question
  std::map<std::string, DocumentId> absent;  ///< documents that were looked for and are not there

  Covered asked_for;               ///< the same as `asked`
  Covered moved;                   ///< where the system saw renames from and to
  Covered arrived;                 ///< where it saw them to
  std::optional<Sources> sources;  ///< made when a new file asks for it

  [[nodiscard]] bool was_asked(std::string_view path) const { return everything || asked_for.contains(path); }
  [[nodiscard]] bool is_unknown(std::string_view path) const { return unknown.contains(path); }
};

void Folder::scanned(const ScanResult& result, Now now) {
  if (!under_way_ || under_way_->id != result.id) return;
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
    if (config_.rescan_interval.count() > 0 && !everything_at_) everything_at_ = now.boot + config_.rescan_interval;
  }
  sort_out(result, look, now);
  find_absent(result, look);
  if (!accept_root(result, look, now)) {
    if (!look.everything)
      look_everywhere(now);
    else
      everything_at_ = now.boot + root_retry;
  }
  give_documents(look, now);
  let_go(look, now);
  // Only a look at everything can tell that it is empty no more.
  if (guard_.reason() == sync::GuardReason::root_emptied)
    everything_at_ = std::min(everything_at_.value_or(BootTime::max()), now.boot + root_retry);
  if (look.everything) looked_once_ = true;
}

/// Whether this is the folder that we know. Another one in its place is accepted only if nothing in it differs (a
/// folder that was moved away and copied back).
bool Folder::accept_root(const ScanResult& result, const Look& look, Now) {
  const auto& replica = ledger_.state().replica;
  const sync::RootIdentity seen{result.root_device, result.root_inode, config_.boot};
  bool same = !replica.root || sync::same_root(*replica.root, seen);
  if (!same && look.everything) {
    same = look.absent.empty() && look.unknown.empty() && look.known.empty();
  }
  const bool counted = look.everything && !result.truncated && look.unknown.empty();
  guard_.root_seen(same, counted ? std::optional{look.files.size()} : std::nullopt, ledger_.state().synced.size());
  const bool accepted = same || (guard_.reason() != sync::GuardReason::root_replaced);
  if (accepted && replica.root != seen) {
    auto row = replica;
    row.root = seen;
    ledger_.set_replica(row);
  }
  return accepted;
}

void Folder::sort_out(const ScanResult& result, Look& look, Now now) {
  // Unreadable folders first: what is said of files beneath them counts for nothing.
  for (const auto& seen : result.observations) {
    if (seen.presence == Presence::unknown) look.unknown.add(seen.path);
    if (seen.presence == Presence::present && seen.facts.kind == sync::FileKind::regular) look.files.insert(seen.path);
  }
  for (const auto& seen : result.observations) {
    switch (seen.presence) {
      case Presence::unknown:
        set_problem(seen.path, FileState::unreadable, "it cannot be read: " + seen.problem,
                    "give this user the right to read it; it is tried again every minute");
        settle_.unknown(seen.path, now.boot + unknown_retry);
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
    return;
  }
  problems_.erase(seen.path);
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
    // A rename that the system saw may have brought a file of equal text here, so identity is asked all the same.
    if (row->file.digest == file.digest && !look.moved.contains(seen.path)) {
      settle_.unchanged(seen.path, now.boot);
      if (row->file != file) ledger_.set_local(*document, LocalRow{seen.path, file});
      return;
    }
  } else if (has_unseen_sources(seen.path, file, look, now)) {
    return;
  }
  const bool changed = row == nullptr || row->file.digest != file.digest;
  // What was renamed into place came whole.
  const bool cut_short =
      changed && row != nullptr && !look.arrived.contains(seen.path) && is_cut_short(seen.path, seen);
  const Candidate candidate{file.digest, file.facts.size, seen.writer_open, cut_short};
  // The first look finds what is long finished; only what is suspicious has to wait.
  const bool at_rest = !looked_once_ && !seen.writer_open && !cut_short;
  if (changed && !at_rest && !settle_.present(seen.path, candidate, now.boot)) return;
  sources_checked_.erase(seen.path);
  look.taken.emplace(seen.path, file);
  if (row != nullptr) look.known.emplace(seen.path, sync::KnownFile{*document, row->file});
}

/// Empty, or the former text without its end. Where the former bytes are not at hand, a text that lost bytes in place
/// counts.
bool Folder::is_cut_short(const std::string& path, const Observation& seen) {
  const auto document = ledger_.local_at(path);
  const auto* row = document ? ledger_.local(*document) : nullptr;
  if (row == nullptr || seen.facts.size >= row->file.facts.size) return false;
  if (seen.facts.size == 0) return true;
  if (!ledger_.has_body(row->file.digest) || row->file.facts.size > wire::limits::delta_document_bytes_max) return true;
  const auto former = ledger_.body(row->file.digest);
  if (!former) return true;
  const auto body = seen.body ? seen.body : nullptr;
  if (!body) {
    const auto fresh = seen.digest ? fresh_bodies_.find(*seen.digest) : fresh_bodies_.end();
    if (fresh == fresh_bodies_.end()) return true;
    return (*former)->starts_with(*fresh->second);
  }
  return (*former)->starts_with(*body);
}

/// A new file may be a moved one. Where it could have come from is looked at first, together with it.
bool Folder::has_unseen_sources(const std::string& path, const sync::DiskFile& file, Look& look, Now now) {
  if (look.everything || sources_checked_.contains(path)) return false;
  if (!look.sources) {
    auto& sources = look.sources.emplace();
    for (const auto& [document, row] : ledger_.state().local) {
      if (row.file.facts.inode != 0) {
        const Inode inode{row.file.facts.device, row.file.facts.inode};
        sources.by_inode.emplace(inode, document);
      }
      sources.by_digest.emplace(row.file.digest, document);
    }
  }
  bool found = false;
  const auto ask = [&](const auto& range) {
    int left = equal_sources_max;
    for (auto at = range.first; at != range.second && left > 0; ++at, --left) {
      const auto& source = ledger_.local(at->second)->path;
      if (look.was_asked(source)) continue;
      settle_.look(source, now.boot);
      found = true;
    }
  };
  ask(look.sources->by_inode.equal_range(Inode{file.facts.device, file.facts.inode}));
  if (file.facts.size > sync::pairing_bytes_min) ask(look.sources->by_digest.equal_range(file.digest));
  if (!found) return false;
  sources_checked_.insert(path);
  settle_.look(path, now.boot);
  return true;
}

void Folder::find_absent(const ScanResult& result, Look& look) {
  if (result.truncated) return;
  const auto consider = [&](const std::string& path, const DocumentId& document) {
    if (look.files.contains(path) || look.others.contains(path) || look.is_unknown(path)) return;
    if (const auto rule = ignored_by(path)) {
      set_problem(path, FileState::ignored,
                  "the rule `" + rule->rule + "` keeps it out now; the hub keeps what it has of it",
                  "remove the rule to sync it again");
      return;
    }
    look.absent.emplace(path, document);
  };
  if (look.everything) {
    for (const auto& [path, document] : ledger_.local_paths()) consider(path, document);
    std::erase_if(files_, [&](const auto& file) {
      return !look.files.contains(file.first) && !look.is_unknown(file.first) && !ledger_.local_at(file.first);
    });
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
    }
  }
}

void Folder::give_documents(Look& look, Now) {
  for (const auto& [path, document] : look.absent) {
    look.known.emplace(path, sync::KnownFile{document, ledger_.local(document)->file});
  }
  // Documents that were seen absent before and are still being waited for may turn up under another name.
  if (!look.everything && !look.taken.empty()) {
    for (const auto& [path, waiting] : settle_.waiting()) {
      const auto document = ledger_.local_at(path);
      if (document && settle_.is_absent(path))
        look.known.emplace(path, sync::KnownFile{*document, ledger_.local(*document)->file});
    }
  }
  std::size_t room = wire::limits::documents_max - std::min(wire::limits::documents_max, ledger_.state().local.size());
  for (auto file = look.taken.begin(); file != look.taken.end();) {
    if (ledger_.local_at(file->first) || room > 0) {
      if (!ledger_.local_at(file->first)) --room;
      ++file;
      continue;
    }
    ++over_limit_;
    if (over_limit_ <= ReplicaStatus::listed_max) {
      set_problem(file->first, FileState::over_limit,
                  "there are more than " + std::to_string(wire::limits::documents_max) + " files; this one is left out",
                  "keep out what is no spec with .leanspecignore");
    }
    files_.erase(file->first);
    file = look.taken.erase(file);
  }
  if (look.taken.empty()) return;

  std::vector<sync::MoveEvidence> moves;
  moves.reserve(moves_.size());
  for (const auto& [until, move] : moves_) moves.push_back(move);
  const auto identified = sync::identify(
      look.known, look.taken, moves,
      [&](std::string_view path) -> std::optional<DocumentId> {
        for (const auto& document : ledger_.remote_at(path)) {
          if (ledger_.local(document) == nullptr) return document;
        }
        return std::nullopt;
      },
      [&] { return DocumentId{make_uuid_()}; });
  for (const auto& rename : identified.renames) {
    settle_.forget(rename.from);
    if (!look.taken.contains(rename.from)) files_.erase(rename.from);
    look.absent.erase(rename.from);
    guard_.returned(rename.document);
    approved_.erase(rename.document);
  }
  // All rows leave their old paths before any takes a new one: swaps and shifts go through states with equal paths.
  for (const auto& [path, document] : identified.placed)
    ledger_.set_local(document, LocalRow{path, look.taken.find(path)->second});
  std::erase_if(moves_, [&](const auto& move) {
    if (identified.placed.contains(move.second.to)) return true;
    const auto beneath = identified.placed.lower_bound(move.second.to + "/");
    return beneath != identified.placed.end() && is_within(beneath->first, move.second.to);
  });
}

/// Files that vanish together are seen one after the other; what is gone for certain is judged with those that are seen
/// absent once so far.
void Folder::weigh_with_others(const Look& look, std::set<DocumentId>& gone, Now now) {
  const std::size_t synced = ledger_.state().synced.size();
  std::size_t absent_once = 0;
  std::set<DocumentId> certain;
  bool nothing_left = true;
  for (const auto& [document, row] : ledger_.state().local) {
    const bool is_certain = settle_.is_absent_for_certain(row.path, now.boot);
    if (is_certain && ledger_.synced(document) != nullptr) certain.insert(document);
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

/// Documents that are not there: gone once seen twice, and deleted once the guard agrees.
void Folder::let_go(Look& look, Now now) {
  std::set<DocumentId> gone;
  std::set<DocumentId> silently;
  const bool another_root = look.everything && guard_.reason() == sync::GuardReason::none && another_root_;
  if (another_root) another_root_ = false;
  for (const auto& [path, document] : look.absent) {
    const auto* row = ledger_.local(document);
    if (row == nullptr || row->path != path) continue;
    problems_.erase(path);
    if (another_root) {
      ledger_.set_synced(document, std::nullopt);
      silently.insert(document);
      continue;
    }
    if (approved_.contains(document)) {
      silently.insert(document);
    } else if (!guard_.held().contains(document) && settle_.absent(path, now.boot)) {
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
    approved_.erase(document);
    ledger_.set_local(document, std::nullopt);
  }
}

/// A process that begins anew within the guard's window must not begin a window of its own.
void Folder::remember_release(std::size_t count, Now now) {
  const auto time = time_of(now);
  auto all = ledger_.state().released;
  std::erase_if(all, [&](const ReleasedDeletes& one) { return one.when.age(time) >= sync::Guard::window; });
  const auto second = [](BootTime at) { return std::chrono::floor<std::chrono::seconds>(at); };
  if (!all.empty() && all.back().when.boot == time.boot && second(all.back().when.at) == second(time.at))
    all.back() = {time, all.back().count + static_cast<std::uint32_t>(count)};
  else
    all.push_back({time, static_cast<std::uint32_t>(count)});
  ledger_.set_released(std::move(all));
}

}  // namespace leanspec::bridge::engine
