#include "hub/mirrors/mirror_sync.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "digest/sha256.h"
#include "hub/mirrors/folder_walk.h"

namespace leanspec::hub::mirrors {
namespace {

class Sync {
 public:
  Sync(const store::Mirror& mirror, MirrorProvider& provider, const SyncSurroundings& surroundings)
      : mirror_(mirror), provider_(provider), at_(surroundings) {}

  Result<SyncDone> run() {
    tell(SyncPhase::asking);
    LEANSPEC_TRY(look_at_store());
    LEANSPEC_ASSIGN(head_, provider_.head(mirror_.branch, known_head()));
    done_.commit = head_.commit.value();
    if (head_.commit.value() == mirror_.commit) {
      LEANSPEC_TRY(remember_unchanged());
      return done_;
    }
    LEANSPEC_TRY(stop_if_cancelled());
    tell(SyncPhase::listing);
    const auto known_tree = mirror_.commit.empty() ? std::nullopt : parse_git_id(mirror_.tree);
    LEANSPEC_ASSIGN(const FolderListing listing, list_folder(provider_, head_.commit, mirror_.folder, known_tree));
    if (!listing.tree) return vanished("the branch has no folder '" + mirror_.folder + "'");
    tree_ = *listing.tree;
    if (listing.unchanged) {
      LEANSPEC_TRY(remember_unchanged());
      return done_;
    }
    LEANSPEC_TRY(plan_and_fetch(listing.entries));
    LEANSPEC_TRY(stop_if_cancelled());
    tell(SyncPhase::writing);
    LEANSPEC_TRY(write());
    return done_;
  }

 private:
  [[nodiscard]] std::optional<BranchHead> known_head() const {
    const auto commit = parse_git_id(mirror_.commit);
    if (!commit || mirror_.head_tag.empty()) return std::nullopt;
    return BranchHead{*commit, mirror_.head_tag};
  }

  void tell(SyncPhase phase, std::uint64_t fetched = 0, std::uint64_t to_fetch = 0) const {
    if (at_.on_progress) at_.on_progress({phase, fetched, to_fetch});
  }

  [[nodiscard]] Status stop_if_cancelled() const {
    if (at_.cancelled && at_.cancelled()) return Error(ErrorCode::cancelled, "the sync was told to stop");
    return {};
  }

  [[nodiscard]] Error vanished(std::string what) const {
    return Error(ErrorCode::not_found, std::move(what), mirror_.full_name + " " + mirror_.branch,
                 mirror_.commit.empty()
                     ? "Choose another folder."
                     : "What was there before stays as it is. Put it back, or add the mirror again with "
                       "another folder.");
  }

  [[nodiscard]] Status look_at_store() {
    return at_.store.read([this](store::Session& session) -> Status {
      LEANSPEC_ASSIGN(const auto branch, session.versions().find_branch(mirror_.project, mirror_.branch));
      if (!branch) return Error(ErrorCode::not_found, "the project of this mirror is gone", mirror_.project.value());
      branch_ = branch->id;
      LEANSPEC_ASSIGN(const auto blobs, session.mirrors().blobs(mirror_.project));
      for (const store::MirrorBlob& blob : blobs) known_.emplace(blob.git_id, blob);
      return {};
    });
  }

  /// How large files are, not every forge says before; what was found too large makes room for others.
  [[nodiscard]] Status plan_and_fetch(std::vector<TreeEntry> entries) {
    for (;;) {
      for (TreeEntry& entry : entries) {
        if (too_large_.contains(entry.id)) entry.size = at_.limits.file_bytes_max + 1;
        if (const auto blob = known_.find(entry.id.value()); blob != known_.end()) entry.size = blob->second.size;
      }
      plan_ = plan_files(entries, at_.limits);
      if (plan_.files.empty()) return vanished("there is no file left that could be shown");
      std::set<GitId> known;
      for (const auto& [id, blob] : known_) known.insert(GitId{id});
      const auto missing = missing_blobs(plan_, known);
      if (missing.empty()) return {};
      LEANSPEC_TRY(fetch(missing));
    }
  }

  [[nodiscard]] Status fetch(const std::vector<MirroredFile>& missing) {
    tell(SyncPhase::fetching, 0, missing.size());
    return fetch_blobs(provider_, missing, at_.fetch, at_.cancelled, [&](const std::vector<FetchedBlob>& batch) -> Status {
      LEANSPEC_TRY(keep(batch));
      done_.fetched += batch.size();
      tell(SyncPhase::fetching, done_.fetched, missing.size());
      return {};
    });
  }

  /// Bodies without a version do no harm, and the next attempt need not fetch them.
  [[nodiscard]] Status keep(const std::vector<FetchedBlob>& batch) {
    std::vector<store::MirrorBlob> kept;
    for (const FetchedBlob& fetched : batch) {
      if (fetched.too_large) too_large_.insert(fetched.id);
      store::MirrorBlob& blob = kept.emplace_back();
      blob.git_id = fetched.id.value();
      blob.digest = digest::sha256(fetched.bytes);
      blob.size = fetched.bytes.size();
      blob.pointer = is_lfs_pointer(fetched.bytes);
    }
    LEANSPEC_TRY(at_.store.write([&](store::Session& session) -> Status {
      for (std::size_t i = 0; i < batch.size(); ++i) {
        if (batch[i].too_large) continue;
        LEANSPEC_TRY(session.bodies().put(kept[i].digest, batch[i].bytes));
        LEANSPEC_TRY(session.mirrors().add_blob(mirror_.project, kept[i]));
      }
      return {};
    }));
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (!batch[i].too_large) known_.insert_or_assign(kept[i].git_id, kept[i]);
    }
    return {};
  }

  [[nodiscard]] Status write() {
    engine::MirrorRevision revision;
    revision.project = mirror_.project;
    revision.branch = branch_;
    revision.commit = head_.commit.value();
    std::vector<store::MirrorSkipped> skipped;
    skipped.reserve(plan_.skipped.size());
    for (const SkippedFile& file : plan_.skipped) skipped.push_back({file.path, file.why});
    for (const MirroredFile& file : plan_.files) {
      const store::MirrorBlob& blob = known_.at(file.blob.value());
      if (blob.pointer) {
        skipped.push_back({file.path, "its content is kept by git-lfs, elsewhere"});
      } else {
        revision.files.push_back({file.path, blob.digest, blob.size});
      }
    }
    if (revision.files.empty()) return vanished("there is no file left that could be shown");
    done_.skipped = skipped.size();
    revision.also = [this, skipped](store::Session& session) -> Status {
      LEANSPEC_TRY(remember(session));
      return session.mirrors().set_skipped(mirror_.project, skipped);
    };
    LEANSPEC_ASSIGN(done_.counts, at_.revise(std::move(revision)));
    done_.changed = done_.counts.changes() > 0;
    return {};
  }

  [[nodiscard]] Status remember_unchanged() {
    if (tree_.value().empty()) tree_ = GitId{mirror_.tree};
    return at_.store.write([this](store::Session& session) { return remember(session); });
  }

  /// What people changed of the mirror meanwhile stays.
  [[nodiscard]] Status remember(store::Session& session) const {
    LEANSPEC_ASSIGN(auto now, session.mirrors().find(mirror_.project));
    if (!now) return Error(ErrorCode::not_found, "the mirror was removed meanwhile", mirror_.project.value());
    if (now->branch != mirror_.branch || now->folder != mirror_.folder || now->api_url != mirror_.api_url)
      return Error(ErrorCode::conflict, "the mirror follows something else meanwhile", mirror_.project.value());
    now->commit = head_.commit.value();
    now->tree = tree_.value();
    now->head_tag = head_.tag;
    now->problem.clear();
    now->problem_kind.clear();
    now->failures = 0;
    now->last_synced_at = at_.clock.now();
    return session.mirrors().save(*now);
  }

  const store::Mirror& mirror_;
  MirrorProvider& provider_;
  const SyncSurroundings& at_;
  BranchId branch_;
  BranchHead head_;
  GitId tree_;
  SyncPlan plan_;
  std::set<GitId> too_large_;
  std::map<std::string, store::MirrorBlob> known_;
  SyncDone done_;
};

}  // namespace

std::string_view to_string(SyncPhase phase) {
  switch (phase) {
    case SyncPhase::asking:
      return "asking";
    case SyncPhase::listing:
      return "listing";
    case SyncPhase::fetching:
      return "fetching";
    case SyncPhase::writing:
      return "writing";
  }
  return "";
}

Result<SyncDone> sync_mirror(const store::Mirror& mirror, MirrorProvider& provider,
                             const SyncSurroundings& surroundings) {
  return Sync(mirror, provider, surroundings).run();
}

}  // namespace leanspec::hub::mirrors
