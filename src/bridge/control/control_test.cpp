#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "bridge/control/control_message.h"
#include "bridge/control/control_socket.h"
#include "bridge/control/json_writer.h"
#include "bridge/control/status_text.h"

namespace leanspec::bridge::control {
namespace {

TEST(ControlMessage, a_request_comes_back_word_for_word_however_it_is_cut) {
  const Words words{"add", "/home/me/sp ecs", "", "naïve\n"};
  const std::string frame = encode_request(words);
  std::string received;
  for (std::size_t at = 0; at + 1 < frame.size(); ++at) {
    received += frame[at];
    EXPECT_FALSE(take_request(received)->has_value());
  }
  received += frame.back();
  EXPECT_EQ(**take_request(received), words);
  EXPECT_TRUE(received.empty());
}

TEST(ControlMessage, replies_come_one_after_the_other) {
  std::string received = encode_reply(ReplyKind::output, "text") + encode_reply(ReplyKind::exit, "4");
  const auto first = **take_reply(received);
  EXPECT_EQ(first.kind, ReplyKind::output);
  EXPECT_EQ(first.text, "text");
  EXPECT_EQ((**take_reply(received)).text, "4");
  EXPECT_FALSE(take_reply(received)->has_value());
}

TEST(ControlMessage, a_length_beyond_the_limit_is_refused_before_anything_is_kept) {
  std::string huge("\xFF\xFF\xFF\x7F", 4);
  EXPECT_EQ(take_request(huge).error().code, ErrorCode::too_large);
  const std::string at_limit = encode_request({std::string(request_bytes_max - 4, 'x')});
  std::string received = at_limit;
  EXPECT_TRUE(take_request(received)->has_value());
  received = encode_request({std::string(request_bytes_max - 3, 'x')});
  EXPECT_EQ(take_request(received).error().code, ErrorCode::too_large);
}

TEST(ControlMessage, garbage_is_an_error_and_never_a_command) {
  std::string torn("\x06\x00\x00\x00\x09\x00\x00\x00zz", 10);
  EXPECT_EQ(take_request(torn).error().code, ErrorCode::corrupt);
  std::string many = encode_request(Words(request_words_max + 1, "w"));
  EXPECT_EQ(take_request(many).error().code, ErrorCode::corrupt);
  std::string unknown("\x01\x00\x00\x00q", 5);
  EXPECT_EQ(take_reply(unknown).error().code, ErrorCode::corrupt);
}

class ControlSocketTest : public testing::Test {
 protected:
  ControlSocketTest() {
    char name[] = "/tmp/leanspec-control-XXXXXX";
    folder_ = ::mkdtemp(name);
  }
  ~ControlSocketTest() override { EXPECT_EQ(::system(("rm -rf '" + folder_ + "'").c_str()), 0); }

  /// Answers one request on another thread, as a daemon would.
  static void answer_once(const std::string& path, int listening) {
    for (;;) {
      auto socket = accept_from(listening);
      if (!socket) continue;
      std::string request;
      char buffer[1024];
      for (Result<std::optional<Words>> words = take_request(request); words && !*words;
           words = take_request(request)) {
        const ssize_t count = ::recv(socket->get(), buffer, sizeof buffer, 0);
        if (count > 0) request.append(buffer, static_cast<std::size_t>(count));
      }
      const std::string reply = encode_reply(ReplyKind::exit, "7");
      EXPECT_EQ(::send(socket->get(), reply.data(), reply.size(), 0), static_cast<ssize_t>(reply.size())) << path;
      return;
    }
  }

  std::string folder_;
};

TEST_F(ControlSocketTest, the_exit_code_comes_from_the_daemon_and_the_socket_is_private) {
  const std::string path = folder_ + "/control.sock";
  EXPECT_FALSE(daemon_runs(path));
  EXPECT_EQ(ask_daemon(path, {"status"}).error().code, ErrorCode::not_found);
  const auto listening = listen_on(path);
  ASSERT_TRUE(listening);
  struct stat facts {};
  ASSERT_EQ(::stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  std::thread daemon(answer_once, path, listening->get());
  EXPECT_EQ(*ask_daemon(path, {"status"}), 7);
  daemon.join();
}

TEST_F(ControlSocketTest, a_daemon_that_hangs_up_at_once_is_an_error_and_no_signal) {
  const std::string path = folder_ + "/control.sock";
  const auto listening = listen_on(path);
  ASSERT_TRUE(listening);
  std::thread daemon([&] {
    while (!accept_from(listening->get())) {
    }
  });
  const auto answer = ask_daemon(path, {"status", std::string(60'000, 'w')});
  daemon.join();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::io);
}

TEST_F(ControlSocketTest, a_path_longer_than_a_socket_address_works_too) {
  const std::string deep = folder_ + "/" + std::string(150, 'd');
  ASSERT_EQ(::mkdir(deep.c_str(), 0700), 0);
  const auto listening = listen_on(deep + "/control.sock");
  ASSERT_TRUE(listening);
  std::thread daemon(answer_once, deep, listening->get());
  EXPECT_EQ(*ask_daemon(deep + "/control.sock", {"status"}), 7);
  daemon.join();
}

TEST_F(ControlSocketTest, the_socket_of_a_dead_daemon_is_replaced) {
  const std::string path = folder_ + "/control.sock";
  { ASSERT_TRUE(listen_on(path)); }
  EXPECT_FALSE(daemon_runs(path));
  EXPECT_TRUE(listen_on(path));
}

TEST(JsonWriter, puts_commas_where_they_belong) {
  JsonWriter json;
  json.begin_object()
      .field("a", "x\"y")
      .key("b")
      .begin_array()
      .number(1)
      .begin_object()
      .end_object()
      .boolean(true)
      .end_array();
  json.key("c").null().end_object();
  EXPECT_EQ(json.str(), R"({"a":"x\"y","b":[1,{},true],"c":null})");
}

[[nodiscard]] BridgeStatus example() {
  BridgeStatus status;
  status.version = "1";
  status.machine_name = "laptop";
  status.hub_url = "https://hub.example.com";
  status.running = true;
  FolderStatus folder;
  folder.root = "/home/me/specs";
  folder.project = "mine";
  engine::ReplicaStatus replica;
  replica.state = engine::ReplicaStateName::live;
  replica.documents = 2;
  replica.in_sync = 2;
  folder.replica = replica;
  status.folders.push_back(folder);
  return status;
}

TEST(StatusText, says_at_a_glance_what_is_where) {
  const std::string text = status_text(example(), Instant(), false);
  EXPECT_NE(text.find("laptop → https://hub.example.com"), std::string::npos);
  EXPECT_NE(text.find("/home/me/specs  mine  live"), std::string::npos);
  EXPECT_NE(text.find("2 files, 2 in sync"), std::string::npos);
}

TEST(StatusText, a_file_name_cannot_drive_the_terminal) {
  BridgeStatus status = example();
  status.folders[0].replica->held_count = 1;
  status.folders[0].replica->held.push_back(engine::StatusItem{"a\x1B[2J.md", "why", ""});
  EXPECT_EQ(status_text(status, Instant(), false).find('\x1B'), std::string::npos);
  EXPECT_NE(status_json(status).find("a\\u001b[2J.md"), std::string::npos);
}

TEST(StatusText, why_there_is_no_connection_is_said_once_and_what_to_do) {
  BridgeStatus status = example();
  FolderStatus& folder = status.folders[0];
  folder.replica->state = engine::ReplicaStateName::offline;
  folder.replica->detail = "not connected: nothing listens there";
  folder.connection = "nothing listens there";
  folder.connection_remedy = "check the port";
  const std::string text = status_text(status, Instant(), false);
  EXPECT_EQ(text.find("nothing listens there"), text.rfind("nothing listens there")) << text;
  EXPECT_NE(text.find("    Not connected: nothing listens there\n    → Check the port\n"), std::string::npos) << text;
  folder.replica->state = engine::ReplicaStateName::paused;
  folder.replica->detail = "paused";
  const std::string paused = status_text(status, Instant(), false);
  EXPECT_NE(paused.find("    Paused\n    Not connected: nothing listens there\n"), std::string::npos) << paused;
  folder.replica->state = engine::ReplicaStateName::offline;
  folder.replica->detail = "not connected yet";
  const std::string first = status_text(status, Instant(), false);
  EXPECT_EQ(first.find("not connected yet"), std::string::npos) << first;
  EXPECT_NE(first.find("Not connected: nothing listens there"), std::string::npos) << first;
}

TEST(StatusText, what_holds_for_all_files_of_a_list_is_said_once) {
  BridgeStatus status = example();
  engine::ReplicaStatus& replica = *status.folders[0].replica;
  replica.held_count = 2;
  replica.held = {{"a.md", "it vanished", "put it back"}, {"b.md", "it vanished", "put it back"}};
  const std::string alike = status_text(status, Instant(), false);
  EXPECT_NE(alike.find("    2 held:  it vanished  → put it back\n      a.md\n      b.md\n"), std::string::npos) << alike;
  replica.held[1].why = "it is locked";
  const std::string apart = status_text(status, Instant(), false);
  EXPECT_NE(apart.find("    2 held:\n      a.md  it vanished  → put it back\n      b.md  it is locked"), std::string::npos)
      << apart;
}

TEST(StatusText, what_differs_is_never_shown_as_agreed) {
  BridgeStatus status = example();
  engine::ReplicaStatus& replica = *status.folders[0].replica;
  replica.state = engine::ReplicaStateName::differs;
  replica.detail = "the hub has 1 change that is not here";
  replica.incoming_count = 1;
  replica.last_sync = Instant();
  const std::string text = status_text(status, Instant(), false);
  EXPECT_EQ(text.find("live"), std::string::npos) << text;
  EXPECT_EQ(text.find("all agreed"), std::string::npos) << text;
  EXPECT_NE(text.find("The hub has 1 change that is not here"), std::string::npos) << text;
}

TEST(StatusText, what_waits_for_a_person_is_told_by_the_exit_code) {
  BridgeStatus status = example();
  EXPECT_FALSE(needs_attention(status));
  status.folders[0].replica->state = engine::ReplicaStateName::guard;
  EXPECT_TRUE(needs_attention(status));
  status = example();
  status.folders[0].problem = "the folder is gone";
  EXPECT_TRUE(needs_attention(status));
  status = example();
  status.folders[0].replica->state = engine::ReplicaStateName::offline;
  EXPECT_FALSE(needs_attention(status)) << "a lost network needs no person";
}

}  // namespace
}  // namespace leanspec::bridge::control
