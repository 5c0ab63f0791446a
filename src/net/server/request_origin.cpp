#include "net/server/request_origin.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "net/server/worker.h"

namespace leanspec::net::server {
namespace {

constexpr std::size_t request_id_bytes_max = 64;  // a UUID has 36

std::string_view last_element(std::string_view list) {
  const auto comma = list.rfind(',');
  if (comma != std::string_view::npos) list.remove_prefix(comma + 1);
  while (list.starts_with(' ') || list.starts_with('\t')) list.remove_prefix(1);
  while (list.ends_with(' ') || list.ends_with('\t')) list.remove_suffix(1);
  return list;
}

}  // namespace

bool is_sane_request_id(std::string_view id) {
  return !id.empty() && id.size() <= request_id_bytes_max && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
           c == '.';
  });
}

void take_request_id(Service& service, Request& request) {
  const auto given = request.header("X-Request-Id");
  request.request_id = given && is_sane_request_id(*given)
                           ? std::string(*given)
                           : service.request_id_prefix + std::to_string(++service.last_request_number);
}

void believe_proxy(Request& request) {
  // A header that comes twice counts as one list (RFC 9110 section 5.3), so the last line's last element is the
  // proxy's.
  for (const auto& [name, value] : request.headers) {
    if (equal_without_case(name, "X-Forwarded-For")) {
      boost::system::error_code error;
      const auto address = boost::asio::ip::make_address(std::string(last_element(value)), error);
      if (!error) request.peer_address = address.to_string();
    } else if (equal_without_case(name, "X-Forwarded-Proto")) {
      request.secure = equal_without_case(last_element(value), "https");
    }
  }
}

std::string allow_header(const std::vector<Method>& methods) {
  std::vector<std::string> names{"OPTIONS"};
  for (const Method method : methods) {
    names.emplace_back(to_string(method));
    if (method == Method::get) names.emplace_back("HEAD");
  }
  std::sort(names.begin() + 1, names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string allow;
  for (const std::string& name : names) allow += (allow.empty() ? "" : ", ") + name;
  return allow;
}

}  // namespace leanspec::net::server
