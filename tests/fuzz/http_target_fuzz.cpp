// links: net/server
// A request as bytes from a stranger: the parser, the target, the router and the coding chooser take anything without
// harm.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "net/server/conditional.h"
#include "net/server/content_coding.h"
#include "net/server/http_target.h"
#include "net/server/request_parser.h"
#include "net/server/router.h"

namespace {

using namespace leanspec::net;
using namespace leanspec::net::server;

void require(bool holds) {
  if (!holds) std::abort();
}

const Router& routes() {
  static const Router table = [] {
    Router made;
    for (const char* pattern : {"/", "/api/projects/{project}/specs/{spec}", "/api/files/{path...}"}) {
      Route route;
      route.pattern = pattern;
      route.action = "public";
      route.handler = ImmediateHandler([](const Request&) { return Response(); });
      require(made.add(std::move(route)).has_value());
    }
    return made;
  }();
  return table;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);

  if (const auto target = parse_target(bytes)) {
    require(target->path.find('\0') == std::string::npos);
    require(target->path == "*" || (target->path.find("/../") == std::string::npos && !target->path.ends_with("/..")));
    static_cast<void>(routes().find(Method::get, target->raw_path));
  }
  static_cast<void>(routes().find(Method::head, bytes));
  static_cast<void>(choose_coding(bytes, AvailableCodings()));
  static_cast<void>(names_etag(bytes, "\"1.7\""));

  constexpr std::size_t body_bytes_max = 64;
  RequestParser parser(256);
  std::string buffered;
  const std::size_t step = size == 0 ? 1 : data[0] % 16U + 1U;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    buffered += bytes.substr(at, step);
    while (true) {
      const auto progress = parser.feed(buffered);
      require(progress.used <= buffered.size());
      buffered.erase(0, progress.used);
      if (progress.state == RequestParser::State::header) {
        parser.set_body_bytes_max(body_bytes_max);
        continue;
      }
      if (progress.state == RequestParser::State::complete) {
        require(parser.request().body.size() <= body_bytes_max);
        static_cast<void>(is_websocket_upgrade(parser.request()));
        return 0;
      }
      if (progress.state == RequestParser::State::failed) return 0;
      break;
    }
  }
  return 0;
}
