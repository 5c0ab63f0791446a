#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "digest/sha256.h"
#include "store/sqlite/open.h"
#include "store/store.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/fakes/seeded_entropy.h"

namespace leanspec::store {

/// A store under test, and how to close and open it again.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  [[nodiscard]] virtual Store& store() = 0;
  virtual void reopen() = 0;
};

struct StoreFactory {
  const char* name;
  std::unique_ptr<StoreUnderTest> (*make)();
};

/// What every Store promises, whatever keeps it. Each suite derives from this and is run over all_stores().
class StoreContract : public testing::TestWithParam<StoreFactory> {
 protected:
  StoreContract();

  /// Runs `work` in one transaction that must succeed.
  void write(const std::function<void(Session&)>& work);
  void read(const std::function<void(Session&)>& work);
  [[nodiscard]] Store& store() { return under_test_->store(); }
  void reopen() { under_test_->reopen(); }

  /// A project with one branch "main".
  [[nodiscard]] BranchId make_branch(const std::string& project = "alpha", const std::string& name = "main");
  [[nodiscard]] Uuid new_uuid();
  [[nodiscard]] DocumentId new_document() { return DocumentId{new_uuid()}; }
  /// A version of `document` with this text, whose body is stored already.
  [[nodiscard]] Version text_version(Session& session, BranchId branch, const DocumentId& document,
                                     const std::string& path, const std::string& text);
  [[nodiscard]] Version tombstone(BranchId branch, const DocumentId& document, const std::string& path);

  [[nodiscard]] Instant now() const { return clock_.now(); }

  fakes::FixedClock clock_;
  fakes::SeededEntropy entropy_;

 private:
  std::unique_ptr<StoreUnderTest> under_test_;
};

[[nodiscard]] std::vector<StoreFactory> all_stores();

/// The value of a Result that must be there.
template <typename T>
[[nodiscard]] T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().sentence();
    std::abort();
  }
  return *std::move(result);
}
inline void must(const Status& status) {
  if (!status) ADD_FAILURE() << status.error().sentence();
}
template <typename T>
[[nodiscard]] std::optional<ErrorCode> code_of(const Result<T>& result) {
  if (result) return std::nullopt;
  return result.error().code;
}

}  // namespace leanspec::store
