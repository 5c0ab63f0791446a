#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace leanspec::bridge::control {

/// Writes JSON (RFC 8259) in the order of the calls; commas come by themselves. What is begun must be ended.
class JsonWriter {
 public:
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& text(std::string_view value);
  JsonWriter& number(std::int64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();

  JsonWriter& field(std::string_view name, std::string_view value) { return key(name).text(value); }
  JsonWriter& field(std::string_view name, std::size_t value) {
    return key(name).number(static_cast<std::int64_t>(value));
  }

  [[nodiscard]] const std::string& str() const { return out_; }

 private:
  void value_follows();
  std::string out_;
  bool needs_comma_ = false;
};

}  // namespace leanspec::bridge::control
