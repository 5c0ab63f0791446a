#include "net/websocket_connection.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <exception>
#include <optional>

#include "net/websocket_outbox.h"

namespace leanspec::net {

// The two customisation points that Beast looks up beside the stream's type. The close frames have been exchanged by
// then, so nothing is lost by closing the socket without TLS's own goodbye.
template <typename Handler>
void async_teardown(boost::beast::role_type, ByteStream& stream, Handler&& handler) {
  NetError ignored;
  stream.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  asio::post(stream.get_executor(), [handler = std::forward<Handler>(handler)]() mutable { handler(NetError{}); });
}
inline void beast_close_socket(ByteStream& stream) {
  stream.close();
}

namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;

constexpr std::chrono::seconds close_grace{5};  // for the other side's close frame; a dead peer must not hold a socket
constexpr std::size_t first_allocation_bytes = 512;  // most protocol messages fit; doubled as bytes really arrive
constexpr unsigned code_no_status = 1005, code_abnormal = 1006;  // RFC 6455 section 7.4.1
constexpr unsigned code_protocol_error = 1002, code_not_binary = 1003, code_too_big = 1009, code_internal = 1011,
                   code_slow = 1013;

class Connection final : public WebSocketConnection, public std::enable_shared_from_this<Connection> {
 public:
  Connection(ByteStream stream, WebSocketAccept accept, std::function<void()> on_ended, std::size_t write_buffer_bytes)
      : websocket_(std::move(stream)),
        session_(std::move(accept.session)),
        queued_bytes_max_(accept.queued_bytes_max),
        message_bytes_max_(accept.message_bytes_max),
        on_ended_(std::move(on_ended)) {
    websocket::stream_base::timeout never{websocket::stream_base::none(), websocket::stream_base::none(), false};
    websocket_.set_option(never);
    websocket_.binary(true);
    websocket_.auto_fragment(false);
    websocket_.write_buffer_bytes(write_buffer_bytes);
    websocket_.read_message_max(accept.message_bytes_max);
  }
  ~Connection() override {
    if (outbox_) outbox_->shut();
  }

  void accept(const Request& request) {
    auto upgrade =
        std::make_shared<beast::http::request<beast::http::empty_body>>(beast::http::verb::get, request.target, 11);
    for (const auto& [name, value] : request.headers) upgrade->insert(name, value);
    websocket_.set_option(websocket::stream_base::decorator(
        [id = request.request_id](websocket::response_type& response) { response.set("X-Request-Id", id); }));
    websocket_.async_accept(*upgrade, [self = shared_from_this(), upgrade](NetError error) {
      if (error) return self->finish(code_abnormal, error.message());
      self->open();
    });
    arm_deadline();
  }

  void handshake(std::string_view host, std::string_view path, Headers headers,
                 std::function<void(NetError, UpgradeRefusal)> on_refused) {
    websocket_.set_option(
        websocket::stream_base::decorator([headers = std::move(headers)](websocket::request_type& request) {
          for (const auto& [name, value] : headers) request.set(name, value);
        }));
    auto response = std::make_shared<websocket::response_type>();
    websocket_.async_handshake(
        *response, std::string(host), std::string(path),
        [self = shared_from_this(), response, on_refused = std::move(on_refused)](NetError error) {
          if (self->finished_) return;
          if (!error) return self->open();
          UpgradeRefusal refusal;
          if (error == websocket::error::upgrade_declined) {
            refusal.status = response->result_int();
            for (const auto& field : *response) refusal.headers.emplace_back(field.name_string(), field.value());
          }
          self->finished_ = true;
          self->stream().close();
          on_refused(error, std::move(refusal));
        });
  }

  void close(unsigned code, std::string_view reason) override {
    if (outbox_) {
      outbox_->close(code, reason);
    } else {
      drop();
    }
  }

  void drop() override { abandon(code_abnormal, "connection dropped"); }

  void forget() override {
    finished_ = true;
    if (outbox_) outbox_->shut();
    stream().close();
    deadline_.reset();
    session_.reset();
    on_ended_ = nullptr;
  }

 private:
  ByteStream& stream() { return websocket_.next_layer(); }

  void open() {
    if (finished_) return;
    deadline_.reset();
    const auto executor = stream().get_executor();
    outbox_ = std::make_shared<WebSocketOutbox>(queued_bytes_max_, [weak = weak_from_this(), executor] {
      asio::post(executor, [weak] {
        if (const auto self = weak.lock()) self->work();
      });
    });
    call([this](WebSocketSession& session) { session.on_open(outbox_); });
    read();
  }

  /// Runs a call of the session, which lives until it returns; what it throws ends this socket, not the program.
  template <typename Call>
  void call(Call&& callable) {
    const auto session = session_;
    try {
      callable(*session);
    } catch (const std::exception&) {
      if (outbox_) outbox_->close(code_internal, "internal error");
    }
  }

  void work() {
    if (finished_ || closing_) return;
    if (!reading_ && !outbox_->reading_paused()) read();
    if (writing_ || finished_) return;
    auto work = outbox_->take();
    if (work.overflowed) return abandon(code_slow, "the other side reads too slowly");
    if (work.frame) {
      write(std::move(work.frame));
    } else if (work.close) {
      start_close(work.close->code, work.close->reason);
    }
  }

  void write(std::shared_ptr<const std::string> frame) {
    writing_ = true;
    const asio::const_buffer buffer(frame->data(), frame->size());
    websocket_.async_write_some(
        true, buffer, Completion([self = shared_from_this(), frame = std::move(frame)](NetError error, std::size_t) {
          self->writing_ = false;
          if (self->finished_) return;
          if (error) return self->closing_ ? void() : self->fail(error);
          if (self->outbox_->sent(frame->size())) self->call([](WebSocketSession& session) { session.on_drained(); });
          self->work();
        }));
  }

  /// Reads into whatever room the message has so far. An idle socket holds no buffer: the first bytes fit into the
  /// string itself, and what a peer only declares is never allocated.
  void read() {
    if (reading_ || finished_ || closing_) return;
    if (whole_) {  // it came while reading was paused
      if (outbox_->reading_paused()) return;
      deliver();
      return read();
    }
    if (outbox_->reading_paused()) return;
    if (received_ == message_.size()) {
      const std::size_t grown = std::max(message_.size() * 2, first_allocation_bytes);
      message_.resize(message_.empty() ? message_.capacity() : std::min(grown, message_bytes_max_ + 1));
    }
    reading_ = true;
    websocket_.async_read_some(asio::mutable_buffer(message_.data() + received_, message_.size() - received_),
                               Completion([self = shared_from_this()](NetError error, std::size_t bytes) {
                                 self->reading_ = false;
                                 self->on_read(error, bytes);
                               }));
  }

  void on_read(NetError error, std::size_t bytes) {
    if (finished_) return;
    if (error) return closing_ && error != websocket::error::closed ? void() : fail(error);
    received_ += bytes;
    if (!websocket_.got_binary()) return close(code_not_binary, "binary messages only");
    if (websocket_.is_message_done()) {
      whole_ = true;
      if (!outbox_->reading_paused()) deliver();
    }
    read();
  }

  void deliver() {
    whole_ = false;
    std::string message = std::exchange(message_, {});
    const std::size_t size = std::exchange(received_, 0);
    call([&](WebSocketSession& session) { session.on_message(std::string_view(message).substr(0, size)); });
  }

  void start_close(unsigned code, std::string_view reason) {
    closing_ = true;
    arm_deadline();
    websocket::close_reason why(static_cast<websocket::close_code>(code),
                                beast::string_view(reason.data(), reason.size()));
    websocket_.async_close(why, [self = shared_from_this(), code, text = std::string(reason)](NetError) {
      self->stream().close();
      self->finish(code, text);
    });
  }

  void fail(NetError error) {
    if (error == websocket::error::closed) {
      const auto& reason = websocket_.reason();
      const std::string text(reason.reason.data(), reason.reason.size());
      return abandon(reason.code == websocket::close_code::none ? code_no_status : unsigned{reason.code}, text);
    }
    if (error == websocket::error::message_too_big)
      return abandon(code_too_big, "the other side sent a message that is larger than is allowed");
    if (error == websocket::condition::protocol_violation)
      return abandon(code_protocol_error, "the other side sent what is no WebSocket frame: " + error.message());
    abandon(code_abnormal,
            "the connection broke: " +
                (error == asio::error::eof ? std::string("it ended without a goodbye") : error.message()));
  }

  void abandon(unsigned code, std::string_view reason) {
    stream().close();
    finish(code, reason);
  }

  void finish(unsigned code, std::string_view reason) {
    if (std::exchange(finished_, true)) return;
    deadline_.reset();
    if (outbox_) {
      outbox_->shut();
      call([&](WebSocketSession& session) { session.on_closed(code, reason); });
    }
    session_.reset();
    if (const auto on_ended = std::exchange(on_ended_, nullptr)) on_ended();
  }

  void arm_deadline() {
    deadline_ = std::make_unique<Timer>(stream().get_executor(), close_grace);
    deadline_->async_wait([weak = weak_from_this()](NetError error) {
      const auto self = weak.lock();
      if (self && !error) self->drop();
    });
  }

  websocket::stream<ByteStream, false> websocket_;
  std::shared_ptr<WebSocketSession> session_;
  std::shared_ptr<WebSocketOutbox> outbox_;
  std::unique_ptr<Timer> deadline_;
  std::string message_;
  std::size_t received_ = 0;
  std::size_t queued_bytes_max_;
  std::size_t message_bytes_max_;
  std::function<void()> on_ended_;
  bool reading_ = false, writing_ = false, closing_ = false, finished_ = false, whole_ = false;
};

// A server sends unmasked and never copies; a client masks through this buffer, one piece at a time.
constexpr std::size_t server_write_buffer_bytes = 512, client_write_buffer_bytes = 4096;

}  // namespace

std::shared_ptr<WebSocketConnection> accept_websocket(ByteStream stream, const Request& request, WebSocketAccept accept,
                                                      std::function<void()> on_ended) {
  auto connection = std::make_shared<Connection>(std::move(stream), std::move(accept), std::move(on_ended),
                                                 server_write_buffer_bytes);
  connection->accept(request);
  return connection;
}

std::shared_ptr<WebSocketConnection> open_websocket(ByteStream stream, std::string_view host, std::string_view path,
                                                    Headers headers, WebSocketAccept accept,
                                                    std::function<void(NetError, UpgradeRefusal)> on_refused) {
  auto connection =
      std::make_shared<Connection>(std::move(stream), std::move(accept), nullptr, client_write_buffer_bytes);
  connection->handshake(host, path, std::move(headers), std::move(on_refused));
  return connection;
}

}  // namespace leanspec::net
