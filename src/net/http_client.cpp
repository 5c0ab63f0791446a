#include "net/http_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <memory>
#include <utility>
#include <variant>

#include "net/byte_stream.h"
#include "net/connector.h"

namespace leanspec::net {
namespace {

namespace http = boost::beast::http;

constexpr std::uint32_t header_bytes_max = 64 * 1024;

}  // namespace

/// A loop of its own, and the connection that is kept on it.
struct HttpConversation::Line {
  [[nodiscard]] bool leads_to(const HttpClientRequest& request) const {
    return stream && target.tls == request.target.tls && target.host == request.target.host &&
           target.port == request.target.port && ca_file == request.ca_file &&
           public_addresses_only == request.public_addresses_only;
  }

  asio::io_context context{1};
  std::optional<ByteStream> stream;
  HubTarget target;
  std::optional<std::string> ca_file;
  bool public_addresses_only = false;
  bool keeps = true;
  std::size_t connections = 0;
};

/// The steps of one exchange; ends when the loop has nothing left to do.
class HttpConversation::Exchange {
 public:
  Exchange(Line& line, HttpClientRequest request)
      : line_(line), request_(std::move(request)), deadline_(line.context.get_executor()) {}

  Result<HttpClientAnswer> run() {
    deadline_.expires_after(request_.timeout);
    deadline_.async_wait([this](NetError error) {
      if (error) return;
      failure_ = Error(ErrorCode::timeout, "no answer in time", request_.target.host,
                       "Check the network, and that the hub runs.");
      end();
    });
    prepare();
    reused_ = line_.leads_to(request_);
    if (reused_) {
      write();
    } else {
      connect();
    }
    line_.context.restart();
    line_.context.run();
    if (failure_) return *std::move(failure_);
    return std::move(answer_);
  }

 private:
  void connect() {
    reused_ = false;
    line_.stream.reset();
    line_.target = request_.target;
    line_.ca_file = request_.ca_file;
    line_.public_addresses_only = request_.public_addresses_only;
    ++line_.connections;
    connector_ = std::make_shared<Connector>(
        line_.context, request_.target, request_.ca_file,
        [this](std::variant<ByteStream, ConnectFailure> way) {
          if (auto* failure = std::get_if<ConnectFailure>(&way)) {
            failure_ = std::move(failure->error);
            return end();
          }
          line_.stream.emplace(std::move(std::get<ByteStream>(way)));
          write();
        },
        request_.public_addresses_only);
    connector_->start();
  }

  void prepare() {
    message_.method_string(to_string(request_.method));
    message_.target(request_.target.path);
    message_.version(11);
    message_.set(http::field::host, request_.target.authority());
    if (!line_.keeps) message_.set(http::field::connection, "close");
    for (const auto& [name, value] : request_.headers) message_.set(name, value);
    if (!request_.body.empty() && message_.find(http::field::content_type) == message_.end())
      message_.set(http::field::content_type, "application/json");
    message_.body() = std::move(request_.body);
    message_.prepare_payload();
  }

  void write() {
    http::async_write(*line_.stream, message_, [this](NetError error, std::size_t) {
      if (error) return broken(error);
      read();
    });
  }

  void read() {
    parser_.emplace();
    parser_->header_limit(header_bytes_max);
    parser_->body_limit(request_.answer_bytes_max);
    http::async_read(*line_.stream, buffer_, *parser_, [this](NetError error, std::size_t) {
      if (error == http::error::body_limit) {
        failure_ = Error(ErrorCode::too_large, "the answer is larger than what is taken of it", request_.target.host);
        return end();
      }
      if (error) return broken(error);
      const bool stays = line_.keeps && parser_->keep_alive() && buffer_.size() == 0;
      auto received = parser_->release();
      answer_.status = received.result_int();
      answer_.content_type = std::string(received[http::field::content_type]);
      for (const auto& field : received) {
        answer_.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
      }
      answer_.body = std::move(received.body());
      if (stays) {
        deadline_.cancel();
      } else {
        end();
      }
    });
  }

  void broken(NetError error) {
    const bool silent = !parser_ || !parser_->got_some();
    if (!failure_ && reused_ && silent && (request_.method == Method::get || request_.only_asks)) {
      line_.stream->close();
      buffer_.clear();
      return connect();
    }
    if (!failure_) {
      failure_ = Error(ErrorCode::unavailable, "the connection ended before the answer was whole: " + error.message(),
                       request_.target.host, "Check that the address is right, and try again.");
    }
    end();
  }

  void end() {
    deadline_.cancel();
    if (connector_) connector_->abandon();
    if (line_.stream) line_.stream->close();
  }

  Line& line_;
  HttpClientRequest request_;
  Timer deadline_;
  std::shared_ptr<Connector> connector_;
  http::request<http::string_body> message_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::response_parser<http::string_body>> parser_;
  HttpClientAnswer answer_;
  std::optional<Error> failure_;
  bool reused_ = false;
};

HttpConversation::HttpConversation() : line_(std::make_unique<Line>()) {}
HttpConversation::~HttpConversation() = default;
HttpConversation::HttpConversation(HttpConversation&&) noexcept = default;
HttpConversation& HttpConversation::operator=(HttpConversation&&) noexcept = default;

Result<HttpClientAnswer> HttpConversation::ask(HttpClientRequest request) {
  auto answer = Exchange(*line_, std::move(request)).run();
  if (line_->stream && !line_->stream->is_open()) line_->stream.reset();
  return answer;
}

std::size_t HttpConversation::connections() const {
  return line_->connections;
}

Result<HttpClientAnswer> ask_http(HttpClientRequest request) {
  HttpConversation conversation;
  conversation.line_->keeps = false;
  return conversation.ask(std::move(request));
}

}  // namespace leanspec::net
