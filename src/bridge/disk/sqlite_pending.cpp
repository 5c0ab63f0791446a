#include "bridge/disk/sqlite_state_store.h"
#include "bridge/disk/sqlite_statement.h"

namespace leanspec::bridge::disk {

using engine::EditTime;
using engine::PendingChange;
using engine::StateUpdate;

Status SqliteStateStore::load_pending(std::map<ChangeId, PendingChange>& pending) {
  Statement query = statement_for_once(
      "SELECT change, document, base, base_digest, path, digest, size, moved_only, change_group, group_size, "
      "edit_boot, edit_at, "
      "edit_wall, sent, displaced, approval FROM pending");
  for (;;) {
    LEANSPEC_ASSIGN(const bool row, query.step());
    if (!row) return {};
    const auto change = query.uuid(0);
    const auto document = query.uuid(1);
    const auto boot = query.uuid(10);
    if (!change || !document || !boot) return damaged_state(file_, "a row of pending");
    PendingChange& found = pending[ChangeId{*change}];
    found.change = ChangeId{*change};
    found.document = DocumentId{*document};
    if (const auto base = query.uuid(2)) found.base = VersionId{*base};
    found.base_digest = query.digest(3);
    found.path = query.text(4);
    found.digest = query.digest(5);
    found.size = query.unsigned_integer(6);
    found.moved_only = query.integer(7) != 0;
    if (const auto group = query.uuid(8)) found.group = GroupId{*group};
    found.group_size = static_cast<std::uint32_t>(query.integer(9));
    found.edited = EditTime{*boot, BootTime(std::chrono::nanoseconds(query.integer(11))),
                            Instant(std::chrono::milliseconds(query.integer(12)))};
    found.sent = query.integer(13) != 0;
    found.displaced = query.integer(14) != 0;
    if (const auto approval = query.uuid(15)) found.approval = GuardId{*approval};
  }
}

Status SqliteStateStore::write_pending(const StateUpdate& update) {
  if (update.pending.empty()) return {};
  Statement put = statement("INSERT OR REPLACE INTO pending VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  Statement remove = statement("DELETE FROM pending WHERE change = ?");
  for (const auto& [id, change] : update.pending) {
    if (!change) {
      LEANSPEC_TRY(remove.bind(id.value()).run());
      continue;
    }
    const auto base = change->base ? std::optional(change->base->value()) : std::nullopt;
    const auto group = change->group ? std::optional(change->group->value()) : std::nullopt;
    put.bind(id.value()).bind(change->document.value()).bind_optional(base).bind_optional(change->base_digest);
    put.bind_bytes(change->path.data(), change->path.size()).bind_optional(change->digest).bind_unsigned(change->size);
    put.bind(std::int64_t{change->moved_only}).bind_optional(group).bind(std::int64_t{change->group_size});
    put.bind(change->edited.boot).bind(std::int64_t{change->edited.at.time_since_epoch().count()});
    put.bind(std::int64_t{change->edited.wall.time_since_epoch().count()});
    const auto approval = change->approval ? std::optional(change->approval->value()) : std::nullopt;
    put.bind(std::int64_t{change->sent}).bind(std::int64_t{change->displaced}).bind_optional(approval);
    LEANSPEC_TRY(put.run());
  }
  return {};
}

}  // namespace leanspec::bridge::disk
