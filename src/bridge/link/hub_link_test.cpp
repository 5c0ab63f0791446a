#include "bridge/link/hub_link.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <vector>

#include "host/log.h"
#include "net/server/http_server.h"
#include "wire/codec.h"
#include "wire/limits.h"

namespace leanspec::bridge::link {
namespace {

constexpr std::chrono::seconds patience{20};  // a test waits for an event; this only ends a broken run

/// The hub's end: what it does is the test's.
class HubSession final : public net::WebSocketSession {
 public:
  std::function<void(net::WebSocket&)> opened = [](net::WebSocket&) {};
  std::function<void(net::WebSocket&, std::string_view)> received = [](net::WebSocket&, std::string_view) {};

  void on_open(std::shared_ptr<net::WebSocket> socket) override {
    socket_ = std::move(socket);
    opened(*socket_);
  }
  void on_message(std::string_view message) override { received(*socket_, message); }
  void on_closed(unsigned, std::string_view) override { socket_.reset(); }

 private:
  std::shared_ptr<net::WebSocket> socket_;
};

[[nodiscard]] std::shared_ptr<const std::string> frame(const wire::ToBridge& message) {
  return std::make_shared<const std::string>(wire::encode(message));
}

class HubLinkTest : public testing::Test, public LinkOwner {
 protected:
  void TearDown() override {
    link_.reset();
    server_.reset();
  }

  void serve(net::server::WebSocketHandler handler) {
    net::server::Route route;
    route.method = net::Method::get;
    route.pattern = std::string(HubLink::path);
    route.action = "public";
    route.handler = std::move(handler);
    ASSERT_TRUE(router_.add(std::move(route)));
    options_.threads = 1;
    auto listening = net::server::HttpServer::listen(options_, router_, host::silent_log(), {});
    ASSERT_TRUE(listening) << listening.error().sentence();
    server_ = *std::move(listening);
    server_->start();
  }

  void serve(std::shared_ptr<HubSession> session) {
    serve(net::server::WebSocketHandler(
        [this, session](const net::Request& request) -> std::variant<net::WebSocketAccept, net::Response> {
          authorization_ = std::string(request.header("Authorization").value_or(""));
          net::WebSocketAccept accept;
          accept.session = session;
          accept.message_bytes_max = wire::limits::frame_bytes_max;
          accept.queued_bytes_max = wire::limits::frame_bytes_max;
          return accept;
        }));
  }

  void answer(unsigned status, std::string_view retry_after) {
    serve(net::server::WebSocketHandler(
        [status, retry_after](const net::Request&) -> std::variant<net::WebSocketAccept, net::Response> {
          auto response = net::json_response(status, "{}");
          if (!retry_after.empty()) response.with_header("Retry-After", retry_after);
          return response;
        }));
  }

  void connect_until(const std::function<bool()>& done) {
    HubAddress address;
    address.url = "http://127.0.0.1:" + std::to_string(server_->port());
    address.key = "lsk_test";
    auto opened = HubLink::open(context_, address, *this);
    ASSERT_TRUE(opened) << opened.error().sentence();
    link_ = *std::move(opened);
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!done() && std::chrono::steady_clock::now() < end) context_.run_one_for(std::chrono::milliseconds(100));
    EXPECT_TRUE(done()) << "waited in vain";
  }
  void connect_until_ended() {
    connect_until([this] { return !ended_.empty(); });
  }

  void link_opened() override { when_opened(); }
  void link_received(wire::ToBridge message) override { received_.push_back(std::move(message)); }
  void link_ended(LinkEnd end) override { ended_.push_back(std::move(end)); }

  boost::asio::io_context context_;
  net::server::HttpServerOptions options_;
  net::server::Router router_;
  std::unique_ptr<net::server::HttpServer> server_;
  std::unique_ptr<HubLink> link_;
  std::function<void()> when_opened = [] {};
  std::string authorization_;
  std::vector<wire::ToBridge> received_;
  std::vector<LinkEnd> ended_;
};

TEST_F(HubLinkTest, messages_go_both_ways_and_the_key_rides_in_the_header) {
  const auto hub = std::make_shared<HubSession>();
  hub->received = [](net::WebSocket& socket, std::string_view message) {
    const auto ping = wire::decode_to_hub(message);
    ASSERT_TRUE(ping);
    wire::Pong pong;
    pong.nonce = std::get<wire::Ping>(*ping).nonce + 1;
    socket.send(frame(pong));
  };
  serve(hub);
  when_opened = [this] {
    wire::Ping ping;
    ping.nonce = 41;
    link_->send(ping);
  };
  connect_until([this] { return !received_.empty(); });
  ASSERT_EQ(received_.size(), 1U);
  EXPECT_EQ(std::get<wire::Pong>(received_[0]).nonce, 42U);
  EXPECT_EQ(authorization_, "Bearer lsk_test");
  EXPECT_TRUE(ended_.empty());
}

TEST_F(HubLinkTest, a_wrong_key_is_a_refusal_that_only_a_person_can_lift) {
  answer(401, "");
  connect_until_ended();
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_TRUE(ended_[0].refused);
  EXPECT_FALSE(ended_[0].opened);
  EXPECT_NE(ended_[0].why.find("key"), std::string::npos);
  EXPECT_NE(ended_[0].remedy.find("login"), std::string::npos);
}

TEST_F(HubLinkTest, too_many_attempts_carry_the_hubs_wish) {
  answer(429, "7");
  connect_until_ended();
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_FALSE(ended_[0].refused);
  EXPECT_EQ(ended_[0].retry_after, std::chrono::seconds(7));
}

TEST_F(HubLinkTest, a_missing_right_is_a_refusal) {
  answer(403, "");
  connect_until_ended();
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_TRUE(ended_[0].refused);
}

TEST_F(HubLinkTest, a_frame_that_is_no_message_ends_the_connection_and_says_so) {
  const auto hub = std::make_shared<HubSession>();
  hub->opened = [](net::WebSocket& socket) { socket.send(std::make_shared<const std::string>("\xFF\xFFgarbage")); };
  serve(hub);
  connect_until_ended();
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_TRUE(ended_[0].opened);
  EXPECT_NE(ended_[0].why.find("no message"), std::string::npos);
  EXPECT_TRUE(received_.empty());
}

TEST_F(HubLinkTest, a_hub_that_closes_is_quoted) {
  const auto hub = std::make_shared<HubSession>();
  hub->opened = [](net::WebSocket& socket) { socket.close(4401, "The key was revoked."); };
  serve(hub);
  connect_until_ended();
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_EQ(ended_[0].why, "The key was revoked.");
  EXPECT_TRUE(ended_[0].refused);
}

TEST_F(HubLinkTest, a_destroyed_link_is_silent) {
  const auto hub = std::make_shared<HubSession>();
  serve(hub);
  bool opened = false;
  when_opened = [&opened] { opened = true; };
  connect_until([&opened] { return opened; });
  link_.reset();
  context_.run_for(patience);
  EXPECT_TRUE(context_.stopped()) << "something of it is left that could still speak";
  EXPECT_TRUE(ended_.empty());
}

TEST(HubLink, a_plain_address_beyond_this_machine_is_refused_before_anything_is_sent) {
  class Nobody final : public LinkOwner {
    void link_opened() override {}
    void link_received(wire::ToBridge) override {}
    void link_ended(LinkEnd) override {}
  } nobody;
  boost::asio::io_context context;
  HubAddress address;
  address.url = "http://hub.example.com";
  EXPECT_EQ(HubLink::open(context, address, nobody).error().code, ErrorCode::invalid);
}

}  // namespace
}  // namespace leanspec::bridge::link
