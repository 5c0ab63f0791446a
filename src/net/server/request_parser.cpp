#include "net/server/request_parser.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace leanspec::net::server {
namespace {

namespace http = boost::beast::http;
using ParseError = boost::beast::error_code;
using Text = boost::beast::string_view;

constexpr std::size_t header_fields_max = 100;  // browsers send about 20; each costs two allocations

std::optional<Method> method_of(http::verb verb) {
  if (verb == http::verb::get) return Method::get;
  if (verb == http::verb::head) return Method::head;
  if (verb == http::verb::post) return Method::post;
  if (verb == http::verb::put) return Method::put;
  if (verb == http::verb::patch) return Method::patch;
  if (verb == http::verb::delete_) return Method::del;
  if (verb == http::verb::options) return Method::options;
  return std::nullopt;
}

std::string text(Text view) {
  return std::string(view.data(), view.size());
}

}  // namespace

class RequestParser::Parser final : public http::basic_parser<true> {
 public:
  explicit Parser(std::size_t header_bytes_max) : header_bytes_max_(header_bytes_max) {
    header_limit(static_cast<std::uint32_t>(header_bytes_max));
    body_limit(boost::none);
    skip(false);
  }

  Progress feed(std::string_view bytes) {
    Progress progress;
    if (fault_.status != 0) return failed(progress);
    started_ = started_ || !bytes.empty();
    while (true) {
      if (is_done() && header_told_) {
        progress.state = State::complete;
        return progress;
      }
      if (is_header_done() && !header_told_) {
        header_told_ = true;
        progress.state = State::header;
        return progress;
      }
      if (progress.used == bytes.size()) return progress;
      ParseError error;
      const std::size_t used =
          put(boost::asio::buffer(bytes.data() + progress.used, bytes.size() - progress.used), error);
      progress.used += used;
      // Beast measures the request line and the fields each on its own; our limit is for both together.
      if (!header_told_) {
        header_bytes_ += used;
        const std::size_t unused = is_header_done() ? 0 : bytes.size() - progress.used;
        if (header_bytes_ + unused > header_bytes_max_) error = http::error::header_limit;
      }
      if (error == http::error::need_more) return progress;
      if (error) {
        note(error);
        return failed(progress);
      }
    }
  }

  /// Beast looks at the limit when it sees a chunk, but at a Content-Length only while it reads the header.
  void limit_body(std::size_t bytes) {
    body_limit(std::uint64_t{bytes});
    const auto declared = content_length();
    if (declared && *declared > bytes) note(http::error::body_limit);
  }

  Request request_;
  Fault fault_{0, {}};
  bool started_ = false;
  bool version_1_0_ = false;

 private:
  static Progress failed(Progress progress) {
    progress.state = State::failed;
    return progress;
  }

  void note(ParseError error) {
    if (fault_.status != 0) return;
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      fault_ = Fault{431, "the request header is too large"};
    } else if (error == http::error::body_limit) {
      fault_ = Fault{413, "the request body is larger than this address takes"};
    } else if (error == http::error::bad_version) {
      fault_ = Fault{505, "only HTTP/1.1 is spoken here"};
    } else {
      fault_ = Fault{400, "this is not a valid HTTP request: " + error.message()};
    }
  }

  /// Our own reasons travel in fault_; the parser only has to be told to stop.
  void refuse(ParseError& error, unsigned status, std::string_view why) {
    fault_ = Fault{status, std::string(why)};
    error = http::error::bad_value;
  }

  void on_request_impl(http::verb verb, Text name, Text target, int version, ParseError& error) override {
    const auto method = method_of(verb);
    if (!method) return refuse(error, 501, "this method is not known here: " + text(name).substr(0, 32));
    request_.method = *method;
    request_.target = text(target);
    version_1_0_ = version == 10;
  }

  void on_field_impl(http::field field, Text name, Text value, ParseError& error) override {
    if (request_.headers.size() == header_fields_max)
      return refuse(error, 431, "the request has more than 100 header fields");
    if (field == http::field::host && ++hosts_ > 1) return refuse(error, 400, "the request names more than one Host");
    if (field == http::field::transfer_encoding) {
      if (version_1_0_) return refuse(error, 400, "HTTP/1.0 knows no Transfer-Encoding");
      if (!equal_without_case(text(value), "chunked"))
        return refuse(error, 501, "only the transfer coding 'chunked' is known here");
    }
    if (std::any_of(value.begin(), value.end(),
                    [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7F; })) {
      return refuse(error, 400, "a header value holds a control character");
    }
    request_.headers.emplace_back(text(name), text(value));
  }

  void on_header_impl(ParseError& error) override {
    if (!version_1_0_ && hosts_ == 0) refuse(error, 400, "the request names no Host");
  }

  void on_body_init_impl(boost::optional<std::uint64_t> const&, ParseError&) override {}
  std::size_t on_body_impl(Text body, ParseError&) override {
    request_.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, Text, ParseError&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, ParseError& error) override {
    return on_body_impl(body, error);
  }
  void on_finish_impl(ParseError&) override {}
  void on_response_impl(int, Text, int, ParseError&) override {}

  const std::size_t header_bytes_max_;
  std::size_t header_bytes_ = 0;
  bool header_told_ = false;
  unsigned hosts_ = 0;
};

RequestParser::RequestParser(std::size_t header_bytes_max) : parser_(std::make_unique<Parser>(header_bytes_max)) {}
RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;

RequestParser::Progress RequestParser::feed(std::string_view bytes) {
  return parser_->feed(bytes);
}
void RequestParser::set_body_bytes_max(std::size_t bytes) {
  parser_->limit_body(bytes);
}
const RequestParser::Fault& RequestParser::fault() const {
  return parser_->fault_;
}
Request& RequestParser::request() {
  return parser_->request_;
}
bool RequestParser::started() const {
  return parser_->started_;
}
bool RequestParser::keeps_alive() const {
  return parser_->keep_alive();
}
bool RequestParser::is_http_1_0() const {
  return parser_->version_1_0_;
}

std::optional<std::uint64_t> RequestParser::declared_body_bytes() const {
  const auto declared = parser_->content_length();
  return declared ? std::optional<std::uint64_t>(*declared) : std::nullopt;
}

bool has_token(std::optional<std::string_view> header, std::string_view token) {
  if (!header) return false;
  std::string_view rest = *header;
  while (!rest.empty()) {
    std::string_view item = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(item.size() + 1, rest.size()));
    while (!item.empty() && (item.front() == ' ' || item.front() == '\t')) item.remove_prefix(1);
    while (!item.empty() && (item.back() == ' ' || item.back() == '\t')) item.remove_suffix(1);
    if (equal_without_case(item, token)) return true;
  }
  return false;
}

bool is_websocket_upgrade(const Request& request) {
  return request.method == Method::get && has_token(request.header("Connection"), "upgrade") &&
         has_token(request.header("Upgrade"), "websocket") && request.header("Sec-WebSocket-Version") == "13" &&
         request.header("Sec-WebSocket-Key").value_or("").size() == 24;
}

}  // namespace leanspec::net::server
