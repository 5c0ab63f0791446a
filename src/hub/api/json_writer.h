#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace leanspec::hub::api {

/// Writes one JSON text (RFC 8259) from front to back, without a tree in between: for the large answers, where building
/// and walking a tree costs many times what the text itself does. The caller keeps the order: a name before each
/// member, an end for each begin. One thread.
class JsonWriter {
 public:
  void begin_object() { open('{'); }
  void end_object() { shut('}'); }
  void begin_array() { open('['); }
  void end_array() { shut(']'); }
  /// Of the member whose value comes next. Names are ours and need no escapes.
  void name(std::string_view name);

  /// Bytes that are no UTF-8 become U+FFFD.
  void text(std::string_view text);
  void number(std::integral auto number) {
    char digits[24];
    written({digits, std::to_chars(digits, digits + sizeof digits, number).ptr});
  }
  /// The shortest digits that read back as the same number; what JSON has no word for is null.
  void number(double number);
  void truth(bool truth) { written(truth ? "true" : "false"); }
  void null() { written("null"); }

  // A member at once.
  void text(std::string_view of, std::string_view value) {
    name(of);
    text(value);
  }
  void number(std::string_view of, auto value) {
    name(of);
    number(value);
  }
  void truth(std::string_view of, bool value) {
    name(of);
    truth(value);
  }

  /// A value, or the members of an object, that are JSON already.
  void written(std::string_view json);

  [[nodiscard]] const std::string& json() const { return out_; }
  [[nodiscard]] std::string take() { return std::move(out_); }
  void reserve(std::size_t bytes) { out_.reserve(bytes); }

 private:
  void separate() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  void open(char bracket) {
    separate();
    out_ += bracket;
    first_ = true;
  }
  void shut(char bracket) {
    out_ += bracket;
    first_ = false;
  }

  std::string out_;
  bool first_ = true;  ///< nothing stands before what comes next that a comma must part it from
};

}  // namespace leanspec::hub::api
