#include "store/sqlite/verify.h"

#include <array>
#include <fstream>
#include <optional>
#include <set>
#include <utility>

#include "store/sqlite/body_store.h"
#include "store/sqlite/migration.h"
#include "sync/rolling_digest.h"

namespace leanspec::store::sqlite {
namespace {

constexpr const char* other_one = "Take another backup; this one cannot be trusted.";
/// The header of SQLite's file format, https://www.sqlite.org/fileformat.html section 1.3.
constexpr std::size_t header_size = 100;
constexpr std::string_view magic("SQLite format 3\0", 16);

[[nodiscard]] std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number * 256 + static_cast<unsigned char>(byte);
  return number;
}

/// SQLite does not look at pages that it does not need, so a file that was cut short can look well for long.
[[nodiscard]] Status check_length(const std::filesystem::path& file, const std::string& shown) {
  std::error_code failed;
  const std::uint64_t size = std::filesystem::file_size(file, failed);
  std::ifstream input(file, std::ios::binary);
  if (failed || !input) return Error(ErrorCode::io, "cannot be read", shown, "Check the name and who may read it.");
  std::array<char, header_size> bytes{};
  input.read(bytes.data(), bytes.size());
  const std::string_view header(bytes.data(), static_cast<std::size_t>(input.gcount()));
  if (header.size() < header_size || !header.starts_with(magic)) {
    return Error(ErrorCode::corrupt, "is no backup of a hub: not a database", shown, "Name a file that leanspec-hub backup has made.");
  }
  const std::uint64_t written = big_endian(header.substr(16, 2));
  const std::uint64_t page = written == 1 ? 65'536 : written;
  const bool counted = header.substr(24, 4) == header.substr(92, 4);
  const std::uint64_t expected = page * big_endian(header.substr(28, 4));
  if (counted && size < expected) {
    return Error(ErrorCode::corrupt,
                 "is cut short: " + std::to_string(size) + " of " + std::to_string(expected) + " bytes are there", shown,
                 other_one);
  }
  return {};
}

[[nodiscard]] std::int64_t read_integer(Row& row) { return row.integer(); }
[[nodiscard]] std::string read_text(Row& row) { return row.text(); }

/// What goes wrong inside a file that cannot be trusted is said of that file, whatever SQLite calls it.
[[nodiscard]] Error said_of(const Error& error, const std::string& shown) {
  const ErrorCode code = error.code == ErrorCode::unsupported ? error.code : ErrorCode::corrupt;
  return Error(code, error.what, shown, error.code == ErrorCode::unsupported ? error.remedy : other_one);
}

[[nodiscard]] Result<std::int64_t> known_schema(Database& database) {
  LEANSPEC_ASSIGN(const auto application, database.find("PRAGMA application_id", {}, read_integer));
  LEANSPEC_ASSIGN(const auto schema, database.find("PRAGMA user_version", {}, read_integer));
  if (application.value_or(0) != application_id || schema.value_or(0) < 1) {
    return Error(ErrorCode::unsupported, "is a database of another program", {}, "Name a file that leanspec-hub backup has made.");
  }
  const auto known = static_cast<std::int64_t>(migrations().size());
  if (*schema > known) {
    return Error(ErrorCode::unsupported,
                 "was written by a newer leanspec-hub (schema " + std::to_string(*schema) + ", this one knows " +
                     std::to_string(known) + ")",
                 {}, "Use the newer version.");
  }
  return *schema;
}

[[nodiscard]] Result<std::set<std::string>> names_in(Database& database) {
  LEANSPEC_ASSIGN(const auto names, database.all("SELECT type || ' ' || name FROM sqlite_master WHERE name NOT LIKE 'sqlite^_%' ESCAPE '^'", {}, read_text));
  return std::set<std::string>(names.begin(), names.end());
}

/// Every table, index and trigger that a database of this schema has.
[[nodiscard]] Status check_schema(Database& database, std::int64_t schema) {
  LEANSPEC_ASSIGN(const auto fresh, Database::open(":memory:", Access::read_write));
  LEANSPEC_TRY(migrate(*fresh, migrations().first(static_cast<std::size_t>(schema))));
  LEANSPEC_ASSIGN(const auto expected, names_in(*fresh));
  LEANSPEC_ASSIGN(const auto present, names_in(database));
  for (const std::string& name : expected) {
    if (!present.contains(name)) return Error(ErrorCode::corrupt, "lacks the " + name);
  }
  return {};
}

[[nodiscard]] Status check_structure(Database& database) {
  LEANSPEC_ASSIGN(const auto said, database.find("PRAGMA integrity_check(1)", {}, read_text));
  if (said != "ok") return Error(ErrorCode::corrupt, "is damaged: " + said.value_or("nothing can be read"));
  LEANSPEC_ASSIGN(const auto loose, database.find("SELECT \"table\" || ' refers to a missing row of ' || parent FROM pragma_foreign_key_check LIMIT 1", {}, read_text));
  if (loose) return Error(ErrorCode::corrupt, "is damaged: " + *loose);
  return {};
}

/// The first schema whose bodies may have bases.
constexpr std::int64_t schema_with_bases = 5;

[[nodiscard]] Status check_bodies(Database& database, std::int64_t schema) {
  SqliteBodyStore bodies(database, schema >= schema_with_bases);
  std::optional<Digest> damaged;
  LEANSPEC_TRY(database.each("SELECT digest FROM bodies ORDER BY rowid", {}, [&](Row& row) {
    const Digest digest = row.digest();
    if (!damaged && !bodies.get(digest)) damaged = digest;
  }));
  if (damaged) {
    LEANSPEC_ASSIGN(const auto path, database.find("SELECT path FROM versions WHERE digest = $1 ORDER BY position LIMIT 1", {*damaged}, read_text));
    return Error(ErrorCode::corrupt, "the text " + to_hex(*damaged) + (path ? " of " + *path : std::string()) + " is damaged");
  }
  LEANSPEC_ASSIGN(const auto other_size,
                  database.find("SELECT v.path FROM versions v JOIN bodies b ON b.digest = v.digest WHERE v.size <> b.size LIMIT 1",
                                {}, read_text));
  if (other_size) return Error(ErrorCode::corrupt, "a text of " + *other_size + " has another size than was recorded");
  return {};
}

/// One head version as the feed has it.
struct Entry {
  BranchId branch;
  sync::RolledEntry rolled;
  std::string path;
  Digest rolling;
};

[[nodiscard]] Entry read_entry(Row& row) {
  Entry entry;
  entry.branch = row.id<BranchId>();
  entry.rolled.seq = row.seq();
  entry.rolled.document = row.id<DocumentId>();
  entry.rolled.version = row.id<VersionId>();
  entry.path = row.text();
  entry.rolled.digest = row.optional_digest();
  entry.rolling = row.digest();
  return entry;
}

[[nodiscard]] std::string entry_name(const Entry& entry) {
  return "entry " + std::to_string(entry.rolled.seq.value()) + " of the feed (" + entry.path + ")";
}

[[nodiscard]] Status check_feeds(Database& database) {
  std::optional<Error> wrong;
  BranchId branch{};
  Seq at{};
  Digest rolling{};
  LEANSPEC_TRY(database.each(
      "SELECT branch, seq, document, id, path, digest, rolling FROM versions WHERE seq > 0 ORDER BY branch, seq", {}, [&](Row& row) {
        Entry entry = read_entry(row);
        entry.rolled.path = entry.path;
        if (wrong || !row.good()) return;
        if (entry.branch != branch) {
          branch = entry.branch;
          at = Seq{};
          rolling = Digest{};
        }
        at = next(at);
        if (entry.rolled.seq != at) wrong = Error(ErrorCode::corrupt, "entry " + std::to_string(at.value()) + " of a feed is missing");
        rolling = sync::roll(rolling, entry.rolled);
        if (!wrong && rolling != entry.rolling) wrong = Error(ErrorCode::corrupt, entry_name(entry) + " is not what was accepted: its rolling digest differs");
      }));
  if (wrong) return *wrong;
  LEANSPEC_ASSIGN(const auto ends_elsewhere,
                  database.find("SELECT b.project FROM branches b LEFT JOIN versions v ON v.branch = b.id AND v.seq = b.head AND v.seq > 0 "
                                "WHERE (b.head > 0 AND v.rolling IS NOT b.head_digest) OR (b.head = 0 AND b.head_digest <> zeroblob(32)) "
                                "OR EXISTS (SELECT 1 FROM versions l WHERE l.branch = b.id AND l.seq > b.head AND l.seq > 0) LIMIT 1",
                                {}, read_text));
  if (ends_elsewhere) return Error(ErrorCode::corrupt, "a feed of project " + *ends_elsewhere + " does not end where it says");
  return {};
}

/// "seq > 0" stands in each join, because only with it the index of the feed is used; without, each head would cost a walk
/// over all versions.
[[nodiscard]] Status check_heads(Database& database) {
  LEANSPEC_ASSIGN(const auto not_last,
                  database.find("SELECT v.path FROM (SELECT branch, document, MAX(seq) AS seq FROM versions WHERE seq > 0 GROUP BY branch, document) last "
                                "JOIN versions v ON v.branch = last.branch AND v.seq = last.seq AND v.seq > 0 "
                                "LEFT JOIN heads h ON h.branch = v.branch AND h.document = v.document "
                                "WHERE h.version IS NOT v.position OR h.path <> v.path OR h.deleted <> (v.digest IS NULL) LIMIT 1",
                                {}, read_text));
  if (not_last) return Error(ErrorCode::corrupt, "the head of " + *not_last + " is not its last version");
  LEANSPEC_ASSIGN(const auto stray,
                  database.find("SELECT h.path FROM heads h JOIN versions v ON v.position = h.version "
                                "WHERE v.seq = 0 OR v.branch <> h.branch OR v.document <> h.document LIMIT 1",
                                {}, read_text));
  if (stray) return Error(ErrorCode::corrupt, "the head of " + *stray + " is a version of something else");
  LEANSPEC_ASSIGN(const auto twice,
                  database.find("SELECT path FROM heads WHERE deleted = 0 GROUP BY branch, path HAVING COUNT(*) > 1 LIMIT 1", {}, read_text));
  if (twice) return Error(ErrorCode::corrupt, "two documents stand at " + *twice);
  return {};
}

[[nodiscard]] Result<Contents> check_all(Database& database) {
  LEANSPEC_ASSIGN(const std::int64_t schema, known_schema(database));
  LEANSPEC_TRY(check_structure(database));
  LEANSPEC_TRY(check_schema(database, schema));
  LEANSPEC_TRY(check_bodies(database, schema));
  LEANSPEC_TRY(check_feeds(database));
  LEANSPEC_TRY(check_heads(database));
  return read_contents(database);
}

}  // namespace

Status recognise_database(const std::filesystem::path& file, const std::string& shown) {
  std::error_code failed;
  if (!std::filesystem::exists(file, failed)) return Error(ErrorCode::not_found, "is not there", shown, "Check the name.");
  if (!std::filesystem::is_regular_file(file, failed)) return Error(ErrorCode::invalid, "is no file", shown, "Name the backup itself.");
  LEANSPEC_TRY(check_length(file, shown));
  // A log beside it holds commits that the file has not: it was copied from under a hub, or somebody works in it.
  const std::string log = file.string() + "-wal";
  if (const auto size = std::filesystem::file_size(log, failed); !failed && size > 0) {
    return Error(ErrorCode::unsupported, "has a log beside it (" + log + "), so it is not a finished backup", shown,
                 "Put both into a folder as hub.db and hub.db-wal, and make a backup of that folder with --data-dir.");
  }
  LEANSPEC_ASSIGN(const auto database, Database::open(file, Access::frozen));
  const auto schema = known_schema(*database);
  if (!schema) return said_of(schema.error(), shown);
  return {};
}

Result<Contents> verify_database(const std::filesystem::path& file, const std::string& shown) {
  LEANSPEC_TRY(recognise_database(file, shown));
  LEANSPEC_ASSIGN(const auto database, Database::open(file, Access::frozen));
  auto contents = check_all(*database);
  if (!contents) return said_of(contents.error(), shown);
  return contents;
}

}  // namespace leanspec::store::sqlite
