#include "spec/yaml_value.h"

#include <yaml.h>

#include <algorithm>
#include <set>
#include <utility>

namespace leanspec::spec {

namespace {

/// Byte offsets and lines for the marks of libyaml, which count characters and take more than '\n' for a line end.
class Places {
 public:
  explicit Places(std::string_view text)
      : size_(text.size()), all_ascii_(std::all_of(text.begin(), text.end(), is_ascii)) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') line_ends_.push_back(i);
      if (!all_ascii_ && starts_character(text[i])) characters_.push_back(i);
    }
  }

  [[nodiscard]] std::size_t byte_of(const yaml_mark_t& mark) const {
    if (all_ascii_) return std::min(mark.index, size_);
    return mark.index < characters_.size() ? characters_[mark.index] : size_;
  }

  /// 0-based.
  [[nodiscard]] std::uint32_t line_of(std::size_t byte) const {
    return static_cast<std::uint32_t>(std::lower_bound(line_ends_.begin(), line_ends_.end(), byte) -
                                      line_ends_.begin());
  }

 private:
  static bool is_ascii(char byte) { return static_cast<unsigned char>(byte) < 0x80; }
  static bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

  std::size_t size_;
  bool all_ascii_;
  std::vector<std::size_t> line_ends_;
  std::vector<std::size_t> characters_;  ///< where each begins; empty if all are one byte
};

/// The events of libyaml, one at a time, released when the next is read.
class YamlEvents {
 public:
  explicit YamlEvents(std::string_view text) : started_(yaml_parser_initialize(&parser_) != 0) {
    if (!started_) return;
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    // The library takes bytes as unsigned char; it reads them only.
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }

  ~YamlEvents() {
    release();
    if (started_) yaml_parser_delete(&parser_);
  }
  YamlEvents(const YamlEvents&) = delete;
  YamlEvents& operator=(const YamlEvents&) = delete;

  /// False: the text is no YAML, see `parser()`.
  bool next() {
    release();
    present_ = started_ && yaml_parser_parse(&parser_, &event_) != 0;
    return present_;
  }

  [[nodiscard]] const yaml_event_t& event() const { return event_; }
  [[nodiscard]] const yaml_parser_t& parser() const { return parser_; }

 private:
  void release() {
    if (present_) yaml_event_delete(&event_);
    present_ = false;
  }

  yaml_parser_t parser_{};
  yaml_event_t event_{};
  bool started_;
  bool present_ = false;
};

/// Values out of events, with the bounds. Events and not the library's documents: an alias is seen before it is
/// expanded.
class YamlReader {
 public:
  explicit YamlReader(std::string_view text) : text_(text), places_(text), events_(text) {}

  std::variant<YamlValue, YamlError> read() {
    YamlValue root;
    bool seen = false;
    while (events_.next()) {
      switch (event().type) {
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_START_EVENT:
        case YAML_DOCUMENT_END_EVENT:
          if (event().type == YAML_DOCUMENT_START_EVENT && seen) {
            return YamlError{"There is a second YAML document", places_.line_of(places_.byte_of(event().start_mark))};
          }
          break;
        case YAML_STREAM_END_EVENT:
          return root;
        case YAML_NO_EVENT:
        case YAML_MAPPING_START_EVENT:
        case YAML_MAPPING_END_EVENT:
        case YAML_SEQUENCE_START_EVENT:
        case YAML_SEQUENCE_END_EVENT:
        case YAML_SCALAR_EVENT:
        case YAML_ALIAS_EVENT:
          seen = true;
          if (!read_value(root, 0)) return std::move(*error_);
          break;
      }
    }
    return library_error();
  }

 private:
  [[nodiscard]] const yaml_event_t& event() const { return events_.event(); }

  /// The next event of a list or map that has not ended; false: `error_` says why not.
  bool next() {
    if (events_.next()) return true;
    error_ = library_error();
    return false;
  }

  /// The value that begins with the present event; false: `error_` says why not.
  bool read_value(YamlValue& value, std::size_t depth) {
    if (++values_ > yaml_values_max) {
      return fail("There are more than " + std::to_string(yaml_values_max) + " values");
    }
    if (depth > yaml_depth_max) {
      return fail("Values are nested more than " + std::to_string(yaml_depth_max) + " deep");
    }
    if (has_tag()) {
      return fail("YAML tags (!...) are not used in specs; quote the text if it begins with an exclamation mark");
    }
    value.range = {places_.byte_of(event().start_mark), places_.byte_of(event().end_mark)};
    value.line = places_.line_of(value.range.begin);
    switch (event().type) {
      case YAML_SCALAR_EVENT:
        read_scalar(value);
        return true;
      case YAML_SEQUENCE_START_EVENT:
        return read_list(value, depth);
      case YAML_MAPPING_START_EVENT:
        return read_map(value, depth);
      case YAML_ALIAS_EVENT:
        return fail("YAML aliases (*name) are not used in specs; quote the text if it begins with an asterisk");
      case YAML_NO_EVENT:
      case YAML_STREAM_START_EVENT:
      case YAML_STREAM_END_EVENT:
      case YAML_DOCUMENT_START_EVENT:
      case YAML_DOCUMENT_END_EVENT:
      case YAML_MAPPING_END_EVENT:
      case YAML_SEQUENCE_END_EVENT:
        break;
    }
    return fail("A value is missing");
  }

  [[nodiscard]] bool has_tag() const {
    switch (event().type) {
      case YAML_SCALAR_EVENT:
        return event().data.scalar.tag != nullptr;
      case YAML_SEQUENCE_START_EVENT:
        return event().data.sequence_start.tag != nullptr;
      case YAML_MAPPING_START_EVENT:
        return event().data.mapping_start.tag != nullptr;
      case YAML_NO_EVENT:
      case YAML_STREAM_START_EVENT:
      case YAML_STREAM_END_EVENT:
      case YAML_DOCUMENT_START_EVENT:
      case YAML_DOCUMENT_END_EVENT:
      case YAML_ALIAS_EVENT:
      case YAML_MAPPING_END_EVENT:
      case YAML_SEQUENCE_END_EVENT:
        break;
    }
    return false;
  }

  void read_scalar(YamlValue& value) const {
    const auto& scalar = event().data.scalar;
    value.text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
    value.quoted = scalar.style != YAML_PLAIN_SCALAR_STYLE;
    if (scalar.style == YAML_LITERAL_SCALAR_STYLE || scalar.style == YAML_FOLDED_SCALAR_STYLE) {
      leave_blank_lines(value.range);
    }
    const bool null = !value.quoted && (value.text.empty() || value.text == "~" || value.text == "null" ||
                                        value.text == "Null" || value.text == "NULL");
    value.kind = null ? YamlKind::null : YamlKind::scalar;
    if (null) value.text.clear();
  }

  /// A block scalar ends with the line end of its last text, unless it keeps ('+') the blank lines behind it.
  void leave_blank_lines(ByteRange& bytes) const {
    const auto written = text_.substr(bytes.begin, bytes.end - bytes.begin);
    if (written.substr(0, written.find('\n')).find('+') != std::string_view::npos) return;
    const auto last = written.find_last_not_of(" \t\r\n");
    const auto line_end = written.find('\n', last);
    if (last != std::string_view::npos && line_end != std::string_view::npos) bytes.end = bytes.begin + line_end + 1;
  }

  bool read_list(YamlValue& value, std::size_t depth) {
    value.kind = YamlKind::list;
    const bool brackets = event().data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    while (next()) {
      if (event().type == YAML_SEQUENCE_END_EVENT) {
        close(value, brackets, value.items.empty() ? value.range.begin : value.items.back().range.end);
        return true;
      }
      if (!read_value(value.items.emplace_back(), depth + 1)) return false;
    }
    return false;
  }

  bool read_map(YamlValue& value, std::size_t depth) {
    value.kind = YamlKind::map;
    const bool braces = event().data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
    std::set<std::string, std::less<>> keys;
    while (next()) {
      if (event().type == YAML_MAPPING_END_EVENT) {
        close(value, braces, value.entries.empty() ? value.range.begin : value.entries.back().value.range.end);
        return true;
      }
      YamlValue key;
      if (!read_value(key, depth + 1)) return false;
      if (key.kind != YamlKind::scalar) return fail_at(key.line, "A key must be a plain word");
      if (!keys.insert(key.text).second) return fail_at(key.line, "The key '" + key.text + "' is there twice");
      if (!next()) return false;
      YamlEntry& entry = value.entries.emplace_back();
      entry.key = std::move(key.text);
      entry.line = key.line;
      entry.key_range = key.range;
      if (!read_value(entry.value, depth + 1)) return false;
      if (entry.value.range.begin == entry.value.range.end) {  // nothing written: the place right after the colon
        entry.value.range = ByteRange{after_colon(entry.key_range.end), after_colon(entry.key_range.end)};
        entry.value.line = entry.line;
      }
    }
    return false;
  }

  [[nodiscard]] std::size_t after_colon(std::size_t key_end) const {
    std::size_t at = key_end;
    while (at < text_.size() && (text_[at] == ' ' || text_[at] == '\t')) ++at;
    return at < text_.size() && text_[at] == ':' ? at + 1 : key_end;
  }

  /// In brackets or braces a collection ends with them, a block collection with its last value.
  void close(YamlValue& value, bool bracketed, std::size_t last_value_end) const {
    value.range.end = bracketed ? places_.byte_of(event().end_mark) : last_value_end;
    value.range.end = std::max(value.range.end, value.range.begin);
  }

  [[nodiscard]] bool fail(std::string message) {
    return fail_at(places_.line_of(places_.byte_of(event().start_mark)), std::move(message));
  }

  [[nodiscard]] bool fail_at(std::uint32_t line, std::string message) {
    error_ = YamlError{std::move(message), line};
    return false;
  }

  /// The complaint of the library, in its words.
  [[nodiscard]] YamlError library_error() const {
    const yaml_parser_t& parser = events_.parser();
    std::string message = std::string("This is not valid YAML: ") + (parser.problem != nullptr ? parser.problem : "?");
    if (parser.context != nullptr) message += std::string(" ") + parser.context;
    const std::size_t at = parser.error == YAML_READER_ERROR ? std::min(parser.problem_offset, text_.size())
                                                             : places_.byte_of(parser.problem_mark);
    if (at < text_.size() && text_[at] == '\t') message += "; indent with spaces, not with a tab";
    return YamlError{std::move(message), places_.line_of(at)};
  }

  std::string_view text_;
  Places places_;
  YamlEvents events_;
  std::size_t values_ = 0;
  std::optional<YamlError> error_;
};

}  // namespace

std::variant<YamlValue, YamlError> parse_yaml(std::string_view text) {
  if (text.empty()) return YamlValue{};
  return YamlReader(text).read();
}

}  // namespace leanspec::spec
