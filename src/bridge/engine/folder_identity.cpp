#include <algorithm>
#include <utility>

#include "bridge/engine/folder_look.h"
#include "wire/limits.h"

namespace leanspec::bridge::engine {

namespace {

/// A text that stands at more places than this says nothing about where another copy came from.
constexpr int equal_sources_max = 16;

}  // namespace

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
      // Should it be gone, then nobody said so.
      if (looked_once_ && !settle_.is_absent(source)) unheard_since_.try_emplace(source, everything_seen_at_);
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

/// A file that its user had moved into the place of another one, or had deleted, stands where it was before: the power
/// took that back, and it is the document that it was. What the first look did not find somebody has put there since,
/// whatever its time says.
void Folder::recognise_moved_back(Look& look, Now now) const {
  if (looked_once_) return;
  for (const auto& [path, file] : look.taken) {
    const auto again = ledger_.local_at(path) ? std::nullopt : doubt_.stands_again(path, file, now);
    if (again) look.known.emplace(path, sync::KnownFile{*again, file});
  }
}

void Folder::give_documents(Look& look, Now now) {
  recognise_moved_back(look, now);
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
    unheard_since_.erase(rename.from);
    if (!look.taken.contains(rename.from)) files_.erase(rename.from);
    look.absent.erase(rename.from);
    guard_.returned(rename.document);
    approved_.erase(rename.document);
  }
  // All rows leave their old paths before any takes a new one: swaps and shifts go through states with equal paths.
  for (const auto& [path, document] : identified.placed) {
    const auto& file = look.taken.find(path)->second;
    if (!was_left_by_power(document, path, file, now)) ledger_.set_local(document, LocalRow{path, file});
  }
  std::erase_if(moves_, [&](const auto& move) {
    if (identified.placed.contains(move.second.to)) return true;
    const auto beneath = identified.placed.lower_bound(move.second.to + "/");
    return beneath != identified.placed.end() && is_within(beneath->first, move.second.to);
  });
}

/// A document that was elsewhere, or counted as deleted, and stands there only because the power was cut. If so, the
/// trees say that it is no edit.
bool Folder::was_left_by_power(const DocumentId& document, const std::string& path, const sync::DiskFile& file,
                               Now now) {
  if (const auto* row = ledger_.local(document)) {
    return row->path != path && row->file.digest != file.digest && doubt_.any() &&
           doubt_.takes_back(document, path, file, cut_short(row->file.digest, row->file.facts.size, file), now);
  }
  const auto* agreed = ledger_.synced(document);
  const auto shortened = agreed == nullptr ? CutShort::no : cut_short(agreed->digest, agreed->size, file);
  return doubt_.comes_back(document, path, file, shortened, now);
}

}  // namespace leanspec::bridge::engine
