#include "net/server/conditional.h"

#include <algorithm>

#include "net/server/content_coding.h"

namespace leanspec::net::server {
namespace {

std::string_view opaque(std::string_view tag) {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  return tag;
}

}  // namespace

bool names_etag(std::string_view header, std::string_view etag) {
  etag = opaque(etag);
  while (true) {
    const auto start = header.find_first_not_of(" \t,");
    if (start == std::string_view::npos) return false;
    header.remove_prefix(start);
    if (header.front() == '*') return true;
    if (header.starts_with("W/")) header.remove_prefix(2);
    if (!header.starts_with('"')) return false;
    const auto end = header.find('"', 1);
    if (end == std::string_view::npos) return false;
    if (header.substr(0, end + 1) == etag) return true;
    header.remove_prefix(end + 1);
  }
}

void apply_condition(const Request& request, Response& response) {
  if (response.status != 200 || (request.method != Method::get && request.method != Method::head)) return;
  const auto etag = find_header(response.headers, "ETag");
  const auto has = request.header("If-None-Match");
  if (!etag || !has || !names_etag(*has, *etag)) return;
  if (varies_by_coding(response)) add_vary(response);
  response.status = 304;
  response.body = std::make_shared<const std::string>();
  response.encodings.clear();
  std::erase_if(response.headers, [](const auto& header) {
    return equal_without_case(header.first, "Content-Type") || equal_without_case(header.first, "Content-Encoding");
  });
}

}  // namespace leanspec::net::server
