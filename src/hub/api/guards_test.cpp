#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "hub/api/api_for_test.h"

namespace leanspec::hub::api {
namespace {

using net::Method;

class Guards : public testing::Test {
 protected:
  Guards() {
    api.add_project("demo");
    api.add_project("other");
    cookie = api.sign_in("ada", true);
    reader = api.make_key({access::Scope::specs_read}, ProjectId("demo"));
    editor = api.make_key({access::Scope::specs_read, access::Scope::specs_write}, ProjectId("demo"));
  }

  /// A bridge whose guard holds 15 deletions.
  GuardId connect(const std::string& project = "demo") {
    engine::OnlineBridge bridge;
    bridge.session = api.entropy.uuid7(api.clock.now());
    bridge.machine = MachineId(api.entropy.uuid7(api.clock.now()));
    bridge.machine_name = "desk";
    bridge.replica = ReplicaId(api.entropy.uuid7(api.clock.now()));
    bridge.project = ProjectId(project);
    bridge.branch = api.branches.at(project);
    bridge.root_hint = "specs";
    session = bridge.session;
    EXPECT_EQ(api.roster.join(bridge), engine::JoinOutcome::joined);
    state.guard = GuardId(api.entropy.uuid7(api.clock.now()));
    state.kind = wire::GuardKind::mass_delete;
    state.count = 15;
    state.paths = {"001-a/README.md"};
    state.approvable = true;
    state.revertible = false;
    state.detail = "this folder only sends";
    api.roster.guarded(session, state, api.clock.now());
    return *state.guard;
  }
  net::Response decide(const std::string& what, const std::string& guard, const std::string& key) {
    return api.ask(Method::post, "/api/projects/demo/guards/" + guard + "/" + what, "{}", {.key = key});
  }
  boost::json::object list() { return ApiForTest::json(api.get("/api/projects/demo/guards", {.key = reader})); }
  /// Of what was decided; refusals are written down too, a moment later.
  std::vector<store::AuditEntry> audit() {
    std::vector<store::AuditEntry> entries;
    EXPECT_TRUE(api.store.read([&](store::Session& session_of_store) -> Status {
      LEANSPEC_ASSIGN(entries, session_of_store.accounts().audit(100));
      return {};
    }));
    std::erase_if(entries, [](const store::AuditEntry& entry) { return entry.action.starts_with("refuse "); });
    return entries;
  }

  ApiForTest api;
  std::string cookie;
  std::string reader;
  std::string editor;
  Uuid session;
  wire::GuardState state;
};

TEST_F(Guards, what_a_machines_guard_holds_is_listed_and_decided_once) {
  const std::string guard = to_string(connect().value());
  const auto rows = list();
  ASSERT_EQ(rows.at("total").to_number<int>(), 1);
  const auto& row = rows.at("guards").at(0).as_object();
  EXPECT_EQ(row.at("id").as_string(), guard);
  EXPECT_EQ(row.at("kind"), "mass-delete");
  EXPECT_EQ(row.at("count").to_number<int>(), 15);
  EXPECT_EQ(row.at("paths").at(0), "001-a/README.md");
  EXPECT_EQ(row.at("machine"), "desk");
  EXPECT_TRUE(row.at("asked").is_null());

  EXPECT_EQ(decide("approve", guard, reader).status, 403U) << "who only reads decides nothing";
  EXPECT_EQ(decide("revert", guard, editor).status, 422U) << "it cannot be done there, and the answer says why";
  EXPECT_EQ(ApiForTest::json(decide("revert", guard, editor)).at("code"), "GUARD_NOT_DECIDABLE");
  EXPECT_EQ(decide("approve", guard, editor).status, 202U);
  EXPECT_EQ(list().at("guards").at(0).at("asked").at("decision"), "approve");
  const auto orders = api.roster.take_orders(session);
  ASSERT_TRUE(orders.decision.has_value());
  EXPECT_EQ(orders.decision->guard, state.guard);
  EXPECT_EQ(orders.decision->decision, wire::GuardDecisionKind::approve);
  ASSERT_EQ(audit().size(), 1U);
  EXPECT_EQ(audit()[0].action, "approve deletions");
}

TEST_F(Guards, a_stale_decision_is_refused_with_what_is_held_now) {
  const std::string seen = to_string(connect().value());
  state.guard = GuardId(api.entropy.uuid7(api.clock.now()));
  state.count = 20;
  api.roster.guarded(session, state, api.clock.now());
  const auto refused = decide("approve", seen, editor);
  EXPECT_EQ(refused.status, 409U);
  const auto body = ApiForTest::json(refused);
  EXPECT_EQ(body.at("code"), "GUARD_STALE");
  EXPECT_EQ(body.at("details").at("guards").at(0).at("count").to_number<int>(), 20);
  EXPECT_FALSE(api.roster.take_orders(session).decision.has_value());
  EXPECT_EQ(decide("approve", "nonsense", editor).status, 409U);
}

TEST_F(Guards, of_another_project_nothing_is_shown_and_nothing_decided) {
  const std::string guard = to_string(connect("other").value());
  EXPECT_EQ(list().at("total").to_number<int>(), 0);
  EXPECT_EQ(decide("approve", guard, editor).status, 409U);
  EXPECT_FALSE(api.roster.take_orders(session).decision.has_value());
}

// G04
TEST_F(Guards, deletions_that_the_hub_set_aside_are_listed_and_approved_or_reverted) {
  for (const bool approve : {true, false}) {
    const std::string project = approve ? "demo" : "other";
    std::vector<std::pair<DocumentId, VersionId>> documents;
    for (int i = 0; i < 30; ++i) {
      const auto made = api.push(project, "00" + std::to_string(i) + "-x/README.md", "# " + std::to_string(i) + "\n");
      documents.emplace_back(made.document, *made.head_version);
    }
    engine::PushJob job;
    job.origin.project = ProjectId(project);
    job.origin.branch = api.branches.at(project);
    job.origin.replica = ReplicaId(api.entropy.uuid7(api.clock.now()));
    job.origin.machine = MachineId(api.entropy.uuid7(api.clock.now()));
    job.received_at = api.clock.now();
    const GroupId group(api.entropy.uuid7(api.clock.now()));
    for (int i = 0; i < 15; ++i) {
      wire::Push push;
      push.change = ChangeId(api.entropy.uuid7(api.clock.now()));
      push.document = documents[static_cast<std::size_t>(i)].first;
      push.base = documents[static_cast<std::size_t>(i)].second;
      push.path = "00" + std::to_string(i) + "-x/README.md";
      push.content = wire::Deleted{};
      push.group = group;
      push.group_size = 15;
      job.members.push_back(std::move(push));
    }
    std::promise<engine::PushDone> done;
    api.commits.submit(std::move(job), [&done](engine::PushDone answer) { done.set_value(std::move(answer)); });
    for (const auto& result : done.get_future().get().results) EXPECT_EQ(result.outcome, wire::PushOutcome::held);

    const auto listed = ApiForTest::json(api.get("/api/projects/" + project + "/guards", {.cookie = cookie}));
    ASSERT_EQ(listed.at("total").to_number<int>(), 1);
    const auto& row = listed.at("guards").at(0).as_object();
    EXPECT_EQ(row.at("kind"), "quarantine");
    EXPECT_EQ(row.at("count").to_number<int>(), 15);
    const std::string target = "/api/projects/" + project + "/guards/" + std::string(row.at("id").as_string()) + (approve ? "/approve" : "/revert");
    const auto answer = api.ask(Method::post, target, "{}", {.cookie = cookie});
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(ApiForTest::json(answer).at(approve ? "deleted" : "kept").to_number<int>(), 15);
    EXPECT_EQ(ApiForTest::json(answer).at("left").to_number<int>(), 0);
    const auto specs = ApiForTest::json(api.get("/api/projects/" + project + "/specs", {.cookie = cookie}));
    EXPECT_EQ(specs.at("total").to_number<int>(), approve ? 15 : 30);
    EXPECT_EQ(api.ask(Method::post, target, "{}", {.cookie = cookie}).status, 409U) << "decided already";
  }
}

TEST_F(Guards, who_edits_what_is_shown_and_lapses) {
  const auto made = api.push("demo", "001-a/README.md", "# A\n");
  api.roster.presence().edits(Uuid{{9}}, api.branches.at("demo"), "desk", MachineId(Uuid{{7}}), {made.document}, api.clock.now());
  const auto put = [&](const std::string& body) { return api.ask(Method::put, "/api/projects/demo/presence", body, {.key = editor}); };
  EXPECT_EQ(put(R"({"tab":"1","path":"001-a/README.md"})").status, 204U);
  EXPECT_EQ(put(R"({"tab":"1","path":"nowhere.md"})").status, 404U);
  EXPECT_EQ(put(R"({"path":"001-a/README.md"})").status, 422U);
  EXPECT_EQ(api.ask(Method::put, "/api/projects/demo/presence", R"({"tab":"1"})", {.key = reader}).status, 403U);
  const auto editors = [&] { return ApiForTest::json(api.get("/api/projects/demo/presence", {.key = reader})); };
  ASSERT_EQ(editors().at("total").to_number<int>(), 2);
  EXPECT_EQ(editors().at("editors").at(0).at("spec"), "001-a");
  EXPECT_EQ(editors().at("editors").at(0).at("path"), "001-a/README.md");
  EXPECT_EQ(editors().at("editors").at(0).at("branch"), "") << "a project of folders without git";
  EXPECT_EQ(put(R"({"tab":"1","path":null})").status, 204U);
  ASSERT_EQ(editors().at("total").to_number<int>(), 1);
  EXPECT_EQ(editors().at("editors").at(0).at("who"), "desk");
  api.clock.advance(std::chrono::seconds(46));
  EXPECT_EQ(editors().at("total").to_number<int>(), 0);
}

}  // namespace
}  // namespace leanspec::hub::api
