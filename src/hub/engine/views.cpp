#include "hub/engine/views.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace leanspec::hub::engine {

namespace {

/// Further behind than this, a view is built afresh from the heads.
constexpr std::size_t feed_entries_max = 2'000;

}  // namespace

/// The view of one branch. `building` is held by the one who brings it forward; the rest is under Views::mutex_.
struct Views::Slot {
  explicit Slot(BranchId id) : branch(id) {}

  const BranchId branch;
  std::mutex building;
  std::optional<ViewAt> current;
  Seq wanted;  ///< the highest head heard of
  std::uint64_t bytes = 0;
  std::uint64_t last_used = 0;
  std::map<DocumentId, std::pair<std::string, std::uint64_t>> documents;  ///< path and size; under `building`
};

Views::Views(store::Store& store, ViewLimits limits) : store_(store), limits_(limits) {}
Views::~Views() = default;

std::shared_ptr<Views::Slot> Views::slot_of(BranchId branch) {
  auto& slot = slots_[branch];
  if (!slot) slot = std::make_shared<Slot>(branch);
  slot->last_used = ++uses_;
  return slot;
}

Result<ViewAt> Views::view_at(BranchId branch, Seq at_least) {
  std::shared_ptr<Slot> slot;
  {
    const std::scoped_lock lock(mutex_);
    slot = slot_of(branch);
    if (slot->current && slot->current->seq >= std::max(slot->wanted, at_least)) return *slot->current;
  }
  const std::scoped_lock building(slot->building);
  const auto current = [&]() -> std::optional<ViewAt> {
    const std::scoped_lock lock(mutex_);
    if (slot->current && slot->current->seq >= std::max(slot->wanted, at_least)) return slot->current;
    return std::nullopt;
  };
  if (auto ready = current()) return *std::move(ready);
  if (auto status = bring_forward(*slot); !status) {
    const std::scoped_lock lock(mutex_);
    if (!slot->current) slots_.erase(branch);
    return std::move(status).error();
  }
  const std::scoped_lock lock(mutex_);
  if (slot->current->seq < at_least) {
    return Error(ErrorCode::unavailable, "the hub has not seen that change yet", {}, "Try again in a moment.");
  }
  return *slot->current;
}

Status Views::bring_forward(Slot& slot) {
  std::optional<ViewAt> before;
  {
    const std::scoped_lock lock(mutex_);
    before = slot.current;
  }
  std::vector<spec::ProjectView::FileChange> changes;
  std::vector<spec::SourceFile> files;
  auto documents = slot.documents;
  bool afresh = false;
  Seq seq;
  const auto load = [&](store::Session& session, const store::Version& version) -> Result<spec::SourceFile> {
    spec::SourceFile file;
    file.path = version.path;
    file.document = version.document;
    file.version = version.id;
    file.changed_ms = version.accepted_at.time_since_epoch().count();
    if (version.size > limits_.document_bytes_max) {
      file.bytes = std::make_shared<const std::string>();
      return file;
    }
    LEANSPEC_ASSIGN(auto bytes, session.bodies().get(*version.digest));
    if (!bytes)
      return Error(ErrorCode::corrupt, "the text of a document is missing", version.path, "Run the hub's doctor.");
    file.bytes = std::make_shared<const std::string>(std::move(*bytes));
    return file;
  };

  LEANSPEC_TRY(store_.read([&](store::Session& session) -> Status {
    changes.clear();
    files.clear();
    documents = slot.documents;
    LEANSPEC_ASSIGN(const auto branch, session.versions().find_branch(slot.branch));
    if (!branch) return Error(ErrorCode::not_found, "there is no such branch");
    seq = branch->head;
    afresh = !before || before->epoch != store_.epoch() || before->seq > seq ||
             seq.value() - before->seq.value() > feed_entries_max;
    if (afresh) {
      documents.clear();
      LEANSPEC_ASSIGN(const auto heads, session.versions().heads(slot.branch));
      for (const auto& head : heads) {
        LEANSPEC_ASSIGN(auto file, load(session, head));
        documents.insert_or_assign(head.document, std::pair(head.path, file.bytes->size()));
        files.push_back(std::move(file));
      }
      return {};
    }
    LEANSPEC_ASSIGN(const auto entries, session.versions().feed(slot.branch, before->seq, feed_entries_max));
    std::map<DocumentId, store::Version> latest;
    for (const auto& entry : entries) latest.insert_or_assign(entry.document, entry);
    // First every place that is left, then every place that is taken: swaps and shifts come out right.
    for (const auto& [document, version] : latest) {
      const auto known = documents.find(document);
      if (known == documents.end() || (version.digest && known->second.first == version.path)) continue;
      spec::ProjectView::FileChange change;
      change.file.path = known->second.first;
      change.file.document = document;
      change.file.version = version.id;
      changes.push_back(std::move(change));
      documents.erase(known);
    }
    for (const auto& [document, version] : latest) {
      if (!version.digest) continue;
      LEANSPEC_ASSIGN(auto file, load(session, version));
      documents.insert_or_assign(document, std::pair(version.path, file.bytes->size()));
      changes.push_back({std::move(file)});
    }
    return {};
  }));

  auto view = afresh ? spec::ProjectView::build(std::move(files))
                     : (changes.empty() ? before->view : before->view->with(changes));
  std::uint64_t bytes = 0;
  for (const auto& [document, place] : documents) bytes += place.second;
  slot.documents = std::move(documents);
  const std::scoped_lock lock(mutex_);
  slot.current = ViewAt{std::move(view), store_.epoch(), seq};
  slot.bytes = bytes;
  evict(slot);
  return {};
}

void Views::evict(const Slot& keep) {
  const auto total = [this] {
    std::uint64_t sum = 0;
    for (const auto& [branch, slot] : slots_) sum += slot->current ? slot->bytes : 0;
    return sum;
  };
  while (total() > limits_.bytes_max) {
    auto oldest = slots_.end();
    for (auto slot = slots_.begin(); slot != slots_.end(); ++slot) {
      if (slot->second.get() == &keep || !slot->second->current) continue;
      if (oldest == slots_.end() || slot->second->last_used < oldest->second->last_used) oldest = slot;
    }
    if (oldest == slots_.end()) return;
    // A new slot, because somebody may be bringing this one forward at the moment.
    slots_.erase(oldest);
  }
}

void Views::moved(std::span<const FeedNotice> notices) {
  const std::scoped_lock lock(mutex_);
  for (const auto& notice : notices) {
    const auto slot = slots_.find(notice.branch);
    if (slot != slots_.end()) slot->second->wanted = std::max(slot->second->wanted, notice.head);
  }
}

void Views::refresh(std::span<const FeedNotice> notices) {
  moved(notices);
  for (const auto& notice : notices) {
    {
      const std::scoped_lock lock(mutex_);
      const auto slot = slots_.find(notice.branch);
      if (slot == slots_.end() || !slot->second->current) continue;
    }
    // A reader that comes later tries again and is told what is wrong.
    static_cast<void>(view_at(notice.branch).has_value());
  }
}

Result<std::optional<store::Branch>> Views::branch(const ProjectId& project, std::string_view name) {
  std::optional<store::Branch> found;
  LEANSPEC_TRY(store_.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(found, session.versions().find_branch(project, name));
    return {};
  }));
  return found;
}

Result<std::optional<store::Version>> Views::head(BranchId branch, const DocumentId& document) {
  std::optional<store::Version> found;
  LEANSPEC_TRY(store_.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(found, session.versions().head(branch, document));
    return {};
  }));
  return found;
}

Result<std::optional<store::Version>> Views::head_at_path(BranchId branch, std::string_view path) {
  std::optional<store::Version> found;
  LEANSPEC_TRY(store_.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(found, session.versions().head_at_path(branch, path));
    return {};
  }));
  return found;
}

Result<std::optional<store::Version>> Views::version(const VersionId& version) {
  std::optional<store::Version> found;
  LEANSPEC_TRY(store_.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(found, session.versions().version(version));
    return {};
  }));
  return found;
}

Result<std::vector<store::Version>> Views::history(BranchId branch, const DocumentId& document,
                                                   std::optional<VersionId> before, std::size_t limit) {
  std::vector<store::Version> found;
  LEANSPEC_TRY(store_.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(found, session.versions().history(branch, document, before, limit));
    return {};
  }));
  return found;
}

Result<std::vector<store::HeldVersion>> Views::held(BranchId branch) {
  std::vector<store::HeldVersion> found;
  LEANSPEC_TRY(store_.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(found, session.versions().held(branch));
    return {};
  }));
  return found;
}

Result<std::vector<store::Version>> Views::feed(BranchId branch, Seq after, std::size_t limit) {
  std::vector<store::Version> found;
  LEANSPEC_TRY(store_.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(found, session.versions().feed(branch, after, limit));
    return {};
  }));
  return found;
}

Result<std::optional<std::string>> Views::body(const Digest& digest) {
  std::optional<std::string> found;
  LEANSPEC_TRY(store_.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(found, session.bodies().get(digest));
    return {};
  }));
  return found;
}

std::optional<ViewAt> Views::last_known(BranchId branch) const {
  const std::scoped_lock lock(mutex_);
  const auto slot = slots_.find(branch);
  return slot == slots_.end() ? std::nullopt : slot->second->current;
}

std::uint64_t Views::bytes() const {
  const std::scoped_lock lock(mutex_);
  std::uint64_t sum = 0;
  for (const auto& [branch, slot] : slots_) sum += slot->current ? slot->bytes : 0;
  return sum;
}

std::size_t Views::kept() const {
  const std::scoped_lock lock(mutex_);
  return static_cast<std::size_t>(
      std::count_if(slots_.begin(), slots_.end(), [](const auto& slot) { return slot.second->current.has_value(); }));
}

}  // namespace leanspec::hub::engine
