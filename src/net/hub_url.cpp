#include "net/hub_url.h"

#include <algorithm>
#include <charconv>

#include "net/http_message.h"

namespace leanspec::net {
namespace {

struct Scheme {
  std::string_view prefix;
  bool tls;
  std::uint16_t port;
};
constexpr Scheme schemes[] = {{"https://", true, 443}, {"wss://", true, 443}, {"http://", false, 80}, {"ws://", false, 80}};

constexpr std::size_t url_bytes_max = 2048;   // as browsers and proxies allow
constexpr std::size_t host_bytes_max = 253;   // RFC 1035 section 2.3.4, as text

Error refused(std::string_view url, std::string what, std::string remedy = "Write it like https://hub.example.com") {
  return Error(ErrorCode::invalid, std::move(what), std::string(url.substr(0, 200)), std::move(remedy));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_host_character(char c, bool bracketed) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || is_digit(c) || c == '.' || (bracketed ? c == ':' : c == '-' || c == '_');
}

bool is_path_character(char c) {
  return c > 0x20 && c < 0x7F && c != '?' && c != '#' && c != '"' && c != '<' && c != '>' && c != '\\';
}

/// 127.0.0.0/8 written in full: "127.1" and the like mean different things to different resolvers.
bool is_loopback_v4(std::string_view host) {
  int parts = 0;
  bool first = true;
  while (true) {
    const std::size_t dot = host.find('.');
    const std::string_view part = host.substr(0, dot);
    unsigned value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (part.empty() || part.size() > 3 || error != std::errc{} || end != part.data() + part.size() || value > 255) return false;
    if (first && value != 127) return false;
    first = false;
    ++parts;
    if (dot == std::string_view::npos) return parts == 4;
    host.remove_prefix(dot + 1);
  }
}

}  // namespace

bool is_loopback_host(std::string_view host) {
  return equal_without_case(host, "localhost") || host == "::1" || is_loopback_v4(host);
}

Result<HubTarget> parse_hub_url(std::string_view url, std::string_view path) {
  if (url.size() > url_bytes_max) return refused(url, "this address is longer than 2048 bytes");
  const auto* scheme = std::find_if(std::begin(schemes), std::end(schemes), [&](const Scheme& known) {
    return equal_without_case(url.substr(0, known.prefix.size()), known.prefix);
  });
  if (scheme == std::end(schemes)) {
    return refused(url, url.find("://") == std::string_view::npos ? "the address does not begin with https://"
                                                                  : "only https:// and wss:// lead to a hub");
  }
  std::string_view rest = url.substr(scheme->prefix.size());
  const std::size_t authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, authority_end);
  std::string_view base = rest.substr(authority_end);
  if (authority.find('@') != std::string_view::npos) {
    return refused(scheme->prefix, "the address carries a user name or password, which would end up in logs",
                   "give the key by --api-key-file");
  }
  if (!std::all_of(base.begin(), base.end(), is_path_character)) {
    return refused(url, "after the host only a plain path may follow (no '?', '#' or spaces)");
  }

  HubTarget target;
  target.tls = scheme->tls;
  target.port = scheme->port;
  const bool bracketed = authority.starts_with('[');
  std::string_view port;
  if (bracketed) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return refused(url, "the IPv6 address lacks its closing ']'");
    target.host = authority.substr(1, close - 1);
    port = authority.substr(close + 1);
  } else {
    const std::size_t colon = authority.find(':');
    target.host = authority.substr(0, colon);
    if (colon != std::string_view::npos) port = authority.substr(colon);
  }
  std::string& host = target.host;
  std::transform(host.begin(), host.end(), host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (host.empty()) return refused(url, "the host name is missing");
  if (host.size() > host_bytes_max) return refused(url, "the host name is longer than 253 bytes");
  if (!std::all_of(host.begin(), host.end(), [&](char c) { return is_host_character(c, bracketed); })) {
    return refused(url, "the host name has a character that host names cannot have");
  }
  if (!port.empty()) {
    const std::string_view digits = port.substr(1);
    unsigned number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool whole = error == std::errc{} && end == digits.data() + digits.size() && digits.size() <= 5;
    if (port.front() != ':' || !whole || number == 0 || number > 65535) {
      return refused(url, "the port is not a number from 1 to 65535");
    }
    target.port = static_cast<std::uint16_t>(number);
  }
  if (!target.tls && !is_loopback_host(host)) {
    return refused(url, "without TLS everybody on the way could read and change the specs, so http:// and ws:// reach only this machine",
                   "Use https://");
  }
  while (base.ends_with('/')) base.remove_suffix(1);
  target.path = std::string(base) + std::string(path);
  if (target.path.empty()) target.path = "/";
  return target;
}

std::string HubTarget::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? 443 : 80) ? name : name + ":" + std::to_string(port);
}

}  // namespace leanspec::net
