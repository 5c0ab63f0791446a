#include "hub/mirrors/http_transport.h"

#include <utility>

#include "net/hub_url.h"
#include "text/base64.h"

namespace leanspec::hub::mirrors {
namespace {

constexpr int redirects_max = 3;
constexpr std::size_t idle_connections_max = 8;  // as many as one sync asks at once

std::string authorization_of(const HttpTransportOptions& options) {
  if (options.token.empty()) return {};
  if (!options.token_is_password) return "Bearer " + options.token;
  // The forges take a token as the password of anybody; GitHub's own applications must come by this name.
  const bool has_name = options.token.find(':') != std::string::npos;
  return "Basic " + text::to_base64(has_name ? options.token : "x-access-token:" + options.token);
}

}  // namespace

HttpTransport::HttpTransport(HttpTransportOptions options, net::HubTarget base)
    : options_(std::move(options)), base_(std::move(base)), authorization_(authorization_of(options_)) {}

Result<std::unique_ptr<HttpTransport>> HttpTransport::make(HttpTransportOptions options) {
  auto base = net::parse_hub_url(options.api_url, "");
  if (!base)
    return Error(ErrorCode::invalid, base.error().what, options.api_url, "Write it like https://git.example.com");
  if (base->path == "/") base->path.clear();
  return std::unique_ptr<HttpTransport>(new HttpTransport(std::move(options), *std::move(base)));
}

Result<net::HttpClientAnswer> HttpTransport::ask_at(const std::string& path, const ForgeQuestion& question) {
  net::HttpClientRequest request;
  request.target = base_;
  request.target.path = path;
  request.headers = question.headers;
  request.headers.emplace_back("User-Agent", options_.user_agent);
  if (!authorization_.empty()) request.headers.emplace_back("Authorization", authorization_);
  if (!question.body.empty()) {
    request.method = net::Method::post;
    request.body = question.body;
    request.only_asks = true;
  }
  request.ca_file = options_.ca_file;
  request.timeout = options_.timeout;
  request.answer_bytes_max = question.answer_bytes_max;
  request.public_addresses_only = !options_.host_is_allowed;

  net::HttpConversation conversation;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      conversation = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  auto answer = conversation.ask(std::move(request));
  if (!answer) return answer;
  const std::lock_guard lock(mutex_);
  if (idle_.size() < idle_connections_max) idle_.push_back(std::move(conversation));
  return answer;
}

std::optional<std::string> HttpTransport::redirected(const net::HttpClientAnswer& answer) const {
  if (answer.status != 301 && answer.status != 302 && answer.status != 307 && answer.status != 308) return std::nullopt;
  const auto place = net::find_header(answer.headers, "Location");
  if (!place) return std::nullopt;
  if (place->starts_with('/') && !place->starts_with("//")) return std::string(*place);
  const std::string here = (base_.tls ? "https://" : "http://") + base_.authority();
  if (place->starts_with(here + "/")) return std::string(place->substr(here.size()));
  return std::nullopt;
}

Result<ForgeAnswer> HttpTransport::ask(const ForgeQuestion& question) {
  std::string path = base_.path + question.path;
  for (int followed = 0;; ++followed) {
    LEANSPEC_ASSIGN(auto answer, ask_at(path, question));
    if (auto next = redirected(answer); next && followed < redirects_max) {
      path = *std::move(next);
      continue;
    }
    return ForgeAnswer{answer.status, std::move(answer.headers), std::move(answer.body), followed > 0,
                       path.substr(path.starts_with(base_.path) ? base_.path.size() : 0)};
  }
}

}  // namespace leanspec::hub::mirrors
