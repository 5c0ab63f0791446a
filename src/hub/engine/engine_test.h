#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "digest/sha256.h"
#include "hub/engine/sequencer.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/fakes/memory_store.h"
#include "tests/fakes/seeded_entropy.h"

// For the tests of this folder: a hub's store with one project and one branch, and pushes in few words.

namespace leanspec::hub::engine {

class EngineFixture : public testing::Test {
 protected:
  EngineFixture() {
    store_ = std::make_unique<fakes::MemoryStore>(Epoch{entropy_.uuid7(clock_.now())});
    sequencer_ = std::make_unique<Sequencer>(*store_, new_id());
    EXPECT_TRUE(store_->write([&](store::Session& session) -> Status {
      store::Project project;
      project.id = project_;
      project.name = "Project";
      LEANSPEC_TRY(session.projects().create(project));
      LEANSPEC_ASSIGN(const auto branch, session.versions().create_branch(project_, "main"));
      branch_ = branch.id;
      return {};
    }));
    here_ = replica(1);
    there_ = replica(2);
  }

  NewId new_id() {
    return [this](Instant now) { return entropy_.uuid7(now); };
  }
  static Uuid uuid(std::uint8_t kind, std::uint32_t n) {
    Uuid made;
    made.bytes[0] = kind;
    for (std::size_t i = 0; i < 4; ++i) made.bytes[15 - i] = static_cast<std::uint8_t>((n >> (8 * i)) & 0xFFU);
    return made;
  }
  static DocumentId doc(std::uint32_t n) { return DocumentId{uuid(0xD0, n)}; }
  PushOrigin replica(std::uint32_t n) const {
    PushOrigin origin;
    origin.project = project_;
    origin.branch = branch_;
    origin.replica = ReplicaId{uuid(0xE0, n)};
    origin.machine = MachineId{uuid(0xA0, n)};
    return origin;
  }

  wire::Push text_push(DocumentId document, std::optional<VersionId> base, const std::string& path,
                       const std::string& text) {
    wire::Push push;
    push.change = ChangeId{uuid(0xC0, ++changes_)};
    push.document = document;
    push.base = base;
    push.path = path;
    push.digest = digest::sha256(text);
    push.size = text.size();
    push.content = wire::WholeBody{text};
    return push;
  }
  wire::Push delete_push(DocumentId document, std::optional<VersionId> base, const std::string& path) {
    wire::Push push;
    push.change = ChangeId{uuid(0xC0, ++changes_)};
    push.document = document;
    push.base = base;
    push.path = path;
    push.content = wire::Deleted{};
    return push;
  }
  wire::Push move_push(DocumentId document, VersionId base, const std::string& path, const std::string& text) {
    auto push = text_push(document, base, path, text);
    push.content = wire::UnchangedBody{};
    return push;
  }

  PushJob job(const PushOrigin& origin, std::vector<wire::Push> members) const {
    PushJob made;
    made.origin = origin;
    made.members = std::move(members);
    made.received_at = clock_.now();
    return made;
  }
  wire::PushResult commit(const PushOrigin& origin, const wire::Push& push) {
    return commit_group(origin, {push}).at(0);
  }
  std::vector<wire::PushResult> commit_group(const PushOrigin& origin, std::vector<wire::Push> members) {
    clock_.advance(std::chrono::milliseconds(10));
    std::vector<PushJob> jobs = {job(origin, std::move(members))};
    committed_ = sequencer_->commit(jobs, clock_.now());
    while (!committed_.postponed.empty()) {
      EXPECT_TRUE(committed_.done.at(0).results.empty());
      make_merges(jobs[0], committed_.postponed[0].merges);
      committed_ = sequencer_->commit(jobs, clock_.now());
    }
    return committed_.done.at(0).results;
  }
  wire::PushResult accepted(const PushOrigin& origin, const wire::Push& push) {
    auto result = commit(origin, push);
    EXPECT_EQ(result.outcome, wire::PushOutcome::accepted) << result.why;
    return result;
  }

  /// Of the next commit.
  void fault(fakes::CommitFault with) {
    store_->on_commit = [this, with] {
      store_->on_commit = nullptr;
      return with;
    };
  }

  template <typename Work>
  void look(Work work) {
    const auto status = store_->read([&](store::Session& session) -> Status {
      work(session);
      return {};
    });
    ASSERT_TRUE(status.has_value()) << status.error().sentence();
  }
  std::vector<std::string> live_paths() {
    std::vector<std::string> paths;
    look([&](store::Session& session) {
      const auto heads = session.versions().heads(branch_);
      ASSERT_TRUE(heads.has_value());
      for (const auto& head : *heads) paths.push_back(head.path);
    });
    return paths;
  }
  std::optional<std::string> text_at(const std::string& path) {
    std::optional<std::string> text;
    look([&](store::Session& session) {
      const auto head = session.versions().head_at_path(branch_, path);
      ASSERT_TRUE(head.has_value());
      if (!*head || !(*head)->digest) return;
      const auto body = session.bodies().get(*(*head)->digest);
      ASSERT_TRUE(body.has_value());
      text = *body;
    });
    return text;
  }
  Seq head() {
    Seq seq;
    look([&](store::Session& session) { seq = (*session.versions().find_branch(branch_))->head; });
    return seq;
  }
  std::vector<store::HeldVersion> held() {
    std::vector<store::HeldVersion> sides;
    look([&](store::Session& session) { sides = *session.versions().held(branch_); });
    return sides;
  }

  fakes::FixedClock clock_;
  fakes::SeededEntropy entropy_;
  std::unique_ptr<fakes::MemoryStore> store_;
  std::unique_ptr<Sequencer> sequencer_;
  ProjectId project_{"project"};
  BranchId branch_;
  PushOrigin here_;
  PushOrigin there_;
  Committed committed_;
  std::uint32_t changes_ = 0;
};

}  // namespace leanspec::hub::engine
