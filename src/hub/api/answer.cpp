#include "hub/api/answer.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "net/bearer_challenge.h"
#include "text/utf8.h"

namespace leanspec::hub::api {

namespace json = boost::json;

net::Response answer(unsigned status, const json::value& body) { return net::json_response(status, json::serialize(body)); }

net::Response answer(JsonWriter json) { return net::json_response(200, json.take()); }

json::string json_text(std::string_view bytes) {
  if (!text::first_invalid_utf8(bytes)) return json::string(bytes.data(), bytes.size());
  const std::string shown = text::to_shown_text(bytes);
  return json::string(shown.data(), shown.size());
}

net::Response no_content() {
  net::Response response;
  response.status = 204;
  return response;
}

net::Response error_answer(unsigned status, std::string_view code, std::string_view message, json::object details) {
  json::object body;
  json::object inner;
  inner["code"] = code;
  inner["message"] = message;
  if (!details.empty()) inner["details"] = details;
  body["error"] = std::move(inner);
  body["code"] = code;
  body["message"] = message;
  if (!details.empty()) body["details"] = std::move(details);
  return answer(status, body);
}

net::Response error_answer(const Error& error, std::string_view not_found_code) {
  struct Kind {
    unsigned status;
    std::string_view code;
  };
  const Kind kind = [&]() -> Kind {
    switch (error.code) {
      case ErrorCode::invalid: return {422, "UNPROCESSABLE"};
      case ErrorCode::not_found: return {404, not_found_code};
      case ErrorCode::already_exists:
      case ErrorCode::conflict: return {409, "CONFLICT"};
      case ErrorCode::unauthenticated: return {401, "UNAUTHORIZED"};
      case ErrorCode::forbidden: return {403, "FORBIDDEN"};
      case ErrorCode::too_large: return {413, "TOO_LARGE"};
      case ErrorCode::exhausted: return {429, "RATE_LIMITED"};
      case ErrorCode::unavailable:
      case ErrorCode::timeout:
      case ErrorCode::cancelled:
      case ErrorCode::no_space: return {503, "UNAVAILABLE"};
      case ErrorCode::unsupported: return {400, "INVALID_REQUEST"};
      case ErrorCode::corrupt:
      case ErrorCode::io: return {500, "INTERNAL_ERROR"};
    }
    return {500, "INTERNAL_ERROR"};
  }();
  json::object details;
  if (kind.status == 422 && !error.subject.empty()) details["field"] = error.subject;
  auto response = error_answer(kind.status, kind.code, error.sentence(), std::move(details));
  if (kind.status == 503) response.with_header("Retry-After", "1");
  // The header as well as the body: a bridge that asks for a WebSocket is told in the header only.
  if (kind.status == 401) response.with_header("WWW-Authenticate", net::bearer_challenge("invalid_token", error.what));
  if (kind.status == 403)
    response.with_header("WWW-Authenticate", net::bearer_challenge("insufficient_scope", error.what));
  return response;
}

net::Response refusal_answer(unsigned status, std::string_view why) {
  const std::string_view code = status == 404   ? "NOT_FOUND"
                                : status == 413 ? "TOO_LARGE"
                                : status == 503 ? "UNAVAILABLE"
                                : status < 500  ? "INVALID_REQUEST"
                                                : "INTERNAL_ERROR";
  return error_answer(status, code, why);
}

Result<json::object> parse_object(std::string_view body) {
  boost::system::error_code failure;
  json::parse_options options;
  options.max_depth = 16;  // our requests nest three deep; the parser recurses
  json::value value = json::parse({body.data(), body.size()}, failure, {}, options);
  if (failure) {
    return Error(ErrorCode::invalid, "The body is not JSON: " + failure.message() + ".", "body", "Send a JSON object.");
  }
  if (!value.is_object()) return Error(ErrorCode::invalid, "The body is JSON but not an object.", "body", "Send a JSON object.");
  return std::move(value).as_object();
}

Result<std::string> Fields::text(std::string_view name, std::size_t bytes_max) const {
  LEANSPEC_ASSIGN(std::optional<std::string> value, optional_text(name, bytes_max));
  if (!value || value->empty()) return Error(ErrorCode::invalid, "is missing", std::string(name), "Give it as a text.");
  return *std::move(value);
}

Result<std::optional<std::string>> Fields::optional_text(std::string_view name, std::size_t bytes_max) const {
  const json::value* value = object_.if_contains({name.data(), name.size()});
  if (value == nullptr || value->is_null()) return std::optional<std::string>();
  if (!value->is_string()) return Error(ErrorCode::invalid, "must be a text", std::string(name));
  const json::string& text = value->as_string();
  if (text.size() > bytes_max) {
    return Error(ErrorCode::invalid, "is longer than " + std::to_string(bytes_max) + " bytes", std::string(name));
  }
  return std::optional<std::string>(std::string(text.data(), text.size()));
}

Result<std::optional<std::int64_t>> Fields::optional_integer(std::string_view name, std::int64_t least,
                                                             std::int64_t most) const {
  const json::value* value = object_.if_contains({name.data(), name.size()});
  if (value == nullptr || value->is_null()) return std::optional<std::int64_t>();
  boost::system::error_code failure;
  const auto number = value->is_number() ? value->to_number<std::int64_t>(failure) : 0;
  if (!value->is_number() || failure || number < least || number > most) {
    return Error(ErrorCode::invalid, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most),
                 std::string(name));
  }
  return std::optional<std::int64_t>(number);
}

Result<std::optional<bool>> Fields::optional_boolean(std::string_view name) const {
  const json::value* value = object_.if_contains({name.data(), name.size()});
  if (value == nullptr || value->is_null()) return std::optional<bool>();
  if (!value->is_bool()) return Error(ErrorCode::invalid, "must be true or false", std::string(name));
  return std::optional<bool>(value->as_bool());
}

Result<std::vector<std::string>> Fields::texts(std::string_view name, std::size_t count_max) const {
  std::vector<std::string> texts;
  const json::value* value = object_.if_contains({name.data(), name.size()});
  if (value == nullptr || value->is_null()) return texts;
  if (value->is_string()) {
    std::string_view rest(value->as_string().data(), value->as_string().size());
    while (!rest.empty()) {
      const auto comma = rest.find(',');
      if (const auto piece = rest.substr(0, comma); !piece.empty()) texts.emplace_back(piece);
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
  } else if (value->is_array()) {
    for (const json::value& element : value->as_array()) {
      if (!element.is_string()) return Error(ErrorCode::invalid, "must be a list of texts", std::string(name));
      texts.emplace_back(element.as_string().data(), element.as_string().size());
    }
  } else {
    return Error(ErrorCode::invalid, "must be a list of texts", std::string(name));
  }
  if (texts.size() > count_max) {
    return Error(ErrorCode::invalid, "has more than " + std::to_string(count_max) + " entries", std::string(name));
  }
  return texts;
}

}  // namespace leanspec::hub::api
