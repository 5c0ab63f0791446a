#include "bridge/disk/safety_copies.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "bridge/disk/state_database.h"
#include "digest/sha256.h"
#include "wire/limits.h"

namespace leanspec::bridge::disk {
namespace {

/// "LSsc": tells our files from any other SQLite file.
constexpr int application_id = 0x4C537363;
constexpr int schema_version = 1;
constexpr int compression_level = 3;
/// The daemon and a command take turns, each for less than a millisecond.
constexpr int patience_ms = 1000;

/// Pages that are free go back to the disk (incremental vacuum): a limit on what is kept is one on the disk.
constexpr const char* settings =
    "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -64;"
    "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;";

constexpr const char* schema = R"sql(
CREATE TABLE IF NOT EXISTS body (digest BLOB NOT NULL UNIQUE, size INTEGER NOT NULL, zstd BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS copy (
  number INTEGER PRIMARY KEY AUTOINCREMENT, path BLOB NOT NULL, kept_at INTEGER NOT NULL, why INTEGER NOT NULL,
  replaced_by BLOB, digest BLOB NOT NULL, only_here INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS copy_path ON copy (path);
CREATE INDEX IF NOT EXISTS copy_digest ON copy (digest);
)sql";

constexpr std::string_view columns =
    "SELECT c.number, c.path, c.kept_at, c.why, c.replaced_by, c.digest, c.only_here, b.size FROM copy c JOIN body b "
    "ON "
    "b.digest = c.digest";

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

[[nodiscard]] std::optional<SafetyCopy> copy_in(const Statement& row) {
  SafetyCopy copy;
  copy.number = row.integer(0);
  copy.path = row.text(1);
  copy.kept_at = Instant(Instant::duration(row.integer(2)));
  const std::int64_t why = row.integer(3);
  const auto digest = row.digest(5);
  if (!digest || why < 0 || why > static_cast<std::int64_t>(CopyReason::restored)) return std::nullopt;
  copy.why = static_cast<CopyReason>(why);
  if (const auto version = row.uuid(4)) copy.replaced_by = VersionId{*version};
  copy.digest = *digest;
  copy.only_here = row.integer(6) != 0;
  copy.size = row.unsigned_integer(7);
  return copy;
}

[[nodiscard]] Result<std::int64_t> number(sqlite3* database, const std::string& file, std::string_view sql) {
  Statement query(database, file, sql);
  LEANSPEC_ASSIGN(const bool row, query.step());
  return row ? query.integer(0) : 0;
}

[[nodiscard]] Error damaged(const std::string& file, const std::string& what) {
  return Error(ErrorCode::corrupt, "the safety copies are damaged (" + what + ")", file,
               "Move this file away; a new one is made. The hub's history is not concerned.");
}

/// In the words of safety copies instead of the state database's.
[[nodiscard]] Error in_our_words(const Error& error) {
  switch (error.code) {
    case ErrorCode::no_space:
      return Error(error.code, "safety copies cannot be written: the disk is full or cannot be written", error.subject,
                   "Free some space on the disk.");
    case ErrorCode::conflict:
      return Error(ErrorCode::unavailable, "another process is busy with the safety copies", error.subject,
                   "Try again in a moment.");
    default:
      return error;
  }
}

}  // namespace

SafetyCopies::SafetyCopies(std::string file, const host::Clock& clock) : file_(std::move(file)), clock_(clock) {}
SafetyCopies::~SafetyCopies() = default;

Status SafetyCopies::execute(const char* sql) {
  const int code = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return sqlite_error(database_.get(), code, file_);
  return {};
}

Status SafetyCopies::open_once() {
  const auto slash = file_.rfind('/');
  const std::string folder = file_.substr(0, slash == std::string::npos ? 0 : slash);
  if (!folder.empty() && ::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return Error(ErrorCode::io, "the folder for safety copies cannot be made", folder);
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(file_.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  database_.reset(raw);
  if (code != SQLITE_OK) return sqlite_error(raw, code, file_);
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, patience_ms);
  ::chmod(file_.c_str(), 0600);
  LEANSPEC_TRY(execute(settings));
  LEANSPEC_ASSIGN(const std::int64_t version, number(raw, file_, "PRAGMA user_version"));
  LEANSPEC_ASSIGN(const std::int64_t application, number(raw, file_, "PRAGMA application_id"));
  if (version == 0 && application == 0) {
    // Another process may be about to do the same.
    LEANSPEC_TRY(execute(("BEGIN IMMEDIATE;" + std::string(schema) +
                          "PRAGMA application_id = " + std::to_string(application_id) +
                          "; PRAGMA user_version = " + std::to_string(schema_version) + "; COMMIT")
                             .c_str()));
  } else if (application != application_id) {
    return damaged(file_, "this file is something else");
  } else if (version > schema_version) {
    return Error(ErrorCode::unsupported, "was written by a later version of leanspec-bridge", file_,
                 "Install that version again.");
  }
  LEANSPEC_ASSIGN(kept_bytes_, kept_bytes());
  return {};
}

Status SafetyCopies::open() {
  if (database_ != nullptr) return {};
  Status opened = open_once();
  if (!opened && opened.error().code == ErrorCode::corrupt) {
    // What can be saved of it is for a person to judge; new copies must not wait for that.
    database_.reset();
    LEANSPEC_TRY(move_state_aside(file_, ".damaged-" + std::to_string(clock_.now().time_since_epoch().count())));
    opened = open_once();
  }
  if (!opened) {
    database_.reset();
    return in_our_words(opened.error());
  }
  return {};
}

Status SafetyCopies::keep(const LeavingText& text, std::string_view bytes) {
  Status kept = open();
  if (kept) kept = execute(text.only_here ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  if (kept) kept = execute("BEGIN IMMEDIATE");
  if (kept) {
    const auto before = kept_bytes_;
    kept = write(text, bytes);
    if (kept) kept = execute("COMMIT");
    if (!kept) {
      if (sqlite3_get_autocommit(database_.get()) == 0) (void)execute("ROLLBACK");
      kept_bytes_ = before;
    }
  }
  if (kept) {
    problem_.reset();
    return {};
  }
  problem_ = in_our_words(kept.error());
  return *problem_;
}

Status SafetyCopies::write(const LeavingText& text, std::string_view bytes) {
  Statement known(database_.get(), file_, "SELECT 1 FROM body WHERE digest = ?");
  LEANSPEC_ASSIGN(const bool there, known.bind(text.digest).step());
  if (!there) {
    // Of its own and no longer: a large text makes it large.
    const std::unique_ptr<ZSTD_CCtx, FreeCompressor> compressor(ZSTD_createCCtx());
    if (compressor == nullptr) throw std::bad_alloc();
    std::string frame(ZSTD_compressBound(bytes.size()), '\0');
    const std::size_t size =
        ZSTD_compressCCtx(compressor.get(), frame.data(), frame.size(), bytes.data(), bytes.size(), compression_level);
    if (ZSTD_isError(size) != 0) return Error(ErrorCode::io, "a text could not be compressed", file_);
    Statement put(database_.get(), file_, "INSERT INTO body (digest, size, zstd) VALUES (?, ?, ?)");
    LEANSPEC_TRY(put.bind(text.digest).bind_unsigned(bytes.size()).bind_bytes(frame.data(), size).run());
    *kept_bytes_ += size;
  }
  Statement line(database_.get(), file_,
                 "INSERT INTO copy (path, kept_at, why, replaced_by, digest, only_here) VALUES (?, ?, ?, ?, ?, ?)");
  const auto version = text.replaced_by ? std::optional(text.replaced_by->value()) : std::nullopt;
  line.bind_bytes(text.path.data(), text.path.size()).bind(std::int64_t{clock_.now().time_since_epoch().count()});
  line.bind(static_cast<std::int64_t>(text.why)).bind_optional(version).bind(text.digest);
  LEANSPEC_TRY(line.bind(std::int64_t{text.only_here}).run());
  *kept_bytes_ += line_bytes;
  const auto trimmed = trim(step_max, Which::beyond_the_bounds);
  return trimmed ? Status() : Status(trimmed.error());
}

Result<std::uint64_t> SafetyCopies::kept_bytes() {
  Statement query(database_.get(), file_,
                  "SELECT (SELECT ifnull(sum(length(zstd)), 0) FROM body), (SELECT count(*) FROM copy)");
  LEANSPEC_ASSIGN(const bool row, query.step());
  if (!row) return std::uint64_t{0};
  return query.unsigned_integer(0) + line_bytes * query.unsigned_integer(1);
}

Result<int> SafetyCopies::trim(int most, Which which) {
  const Instant oldest = clock_.now() - copies_age_max;
  int removed = 0;
  for (; removed < most; ++removed) {
    std::int64_t number = 0;
    std::optional<Digest> digest;
    {
      Statement query(database_.get(), file_,
                      "SELECT number, digest, kept_at FROM copy WHERE only_here = 0 ORDER BY number LIMIT 1");
      LEANSPEC_ASSIGN(const bool row, query.step());
      if (!row) break;
      const bool is_old = which == Which::old_ones_too && Instant(Instant::duration(query.integer(2))) < oldest;
      if (!is_old && *kept_bytes_ <= bytes_max_) break;
      number = query.integer(0);
      digest = query.digest(1);
    }
    if (!digest) return damaged(file_, "a line");
    LEANSPEC_TRY(forget(number, *digest));
  }
  return removed;
}

Status SafetyCopies::forget(std::int64_t number, const Digest& digest) {
  LEANSPEC_TRY(Statement(database_.get(), file_, "DELETE FROM copy WHERE number = ?").bind(number).run());
  *kept_bytes_ -= std::min(*kept_bytes_, line_bytes);
  Statement last(database_.get(), file_,
                 "DELETE FROM body WHERE digest = ?1 AND NOT EXISTS (SELECT 1 FROM copy WHERE digest = ?1) "
                 "RETURNING length(zstd)");
  LEANSPEC_ASSIGN(bool row, last.bind(digest).step());
  if (!row) return {};
  *kept_bytes_ -= std::min(*kept_bytes_, last.unsigned_integer(0));
  while (row) {
    LEANSPEC_ASSIGN(row, last.step());
  }
  return {};
}

/// Those that reached the hub meanwhile are like the others.
Status SafetyCopies::settle_only_here(const std::function<bool(const Digest&)>& only_here) {
  std::vector<Digest> settled;
  {
    Statement query(database_.get(), file_, "SELECT DISTINCT digest FROM copy WHERE only_here = 1");
    for (;;) {
      LEANSPEC_ASSIGN(const bool row, query.step());
      if (!row) break;
      const auto digest = query.digest(0);
      if (digest && !only_here(*digest)) settled.push_back(*digest);
    }
  }
  for (const Digest& digest : settled)
    LEANSPEC_TRY(
        Statement(database_.get(), file_, "UPDATE copy SET only_here = 0 WHERE digest = ?").bind(digest).run());
  return {};
}

Result<bool> SafetyCopies::prune(const std::function<bool(const Digest&)>& only_here) {
  if (database_ == nullptr && ::access(file_.c_str(), F_OK) != 0) return false;
  LEANSPEC_TRY(open());
  LEANSPEC_TRY(execute("BEGIN IMMEDIATE"));
  const auto before = kept_bytes_;
  Status done = settle_only_here(only_here);
  int removed = 0;
  if (done) {
    auto trimmed = trim(step_max, Which::old_ones_too);
    if (trimmed)
      removed = *trimmed;
    else
      done = trimmed.error();
  }
  if (done) done = execute("COMMIT");
  if (!done) {
    if (sqlite3_get_autocommit(database_.get()) == 0) (void)execute("ROLLBACK");
    kept_bytes_ = before;
    return in_our_words(done.error());
  }
  LEANSPEC_TRY(execute("PRAGMA incremental_vacuum(1024)"));
  if (removed == step_max) return true;
  database_.reset();
  return false;
}

Result<std::vector<SafetyCopy>> SafetyCopies::list(const std::optional<std::string>& path) {
  std::vector<SafetyCopy> copies;
  if (database_ == nullptr && ::access(file_.c_str(), F_OK) != 0) return copies;
  LEANSPEC_TRY(open());
  Statement query(database_.get(), file_,
                  std::string(columns) + (path ? " WHERE c.path = ?" : "") + " ORDER BY c.number DESC");
  if (path) query.bind_bytes(path->data(), path->size());
  for (;;) {
    LEANSPEC_ASSIGN(const bool row, query.step());
    if (!row) return copies;
    auto copy = copy_in(query);
    if (!copy) return damaged(file_, "a line");
    copies.push_back(*std::move(copy));
  }
}

Result<SafetyCopy> SafetyCopies::find(std::int64_t number) {
  if (database_ != nullptr || ::access(file_.c_str(), F_OK) == 0) {
    LEANSPEC_TRY(open());
    Statement query(database_.get(), file_, std::string(columns) + " WHERE c.number = ?");
    LEANSPEC_ASSIGN(const bool row, query.bind(number).step());
    if (row) {
      auto copy = copy_in(query);
      if (!copy) return damaged(file_, "a line");
      return *std::move(copy);
    }
  }
  return Error(ErrorCode::not_found, "there is no such copy; it may be older than 30 days",
               "copy " + std::to_string(number), "See leanspec-bridge history FILE.");
}

Result<std::string> SafetyCopies::text(const Digest& digest) {
  LEANSPEC_TRY(open());
  Statement query(database_.get(), file_, "SELECT size, zstd FROM body WHERE digest = ?");
  LEANSPEC_ASSIGN(const bool row, query.bind(digest).step());
  if (!row) return Error(ErrorCode::not_found, "there is no such copy", to_hex(digest));
  const std::uint64_t size = query.unsigned_integer(0);
  const std::string_view frame = query.bytes(1);
  if (size > wire::limits::document_bytes_max) return damaged(file_, "a size");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  const std::size_t got = ZSTD_decompress(bytes.data(), bytes.size(), frame.data(), frame.size());
  if (ZSTD_isError(got) != 0 || got != bytes.size() || digest::sha256(bytes) != digest) return damaged(file_, "a text");
  return bytes;
}

std::string_view to_string(CopyReason why) {
  switch (why) {
    case CopyReason::replaced:
      return "replaced";
    case CopyReason::deleted:
      return "deleted";
    case CopyReason::restored:
      return "restored over";
  }
  return "";
}

}  // namespace leanspec::bridge::disk
