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

/// The steps of one exchange on a loop of its own; ends when the loop has nothing left to do.
class Exchange {
 public:
  explicit Exchange(HttpClientRequest request) : request_(std::move(request)), deadline_(context_.get_executor()) {}

  Result<HttpClientAnswer> run() {
    deadline_.expires_after(request_.timeout);
    deadline_.async_wait([this](NetError error) {
      if (error) return;
      failure_ = Error(ErrorCode::timeout, "no answer in time", request_.target.host,
                       "Check the network, and that the hub runs.");
      end();
    });
    connector_ = std::make_shared<Connector>(context_, request_.target, request_.ca_file,
                                             [this](std::variant<ByteStream, ConnectFailure> way) {
                                               if (auto* failure = std::get_if<ConnectFailure>(&way)) {
                                                 failure_ = std::move(failure->error);
                                                 return end();
                                               }
                                               stream_.emplace(std::move(std::get<ByteStream>(way)));
                                               write();
                                             });
    connector_->start();
    context_.run();
    if (failure_) return *std::move(failure_);
    return std::move(answer_);
  }

 private:
  void write() {
    message_.method_string(to_string(request_.method));
    message_.target(request_.target.path);
    message_.version(11);
    message_.set(http::field::host, request_.target.authority());
    message_.set(http::field::connection, "close");
    for (const auto& [name, value] : request_.headers) message_.set(name, value);
    if (!request_.body.empty()) message_.set(http::field::content_type, "application/json");
    message_.body() = std::move(request_.body);
    message_.prepare_payload();
    http::async_write(*stream_, message_, [this](NetError error, std::size_t) {
      if (error) return broken(error);
      read();
    });
  }

  void read() {
    parser_.header_limit(header_bytes_max);
    parser_.body_limit(request_.answer_bytes_max);
    http::async_read(*stream_, buffer_, parser_, [this](NetError error, std::size_t) {
      if (error == http::error::body_limit) {
        failure_ = Error(ErrorCode::too_large, "the hub's answer is larger than this command takes");
        return end();
      }
      if (error) return broken(error);
      auto received = parser_.release();
      answer_.status = received.result_int();
      answer_.content_type = std::string(received[http::field::content_type]);
      answer_.body = std::move(received.body());
      end();
    });
  }

  void broken(NetError error) {
    if (!failure_) {
      failure_ = Error(ErrorCode::unavailable, "the connection ended before the hub answered: " + error.message(),
                       request_.target.host, "Check that the address leads to a hub, and try again.");
    }
    end();
  }

  void end() {
    deadline_.cancel();
    if (connector_) connector_->abandon();
    if (stream_) stream_->close();
  }

  asio::io_context context_{1};
  HttpClientRequest request_;
  Timer deadline_;
  std::shared_ptr<Connector> connector_;
  std::optional<ByteStream> stream_;
  http::request<http::string_body> message_;
  boost::beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
  HttpClientAnswer answer_;
  std::optional<Error> failure_;
};

}  // namespace

Result<HttpClientAnswer> ask_http(HttpClientRequest request) {
  return Exchange(std::move(request)).run();
}

}  // namespace leanspec::net
