#include "net/server/router.h"

#include <algorithm>

#include "net/server/http_target.h"

namespace leanspec::net::server {
namespace {

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    segments.push_back(path.substr(0, path.find('/')));
    path.remove_prefix(segments.back().size());
  }
  return segments;
}

Error bug(const Route& route, std::string what) {
  return Error(ErrorCode::invalid, std::move(what), std::string(to_string(route.method)) + " " + route.pattern);
}

std::string_view error_code(unsigned status) {
  switch (status) {
    case 401:
      return "UNAUTHORIZED";
    case 403:
      return "FORBIDDEN";
    case 404:
      return "NOT_FOUND";
    case 405:
      return "METHOD_NOT_ALLOWED";
    case 408:
      return "REQUEST_TIMEOUT";
    case 413:
      return "TOO_LARGE";
    case 426:
      return "UPGRADE_REQUIRED";
    case 431:
      return "HEADERS_TOO_LARGE";
    case 501:
      return "NOT_IMPLEMENTED";
    case 503:
      return "UNAVAILABLE";
    default:
      return status >= 500 ? "INTERNAL_ERROR" : "INVALID_REQUEST";
  }
}

/// The sentences are our own; what of the request they quote is kept harmless.
std::string json_text(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F) {
      quoted += '?';
      continue;
    }
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

}  // namespace

Status Router::add(Route route) {
  if (route.action.empty()) return bug(route, "this route does not name the right that it needs");
  if (!route.pattern.starts_with('/')) return bug(route, "a route's pattern begins with '/'");
  const bool callable = std::visit([](const auto& handler) { return static_cast<bool>(handler); }, route.handler);
  if (!callable) return bug(route, "this route has no handler");

  Entry entry;
  const auto parts = split(route.pattern);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::string_view part = parts[i];
    Segment segment;
    if (part.starts_with('{')) {
      if (!part.ends_with('}') || part.size() < 3) return bug(route, "a capture is written {name}");
      part = part.substr(1, part.size() - 2);
      segment.kind = Segment::Kind::capture;
      if (part.ends_with("...")) {
        if (i + 1 != parts.size()) return bug(route, "only the last segment can take the remainder");
        part.remove_suffix(3);
        segment.kind = Segment::Kind::remainder;
      }
    }
    segment.text = part;
    entry.segments.push_back(std::move(segment));
  }
  const auto same_shape = [](const Segment& a, const Segment& b) {
    return a.kind == b.kind && (a.kind != Segment::Kind::literal || a.text == b.text);
  };
  for (const Entry& other : entries_) {
    if (other.route->method == route.method && std::equal(entry.segments.begin(), entry.segments.end(),
                                                          other.segments.begin(), other.segments.end(), same_shape)) {
      return bug(route, "two routes answer the same method and path");
    }
  }

  routes_.push_back(std::make_unique<Route>(std::move(route)));
  entry.route = routes_.back().get();
  const auto more_specific = [](const Entry& a, const Entry& b) {
    return std::lexicographical_compare(a.segments.begin(), a.segments.end(), b.segments.begin(), b.segments.end(),
                                        [](const Segment& x, const Segment& y) { return x.kind < y.kind; });
  };
  entries_.insert(std::upper_bound(entries_.begin(), entries_.end(), entry, more_specific), std::move(entry));
  return {};
}

std::variant<Router::Match, Router::Miss> Router::find(Method method, std::string_view raw_path) const {
  Miss miss;
  if (!raw_path.starts_with('/')) return miss;
  std::vector<std::string> segments;
  for (const std::string_view raw : split(raw_path)) {
    auto decoded = percent_decode(raw);
    if (!decoded) return miss;
    segments.push_back(std::move(decoded).value());
  }

  const auto matches = [&](const Entry& entry) {
    for (std::size_t i = 0; i < entry.segments.size(); ++i) {
      if (i >= segments.size()) return false;
      const Segment& wanted = entry.segments[i];
      if (wanted.kind == Segment::Kind::remainder) return true;
      if (wanted.kind == Segment::Kind::literal ? wanted.text != segments[i] : segments[i].empty()) return false;
    }
    return entry.segments.size() == segments.size();
  };
  const auto has_method = [](const Entry& entry, Method wanted) { return entry.route->method == wanted; };
  const Entry* found = nullptr;
  for (const Entry& entry : entries_) {
    if (!matches(entry)) continue;
    miss.allowed.push_back(entry.route->method);
    if (has_method(entry, method)) {
      found = &entry;
      break;
    }
    if (method == Method::head && found == nullptr && has_method(entry, Method::get)) found = &entry;
  }
  if (found == nullptr) return miss;

  Match match;
  match.route = found->route;
  for (std::size_t i = 0; i < found->segments.size(); ++i) {
    const Segment& segment = found->segments[i];
    if (segment.kind == Segment::Kind::literal) continue;
    std::string value = segments[i];
    if (segment.kind == Segment::Kind::remainder) {
      for (std::size_t j = i + 1; j < segments.size(); ++j) value += "/" + segments[j];
    }
    match.captures.emplace_back(segment.text, std::move(value));
  }
  return match;
}

Response Router::refuse(unsigned status, std::string_view why) const {
  if (refusal_shape_) return refusal_shape_(status, why);
  return json_response(status, "{\"error\":{\"code\":\"" + std::string(error_code(status)) + "\",\"message\":\"" +
                                   json_text(why) + "\"}}");
}

}  // namespace leanspec::net::server
