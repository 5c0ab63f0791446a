// links: e2e/site digest host store/sqlite
// How much room the texts of a real specs folder's life take in the embedded database, before and after old ones became
// what is new in them against their successors, how long that took, and how long they are to read then.
//   history_size_bench --bundle FILE
#include <filesystem>
#include <map>
#include <stdexcept>

#include "digest/sha256.h"
#include "host/clock.h"
#include "host/entropy.h"
#include "host/log.h"
#include "store/sqlite/database.h"
#include "store/sqlite/open.h"
#include "tests/bench/measured.h"
#include "tests/e2e/spec_history.h"

namespace leanspec::bench {
namespace {

namespace fs = std::filesystem;

void must(const Status& status) {
  if (!status) throw std::runtime_error(status.error().sentence());
}

/// The recorded life, as versions that were made long ago.
class Life {
 public:
  Life(store::Store& store, BranchId branch) : store_(store), branch_(branch) {}

  void write(const std::string& path, const std::string& text) {
    must(store_.write([&](store::Session& session) -> Status {
      auto& document = documents_[path];
      if (!document.second) document.first = DocumentId{host::system_entropy().uuid7(made_)};
      store::Version version;
      version.id = VersionId{host::system_entropy().uuid7(made_)};
      version.branch = branch_;
      version.document = document.first;
      version.parent = document.second;
      version.path = path;
      version.digest = digest::sha256(text);
      version.size = text.size();
      version.accepted_at = version.effective_at = made_;
      LEANSPEC_TRY(session.bodies().put(*version.digest, text));
      LEANSPEC_ASSIGN(version, session.versions().append(version));
      document.second = version.id;
      digests_.insert_or_assign(*version.digest, text.size());
      return {};
    }));
    bytes_ += text.size();
    ++versions_;
  }
  void rename(const std::string& from, const std::string& to) {
    if (auto moved = documents_.extract(from)) {
      moved.key() = to;
      documents_.insert(std::move(moved));
    }
  }
  void read_all() {
    for (const auto& [digest, size] : digests_) {
      must(store_.read([&](store::Session& session) -> Status {
        LEANSPEC_ASSIGN(const auto text, session.bodies().get(digest));
        return text && text->size() == size ? Status() : Status(Error(ErrorCode::corrupt, "a text is lost"));
      }));
    }
  }
  [[nodiscard]] std::size_t chain_all() {
    std::size_t steps = 0;
    for (std::size_t looked_at = 1; looked_at > 0; ++steps) {
      must(store_.write([&](store::Session& session) -> Status {
        LEANSPEC_ASSIGN(looked_at, session.bodies().chain_old(made_ + std::chrono::hours(2), 50));
        return {};
      }));
    }
    return steps;
  }
  [[nodiscard]] std::size_t versions() const { return versions_; }
  [[nodiscard]] std::size_t texts() const { return digests_.size(); }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  store::Store& store_;
  BranchId branch_;
  Instant made_{std::chrono::hours{24}};
  std::map<std::string, std::pair<DocumentId, std::optional<VersionId>>> documents_;
  std::map<Digest, std::size_t> digests_;
  std::size_t versions_ = 0;
  std::uint64_t bytes_ = 0;
};

/// What is in use in the file, and what the texts take of it.
struct Room {
  double file = 0, texts = 0;
};

Room look(const fs::path& file) {
  auto database = store::sqlite::Database::open(file, store::sqlite::Access::read_only);
  if (!database) throw std::runtime_error(database.error().sentence());
  const auto ask = [&](const char* sql) {
    const auto number = (*database)->find(sql, {}, +[](store::sqlite::Row& row) { return row.integer(); });
    if (!number || !*number) throw std::runtime_error("the database does not answer");
    return static_cast<double>(**number);
  };
  return {(ask("PRAGMA page_count") - ask("PRAGMA freelist_count")) * ask("PRAGMA page_size"),
          ask("SELECT SUM(length(content)) FROM bodies")};
}

void run(const fs::path& bundle) {
  const e2e::Scratch scratch;
  const auto history = e2e::read_spec_history(scratch, bundle, 0, 1'000'000);
  auto opened = store::sqlite::open_sqlite(scratch / "data", host::system_clock(), host::system_entropy(), host::silent_log());
  if (!opened) throw std::runtime_error(opened.error().sentence());
  BranchId branch{};
  must((*opened)->write([&](store::Session& session) -> Status {
    store::Project project;
    project.id = ProjectId{"p"};
    LEANSPEC_TRY(session.projects().create(project));
    LEANSPEC_ASSIGN(const auto made, session.versions().create_branch(project.id, "main"));
    branch = made.id;
    return {};
  }));
  Life life(**opened, branch);
  for (const auto& [path, text] : history.before) life.write(path, text);
  for (const auto& commit : history.commits) {
    for (const auto& change : commit.changes) {
      if (change.kind == e2e::FileChange::Kind::write) life.write(change.path, change.text);
      if (change.kind == e2e::FileChange::Kind::rename) life.rename(change.old_path, change.path);
    }
  }
  Figures figures("history_size");
  figures.add("commits", static_cast<double>(history.commits.size()), "");
  figures.add("versions", static_cast<double>(life.versions()), "");
  figures.add("texts", static_cast<double>(life.texts()), "");
  figures.add("plain_bytes", static_cast<double>(life.bytes()), "bytes");
  const auto read = [&](const std::string& name) {
    const auto begun = Stopwatch::now();
    life.read_all();
    figures.add(name, milliseconds_since(begun) * 1'000 / static_cast<double>(life.texts()), "us");
  };
  const Room before = look(scratch / "data/hub.db");
  figures.add("texts_before_bytes", before.texts, "bytes");
  figures.add("in_use_before_bytes", before.file, "bytes");
  read("read_one_before_us");
  const auto begun = Stopwatch::now();
  const auto steps = life.chain_all();
  figures.add("chaining_ms", milliseconds_since(begun), "ms");
  figures.add("chaining_steps", static_cast<double>(steps), "");
  const Room after = look(scratch / "data/hub.db");
  figures.add("texts_after_bytes", after.texts, "bytes");
  figures.add("in_use_after_bytes", after.file, "bytes");
  read("read_one_after_us");
  figures.finish();
}

}  // namespace
}  // namespace leanspec::bench

int main(int argc, char** argv) {
  if (argc != 3 || std::string_view(argv[1]) != "--bundle") {
    std::fprintf(stderr, "usage: history_size_bench --bundle FILE\n");
    return 2;
  }
  try {
    leanspec::bench::run(argv[2]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
