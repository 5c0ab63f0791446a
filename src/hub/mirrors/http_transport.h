#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "hub/mirrors/forge_transport.h"
#include "net/http_client.h"

namespace leanspec::hub::mirrors {

struct HttpTransportOptions {
  std::string api_url;  ///< "https://api.github.com"
  std::string token;    ///< "" none
  /// The token travels as a password, as git servers want it, and not as a bearer's; one with a ':' in it is a user's
  /// name and password.
  bool token_is_password = false;
  std::string user_agent = "leanspec-hub";
  /// An administrator named this host: addresses of this machine and its network are fine, and plain http to loopback.
  bool host_is_allowed = false;
  std::optional<std::string> ca_file;
  std::chrono::milliseconds timeout{30'000};  ///< of one question
};

/// Asks over HTTP, on connections that are kept for the next question. Follows redirects to the same host only (a
/// renamed repository answers so), so that the token goes nowhere else.
class HttpTransport final : public ForgeTransport {
 public:
  /// Error: invalid (the address).
  [[nodiscard]] static Result<std::unique_ptr<HttpTransport>> make(HttpTransportOptions options);
  [[nodiscard]] Result<ForgeAnswer> ask(const ForgeQuestion& question) override;

 private:
  HttpTransport(HttpTransportOptions options, net::HubTarget base);
  [[nodiscard]] Result<net::HttpClientAnswer> ask_at(const std::string& path, const ForgeQuestion& question);
  /// The path that a redirect leads to, if it stays on this host.
  [[nodiscard]] std::optional<std::string> redirected(const net::HttpClientAnswer& answer) const;

  const HttpTransportOptions options_;
  const net::HubTarget base_;
  const std::string authorization_;  ///< "" none
  std::mutex mutex_;
  std::vector<net::HttpConversation> idle_;
};

}  // namespace leanspec::hub::mirrors
