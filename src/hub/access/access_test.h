#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "hub/access/entropy.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/fakes/memory_store.h"
#include "tests/fakes/seeded_entropy.h"

// For the tests of this folder: a store in memory, chance from a seed, and transactions in one word.

namespace leanspec::hub::access {

class AccessFixture : public testing::Test {
 protected:
  AccessFixture() { store_ = std::make_unique<fakes::MemoryStore>(Epoch{entropy_.uuid7(clock_.now())}); }

  FillRandom fill() {
    return [this](std::span<std::uint8_t> bytes) { entropy_.fill(bytes); };
  }
  [[nodiscard]] Instant now() const { return clock_.now(); }

  /// Runs `work(session)`, a Result of any type, in one write transaction.
  template <typename Work>
  auto in(Work work) -> decltype(work(std::declval<store::Session&>())) {
    using Answer = decltype(work(std::declval<store::Session&>()));
    std::optional<Answer> answer;
    const auto status = store_->write([&](store::Session& session) -> Status {
      answer.emplace(work(session));
      return answer->has_value() ? Status() : Status(answer->error());
    });
    EXPECT_TRUE(status.has_value() == answer->has_value());
    return std::move(*answer);
  }
  store::User user(const std::string& name, bool administrator = false) {
    store::User made;
    made.name = name;
    made.administrator = administrator;
    made.created_at = now();
    made.id = *in([&](store::Session& session) { return session.accounts().create_user(made); });
    return made;
  }
  void project(const std::string& id) {
    store::Project made;
    made.id = ProjectId{id};
    made.name = id;
    ASSERT_TRUE(in([&](store::Session& session) { return session.projects().create(made); }));
  }
  void member(const store::User& user, const std::string& project, store::Role role) {
    ASSERT_TRUE(in([&](store::Session& session) {
      return session.accounts().set_membership(store::Membership{user.id, ProjectId{project}, role});
    }));
  }

  fakes::FixedClock clock_;
  fakes::SeededEntropy entropy_;
  std::unique_ptr<fakes::MemoryStore> store_;
};

}  // namespace leanspec::hub::access
