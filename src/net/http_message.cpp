#include "net/http_message.h"

#include <algorithm>

namespace leanspec::net {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::optional<std::string_view> find_pair(const std::vector<std::pair<std::string, std::string>>& pairs,
                                          std::string_view name) {
  const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == name; });
  if (found == pairs.end()) return std::nullopt;
  return found->second;
}

}  // namespace

std::string_view to_string(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::del:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
  }
  return "";
}

bool equal_without_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string_view> find_header(const Headers& headers, std::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& header) { return equal_without_case(header.first, name); });
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string_view> Request::parameter(std::string_view name) const {
  return find_pair(query, name);
}

std::string_view Request::capture(std::string_view name) const {
  return find_pair(captures, name).value_or("");
}

Response& Response::with_header(std::string_view name, std::string_view value) {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& header) { return equal_without_case(header.first, name); });
  if (found != headers.end() && !equal_without_case(name, "Set-Cookie")) {
    found->second = std::string(value);
  } else {
    headers.emplace_back(std::string(name), std::string(value));
  }
  return *this;
}

Response text_response(unsigned status, std::string body, std::string_view content_type) {
  Response response;
  response.status = status;
  response.body = std::make_shared<const std::string>(std::move(body));
  response.with_header("Content-Type", content_type);
  return response;
}

Response json_response(unsigned status, std::string body) {
  return text_response(status, std::move(body), "application/json");
}

}  // namespace leanspec::net
