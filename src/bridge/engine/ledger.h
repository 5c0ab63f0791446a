#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/engine/branch_seed.h"
#include "bridge/engine/state.h"
#include "vocabulary/result.h"
#include "vocabulary/time.h"

namespace leanspec::bridge::engine {

/// The replica's state in memory, what of it is not durable yet, and which documents it leaves to be planned. Every
/// change goes through here, so the trees, their indices and the next transaction cannot disagree. Writing is behind by
/// at most `write_behind` (in bulk `write_behind_in_bulk`); whatever must be durable first (law 2) asks for commit().
/// When a commit fails nothing is forgotten: the same rows are in the next one.
class Ledger {
 public:
  static constexpr std::chrono::milliseconds write_behind{20};
  /// With so many changes on their way the commit of the next batch comes soon and carries the answers along: each
  /// commit costs a flush, during which nothing is sent.
  static constexpr std::size_t bulk_changes = 64;
  static constexpr std::chrono::milliseconds write_behind_in_bulk{250};
  static constexpr std::chrono::seconds retry_interval{2};

  Ledger(StateStore& store, ReplicaState loaded);

  [[nodiscard]] const ReplicaState& state() const { return state_; }
  [[nodiscard]] const LocalRow* local(const DocumentId& document) const;
  [[nodiscard]] const sync::Node* synced(const DocumentId& document) const;
  [[nodiscard]] const sync::Node* remote(const DocumentId& document) const;
  [[nodiscard]] const FormerState* former(const DocumentId& document) const;
  [[nodiscard]] const sync::Hold* hold(const DocumentId& document) const;
  /// The change of this document that the hub has not answered.
  [[nodiscard]] const PendingChange* pending_of(const DocumentId& document) const;
  /// Every local path and its document, in order.
  [[nodiscard]] const std::map<std::string, DocumentId, std::less<>>& local_paths() const { return local_paths_; }
  [[nodiscard]] std::optional<DocumentId> local_at(std::string_view path) const;
  /// The documents that the hub has at `path`, as far as this replica has heard: at most one, but for moments in which
  /// the answers to a group are being taken in.
  [[nodiscard]] std::vector<DocumentId> remote_at(std::string_view path) const;

  /// Counts the changes of the two trees that could be changes of paths.
  [[nodiscard]] std::uint64_t tree_changes() const { return tree_changes_; }

  void set_local(const DocumentId& document, std::optional<LocalRow> row);
  /// What a former life of the hub had of it is of no more interest then.
  void set_synced(const DocumentId& document, std::optional<sync::Node> node);
  void set_former(const DocumentId& document, FormerState former);
  /// Lifts the holds that this may end: of a text whose place was taken at the hub and is free now, and of a text of
  /// this document. With another head it may merge, or a person has decided; the hub knows an edit that it had before.
  void set_remote(const DocumentId& document, std::optional<sync::Node> node);
  void replace_remote(sync::Tree tree);
  void set_hold(const DocumentId& document, std::optional<sync::Hold> hold);
  void add_pending(PendingChange change);
  void drop_pending(const ChangeId& change);
  void set_replica(ReplicaRow row);
  // ---- which texts a document had (laws 10 and 23)
  /// Those that are agreed on now, too: of a memory that did not remember them so far.
  void remember_ancestors_so_far();
  [[nodiscard]] Result<LeftBranch> left_branch() { return engine::left_branch(state_, store_); }
  /// What the trees agree on about it came from another replica, or was deleted by one.
  void written_elsewhere(const DocumentId& document);
  void taken_away(const DocumentId& document, const sync::Node& last);
  /// A text of the document's from before this replica knew it.
  void remember_earlier(const DocumentId& document, const Ancestor& text);
  /// The disk has what the document was once, and nobody edited it: disk and hub agree as far as that version.
  void rewind(const DocumentId& document, std::optional<LocalRow> row, std::optional<sync::Node> node);
  /// The newest first; empty where they cannot be read.
  [[nodiscard]] std::vector<Ancestor> ancestors(const DocumentId& document);
  [[nodiscard]] std::vector<DocumentId> documents_once_at(std::string_view path);

  void set_intent(const std::string& name, std::optional<Intent> intent);
  void set_released(std::vector<ReleasedDeletes> released);

  /// Documents that something happened to since they were last planned. The planner takes out what it has dealt with.
  std::set<DocumentId> touched;

  [[nodiscard]] bool has_body(const Digest& digest) const { return state_.bodies.contains(digest); }
  /// In the next transaction.
  void keep_body(const Digest& digest, std::shared_ptr<const std::string> bytes);
  [[nodiscard]] Result<std::shared_ptr<const std::string>> body(const Digest& digest);
  /// Nobody asks for this version any more; kept if a change on its way needs it.
  void release_body(const Digest& digest);

  [[nodiscard]] bool is_durable() const { return next_.empty(); }
  /// Every pending change is durable with its bytes: it may be sent (law 2).
  [[nodiscard]] bool changes_are_durable() const { return !changes_added_; }
  /// Everything so far becomes durable, or the error is remembered and it is tried again at deadline().
  bool commit(BootTime now);
  /// commit() if it is time.
  void tick(BootTime now);
  [[nodiscard]] std::optional<BootTime> deadline() const;
  [[nodiscard]] const std::optional<Error>& problem() const { return problem_; }

 private:
  void trim_bodies();
  [[nodiscard]] bool is_given_again(const DocumentId& document, const sync::Node& node);
  void note_ancestor(const DocumentId& document, const sync::Node& node, bool elsewhere);
  [[nodiscard]] std::chrono::milliseconds patience() const;
  void index_remote();
  void lift_holds(const DocumentId& document, const std::optional<std::string>& left);
  [[nodiscard]] std::set<Digest> bodies_on_their_way() const;

  StateStore& store_;
  ReplicaState state_;
  StateUpdate next_;
  std::optional<BootTime> next_since_;
  std::optional<Error> problem_;
  BootTime retry_at_{};
  std::map<std::string, DocumentId, std::less<>> local_paths_;
  std::multimap<std::string_view, DocumentId> remote_paths_;  ///< views of the nodes in state_.remote
  std::multimap<std::string, DocumentId> holds_by_place_;     ///< by collision key
  std::map<DocumentId, ChangeId> pending_by_document_;
  bool changes_added_ = false;
  bool remembers_ancestors_ = true;
  std::uint64_t tree_changes_ = 0;
  std::uint64_t body_order_ = 0;
  std::uint64_t body_bytes_ = 0;
};

}  // namespace leanspec::bridge::engine
