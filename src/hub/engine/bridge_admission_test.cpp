#include "hub/engine/bridge_admission.h"

#include <functional>

#include "hub/engine/bridge_session_for_test.h"

namespace leanspec::hub::engine {
namespace {

using namespace std::chrono_literals;

class BridgeAdmissionTest : public BridgeSessionTest {};

TEST_F(BridgeAdmissionTest, a_cursor_of_this_life_resumes_and_any_other_reconciles) {
  accepted(here_, text_push(doc(1), {}, "a.md", "A"));
  Digest at_one;
  look([&](store::Session& session) { at_one = (*session.versions().find_branch(branch_))->head_digest; });
  accepted(here_, text_push(doc(2), {}, "b.md", "B"));
  const auto resumes = [&](std::optional<Cursor> cursor, const Digest& digest) {
    auto b = bridge(hello(1));
    b->hello.cursor = cursor;
    b->hello.head_digest = digest;
    say(*b, b->hello);
    return b->output.last<wire::Welcome>()->resume;
  };
  EXPECT_TRUE(resumes(Cursor{store_->epoch(), Seq{1}}, at_one));
  EXPECT_TRUE(resumes(Cursor{store_->epoch(), Seq{}}, Digest{}));
  EXPECT_FALSE(resumes(Cursor{store_->epoch(), Seq{2}}, at_one));
  EXPECT_FALSE(resumes(Cursor{store_->epoch(), Seq{3}}, at_one));
  EXPECT_FALSE(resumes(Cursor{Epoch{uuid(9, 9)}, Seq{1}}, at_one));
  EXPECT_FALSE(resumes(std::nullopt, Digest{}));
}

struct RefusedHello {
  std::string name;
  std::function<void(wire::Hello&, FakeRights&)> change;
  CloseCode code;
  wire::RefusedReason reason;
};
class RefusedHellos : public BridgeSessionTest, public testing::WithParamInterface<RefusedHello> {};

TEST_P(RefusedHellos, are_told_why_and_closed) {
  auto b = bridge(hello(1));
  GetParam().change(b->hello, b->rights);
  say(*b, b->hello);
  EXPECT_EQ(b->output.code, GetParam().code);
  ASSERT_TRUE(b->output.last<wire::Refused>().has_value());
  EXPECT_EQ(b->output.last<wire::Refused>()->reason, GetParam().reason);
  EXPECT_FALSE(b->output.last<wire::Refused>()->text.empty());
  EXPECT_EQ(roster_.size(), 0U);
  say(*b, wire::Ping{1});  // and is not listened to any more
  EXPECT_EQ(b->output.count<wire::Pong>(), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    table, RefusedHellos,
    testing::Values(RefusedHello{"too_old", [](auto& h, auto&) { h.protocol_min = h.protocol_max = 0; },
                                 CloseCode::protocol_too_old, wire::RefusedReason::protocol_too_old},
                    RefusedHello{"too_new", [](auto& h, auto&) { h.protocol_min = h.protocol_max = 9; },
                                 CloseCode::protocol_too_old, wire::RefusedReason::protocol_too_old},
                    RefusedHello{"empty_range",
                                 [](auto& h, auto&) {
                                   h.protocol_min = 2;
                                   h.protocol_max = 1;
                                 },
                                 CloseCode::bad_message, wire::RefusedReason::bad_message},
                    RefusedHello{"no_machine", [](auto& h, auto&) { h.machine = MachineId{}; }, CloseCode::bad_message,
                                 wire::RefusedReason::bad_message},
                    RefusedHello{"no_machine_name", [](auto& h, auto&) { h.machine_name.clear(); },
                                 CloseCode::bad_message, wire::RefusedReason::bad_message},
                    RefusedHello{"name_with_escape", [](auto& h, auto&) { h.machine_name = "a\x1b[31m"; },
                                 CloseCode::bad_message, wire::RefusedReason::bad_message},
                    RefusedHello{"long_name", [](auto& h, auto&) { h.machine_name = std::string(201, 'x'); },
                                 CloseCode::bad_message, wire::RefusedReason::bad_message},
                    RefusedHello{"no_project", [](auto& h, auto&) { h.project.clear(); }, CloseCode::bad_message,
                                 wire::RefusedReason::bad_message},
                    RefusedHello{"unknown_project", [](auto& h, auto&) { h.project = "nothing"; },
                                 CloseCode::no_such_project, wire::RefusedReason::no_such_project},
                    RefusedHello{"bad_key", [](auto&, auto& r) { r.connect = Error(ErrorCode::unauthenticated, "no"); },
                                 CloseCode::unauthenticated, wire::RefusedReason::unauthenticated},
                    RefusedHello{"invisible_project",
                                 [](auto&, auto& r) { r.read = Error(ErrorCode::not_found, "no"); },
                                 CloseCode::no_such_project, wire::RefusedReason::no_such_project},
                    RefusedHello{"forbidden", [](auto&, auto& r) { r.read = Error(ErrorCode::forbidden, "no"); },
                                 CloseCode::forbidden, wire::RefusedReason::forbidden},
                    RefusedHello{"may_not_create",
                                 [](auto& h, auto& r) {
                                   h.project = "new";
                                   h.create_project = true;
                                   r.create = Error(ErrorCode::forbidden, "no");
                                 },
                                 CloseCode::forbidden, wire::RefusedReason::forbidden},
                    RefusedHello{"new_branch_read_only",
                                 [](auto& h, auto& r) {
                                   h.branch = "other";
                                   r.push = Error(ErrorCode::forbidden, "no");
                                 },
                                 CloseCode::forbidden, wire::RefusedReason::forbidden}),
    [](const auto& row) { return row.param.name; });

TEST_F(BridgeAdmissionTest, a_busy_store_at_the_hello_means_try_later) {
  auto b = bridge(hello(1));
  fault(fakes::CommitFault::fails);
  say(*b, b->hello);
  EXPECT_EQ(b->output.code, CloseCode::try_later);
  EXPECT_GT(b->output.last<wire::Refused>()->retry_after, 0ms);
}

TEST_F(BridgeAdmissionTest, a_project_is_found_by_name_or_made) {
  auto b = bridge(hello(1));
  b->hello.project = "PROJECT";
  say(*b, b->hello);
  EXPECT_EQ(b->output.last<wire::Welcome>()->project, "project");
  auto c = bridge(hello(2));
  c->hello.project = "My Töy Project!";
  c->hello.create_project = true;
  say(*c, c->hello);
  EXPECT_EQ(c->output.last<wire::Welcome>()->project, "my-t-y-project");
  EXPECT_EQ(c->output.last<wire::Welcome>()->project_name, "My Töy Project!");
}

TEST_F(BridgeAdmissionTest, a_project_that_the_hub_reads_from_a_source_of_its_own_takes_no_bridge) {
  ASSERT_TRUE(store_->write([&](store::Session& session) -> Status {
    auto project = **session.projects().find(project_);
    project.source = "local";
    return session.projects().update(project);
  }));
  auto b = bridge(hello(1));
  say(*b, b->hello);
  ASSERT_TRUE(b->output.last<wire::Refused>());
  EXPECT_EQ(b->output.last<wire::Refused>()->reason, wire::RefusedReason::forbidden);
  EXPECT_EQ(roster_.size(), 0U);
}

TEST_F(BridgeAdmissionTest, without_a_folder_it_only_checks_the_credentials) {
  auto b = bridge(hello(1));
  b->hello.replica.reset();
  b->hello.project.clear();
  b->rights.shown_warning = "the key expires in 6 days";
  say(*b, b->hello);
  EXPECT_EQ(b->output.last<wire::Welcome>()->warning, "the key expires in 6 days");
  EXPECT_EQ(b->session->branch(), std::nullopt);
  say(*b, wire::Pull{Seq{}});
  EXPECT_EQ(b->output.code, CloseCode::bad_message);
}

TEST_F(BridgeAdmissionTest, of_one_folder_the_newer_connection_wins) {
  auto old = welcomed(1);
  auto fresh = welcomed(1);
  pass(*old, 1s);
  EXPECT_EQ(old->output.code, CloseCode::superseded);
  old->session->on_closed(clock_.now());
  look([&](store::Session& session) {
    EXPECT_EQ((*session.machines().find_replica(ReplicaId{uuid(0xE0, 1)}))->state, "connected");
  });
  pass(*fresh, 1s);
  EXPECT_EQ(fresh->output.code, std::nullopt);
  EXPECT_EQ(roster_.size(), 1U);
}

TEST_F(BridgeAdmissionTest, a_cloned_identity_is_refused_while_the_first_one_lives_and_welcome_after) {
  auto first = welcomed(1);
  auto second = bridge(hello(1));
  second->hello.boot_nonce = uuid(0xB0, 77);
  say(*second, second->hello);
  EXPECT_EQ(second->output.code, CloseCode::cloned_identity);
  EXPECT_GT(second->output.last<wire::Refused>()->retry_after, 0ms);
  pass(*first, 1s);
  EXPECT_EQ(first->output.count<wire::Ping>(), 1U) << "asked to prove that it lives";
  say(*first, wire::Pong{1});
  pass(*first, 6s);
  EXPECT_EQ(first->output.code, std::nullopt);

  auto third = bridge(second->hello);
  say(*third, third->hello);
  EXPECT_EQ(third->output.code, CloseCode::cloned_identity);
  pass(*first, 6s);  // this time nobody answers
  EXPECT_EQ(first->output.code, CloseCode::silent);
  auto fourth = bridge(second->hello);
  say(*fourth, fourth->hello);
  EXPECT_TRUE(fourth->output.last<wire::Welcome>().has_value());
}

TEST_F(BridgeAdmissionTest, a_rename_reaches_the_bridge_and_holds_at_its_next_hello) {
  auto b = welcomed(1);
  const MachineId machine{uuid(0xA0, 1)};
  ASSERT_TRUE(store_->write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(auto record, session.machines().find(machine));
    record->name = "workstation";
    return session.machines().save(*record);
  }));
  roster_.rename(machine, "workstation");
  pass(*b, 1s);
  EXPECT_EQ(b->output.last<wire::Notice>()->machine_name, "workstation");
  b->session->on_closed(clock_.now());
  EXPECT_EQ(welcomed(1)->output.last<wire::Welcome>()->machine_name, "workstation");
}

TEST_F(BridgeAdmissionTest, a_name_that_a_person_chose_at_the_machine_replaces_the_hubs) {
  welcomed(1);
  const auto named = [&](bool chosen) {
    auto b = bridge(hello(1));
    b->hello.machine_name = "workstation";
    b->hello.machine_renamed = chosen;
    say(*b, b->hello);
    return b->output.last<wire::Welcome>()->machine_name;
  };
  EXPECT_EQ(named(false), "laptop 1");
  EXPECT_EQ(named(true), "workstation");
}

TEST_F(BridgeAdmissionTest, a_folder_identity_of_another_machine_is_refused) {
  welcomed(1)->session->on_closed(clock_.now());
  auto b = bridge(hello(2));
  b->hello.replica = ReplicaId{uuid(0xE0, 1)};
  say(*b, b->hello);
  EXPECT_EQ(b->output.code, CloseCode::cloned_identity);
}

}  // namespace
}  // namespace leanspec::hub::engine
