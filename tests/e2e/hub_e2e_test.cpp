#include <signal.h>
#include <sys/socket.h>

#include <random>

#include "tests/e2e/site.h"

namespace leanspec::e2e {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

class HubBadDays : public Site {
 protected:
  void save_many(int count, const std::string& what) const {
    for (int number = 1; number <= count; ++number)
      save(numbered_path(number), spec_text(what + std::to_string(number)));
  }
  [[nodiscard]] bool all_same(int count) const {
    for (int number = 1; number <= count; ++number) {
      if (!same(numbered_path(number))) return false;
    }
    return true;
  }
};

TEST_F(HubBadDays, a_hub_that_is_down_at_start_is_named_and_everything_goes_there_when_it_comes) {
  ASSERT_NO_FATAL_FAILURE(prepare());
  hub.kill_now();
  save_many(3, "written before ");
  ASSERT_TRUE(bridge.start());
  ASSERT_TRUE(says("refused")) << shown();
  EXPECT_EQ(state().state, "offline");
  EXPECT_THAT(bridge.why(specs / numbered_path(1)), HasSubstr("kept here until the hub can be reached"));
  save(numbered_path(4), spec_text("Written while it is away"));
  ASSERT_TRUE(hub.start());
  EXPECT_TRUE(wait_until([&] { return all_same(4); })) << shown();
  EXPECT_TRUE(lives());
}

TEST_F(HubBadDays, a_hub_that_is_killed_in_the_middle_of_pushes_has_everything_once_when_it_is_back) {
  constexpr int files = 60;
  ASSERT_NO_FATAL_FAILURE(start_all());
  std::mt19937 random(20);
  for (int round = 0; round < 4; ++round) {
    EventStream events(hub.url(), hub.key(), "/api/events?project=" + project);
    ASSERT_TRUE(events.next());
    save_many(files, "round " + std::to_string(round) + ", ");
    // Some are there and the others on their way.
    const std::size_t some = random() % (files / 2);
    for (std::size_t told = 0; told < some;) {
      const auto event = events.next();
      ASSERT_TRUE(event) << (hub.running() ? "" : "the hub ended: ") << hub.errors() << shown();
      if (event->name == "delta") told += event->json().at("specs").as_array().size();
    }
    hub.kill_now();
    ASSERT_TRUE(hub.start()) << hub.errors();
  }
  ASSERT_TRUE(wait_until([&] { return state().live() && all_same(files); })) << shown();
  EXPECT_THAT(hub.held(project), SizeIs(0));
  for (int number = 1; number <= files; ++number) {
    const auto versions = hub.history(project, numbered_path(number));
    for (std::size_t at = 1; at < versions.size(); ++at)
      EXPECT_NE(versions[at].hash, versions[at - 1].hash) << "one save was counted twice";
  }
}

TEST_F(HubBadDays, a_full_disk_holds_the_pushes_and_room_lets_them_go_on) {
  SmallDisk disk(scratch / "small", 12 * 1024 * 1024);
  if (!disk.problem().empty()) GTEST_SKIP() << disk.problem();
  hub.keep_data_in(scratch / "small/hub");
  save(numbered_path(1), spec_text("First"));
  ASSERT_NO_FATAL_FAILURE(start_all());
  disk.fill();
  std::mt19937_64 random(1);
  std::string noise;
  while (noise.size() < 400'000) noise += std::to_string(random()) + "\n";
  save(numbered_path(1), spec_text("Edited while the disk is full", noise));
  save(numbered_path(2), spec_text("New while the disk is full", noise + "2"));
  ASSERT_TRUE(wait_until([&] { return state().pending == 2; })) << shown();
  EXPECT_TRUE(says("the hub's disk is full")) << shown();
  EXPECT_THAT(hub.errors(), HasSubstr("disk is full"));
  EXPECT_TRUE(hub.file(project, numbered_path(1))) << "what was there can be read all the while";
  EXPECT_EQ(hub.client().get("/health/live").status, 200);
  disk.make_room();
  EXPECT_TRUE(wait_until([&] { return all_same(2) && state().live(); })) << shown();
  EXPECT_THAT(hub.held(project), SizeIs(0));
}

TEST_F(HubBadDays, a_read_only_data_folder_is_named_at_start) {
  SmallDisk disk(scratch / "small", 12 * 1024 * 1024);
  if (!disk.problem().empty()) GTEST_SKIP() << disk.problem();
  hub.keep_data_in(scratch / "small/hub");
  save(numbered_path(1), spec_text("First"));
  ASSERT_NO_FATAL_FAILURE(start_all());
  ASSERT_EQ(hub.stop(), 0);
  disk.set_read_only(true);
  const Finished refused = hub.command({"--port", "0"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.errors, AllOf(HasSubstr("small/hub"), HasSubstr("ead-only")));
  disk.set_read_only(false);
  save(numbered_path(1), spec_text("Second"));
  ASSERT_TRUE(hub.start()) << hub.errors();
  EXPECT_TRUE(arrives(numbered_path(1))) << "the bridge was not restarted";
}

TEST_F(HubBadDays, a_second_hub_on_the_same_data_is_refused_and_says_who_has_it) {
  ASSERT_TRUE(hub.start());
  const Finished second = hub.command({"--port", "0"});
  EXPECT_EQ(second.code, 4) << second.errors;
  EXPECT_THAT(second.errors, AllOf(HasSubstr(hub.data().string()), HasSubstr(std::to_string(hub.pid()))));
  EXPECT_EQ(hub.client().get("/health").status, 200) << "the first goes on";
}

TEST_F(HubBadDays, a_taken_port_is_named) {
  ASSERT_TRUE(hub.start());
  HubProcess other(scratch, "other");
  const Finished second = other.command({"--port", std::to_string(hub.port())});
  EXPECT_EQ(second.code, 3) << second.errors;
  EXPECT_THAT(second.errors, HasSubstr(std::to_string(hub.port())));
}

TEST_F(HubBadDays, a_name_that_somebody_has_is_refused_in_words) {
  ASSERT_TRUE(hub.start());
  const auto password = (scratch / "password").string();
  save_in_place(password, "correct horse battery\n");
  ASSERT_EQ(hub.command({"user", "add", "ada", "--password-file", password}).code, 0);
  const Finished again = hub.command({"user", "add", "Ada", "--password-file", password});
  EXPECT_EQ(again.code, 2);
  EXPECT_NE(again.errors.find("Ada: somebody of this name is there already"), std::string::npos) << again.errors;
}

TEST_F(HubBadDays, off_loopback_without_tls_it_does_not_start_and_names_both_ways_out) {
  const Finished refused = hub.command({"--host", "0.0.0.0", "--port", "0"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.errors, AllOf(HasSubstr("--tls-cert"), HasSubstr("--behind-proxy")));
}

TEST_F(HubBadDays, a_damaged_database_is_named_and_left_alone) {
  ASSERT_TRUE(hub.start());
  ASSERT_EQ(hub.stop(), 0);
  const fs::path file = hub.data() / "hub.db";
  std::string bytes = tests::read_file(file);
  std::fill(bytes.begin() + 20, bytes.end(), '\x5a');
  save_in_place(file, bytes);
  const Finished refused = hub.command({"--port", "0"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("hub.db"));
  EXPECT_EQ(tests::read_file(file), bytes);
}

TEST_F(HubBadDays, sigterm_drains_within_five_seconds_with_bridges_and_readers_connected) {
  save_many(20, "Spec ");
  ASSERT_NO_FATAL_FAILURE(start_all());
  EventStream events(hub.url(), hub.key(), "/api/events?project=" + project);
  ASSERT_TRUE(events.next());
  HttpClient idle = hub.client();
  ASSERT_EQ(idle.get("/health").status, 200);
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(hub.stop(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
  EXPECT_TRUE(wait_until([&] { return state().state == "offline"; }));
  ASSERT_TRUE(hub.start());
  EXPECT_TRUE(lives());
}

TEST_F(HubBadDays, two_hubs_and_two_bridges_run_side_by_side) {
  HubProcess other_hub(scratch, "other-hub");
  BridgeProcess other_bridge(scratch, "other-bridge");
  const fs::path other_specs = scratch / "other/specs";
  save(numbered_path(1), spec_text("Of the first"));
  save_in_place(other_specs / numbered_path(1), spec_text("Of the second"));
  ASSERT_NO_FATAL_FAILURE(start_all());
  ASSERT_TRUE(other_hub.start());
  ASSERT_NE(hub.port(), other_hub.port());
  ASSERT_EQ(other_bridge.login(other_hub.url(), other_hub.make_key().secret).code, 0);
  ASSERT_EQ(other_bridge.add(other_specs, project).code, 0);
  ASSERT_TRUE(other_bridge.start());
  ASSERT_TRUE(wait_until([&] { return other_bridge.folder(other_specs).live(); }));
  EXPECT_THAT(hub.file(project, numbered_path(1))->content, HasSubstr("Of the first"));
  EXPECT_THAT(other_hub.file(project, numbered_path(1))->content, HasSubstr("Of the second"));
}

/// What a stranger may send instead of a request, and what it must hear.
struct Nonsense {
  const char* name;
  std::string bytes;
  const char* answer;  ///< begins so; "": nothing, and the connection ends
};

TEST_F(HubBadDays, garbage_and_oversized_requests_are_answered_or_cut_and_hurt_nobody) {
  save(numbered_path(1), spec_text("First"));
  ASSERT_NO_FATAL_FAILURE(start_all());
  const std::string upgrade =
      "GET /api/bridge HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
      "13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer " +
      hub.key() + "\r\n\r\n";
  const std::vector<Nonsense> all{
      {"bytes", std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8) + "\r\n\r\n", "HTTP/1.1 400"},
      {"method", "BREW /api/projects HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 501"},
      {"path", "GET /api/projects/%zz HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 4"},
      {"traversal", "GET /assets/../../../../etc/passwd HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 40"},
      {"header", "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(100'000, 'a') + "\r\n\r\n", "HTTP/1.1 431"},
      {"body", "POST /api/session HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n", "HTTP/1.1 413"},
      {"two lengths", "POST /api/session HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
       "HTTP/1.1 400"},
      {"frame",
       upgrade + std::string("\x82\x84\x01\x02\x03\x04"
                             "abcd",
                             10),
       "HTTP/1.1 101"},
      {"long frame", upgrade + std::string("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x01\x02\x03\x04", 14),
       "HTTP/1.1 101"},
  };
  for (const Nonsense& nonsense : all) {
    const auto connection = HttpConnection::open(parse_address(hub.url()), std::chrono::seconds(20));
    ASSERT_TRUE(connection) << nonsense.name;
    (void)connection->send(nonsense.bytes);
    std::string heard;
    const auto begun = std::chrono::steady_clock::now();
    while (connection->receive(heard)) {
    }
    EXPECT_EQ(heard.substr(0, std::string_view(nonsense.answer).size()), nonsense.answer) << nonsense.name;
    if (heard.starts_with("HTTP/1.1 101")) {
      EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10)) << nonsense.name << " was not cut";
    }
  }
  EXPECT_TRUE(hub.running());
  save(numbered_path(1), spec_text("Second"));
  EXPECT_TRUE(arrives(numbered_path(1)));
}

TEST_F(HubBadDays, requests_that_come_slowly_do_not_keep_others_waiting) {
  ASSERT_TRUE(hub.start());
  hub.make_key();
  std::vector<std::unique_ptr<HttpConnection>> slow;
  for (int number = 0; number < 200; ++number) {
    slow.push_back(HttpConnection::open(parse_address(hub.url()), std::chrono::seconds(60)));
    ASSERT_TRUE(slow.back());
    ASSERT_TRUE(slow.back()->send("GET /api/projects HTTP/1.1\r\nHost: h\r\nX-Slow: "));
  }
  HttpClient client = hub.client();
  for (int number = 0; number < 20; ++number) {
    const auto begun = std::chrono::steady_clock::now();
    ASSERT_EQ(client.get("/api/projects").status, 200);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(2));
  }
}

}  // namespace
}  // namespace leanspec::e2e
