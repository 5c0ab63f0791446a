#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every bound of the protocol between bridge and hub, with its reason; both ends enforce all of them.
namespace leanspec::wire::limits {

using namespace std::chrono_literals;

constexpr std::size_t KiB = 1024;
constexpr std::size_t MiB = 1024 * KiB;

/// One WebSocket message. A part (below) plus room for its envelope; nothing larger is ever needed.
constexpr std::size_t frame_bytes_max = 2 * MiB;
/// One document. Specs are 7 KB at the median and 62 KB at most in practice; this leaves room for attachments.
constexpr std::size_t document_bytes_max = 64 * MiB;
/// Bodies larger than this travel in parts that survive a reconnect.
constexpr std::size_t whole_body_bytes_max = 1 * MiB;
/// One part of a large body: small enough to interleave with other traffic on a slow line.
constexpr std::size_t part_bytes_max = 256 * KiB;
/// Bodies up to this size ride inside a feed entry; larger ones are fetched by digest.
constexpr std::size_t inline_body_bytes_max = 8 * KiB;
/// A delta below this saving is not worth its second lookup.
constexpr std::size_t delta_saving_bytes_min = 200;
/// Deltas are tried for documents up to this size; beyond, the match tables cost more memory than the bridge may use.
constexpr std::size_t delta_document_bytes_max = 8 * MiB;
/// A path, relative to the specs root, in bytes of UTF-8; PATH_MAX with room for the root.
constexpr std::size_t path_bytes_max = 1024;
/// Folders deep; specs use three.
constexpr std::size_t path_depth_max = 16;
/// Documents in one replica; the trees of all three states then stay within the bridge's memory budget.
constexpr std::size_t documents_max = 20'000;
/// Names of machines, projects and branches, in bytes.
constexpr std::size_t name_bytes_max = 200;
/// Any other text that a peer sends to be shown (reasons, commit ids), in bytes.
constexpr std::size_t text_bytes_max = 4 * KiB;
/// Pushes in flight per connection: two of the hub's transactions full, so that one gathers while the other is flushed;
/// specs of ordinary size then use up the credit below.
constexpr std::size_t pushes_in_flight_max = 256;
/// Bytes of bodies in flight per connection; a single larger body travels alone.
constexpr std::size_t credit_bytes = 2 * MiB;
/// Changes that are committed as one group; a renamed folder of the largest project.
constexpr std::size_t group_changes_max = 5'000;
/// Bytes of bodies that one group may hold while it is incomplete.
constexpr std::size_t group_bytes_max = 16 * MiB;
/// Entries in one page of changes.
constexpr std::size_t page_entries_max = 500;
/// Bytes of inline bodies in one page of changes.
constexpr std::size_t page_bytes_max = 512 * KiB;
/// What may wait in the hub's send queue of one connection before content is dropped for a coalesced Head notice.
constexpr std::size_t send_queue_bytes_max = 64 * KiB;

/// Paths that are named of what a guard holds; people see by these what it is about.
constexpr std::size_t guard_paths_max = 20;
/// Documents that are edited at one machine at the same time. More is a program's doing, and no presence of people.
constexpr std::size_t editing_documents_max = 64;
/// Edited documents that one bridge is told of, of all others together.
constexpr std::size_t editors_max = 512;
/// Any of these three lists as a message: the longest names of the most editors.
constexpr std::size_t list_bytes_max = 128 * KiB;

/// A quiet connection is pinged this often, and dead after the second figure (two pings lost, a NAT gone quiet).
constexpr auto ping_interval = 20s;
constexpr auto silence_max = 45s;
/// Hello must follow the upgrade within this.
constexpr auto hello_within = 10s;
/// First reconnect: uniformly within the first figure; then full jitter up to the second.
constexpr auto reconnect_first_max = 1s;
constexpr auto reconnect_max = 30s;
/// A connection that lived this long was healthy: the next failure starts the back-off afresh.
constexpr auto healthy_after = 30s;

}  // namespace leanspec::wire::limits
