#include "store/sqlite/body_store.h"

#include <vector>

#include "compression/zstd_delta.h"
#include "compression/zstd_frame.h"
#include "digest/sha256.h"
#include "store/sql/body_store.h"
#include "store/sqlite/body_chains.h"

namespace leanspec::store::sqlite {
namespace {

enum class Form { plain, zstd };

struct StoredBody {
  std::uint64_t size = 0;
  Form form = Form::plain;
  std::string content;
  std::optional<Digest> base;
};

[[nodiscard]] StoredBody read_body(Row& row) {
  StoredBody body;
  body.size = row.count();
  body.form = row.enumeration<Form>(2);
  body.content = row.bytes();
  body.base = row.optional_digest();
  return body;
}

struct Upload {
  std::uint64_t size = 0;
  std::uint64_t received = 0;
};

[[nodiscard]] Upload read_upload(Row& row) {
  const std::uint64_t size = row.count();
  return Upload{size, row.count()};
}

[[nodiscard]] Result<std::string> open(StoredBody body, const std::string& base) {
  const auto size = static_cast<std::size_t>(body.size);
  if (body.base) return compression::decompress_against(base, body.content, size);
  if (body.form == Form::zstd) return compression::decompress(body.content, size);
  return std::move(body.content);
}

[[nodiscard]] Error damaged(const Digest& digest) {
  return Error(ErrorCode::corrupt, "a stored text is damaged", to_hex(digest),
               "Stop the hub, keep a copy of the data folder, and restore a backup.");
}

[[nodiscard]] std::int64_t read_integer(Row& row) {
  return row.integer();
}

}  // namespace

Status SqliteBodyStore::put(const Digest& digest, std::string_view bytes) {
  LEANSPEC_ASSIGN(const bool there, has(digest));
  if (there) return {};
  const std::string frame = compression::compress(bytes);
  const bool smaller = frame.size() < bytes.size();
  return database_.run(sql::put_body, {digest, bytes.size(), static_cast<int>(smaller ? Form::zstd : Form::plain),
                                       Blob{smaller ? std::string_view(frame) : bytes}});
}

Result<std::optional<std::string>> SqliteBodyStore::get(const Digest& digest) {
  const char* const statement = knows_bases_ ? sql::get_body : sql::get_body_without_base;
  LEANSPEC_ASSIGN(std::optional<StoredBody> stored, database_.find(statement, {digest}, read_body));
  if (!stored) return std::optional<std::string>();
  std::vector<StoredBody> chain;
  chain.push_back(*std::move(stored));
  while (chain.back().base) {
    if (chain.size() > chained_max || chain.back().size > chained_bytes_max) return damaged(digest);
    LEANSPEC_ASSIGN(std::optional<StoredBody> base, database_.find(statement, {*chain.back().base}, read_body));
    if (!base) return damaged(digest);
    chain.push_back(*std::move(base));
  }
  std::string bytes;
  for (; !chain.empty(); chain.pop_back()) {
    Result<std::string> opened = open(std::move(chain.back()), bytes);
    if (!opened) return damaged(digest);
    bytes = *std::move(opened);
  }
  if (digest::sha256(bytes) != digest) return damaged(digest);
  return std::optional<std::string>(std::move(bytes));
}

Result<bool> SqliteBodyStore::has(const Digest& digest) {
  LEANSPEC_ASSIGN(const std::optional<std::int64_t> found, database_.find(sql::has_body, {digest}, read_integer));
  return found.has_value();
}

Result<std::uint64_t> SqliteBodyStore::staged(const Digest& digest) {
  LEANSPEC_ASSIGN(const std::optional<Upload> upload, database_.find(sql::find_upload, {digest}, read_upload));
  return upload ? upload->received : 0;
}

Status SqliteBodyStore::stage(const Digest& digest, std::uint64_t size, std::uint64_t offset, std::string_view bytes,
                              Instant now) {
  LEANSPEC_ASSIGN(const std::optional<Upload> known, database_.find(sql::find_upload, {digest}, read_upload));
  const Upload upload = known.value_or(Upload{size, 0});
  if (offset != upload.received || size != upload.size || bytes.size() > size - offset) {
    return Error(
        ErrorCode::conflict,
        "the part does not continue at byte " + std::to_string(upload.received) + " of " + std::to_string(upload.size),
        to_hex(digest));
  }
  const std::uint64_t received = offset + bytes.size();
  if (received < size) {
    LEANSPEC_TRY(database_.run(sql::save_upload, {digest, size, received, now}));
    if (bytes.empty()) return {};
    return database_.run(sql::add_part, {digest, offset, Blob{bytes}});
  }

  std::string whole;
  LEANSPEC_TRY(database_.each(sql::parts, {digest}, [&](Row& row) { whole += row.bytes(); }));
  whole += bytes;
  LEANSPEC_TRY(database_.run(sql::drop_upload, {digest}));
  if (whole.size() != size || digest::sha256(whole) != digest) {
    return Error(ErrorCode::corrupt, "the parts together are not the body that was announced", to_hex(digest),
                 "Send it again.");
  }
  return put(digest, whole);
}

Status SqliteBodyStore::drop_stale_parts(Instant before) {
  return database_.run(sql::drop_stale_uploads, {before});
}

Result<std::size_t> SqliteBodyStore::chain_old(Instant before, std::size_t limit) {
  return BodyChains(database_, *this).go_on(before, limit);
}

}  // namespace leanspec::store::sqlite
