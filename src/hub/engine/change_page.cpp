#include "hub/engine/change_page.h"

#include <utility>

#include "wire/limits.h"

namespace leanspec::hub::engine {

namespace {

/// Feed entries looked at for one page; most of a long catch-up is superseded and costs no place in the page.
constexpr std::size_t scanned_entries_max = 4 * wire::limits::page_entries_max;

wire::Entry to_entry(const store::Version& version) {
  wire::Entry entry;
  entry.seq = version.seq;
  entry.document = version.document;
  entry.version = version.id;
  entry.parent = version.parent;
  entry.path = version.path;
  entry.digest = version.digest;
  entry.size = version.size;
  entry.replica = version.replica;
  entry.change = version.change;
  entry.group = version.group;
  entry.accepted_at = version.accepted_at;
  return entry;
}

Status fill(store::Session& session, const store::Branch& branch, wire::Changes& page) {
  auto& versions = session.versions();
  LEANSPEC_ASSIGN(const auto entries, versions.feed(branch.id, page.after, scanned_entries_max));
  std::size_t body_bytes = 0;
  for (const auto& version : entries) {
    if (page.entries.size() == wire::limits::page_entries_max) break;
    LEANSPEC_ASSIGN(const auto head, versions.head(branch.id, version.document));
    const bool superseded = head && head->id != version.id;
    // What a branch began with stands on the disks of those who come to it: git has put it there.
    const bool is_copy = version.seq <= branch.copied;
    const bool inlined =
        !superseded && !is_copy && version.digest && version.size <= wire::limits::inline_body_bytes_max;
    if (inlined && body_bytes + version.size > wire::limits::page_bytes_max) break;  // a bridge refuses a larger page
    page.through = version.seq;
    if (superseded) continue;
    auto entry = to_entry(version);
    if (inlined) {
      LEANSPEC_ASSIGN(entry.body, session.bodies().get(*version.digest));
      body_bytes += version.size;
    }
    page.entries.push_back(std::move(entry));
  }
  return {};
}

Result<Digest> digest_at(store::Session& session, BranchId branch, Seq seq) {
  if (seq == Seq{}) return Digest{};
  LEANSPEC_ASSIGN(const auto digest, session.versions().rolling_digest(branch, seq));
  if (!digest) return Error(ErrorCode::corrupt, "the feed has no digest at " + std::to_string(seq.value()));
  return *digest;
}

}  // namespace

Result<wire::Changes> read_page(store::Store& store, BranchId branch_id, Seq after) {
  wire::Changes page;
  const Status status = store.read([&](store::Session& session) -> Status {
    page = wire::Changes{};
    page.epoch = store.epoch();
    page.after = after;
    page.through = after;
    LEANSPEC_ASSIGN(const auto branch, session.versions().find_branch(branch_id));
    if (!branch) return Error(ErrorCode::not_found, "the branch is gone");
    if (after > branch->head) {
      return Error(ErrorCode::conflict, "the position lies beyond what the hub has", {}, "Reconnect and reconcile.");
    }
    page.head = branch->head;
    LEANSPEC_TRY(fill(session, *branch, page));
    LEANSPEC_ASSIGN(page.digest_before, digest_at(session, branch_id, after));
    LEANSPEC_ASSIGN(page.digest_through, digest_at(session, branch_id, page.through));
    return {};
  });
  if (!status) return status.error();
  return page;
}

}  // namespace leanspec::hub::engine
