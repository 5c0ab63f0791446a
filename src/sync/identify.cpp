#include "sync/identify.h"

#include <set>
#include <utility>

namespace leanspec::sync {

namespace {

using Inode = std::pair<std::uint64_t, std::uint64_t>;

bool is_within(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

/// The work of one call: who is placed, who is still looking for a file.
class Identification {
 public:
  Identification(const KnownFiles& known, const DiskFiles& files) : known_(known), files_(files) {}

  void follow(const std::vector<MoveEvidence>& moves);
  void keep_paths();
  void pair_inodes();
  void pair_digests();
  void join_and_create(const RemoteAtPath& remote, const MakeDocument& make);
  [[nodiscard]] Identified finish();

 private:
  using Targets = std::map<std::string, std::string, std::less<>>;  ///< known path → path that the system moved it to

  [[nodiscard]] Targets followed(const std::vector<MoveEvidence>& moves) const;
  [[nodiscard]] bool is_free(std::string_view path) const { return !answer_.placed.contains(path); }
  [[nodiscard]] bool is_lost(const KnownFile& known) const { return !used_.contains(known.document); }
  void place(const KnownFile& known, const std::string& from, const std::string& to);

  const KnownFiles& known_;
  const DiskFiles& files_;
  Identified answer_;
  std::set<DocumentId> used_;
};

void Identification::place(const KnownFile& known, const std::string& from, const std::string& to) {
  used_.insert(known.document);
  answer_.placed.emplace(to, known.document);
  if (from != to) answer_.renames.push_back({known.document, from, to});
}

Identification::Targets Identification::followed(const std::vector<MoveEvidence>& moves) const {
  std::map<std::string, std::string, std::less<>> now_at;  // where the system has it now → the known path
  for (const auto& [path, known] : known_) now_at.emplace(path, path);
  for (const auto& move : moves) {
    std::vector<std::pair<std::string, std::string>> moved;
    for (auto at = now_at.lower_bound(move.from); at != now_at.end() && at->first.starts_with(move.from);) {
      if (at->first != move.from && !is_within(at->first, move.from)) {
        ++at;
        continue;
      }
      moved.emplace_back(move.to + at->first.substr(move.from.size()), at->second);
      at = now_at.erase(at);
    }
    for (auto& [to, origin] : moved) now_at.insert_or_assign(std::move(to), std::move(origin));
  }
  Targets targets;
  for (const auto& [to, origin] : now_at) {
    if (to != origin && files_.contains(to)) targets.emplace(origin, to);
  }
  return targets;
}

void Identification::follow(const std::vector<MoveEvidence>& moves) {
  auto targets = followed(moves);
  // A rename onto a living document is a way to save it, and a path that is filled again after its document was renamed
  // away is an editor's backup: in both cases the path says more than the rename. Only whole chains (swaps, shifts)
  // remain.
  for (bool changed = true; changed;) {
    changed = false;
    std::set<std::string, std::less<>> aims;
    for (const auto& [from, to] : targets) aims.insert(to);
    for (auto target = targets.begin(); target != targets.end();) {
      const bool target_taken = known_.contains(target->second) && !targets.contains(target->second);
      const bool origin_filled = files_.contains(target->first) && !aims.contains(target->first);
      if (target_taken || origin_filled) {
        target = targets.erase(target);
        changed = true;
      } else {
        ++target;
      }
    }
  }
  for (const auto& [from, to] : targets) place(known_.find(from)->second, from, to);
}

void Identification::keep_paths() {
  for (const auto& [path, known] : known_) {
    if (is_lost(known) && files_.contains(path) && is_free(path)) place(known, path, path);
  }
}

void Identification::pair_inodes() {
  std::map<Inode, std::pair<std::string, const KnownFile*>> lost;
  for (const auto& [path, known] : known_) {
    const auto& facts = known.file.facts;
    if (is_lost(known) && facts.inode != 0) lost.emplace(Inode{facts.device, facts.inode}, std::pair{path, &known});
  }
  for (const auto& [path, file] : files_) {
    if (!is_free(path)) continue;
    const auto found = lost.find({file.facts.device, file.facts.inode});
    if (found == lost.end()) continue;
    const auto& [from, known] = found->second;
    const bool same_birth = file.facts.born_ns != 0 && file.facts.born_ns == known->file.facts.born_ns;
    if (!same_birth && file.digest != known->file.digest) continue;
    place(*known, from, path);
    lost.erase(found);
  }
}

void Identification::pair_digests() {
  std::map<Digest, std::vector<std::pair<std::string, const KnownFile*>>> lost;
  for (const auto& [path, known] : known_) {
    if (is_lost(known) && known.file.facts.size > pairing_bytes_min) lost[known.file.digest].emplace_back(path, &known);
  }
  std::map<Digest, std::vector<std::string>> found;
  for (const auto& [path, file] : files_) {
    if (is_free(path) && file.facts.size > pairing_bytes_min) found[file.digest].push_back(path);
  }
  for (const auto& [digest, paths] : found) {
    const auto candidates = lost.find(digest);
    if (paths.size() != 1 || candidates == lost.end() || candidates->second.size() != 1) continue;
    const auto& [from, known] = candidates->second.front();
    place(*known, from, paths.front());
  }
}

void Identification::join_and_create(const RemoteAtPath& remote, const MakeDocument& make) {
  for (const auto& [path, file] : files_) {
    if (!is_free(path)) continue;
    if (const auto document = remote(path); document && used_.insert(*document).second) {
      answer_.placed.emplace(path, *document);
      answer_.joined.push_back(*document);
      continue;
    }
    const auto document = make();
    used_.insert(document);
    answer_.placed.emplace(path, document);
    answer_.created.push_back(document);
  }
}

/// The folders whose renaming explains `rename`; nothing where the file's own name changed.
std::optional<std::pair<std::string, std::string>> renamed_folder(const Rename& rename) {
  std::string_view from = rename.from;
  std::string_view to = rename.to;
  bool stripped = false;
  for (;;) {
    const auto from_cut = from.rfind('/');
    const auto to_cut = to.rfind('/');
    const auto from_name = from_cut == std::string_view::npos ? from : from.substr(from_cut + 1);
    const auto to_name = to_cut == std::string_view::npos ? to : to.substr(to_cut + 1);
    if (from_name != to_name) break;
    if (from_cut == std::string_view::npos || to_cut == std::string_view::npos) return std::nullopt;
    from = from.substr(0, from_cut);
    to = to.substr(0, to_cut);
    stripped = true;
  }
  if (!stripped) return std::nullopt;
  return std::pair{std::string{from}, std::string{to}};
}

Identified Identification::finish() {
  for (const auto& [path, known] : known_) {
    if (is_lost(known)) answer_.vanished.push_back(known.document);
  }
  std::map<std::pair<std::string, std::string>, std::vector<DocumentId>> folders;
  for (const auto& rename : answer_.renames) {
    if (const auto folder = renamed_folder(rename)) folders[*folder].push_back(rename.document);
  }
  for (auto& [names, documents] : folders) {
    if (documents.size() > 1) answer_.folders.push_back({names.first, names.second, std::move(documents)});
  }
  return std::move(answer_);
}

}  // namespace

Identified identify(const KnownFiles& known, const DiskFiles& files, const std::vector<MoveEvidence>& moves,
                    const RemoteAtPath& remote, const MakeDocument& make) {
  Identification work{known, files};
  work.follow(moves);
  work.keep_paths();
  work.pair_inodes();
  work.pair_digests();
  work.join_and_create(remote, make);
  return work.finish();
}

}  // namespace leanspec::sync
