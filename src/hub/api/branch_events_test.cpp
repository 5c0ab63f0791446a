#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "hub/api/api_for_test.h"

namespace leanspec::hub::api {
namespace {

/// The browser's end of a stream: keeps what it is sent.
class Browser final : public net::server::EventStream {
 public:
  bool send(std::string_view /*id*/, std::string_view event, std::string_view data) override {
    const std::scoped_lock lock(mutex_);
    events_.emplace_back(event, data);
    changed_.notify_all();
    return true;
  }
  void close() override {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  /// Waits for an event of that name whose data speak of `what`. False: the stream was closed, or it never came.
  [[nodiscard]] bool hears(std::string_view name, std::string_view what = {}) {
    std::unique_lock lock(mutex_);
    (void)changed_.wait_for(lock, std::chrono::minutes(1), [&] { return closed_ || is_there(name, what); });
    return is_there(name, what);
  }
  /// Up to now.
  [[nodiscard]] bool heard(std::string_view name, std::string_view what) {
    const std::scoped_lock lock(mutex_);
    return is_there(name, what);
  }

 private:
  [[nodiscard]] bool is_there(std::string_view name, std::string_view what) const {
    return std::any_of(events_.begin(), events_.end(),
                       [&](const auto& event) { return event.first == name && event.second.find(what) != std::string::npos; });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<std::string, std::string>> events_;
  bool closed_ = false;
};

class BranchStream : public ::testing::Test {
 protected:
  void SetUp() override {
    api.add_project("demo");
    reader = api.make_key({access::Scope::specs_read});
    session = api.stream("/api/events?project=demo", {.key = reader});
    ASSERT_NE(session, nullptr);
    session->on_open(browser);
    ASSERT_TRUE(browser->hears("hello"));
  }
  void TearDown() override { session->on_closed(); }

  BranchId open_branch(const std::string& name) {
    BranchId id;
    EXPECT_TRUE(api.store.write([&](store::Session& store) -> Status {
      LEANSPEC_ASSIGN(const auto made, store.versions().create_branch(ProjectId("demo"), name));
      id = made.id;
      return {};
    }));
    return id;
  }
  /// As the bridge that opened it does right after.
  void join(const BranchId& branch) {
    engine::OnlineBridge bridge;
    bridge.session = api.entropy.uuid7(api.clock.now());
    bridge.machine = MachineId(api.entropy.uuid7(api.clock.now()));
    bridge.replica = ReplicaId(api.entropy.uuid7(api.clock.now()));
    bridge.project = ProjectId("demo");
    bridge.branch = branch;
    EXPECT_EQ(api.roster.join(bridge), engine::JoinOutcome::joined);
  }

  ApiForTest api;
  std::string reader;
  const std::shared_ptr<Browser> browser = std::make_shared<Browser>();
  std::shared_ptr<net::server::EventStreamSession> session;
};

TEST_F(BranchStream, a_branch_that_is_opened_right_after_the_hello_is_told) {
  join(open_branch("topic"));
  api.ticks.publish(api.clock.now());
  EXPECT_TRUE(browser->hears("branch", R"("name":"topic")"));
}

TEST_F(BranchStream, a_branch_that_is_edited_is_told_again) {
  const BranchId topic = open_branch("topic");
  join(topic);
  api.ticks.publish(api.clock.now());
  ASSERT_TRUE(browser->hears("branch", R"("lastEdited":null)"));
  api.branches["demo"] = topic;
  api.push("demo", "001-one/README.md", "# One\n");
  api.ticks.publish(api.clock.now());
  EXPECT_TRUE(browser->hears("branch", R"("lastEdited":{)"));
}

TEST_F(BranchStream, the_branches_that_were_there_are_not_told) {
  join(open_branch("topic"));
  api.ticks.publish(api.clock.now());
  ASSERT_TRUE(browser->hears("branch", R"("name":"topic")"));
  EXPECT_FALSE(browser->heard("branch", R"("name":"")"));
}

}  // namespace
}  // namespace leanspec::hub::api
