#pragma once

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/api/json_writer.h"
#include "net/http_message.h"
#include "vocabulary/result.h"

namespace leanspec::hub::api {

/// A JSON answer.
[[nodiscard]] net::Response answer(unsigned status, const boost::json::value& body);
/// What was written, as a 200.
[[nodiscard]] net::Response answer(JsonWriter json);
/// The text of a file as JSON may hold it: bytes that are no UTF-8 become U+FFFD. Hashes are of the bytes themselves.
[[nodiscard]] boost::json::string json_text(std::string_view bytes);
[[nodiscard]] net::Response no_content();

/// The one shape of errors (docs/api.md): code and message on top and again under "error", as LeanSpec's clients expect.
[[nodiscard]] net::Response error_answer(unsigned status, std::string_view code, std::string_view message,
                                         boost::json::object details = {});
/// The status and code that fit; `not_found_code` names what was looked for.
[[nodiscard]] net::Response error_answer(const Error& error, std::string_view not_found_code = "NOT_FOUND");

/// For what the server refuses before any route is asked: a code that fits the status.
[[nodiscard]] net::Response refusal_answer(unsigned status, std::string_view why);

/// A JSON object from a request's body; the answer says what is wrong with it.
[[nodiscard]] Result<boost::json::object> parse_object(std::string_view body);

/// Reads typed fields of a request's object and names the field in every error.
class Fields {
 public:
  explicit Fields(const boost::json::object& object) : object_(object) {}

  [[nodiscard]] Result<std::string> text(std::string_view name, std::size_t bytes_max) const;
  [[nodiscard]] Result<std::optional<std::string>> optional_text(std::string_view name, std::size_t bytes_max) const;
  [[nodiscard]] Result<std::optional<std::int64_t>> optional_integer(std::string_view name, std::int64_t least,
                                                                     std::int64_t most) const;
  [[nodiscard]] Result<std::optional<bool>> optional_boolean(std::string_view name) const;
  /// A list of texts, or one text with commas between; absent: empty.
  [[nodiscard]] Result<std::vector<std::string>> texts(std::string_view name, std::size_t count_max) const;

 private:
  const boost::json::object& object_;
};

}  // namespace leanspec::hub::api
