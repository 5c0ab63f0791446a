// The part of SqliteStateStore that keeps texts, compressed, until the hub has them.
#include <zstd.h>

#include <new>

#include "bridge/disk/sqlite_state_store.h"
#include "digest/sha256.h"
#include "wire/limits.h"

namespace leanspec::bridge::disk {
namespace {

/// Bodies are specs; level 1 is three times as fast as the default and a tenth larger.
constexpr int compression_level = 1;

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

}  // namespace

void FreeDecompressor::operator()(ZSTD_DCtx* context) const {
  ZSTD_freeDCtx(context);
}

Result<std::string> SqliteStateStore::body(const Digest& digest) {
  Statement query = statement("SELECT size, zstd FROM body WHERE digest = ?");
  LEANSPEC_ASSIGN(const bool found, query.bind(digest).step());
  if (!found) return Error(ErrorCode::not_found, "no such body", to_hex(digest));
  const std::uint64_t size = query.unsigned_integer(0);
  if (size > wire::limits::document_bytes_max) return damaged_state(file_, "a row of body");
  const std::string_view compressed = query.bytes(1);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  if (decompressor_ == nullptr) decompressor_.reset(ZSTD_createDCtx());
  if (decompressor_ == nullptr) throw std::bad_alloc();
  const std::size_t got =
      ZSTD_decompressDCtx(decompressor_.get(), bytes.data(), bytes.size(), compressed.data(), compressed.size());
  if (ZSTD_isError(got) != 0 || got != bytes.size() || digest::sha256(bytes) != digest)
    return damaged_state(file_, "a row of body");
  return bytes;
}

Status SqliteStateStore::load_bodies(std::map<Digest, engine::BodyFacts>& bodies) {
  Statement query = statement_for_once("SELECT digest, size, inserted FROM body");
  for (;;) {
    LEANSPEC_ASSIGN(const bool row, query.step());
    if (!row) return {};
    const auto digest = query.digest(0);
    if (!digest) return damaged_state(file_, "a row of body");
    bodies[*digest] = engine::BodyFacts{query.unsigned_integer(1), query.unsigned_integer(2)};
  }
}

Status SqliteStateStore::write_bodies(const engine::StateUpdate& update) {
  if (update.bodies.empty()) return {};
  // An equal body that is there already keeps its place in the order.
  Statement put = statement("INSERT INTO body (digest, size, zstd) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING");
  Statement remove = statement("DELETE FROM body WHERE digest = ?");
  // One for all of them, and no longer: a large body makes it large.
  const std::unique_ptr<ZSTD_CCtx, FreeCompressor> compressor(ZSTD_createCCtx());
  if (compressor == nullptr) throw std::bad_alloc();
  std::string compressed;
  for (const auto& [digest, bytes] : update.bodies) {
    if (!bytes) {
      LEANSPEC_TRY(remove.bind(digest).run());
      continue;
    }
    compressed.resize(ZSTD_compressBound(bytes->size()));
    const std::size_t size = ZSTD_compressCCtx(compressor.get(), compressed.data(), compressed.size(), bytes->data(),
                                               bytes->size(), compression_level);
    if (ZSTD_isError(size) != 0) return Error(ErrorCode::io, "a body could not be compressed", file_);
    put.bind(digest).bind_unsigned(bytes->size()).bind_bytes(compressed.data(), size);
    LEANSPEC_TRY(put.run());
  }
  return {};
}

}  // namespace leanspec::bridge::disk
