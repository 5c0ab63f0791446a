#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hub/engine/bridge_session.h"
#include "hub/engine/engine_test.h"

namespace leanspec::hub::engine {

/// Rights as a test wants them; all are given at first.
class FakeRights final : public BridgeRights {
 public:
  std::uint64_t version() const override { return version_; }
  Status may_read(const ProjectId&) override { return connect ? read : connect; }
  Status may_push(const ProjectId&) override { return push; }
  Status may_create_project() override { return create; }
  Status may_connect() override { return connect; }
  std::optional<KeyId> key() const override { return KeyId{1}; }
  std::optional<UserId> user() const override { return std::nullopt; }
  std::string warning(Instant) const override { return shown_warning; }

  Status connect, read, push, create;
  std::string shown_warning;
  std::uint64_t version_ = 1;
};

/// Keeps what a session sends, and holds that it says nothing after its close.
class FakeOutput final : public BridgeOutput {
 public:
  void send(wire::ToBridge message) override {
    EXPECT_FALSE(code.has_value()) << "nothing is sent after the close";
    sent.push_back(std::move(message));
  }
  void submit(PushJob job) override { submitted.push_back(std::move(job)); }
  void close(CloseCode with, std::string_view why) override {
    EXPECT_FALSE(code.has_value()) << "closed once";
    code = with;
    reason = why;
  }
  std::size_t queued_bytes() const override { return queued; }

  template <typename Message>
  std::optional<Message> last() const {
    for (auto message = sent.rbegin(); message != sent.rend(); ++message) {
      if (const auto* found = std::get_if<Message>(&*message)) return *found;
    }
    return std::nullopt;
  }
  template <typename Message>
  std::size_t count() const {
    return static_cast<std::size_t>(
        std::count_if(sent.begin(), sent.end(), [](const auto& m) { return std::holds_alternative<Message>(m); }));
  }

  std::vector<wire::ToBridge> sent;
  std::vector<PushJob> submitted;
  std::optional<CloseCode> code;
  std::string reason;
  std::size_t queued = 0;
};

/// Sessions beside a real sequencer, on a store in memory and a clock that the test moves.
class BridgeSessionTest : public EngineFixture {
 protected:
  struct Bridge {
    Bridge(BridgeSessionTest& test, wire::Hello says) : hello(std::move(says)) {
      session = std::make_unique<BridgeSession>(BridgeServices{*test.store_, test.roster_, test.deltas_, test.new_id(), "1.0"},
                                                rights, output, test.clock_.now());
    }
    wire::Hello hello;
    FakeRights rights;
    FakeOutput output;
    std::unique_ptr<BridgeSession> session;
  };

  wire::Hello hello(std::uint32_t n) const {
    wire::Hello message;
    message.client_version = "1.0";
    message.machine = MachineId{uuid(0xA0, n)};
    message.machine_name = "laptop " + std::to_string(n);
    message.replica = ReplicaId{uuid(0xE0, n)};
    message.project = "project";
    message.branch = "main";
    message.boot_nonce = uuid(0xB0, n);
    return message;
  }
  std::unique_ptr<Bridge> bridge(wire::Hello says) { return std::make_unique<Bridge>(*this, std::move(says)); }
  void say(Bridge& bridge, wire::ToHub message) { bridge.session->on_message(std::move(message), clock_.now()); }
  std::unique_ptr<Bridge> welcomed(std::uint32_t n) {
    auto made = bridge(hello(n));
    say(*made, made->hello);
    EXPECT_TRUE(made->output.last<wire::Welcome>().has_value()) << made->output.reason;
    return made;
  }
  /// What the hub does between sessions and sequencer.
  void run_sequencer(Bridge& bridge) {
    auto jobs = std::exchange(bridge.output.submitted, {});
    clock_.advance(std::chrono::milliseconds(10));
    auto committed = sequencer_->commit(jobs, clock_.now());
    for (auto& done : committed.done) bridge.session->on_committed(std::move(done), clock_.now());
    for (const auto& notice : committed.notices) bridge.session->on_head(notice.head, clock_.now());
  }
  void pass(Bridge& bridge, std::chrono::seconds time) {
    for (std::chrono::seconds t{0}; t < time; ++t) {
      clock_.advance(std::chrono::seconds(1));
      bridge.session->tick(clock_.now());
      EXPECT_TRUE(roster_.notes().write(*store_));
    }
  }

  BridgeRoster roster_;
  BodyDeltas deltas_;
};

}  // namespace leanspec::hub::engine
