#include <functional>

#include "hub/engine/bridge_session_for_test.h"

namespace leanspec::hub::engine {
namespace {

namespace limits = wire::limits;

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

TEST_F(BridgeSessionTest, who_never_tires_of_asking_for_deltas_gets_texts_whole) {
  const std::size_t size = 4 * limits::MiB;
  const auto text = [&](int number) { return std::string(size - 1, 'x') + static_cast<char>('a' + number); };
  ASSERT_TRUE(store_->write([&](store::Session& session) -> Status {
    for (int n = 0; n < 12; ++n) LEANSPEC_TRY(session.bodies().put(digest::sha256(text(n)), text(n)));
    return {};
  }));
  auto b = welcomed(1);
  std::size_t deltas = 0;
  const auto ask = [&](int from, int to) {
    say(*b, wire::Fetch{digest::sha256(text(to)), 0, digest::sha256(text(from))});
    return b->output.last<wire::Body>()->base.has_value();
  };
  for (int n = 1; n < 12; ++n) deltas += ask(0, n) ? 1U : 0U;
  EXPECT_EQ(deltas, 64 * limits::MiB / (2 * size));
  EXPECT_TRUE(ask(0, 1)) << "what is made already is for everybody";
  EXPECT_FALSE(ask(0, 11));
  pass(*b, std::chrono::seconds(2));
  EXPECT_TRUE(ask(0, 11));
  EXPECT_FALSE(ask(0, 10));
  EXPECT_EQ(b->output.code, std::nullopt);
}

TEST_F(BridgeSessionTest, what_is_refused_is_in_the_audit_log_and_a_flood_of_it_is_not) {
  const auto audited = [&] {
    std::vector<store::AuditEntry> entries;
    look([&](store::Session& session) { entries = *session.accounts().audit(100); });
    return entries;
  };
  auto hostile = welcomed(1);
  for (std::uint32_t n = 0; n < 50; ++n) say(*hostile, text_push(doc(n), {}, "../outside.md", "x"));
  run_sequencer(*hostile);
  EXPECT_EQ(hostile->output.count<wire::PushResult>(), 50U);
  ASSERT_EQ(audited().size(), 10U);
  EXPECT_EQ(audited()[0].actor, "machine:laptop 1");
  EXPECT_EQ(audited()[0].action, "refuse a push");
  EXPECT_FALSE(audited()[0].outcome.empty());

  auto other = welcomed(2);
  say(*other, wire::Ack{Seq{1'000}});
  EXPECT_EQ(other->output.code, CloseCode::bad_message);
  EXPECT_EQ(audited().size(), 11U);

  auto stranger = bridge(hello(3));
  stranger->rights.read = Error(ErrorCode::not_found, "There is no such project.");
  say(*stranger, stranger->hello);
  EXPECT_EQ(stranger->output.code, CloseCode::no_such_project);
  EXPECT_EQ(audited().size(), 12U) << "H06";
}

TEST_F(BridgeSessionTest, a_bad_frame_closes) {
  auto b = welcomed(1);
  b->session->on_bad_frame(Error(ErrorCode::corrupt, "not a message"), clock_.now());
  EXPECT_EQ(b->output.code, CloseCode::bad_message);
  auto c = welcomed(2);
  c->session->on_bad_frame(Error(ErrorCode::too_large, "a huge one"), clock_.now());
  EXPECT_EQ(c->output.code, CloseCode::too_large);
}

}  // namespace
}  // namespace leanspec::hub::engine
