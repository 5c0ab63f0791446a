#include "tests/contract/store_contract.h"

#include <unistd.h>

#include "tests/fakes/memory_store.h"

namespace leanspec::store {
namespace {

class SqliteUnderTest final : public StoreUnderTest {
 public:
  SqliteUnderTest() {
    std::string name = (std::filesystem::temp_directory_path() / "leanspec-store-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    open();
  }
  ~SqliteUnderTest() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  [[nodiscard]] Store& store() override { return *store_; }
  void reopen() override {
    store_.reset();
    open();
  }

 private:
  void open() { store_ = must(sqlite::open_sqlite(folder_, clock_, entropy_, host::silent_log())); }

  std::filesystem::path folder_;
  fakes::FixedClock clock_;
  fakes::SeededEntropy entropy_;
  std::unique_ptr<Store> store_;
};

class MemoryUnderTest final : public StoreUnderTest {
 public:
  [[nodiscard]] Store& store() override { return store_; }
  void reopen() override {}

 private:
  fakes::MemoryStore store_{Epoch{Uuid{{7}}}};
};

}  // namespace

std::vector<StoreFactory> all_stores() {
  return {
      {"sqlite", [] { return std::unique_ptr<StoreUnderTest>(std::make_unique<SqliteUnderTest>()); }},
      {"memory", [] { return std::unique_ptr<StoreUnderTest>(std::make_unique<MemoryUnderTest>()); }},
  };
}

StoreContract::StoreContract() : under_test_(GetParam().make()) {}

void StoreContract::write(const std::function<void(Session&)>& work) {
  must(store().write([&](Session& session) {
    work(session);
    return Status();
  }));
}

void StoreContract::read(const std::function<void(Session&)>& work) {
  must(store().read([&](Session& session) {
    work(session);
    return Status();
  }));
}

BranchId StoreContract::make_branch(const std::string& project, const std::string& name) {
  BranchId id;
  write([&](Session& session) {
    if (!must(session.projects().find(ProjectId{project}))) {
      Project record;
      record.id = ProjectId{project};
      record.name = project;
      must(session.projects().create(record));
    }
    id = must(session.versions().create_branch(ProjectId{project}, name)).id;
  });
  return id;
}

Uuid StoreContract::new_uuid() {
  return entropy_.uuid7(clock_.now());
}

Version StoreContract::text_version(Session& session, BranchId branch, const DocumentId& document,
                                    const std::string& path, const std::string& text) {
  Version version;
  version.id = VersionId{new_uuid()};
  version.branch = branch;
  version.document = document;
  version.path = path;
  version.digest = digest::sha256(text);
  version.size = text.size();
  version.accepted_at = now();
  version.effective_at = now();
  must(session.bodies().put(*version.digest, text));
  return version;
}

Version StoreContract::tombstone(BranchId branch, const DocumentId& document, const std::string& path) {
  Version version;
  version.id = VersionId{new_uuid()};
  version.branch = branch;
  version.document = document;
  version.path = path;
  version.accepted_at = now();
  version.effective_at = now();
  return version;
}

}  // namespace leanspec::store
