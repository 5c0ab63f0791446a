#include "hub/engine/bridge_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "hub/engine/engine_test.h"

namespace leanspec::hub::engine {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
namespace limits = wire::limits;

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

class BridgeSessionTest : public EngineFixture {
 protected:
  struct Bridge {
    Bridge(BridgeSessionTest& test, wire::Hello says) : hello(std::move(says)) {
      session = std::make_unique<BridgeSession>(BridgeServices{*test.store_, test.roster_, test.new_id(), "1.0"},
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
    clock_.advance(10ms);
    auto committed = sequencer_->commit(jobs, clock_.now());
    for (auto& done : committed.done) bridge.session->on_committed(std::move(done), clock_.now());
    for (const auto& notice : committed.notices) bridge.session->on_head(notice.head, clock_.now());
  }
  void pass(Bridge& bridge, std::chrono::seconds time) {
    for (std::chrono::seconds t{0}; t < time; ++t) {
      clock_.advance(1s);
      bridge.session->tick(clock_.now());
    }
  }

  BridgeRoster roster_;
};

TEST_F(BridgeSessionTest, a_hello_is_welcomed_and_a_push_comes_back_in_the_feed) {
  auto b = welcomed(1);
  EXPECT_EQ(b->session->branch(), branch_);
  EXPECT_TRUE(roster_.is_online(MachineId{uuid(0xA0, 1)}));
  const auto push = text_push(doc(1), {}, "a.md", "# A");
  say(*b, push);
  ASSERT_EQ(b->output.submitted.size(), 1U);
  run_sequencer(*b);
  const auto result = b->output.last<wire::PushResult>();
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->outcome, wire::PushOutcome::accepted);
  EXPECT_EQ(b->output.last<wire::Head>(), wire::Head{Seq{1}});
  say(*b, wire::Pull{Seq{}});
  const auto page = b->output.last<wire::Changes>();
  ASSERT_TRUE(page.has_value());
  ASSERT_EQ(page->entries.size(), 1U);
  EXPECT_EQ(page->entries[0].change, push.change);
  EXPECT_EQ(page->entries[0].body, "# A");
  EXPECT_EQ(page->through, Seq{1});
  EXPECT_EQ(page->head, Seq{1});
}

TEST_F(BridgeSessionTest, a_cursor_of_this_life_resumes_and_any_other_reconciles) {
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

TEST_F(BridgeSessionTest, a_busy_store_at_the_hello_means_try_later) {
  auto b = bridge(hello(1));
  fault(fakes::CommitFault::fails);
  say(*b, b->hello);
  EXPECT_EQ(b->output.code, CloseCode::try_later);
  EXPECT_GT(b->output.last<wire::Refused>()->retry_after, 0ms);
}

TEST_F(BridgeSessionTest, a_project_is_found_by_name_or_made) {
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

TEST_F(BridgeSessionTest, without_a_folder_it_only_checks_the_credentials) {
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

TEST_F(BridgeSessionTest, a_revoked_machine_is_closed_within_two_seconds_and_stays_out) {
  auto b = welcomed(1);
  const MachineId machine{uuid(0xA0, 1)};
  ASSERT_TRUE(store_->write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(auto record, session.machines().find(machine));
    record->revoked_at = clock_.now();
    return session.machines().save(*record);
  }));
  roster_.revoke(machine);
  say(*b, text_push(doc(1), {}, "a.md", "too late"));
  EXPECT_TRUE(b->output.submitted.empty()) << "not even one write in between";
  EXPECT_EQ(b->output.code, CloseCode::forbidden);
  EXPECT_EQ(b->output.last<wire::Refused>()->reason, wire::RefusedReason::machine_revoked);
  EXPECT_FALSE(roster_.is_online(machine));
  auto again = bridge(hello(1));
  say(*again, again->hello);
  EXPECT_EQ(again->output.code, CloseCode::forbidden);
}

TEST_F(BridgeSessionTest, a_revocation_by_another_process_is_noticed_within_half_a_minute) {
  auto b = welcomed(1);
  ASSERT_TRUE(store_->write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(auto record, session.machines().find(MachineId{uuid(0xA0, 1)}));
    record->revoked_at = clock_.now();
    return session.machines().save(*record);
  }));
  pass(*b, 31s);
  EXPECT_EQ(b->output.code, CloseCode::forbidden);
}

TEST_F(BridgeSessionTest, lost_rights_close_at_the_next_tick) {
  auto b = welcomed(1);
  b->rights.connect = Error(ErrorCode::unauthenticated, "this key was revoked");
  pass(*b, 1s);
  EXPECT_EQ(b->output.code, std::nullopt) << "rights are loaded when their version moves";
  ++b->rights.version_;
  pass(*b, 1s);
  EXPECT_EQ(b->output.code, CloseCode::unauthenticated);
}

TEST_F(BridgeSessionTest, who_may_only_read_gets_its_pushes_back_and_the_feed) {
  auto b = bridge(hello(1));
  b->rights.push = Error(ErrorCode::forbidden, "viewer");
  say(*b, b->hello);
  EXPECT_THAT(b->output.last<wire::Welcome>()->warning, HasSubstr("read"));
  say(*b, text_push(doc(1), {}, "a.md", "A"));
  EXPECT_EQ(b->output.last<wire::PushResult>()->outcome, wire::PushOutcome::rejected);
  EXPECT_TRUE(b->output.submitted.empty());
  say(*b, wire::Pull{Seq{}});
  EXPECT_TRUE(b->output.last<wire::Changes>().has_value());
}

TEST_F(BridgeSessionTest, of_one_folder_the_newer_connection_wins) {
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

TEST_F(BridgeSessionTest, a_cloned_identity_is_refused_while_the_first_one_lives_and_welcome_after) {
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

TEST_F(BridgeSessionTest, silence_is_pinged_then_closed_and_a_jump_of_the_clock_is_no_silence) {
  auto b = welcomed(1);
  pass(*b, 19s);
  EXPECT_EQ(b->output.count<wire::Ping>(), 0U);
  pass(*b, 2s);
  EXPECT_EQ(b->output.count<wire::Ping>(), 1U);
  clock_.set_wall(clock_.now() + 10h);
  pass(*b, 1s);
  EXPECT_EQ(b->output.code, std::nullopt);
  clock_.set_wall(clock_.now() - 20h);
  pass(*b, 1s);
  EXPECT_EQ(b->output.code, std::nullopt);
  pass(*b, 46s);
  EXPECT_EQ(b->output.code, CloseCode::silent);
}

TEST_F(BridgeSessionTest, a_hello_is_awaited_for_ten_seconds) {
  auto b = bridge(hello(1));
  pass(*b, 9s);
  EXPECT_EQ(b->output.code, std::nullopt);
  pass(*b, 1s);
  EXPECT_EQ(b->output.code, CloseCode::silent);
}

TEST_F(BridgeSessionTest, a_slow_reader_gets_one_coalesced_head_and_its_page_when_there_is_room) {
  auto b = welcomed(1);
  b->output.queued = limits::send_queue_bytes_max + 1;
  for (std::uint32_t i = 1; i <= 50; ++i) {
    accepted(there_, text_push(doc(i), {}, std::to_string(i) + ".md", "x"));
    b->session->on_head(Seq{i}, clock_.now());
  }
  say(*b, wire::Pull{Seq{}});
  EXPECT_EQ(b->output.count<wire::Head>(), 0U);
  EXPECT_EQ(b->output.count<wire::Changes>(), 0U);
  b->output.queued = 0;
  b->session->on_drained(clock_.now());
  EXPECT_EQ(b->output.count<wire::Changes>(), 1U);
  EXPECT_EQ(b->output.last<wire::Changes>()->entries.size(), 50U);
  EXPECT_EQ(b->output.count<wire::Head>(), 0U) << "the page said where the head is";
}

TEST_F(BridgeSessionTest, pages_leave_out_what_was_superseded_and_cover_everything) {
  std::optional<VersionId> base;
  for (int i = 0; i < 30; ++i)
    base = accepted(there_, text_push(doc(1), base, "a.md", "text " + std::to_string(i))).head_version;
  std::vector<wire::Push> many;
  for (std::uint32_t i = 0; i < 600; ++i)
    many.push_back(text_push(doc(100 + i), {}, "n/" + std::to_string(i) + ".md", "x"));
  commit_group(there_, many);
  auto b = welcomed(1);
  Seq at;
  std::size_t entries = 0;
  Digest rolling;
  for (int page = 0; page < 10 && at < Seq{630}; ++page) {
    say(*b, wire::Pull{at});
    const auto changes = b->output.last<wire::Changes>();
    EXPECT_EQ(changes->digest_before, rolling);
    EXPECT_LE(changes->entries.size(), limits::page_entries_max);
    entries += changes->entries.size();
    at = changes->through;
    rolling = changes->digest_through;
  }
  EXPECT_EQ(at, Seq{630});
  EXPECT_EQ(entries, 601U);
}

TEST_F(BridgeSessionTest, a_position_beyond_the_head_starts_again) {
  auto b = welcomed(1);
  say(*b, wire::Pull{Seq{5}});
  EXPECT_EQ(b->output.code, CloseCode::start_again);
}

TEST_F(BridgeSessionTest, large_bodies_are_fetched_in_slices_and_unknown_ones_are_missing) {
  const std::string large(limits::whole_body_bytes_max + 5, 'x');
  const auto digest = digest::sha256(large);
  ASSERT_TRUE(store_->write([&](store::Session& session) { return session.bodies().put(digest, large); }));
  auto b = welcomed(1);
  say(*b, wire::Fetch{digest, 0});
  EXPECT_EQ(b->output.last<wire::Body>()->bytes.size(), limits::whole_body_bytes_max);
  EXPECT_EQ(b->output.last<wire::Body>()->size, large.size());
  say(*b, wire::Fetch{digest, limits::whole_body_bytes_max});
  EXPECT_EQ(b->output.last<wire::Body>()->bytes, "xxxxx");
  say(*b, wire::Fetch{digest, large.size() + 1});
  EXPECT_TRUE(b->output.last<wire::Body>()->missing);
  say(*b, wire::Fetch{digest::sha256("unknown"), 0});
  EXPECT_TRUE(b->output.last<wire::Body>()->missing);
}

TEST_F(BridgeSessionTest, an_upload_in_parts_survives_a_reconnect) {
  const std::string large(limits::part_bytes_max + 100, 'y');
  const auto digest = digest::sha256(large);
  auto b = welcomed(1);
  say(*b, wire::Part{digest, large.size(), 0, large.substr(0, limits::part_bytes_max)});
  EXPECT_EQ(b->output.last<wire::PartsState>()->received, limits::part_bytes_max);
  b->session->on_closed(clock_.now());
  auto again = welcomed(1);
  say(*again, wire::PartsQuery{digest, large.size()});
  EXPECT_EQ(again->output.last<wire::PartsState>()->received, limits::part_bytes_max);
  say(*again,
      wire::Part{digest, large.size(), 0, large.substr(0, limits::part_bytes_max)});  // once more: told where to go on
  EXPECT_EQ(again->output.last<wire::PartsState>()->received, limits::part_bytes_max);
  say(*again, wire::Part{digest, large.size(), limits::part_bytes_max, large.substr(limits::part_bytes_max)});
  EXPECT_EQ(again->output.last<wire::PartsState>()->received, large.size());
  auto push = text_push(doc(1), {}, "large.bin", large);
  push.content = wire::UploadedBody{};
  say(*again, push);
  run_sequencer(*again);
  EXPECT_EQ(again->output.last<wire::PushResult>()->outcome, wire::PushOutcome::accepted);
}

TEST_F(BridgeSessionTest, parts_that_do_not_make_the_body_are_dropped_for_good_and_can_be_sent_afresh) {
  const auto digest = digest::sha256("abcdef");
  auto b = welcomed(1);
  say(*b, wire::Part{digest, 6, 0, "abc"});
  say(*b, wire::Part{digest, 6, 3, "XYZ"});
  EXPECT_EQ(b->output.last<wire::PartsState>()->received, 0U);
  say(*b, wire::PartsQuery{digest, 6});
  EXPECT_EQ(b->output.last<wire::PartsState>()->received, 0U);
  say(*b, wire::Part{digest, 6, 0, "abcdef"});
  EXPECT_EQ(b->output.last<wire::PartsState>()->received, 6U);
}

TEST_F(BridgeSessionTest, a_group_is_submitted_when_its_last_member_has_come) {
  auto b = welcomed(1);
  const GroupId group{uuid(0x60, 1)};
  for (std::uint32_t i = 1; i <= 40; ++i) {
    auto push = text_push(doc(i), {}, "d/" + std::to_string(i) + ".md", "x");
    push.group = group;
    push.group_size = 40;
    EXPECT_TRUE(b->output.submitted.empty());
    say(*b, push);
  }
  ASSERT_EQ(b->output.submitted.size(), 1U);
  EXPECT_EQ(b->output.submitted[0].members.size(), 40U);
  run_sequencer(*b);
  EXPECT_EQ(b->output.count<wire::PushResult>(), 40U);
}

struct Hostile {
  std::string name;
  std::function<std::vector<wire::ToHub>(wire::Push)> messages;
  CloseCode code;
};
class HostileBridges : public BridgeSessionTest, public testing::WithParamInterface<Hostile> {};

TEST_P(HostileBridges, are_closed_with_a_code_and_a_reason) {
  auto b = welcomed(1);
  for (auto& message : GetParam().messages(text_push(doc(1), {}, "a.md", "x"))) say(*b, std::move(message));
  EXPECT_EQ(b->output.code, GetParam().code) << b->output.reason;
  EXPECT_FALSE(b->output.reason.empty());
  EXPECT_EQ(roster_.size(), 0U);
}

std::vector<wire::ToHub> times(std::size_t count, const std::function<wire::ToHub(std::size_t)>& make) {
  std::vector<wire::ToHub> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(make(i));
  return all;
}

wire::Push member_of(wire::Push push, std::uint8_t group, std::uint32_t size) {
  Uuid id;
  id.bytes[0] = 0x60;
  id.bytes[1] = group;
  push.group = GroupId{id};
  push.group_size = size;
  return push;
}

INSTANTIATE_TEST_SUITE_P(
    table, HostileBridges,
    testing::Values(
        Hostile{"second_hello",
                [](auto) {
                  wire::Hello h;
                  h.machine = MachineId{Uuid{{1}}};
                  return std::vector<wire::ToHub>{h};
                },
                CloseCode::bad_message},
        Hostile{"one_push_in_flight_too_many",
                [](auto p) { return times(limits::pushes_in_flight_max + 1, [p](auto) { return p; }); },
                CloseCode::bad_message},
        Hostile{"body_too_large_for_one_message",
                [](auto p) {
                  p.content = wire::WholeBody{std::string(limits::whole_body_bytes_max + 1, 'x')};
                  return std::vector<wire::ToHub>{p};
                },
                CloseCode::too_large},
        Hostile{"more_bytes_than_credit",
                [](auto p) {
                  p.content = wire::WholeBody{std::string(limits::whole_body_bytes_max, 'x')};
                  return times(3, [p](auto) { return p; });
                },
                CloseCode::bad_message},
        Hostile{"endless_group",
                [](auto p) { return std::vector<wire::ToHub>{member_of(p, 1, limits::group_changes_max + 1)}; },
                CloseCode::too_large},
        Hostile{"empty_group", [](auto p) { return std::vector<wire::ToHub>{member_of(p, 1, 0)}; },
                CloseCode::too_large},
        Hostile{"group_that_changes_its_size",
                [](auto p) {
                  return std::vector<wire::ToHub>{member_of(p, 1, 3), member_of(p, 1, 4)};
                },
                CloseCode::bad_message},
        Hostile{"many_incomplete_groups",
                [](auto p) { return times(5, [p](auto i) { return member_of(p, static_cast<std::uint8_t>(i), 2); }); },
                CloseCode::bad_message},
        Hostile{"group_that_hoards_bytes",
                [](auto p) {
                  p.content = wire::WholeBody{std::string(limits::whole_body_bytes_max, 'x')};
                  return times(17, [p](auto) { return member_of(p, 1, 100); });
                },
                CloseCode::too_large},
        Hostile{"part_beyond_its_body",
                [](auto) {
                  return std::vector<wire::ToHub>{wire::Part{Digest{}, 10, 8, "four"}};
                },
                CloseCode::bad_message},
        Hostile{"part_at_the_end_of_numbers",
                [](auto) {
                  return std::vector<wire::ToHub>{wire::Part{Digest{}, 10, ~0ULL, "four"}};
                },
                CloseCode::bad_message},
        Hostile{"empty_part",
                [](auto) {
                  return std::vector<wire::ToHub>{wire::Part{Digest{}, 10, 0, ""}};
                },
                CloseCode::bad_message},
        Hostile{"upload_of_a_gigabyte",
                [](auto) {
                  return std::vector<wire::ToHub>{wire::PartsQuery{Digest{}, 1ULL << 30}};
                },
                CloseCode::too_large},
        Hostile{"endless_uploads",
                [](auto) {
                  return times(200, [](auto i) {
                    Digest d;
                    d.bytes[0] = static_cast<std::uint8_t>(i);
                    return wire::Part{d, 10, 0, "x"};
                  });
                },
                CloseCode::bad_message},
        Hostile{"ack_of_the_future", [](auto) { return std::vector<wire::ToHub>{wire::Ack{Seq{7}}}; },
                CloseCode::bad_message}),
    [](const auto& row) { return row.param.name; });

TEST_F(BridgeSessionTest, anything_before_the_hello_closes) {
  for (const wire::ToHub& message : std::vector<wire::ToHub>{wire::Ping{1}, wire::Pull{}, wire::Fetch{}, wire::Ack{},
                                                             wire::Report{}, wire::Push{}, wire::Part{}}) {
    auto b = bridge(hello(1));
    say(*b, message);
    EXPECT_EQ(b->output.code, CloseCode::bad_message);
  }
}

TEST_F(BridgeSessionTest, endless_fetches_of_a_slow_reader_close) {
  auto b = welcomed(1);
  b->output.queued = limits::send_queue_bytes_max + 1;
  for (int i = 0; i < 64; ++i) say(*b, wire::Fetch{Digest{}, 0});
  EXPECT_EQ(b->output.code, std::nullopt);
  say(*b, wire::Fetch{Digest{}, 0});
  EXPECT_EQ(b->output.code, CloseCode::bad_message);
}

TEST_F(BridgeSessionTest, a_bad_frame_closes) {
  auto b = welcomed(1);
  b->session->on_bad_frame(Error(ErrorCode::corrupt, "not a message"), clock_.now());
  EXPECT_EQ(b->output.code, CloseCode::bad_message);
  auto c = welcomed(2);
  c->session->on_bad_frame(Error(ErrorCode::too_large, "a huge one"), clock_.now());
  EXPECT_EQ(c->output.code, CloseCode::too_large);
}

TEST_F(BridgeSessionTest, acknowledgements_and_reports_are_kept_for_the_machines_page) {
  accepted(there_, text_push(doc(1), {}, "a.md", "A"));
  auto b = welcomed(1);
  say(*b, wire::Ack{Seq{1}});
  wire::Report report;
  report.documents = 3;
  report.state = "live";
  say(*b, report);
  ASSERT_EQ(roster_.online().size(), 1U);
  EXPECT_EQ(roster_.online()[0].acknowledged, Seq{1});
  EXPECT_EQ(roster_.online()[0].report.documents, 3U);
  const auto writes = store_->commits;
  pass(*b, 4s);
  EXPECT_EQ(store_->commits, writes) << "not at every message";
  pass(*b, 2s);
  look([&](store::Session& session) {
    const auto replica = **session.machines().find_replica(ReplicaId{uuid(0xE0, 1)});
    EXPECT_EQ(replica.acknowledged, Seq{1});
    EXPECT_EQ(replica.documents, 3U);
  });
  b->session->on_closed(clock_.now());
  EXPECT_FALSE(roster_.is_online(MachineId{uuid(0xA0, 1)}));
}

TEST_F(BridgeSessionTest, a_rename_reaches_the_bridge_and_holds_at_its_next_hello) {
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

TEST_F(BridgeSessionTest, a_drain_answers_what_is_in_flight_and_says_when_to_come_back) {
  auto b = welcomed(1);
  say(*b, text_push(doc(1), {}, "a.md", "A"));
  b->session->drain(2s, "the hub is updated", clock_.now());
  EXPECT_EQ(b->output.last<wire::GoAway>()->retry_after, 2s);
  say(*b, text_push(doc(2), {}, "b.md", "B"));
  EXPECT_EQ(b->output.last<wire::PushResult>()->outcome, wire::PushOutcome::retry);
  EXPECT_EQ(b->output.code, std::nullopt);
  run_sequencer(*b);
  EXPECT_EQ(b->output.last<wire::PushResult>()->outcome, wire::PushOutcome::accepted);
  EXPECT_EQ(b->output.code, CloseCode::restarting);

  auto stuck = welcomed(2);
  say(*stuck, text_push(doc(3), {}, "c.md", "C"));
  stuck->session->drain(2s, "the hub is updated", clock_.now());
  pass(*stuck, 4s);
  EXPECT_EQ(stuck->output.code, CloseCode::restarting);
}

TEST_F(BridgeSessionTest, a_folder_identity_of_another_machine_is_refused) {
  welcomed(1)->session->on_closed(clock_.now());
  auto b = bridge(hello(2));
  b->hello.replica = ReplicaId{uuid(0xE0, 1)};
  say(*b, b->hello);
  EXPECT_EQ(b->output.code, CloseCode::cloned_identity);
}

}  // namespace
}  // namespace leanspec::hub::engine
