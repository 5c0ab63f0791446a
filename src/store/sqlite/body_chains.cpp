#include "store/sqlite/body_chains.h"

#include <charconv>

#include "compression/zstd_delta.h"
#include "store/sql/body_store.h"

namespace leanspec::store::sqlite {
namespace {

/// Below this a row costs more than its text.
constexpr std::uint64_t worth_chaining_bytes = 512;
/// What the link must save, since it makes reading slower.
constexpr std::uint64_t saving_bytes_min = 128;

struct Made {
  std::int64_t position = 0;
  std::optional<Digest> digest;
  std::optional<VersionId> parent;
  std::optional<VersionId> second_parent;
  Instant accepted_at;
};

[[nodiscard]] Made read_made(Row& row) {
  Made made;
  made.position = row.integer();
  made.digest = row.optional_digest();
  made.parent = row.optional_id<VersionId>();
  made.second_parent = row.optional_id<VersionId>();
  made.accepted_at = row.time();
  return made;
}

[[nodiscard]] std::string read_text(Row& row) {
  return row.text();
}

[[nodiscard]] Digest read_digest(Row& row) {
  return row.digest();
}

}  // namespace

Result<std::size_t> BodyChains::go_on(Instant before, std::size_t limit) {
  LEANSPEC_ASSIGN(const auto stopped_at, database_.find(sql::chained_to, {}, read_text));
  std::int64_t position = 0;
  if (stopped_at) std::from_chars(stopped_at->data(), stopped_at->data() + stopped_at->size(), position);
  LEANSPEC_ASSIGN(const auto versions, database_.all(sql::versions_to_chain, {position, limit}, read_made));
  std::size_t looked_at = 0;
  for (const Made& made : versions) {
    if (made.accepted_at >= before || (looked_at > 0 && read_bytes_ > BodyStore::chain_step_bytes_max)) break;
    for (const auto& parent : {made.parent, made.second_parent}) {
      if (parent && made.digest) LEANSPEC_TRY(chain(*parent, *made.digest));
    }
    position = made.position;
    ++looked_at;
  }
  if (looked_at > 0) LEANSPEC_TRY(database_.run(sql::set_chained_to, {std::to_string(position)}));
  return looked_at;
}

Status BodyChains::chain(const VersionId& id, const Digest& later) {
  LEANSPEC_ASSIGN(const auto digest, database_.find(sql::replaced_text, {id}, read_digest));
  if (!digest || *digest == later) return {};
  LEANSPEC_ASSIGN(const auto facts, facts_of(*digest));
  if (!facts || facts->base || facts->size < worth_chaining_bytes || facts->size > BodyStore::chained_bytes_max) return {};
  LEANSPEC_ASSIGN(const auto hangs_on, bases(*digest, facts->chained, later));
  if (!hangs_on) return {};

  LEANSPEC_ASSIGN(const auto text, bodies_.get(*digest));
  LEANSPEC_ASSIGN(const auto base, bodies_.get(later));
  if (!text || !base) return Error(ErrorCode::corrupt, "a version's text is missing", to_hex(text ? later : *digest));
  read_bytes_ += text->size() + base->size();
  const auto frame = compression::compress_against(*base, *text);
  if (!frame || frame->size() + saving_bytes_min > facts->stored) return {};
  const auto again = compression::decompress_against(*base, *frame, text->size());
  if (!again || *again != *text) return {};
  LEANSPEC_TRY(database_.run(sql::chain_body, {*digest, Blob{*frame}, later}));
  std::uint64_t below = facts->chained;
  for (const Digest& each : *hangs_on) LEANSPEC_TRY(database_.run(sql::raise_chained, {each, ++below}));
  return {};
}

Result<std::optional<std::vector<Digest>>> BodyChains::bases(const Digest& digest, std::uint64_t chained,
                                                            const Digest& later) {
  using Bases = std::optional<std::vector<Digest>>;
  std::vector<Digest> found;
  for (std::optional<Digest> at = later; at;) {
    if (*at == digest || chained + found.size() + 1 > BodyStore::chained_max) return Bases();
    LEANSPEC_ASSIGN(const auto facts, facts_of(*at));
    if (!facts || facts->size > BodyStore::chained_bytes_max) return Bases();
    found.push_back(*at);
    at = facts->base;
  }
  return Bases(std::move(found));
}

BodyChains::Facts BodyChains::read_facts(Row& row) {
  Facts facts;
  facts.size = row.count();
  facts.stored = row.count();
  facts.base = row.optional_digest();
  facts.chained = row.count();
  return facts;
}

Result<std::optional<BodyChains::Facts>> BodyChains::facts_of(const Digest& digest) {
  return database_.find(sql::body_facts, {digest}, read_facts);
}

}  // namespace leanspec::store::sqlite
