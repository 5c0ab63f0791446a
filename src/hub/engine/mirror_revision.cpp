#include "hub/engine/mirror_revision.h"

#include <map>
#include <optional>
#include <utility>

namespace leanspec::hub::engine {
namespace {

/// Shorter texts are alike by chance (law 5).
constexpr std::uint64_t telling_bytes_min = 64;

class RevisionWriter {
 public:
  RevisionWriter(const MirrorRevision& revision, store::Session& session, const NewId& new_id, Instant now)
      : revision_(revision), versions_(session.versions()), new_id_(new_id), now_(now), group_(new_id(now)) {}

  Result<MirrorRevisionDone> write() {
    LEANSPEC_TRY(compare());
    find_moves();
    // Those that leave their places go first: a branch never has two documents at one path after this transaction,
    // and a reader of its feed meets as few such moments as possible inside it.
    for (const store::Version* head : gone_) LEANSPEC_TRY(remove(*head));
    for (const auto& [file, head] : changed_) {
      LEANSPEC_TRY(append(*file, head->document, head->id));
    }
    for (const MirrorRevision::File* file : appeared_) LEANSPEC_TRY(add(*file));
    return done_;
  }

 private:
  using File = MirrorRevision::File;

  /// Parts the files into those that changed in place, appeared, and are gone.
  Status compare() {
    LEANSPEC_ASSIGN(heads_, versions_.heads(revision_.branch));
    std::map<std::string_view, const store::Version*> by_path;
    for (const store::Version& head : heads_) by_path.emplace(head.path, &head);
    for (const File& file : revision_.files) {
      const auto found = by_path.find(file.path);
      if (found == by_path.end()) {
        appeared_.push_back(&file);
        continue;
      }
      if (found->second->digest != file.digest) {
        changed_.emplace_back(&file, found->second);
        ++done_.updated;
      }
      by_path.erase(found);
    }
    for (const auto& [path, head] : by_path) gone_.push_back(head);
    return {};
  }

  void find_moves() {
    std::map<Digest, std::vector<const store::Version*>> from;
    std::map<Digest, std::vector<const File*>> to;
    for (const store::Version* head : gone_) {
      if (head->digest && head->size >= telling_bytes_min) from[*head->digest].push_back(head);
    }
    for (const File* file : appeared_) to[file->digest].push_back(file);
    for (const auto& [digest, heads] : from) {
      const auto files = to.find(digest);
      if (heads.size() != 1 || files == to.end() || files->second.size() != 1) continue;
      changed_.emplace_back(files->second.front(), heads.front());
      std::erase(gone_, heads.front());
      std::erase(appeared_, files->second.front());
      ++done_.moved;
    }
  }

  [[nodiscard]] store::Version next(const DocumentId& document, std::optional<VersionId> parent) {
    store::Version version;
    version.id = VersionId{new_id_(now_)};
    version.branch = revision_.branch;
    version.document = document;
    version.parent = parent;
    version.group = group_;
    version.commit = revision_.commit;
    version.accepted_at = now_;
    version.effective_at = now_;
    return version;
  }

  Status append(const File& file, const DocumentId& document, std::optional<VersionId> parent) {
    store::Version version = next(document, parent);
    version.path = file.path;
    version.digest = file.digest;
    version.size = file.size;
    LEANSPEC_ASSIGN([[maybe_unused]] const auto made, versions_.append(std::move(version)));
    return {};
  }

  Status add(const File& file) {
    ++done_.added;
    LEANSPEC_ASSIGN(const auto there, versions_.head_at_path(revision_.branch, file.path));
    if (there && !there->digest) return append(file, there->document, there->id);
    return append(file, DocumentId{new_id_(now_)}, std::nullopt);
  }

  Status remove(const store::Version& head) {
    ++done_.deleted;
    store::Version version = next(head.document, head.id);
    version.path = head.path;
    LEANSPEC_ASSIGN([[maybe_unused]] const auto made, versions_.append(std::move(version)));
    return {};
  }

  const MirrorRevision& revision_;
  store::VersionLog& versions_;
  const NewId& new_id_;
  const Instant now_;
  const GroupId group_;
  std::vector<store::Version> heads_;
  std::vector<std::pair<const File*, const store::Version*>> changed_;
  std::vector<const File*> appeared_;
  std::vector<const store::Version*> gone_;
  MirrorRevisionDone done_;
};

}  // namespace

Result<MirrorRevisionDone> write_revision(const MirrorRevision& revision, store::Session& session, const NewId& new_id,
                                          Instant now) {
  LEANSPEC_ASSIGN(const auto done, RevisionWriter(revision, session, new_id, now).write());
  if (revision.also) LEANSPEC_TRY(revision.also(session));
  return done;
}

}  // namespace leanspec::hub::engine
