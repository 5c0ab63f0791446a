#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hub/engine/feed.h"
#include "spec/project_view.h"
#include "store/store.h"

namespace leanspec::hub::engine {

/// A view and the place in the feed that it shows; the ETag is "<epoch>.<seq>".
struct ViewAt {
  spec::ProjectView::Ptr view;
  Epoch epoch;
  Seq seq;
};

struct ViewLimits {
  /// Bytes of bodies over all kept views; the least recently read go first, the one just asked for never.
  std::uint64_t bytes_max = 512ULL * 1024 * 1024;
  /// A larger document stands in its view with an empty text; body() has its bytes.
  std::uint64_t document_bytes_max = 4ULL * 1024 * 1024;
};

/// The current ProjectView of each branch: built on first use, moved forward by what the feed added since, evicted by
/// bytes. Safe from every thread. Readers of a view that is current take a pointer; of those that find it behind, one
/// brings it forward and the others wait for that one.
class Views {
 public:
  explicit Views(store::Store& store, ViewLimits limits = {});
  ~Views();

  /// As new as the last notice heard of the branch, and at least at `at_least` (law 19). Errors: not_found (no such
  /// branch), unavailable (the store is busy, or the branch has not reached `at_least`: answer 503), and the store's.
  [[nodiscard]] Result<ViewAt> view_at(BranchId branch, Seq at_least = Seq{});
  /// What is in memory of the branch, however old: for when nothing newer can be read.
  [[nodiscard]] std::optional<ViewAt> last_known(BranchId branch) const;
  /// Remembers that branches moved; the next reader brings the view forward.
  void moved(std::span<const FeedNotice> notices);
  /// Brings the views that are in memory forward at once, so that no reader has to.
  void refresh(std::span<const FeedNotice> notices);

  // What the API reads beside the view, each in one read transaction.
  [[nodiscard]] Result<std::optional<store::Branch>> branch(const ProjectId& project, std::string_view name);
  [[nodiscard]] Result<std::optional<store::Version>> head(BranchId branch, const DocumentId& document);
  /// The live document at `path`, or the last tombstone there.
  [[nodiscard]] Result<std::optional<store::Version>> head_at_path(BranchId branch, std::string_view path);
  [[nodiscard]] Result<std::optional<store::Version>> version(const VersionId& version);
  /// Heads and sides, newest first.
  [[nodiscard]] Result<std::vector<store::Version>> history(BranchId branch, const DocumentId& document,
                                                            std::optional<VersionId> before, std::size_t limit);
  [[nodiscard]] Result<std::vector<store::HeldVersion>> held(BranchId branch);
  [[nodiscard]] Result<std::vector<store::Version>> feed(BranchId branch, Seq after, std::size_t limit);
  [[nodiscard]] Result<std::optional<std::string>> body(const Digest& digest);

  /// Bytes of bodies in memory, for the metrics and the tests.
  [[nodiscard]] std::uint64_t bytes() const;
  [[nodiscard]] std::size_t kept() const;

 private:
  struct Slot;
  [[nodiscard]] std::shared_ptr<Slot> slot_of(BranchId branch);
  [[nodiscard]] Status bring_forward(Slot& slot);
  void evict(const Slot& keep);

  store::Store& store_;
  const ViewLimits limits_;
  mutable std::mutex mutex_;
  std::map<BranchId, std::shared_ptr<Slot>> slots_;
  std::uint64_t uses_ = 0;
};

}  // namespace leanspec::hub::engine
