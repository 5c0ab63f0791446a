#include "spec/yaml_value.h"

#include <libfyaml.h>

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

namespace leanspec::spec {

namespace {

struct DestroyDiagnostics {
  void operator()(fy_diag* diagnostics) const { fy_diag_destroy(diagnostics); }
};
struct DestroyParser {
  void operator()(fy_parser* parser) const { fy_parser_destroy(parser); }
};

/// The text of a single-quoted scalar (YAML 1.2, 7.3.2): '' is a quote; one line break is a blank, each further one
/// stays; blanks around line breaks go.
std::string unquote(std::string_view raw) {
  constexpr std::string_view blanks = " \t";
  constexpr std::string_view breaks = " \t\r\n";
  std::string text;
  while (!raw.empty()) {
    const auto stop = std::min(raw.find_first_of("'\r\n"), raw.size());
    text += raw.substr(0, stop);
    raw.remove_prefix(stop);
    if (raw.empty()) break;
    if (raw.front() == '\'') {
      text += '\'';
      raw.remove_prefix(std::min<std::size_t>(2, raw.size()));
      continue;
    }
    text.resize(text.find_last_not_of(blanks) + 1);
    const auto next = std::min(raw.find_first_not_of(breaks), raw.size());
    const std::string_view space = raw.substr(0, next);
    std::size_t line_breaks = 0;
    for (std::size_t i = 0; i < space.size(); ++i) {
      const bool pair = space[i] == '\r' && i + 1 < space.size() && space[i + 1] == '\n';
      if ((space[i] == '\r' || space[i] == '\n') && !pair) ++line_breaks;
    }
    text += line_breaks == 1 ? std::string(1, ' ') : std::string(line_breaks - 1, '\n');
    raw.remove_prefix(next);
  }
  return text;
}

/// The events of libfyaml as values, with the bounds. Events and not its documents: an alias is seen before it is
/// expanded.
class YamlReader {
 public:
  explicit YamlReader(std::string_view text) : text_(text) {
    fy_diag_cfg diagnostics_settings{};
    fy_diag_cfg_default(&diagnostics_settings);
    diagnostics_settings.fp = nullptr;
    diagnostics_settings.output_fn = [](fy_diag*, void*, const char*, std::size_t) {};
    diagnostics_.reset(fy_diag_create(&diagnostics_settings));
    if (diagnostics_) fy_diag_set_collect_errors(diagnostics_.get(), true);
    fy_parse_cfg settings{};
    settings.flags = static_cast<fy_parse_cfg_flags>(FYPCF_QUIET | FYPCF_COLLECT_DIAG);
    settings.diag = diagnostics_.get();
    parser_.reset(fy_parser_create(&settings));
  }

  std::variant<YamlValue, YamlError> read() {
    if (!diagnostics_ || !parser_ || fy_parser_set_string(parser_.get(), text_.data(), text_.size()) != 0) {
      return YamlError{"The YAML library could not be started", 0};
    }
    YamlValue root;
    bool seen = false;
    while (next()) {
      switch (event_->type) {
        case FYET_STREAM_START:
        case FYET_DOCUMENT_START:
        case FYET_DOCUMENT_END:
          if (event_->type == FYET_DOCUMENT_START && seen) {
            const auto first = text_.substr(0, root.range.end);
            const auto next_line = std::count(first.begin(), first.end(), '\n') + 1;
            return YamlError{"There is a second YAML document", static_cast<std::uint32_t>(next_line)};
          }
          break;
        case FYET_STREAM_END:
          release();
          return root;
        case FYET_NONE:
        case FYET_MAPPING_START:
        case FYET_MAPPING_END:
        case FYET_SEQUENCE_START:
        case FYET_SEQUENCE_END:
        case FYET_SCALAR:
        case FYET_ALIAS:
          seen = true;
          if (!read_value(root, 0)) return std::move(*error_);
          break;
      }
    }
    if (error_) return std::move(*error_);
    return library_error();
  }

  ~YamlReader() { release(); }
  YamlReader(const YamlReader&) = delete;
  YamlReader& operator=(const YamlReader&) = delete;

 private:
  bool next() {
    release();
    event_ = fy_parser_parse(parser_.get());
    return event_ != nullptr;
  }

  void release() {
    if (event_ != nullptr) fy_parser_event_free(parser_.get(), event_);
    event_ = nullptr;
  }

  /// The value that begins with the present event; false: `error_` says why not.
  bool read_value(YamlValue& value, std::size_t depth) {
    if (++values_ > yaml_values_max) {
      set_error("There are more than " + std::to_string(yaml_values_max) + " values");
      return false;
    }
    if (depth > yaml_depth_max) {
      set_error("Values are nested more than " + std::to_string(yaml_depth_max) + " deep");
      return false;
    }
    if (fy_event_get_tag_token(event_) != nullptr) {
      set_error("YAML tags (!...) are not used in specs; quote the text if it begins with an exclamation mark");
      return false;
    }
    value.line = line();
    value.range = range();
    position_ = std::max(position_, value.range.end);
    position_line_ = std::max(position_line_, value.line);
    switch (event_->type) {
      case FYET_SCALAR:
        read_scalar(value);
        return true;
      case FYET_SEQUENCE_START:
        return read_list(value, depth);
      case FYET_MAPPING_START:
        return read_map(value, depth);
      case FYET_ALIAS:
        set_error("YAML aliases (*name) are not used in specs; quote the text if it begins with an asterisk");
        return false;
      case FYET_NONE:
      case FYET_STREAM_START:
      case FYET_STREAM_END:
      case FYET_DOCUMENT_START:
      case FYET_DOCUMENT_END:
      case FYET_MAPPING_END:
      case FYET_SEQUENCE_END:
        break;
    }
    set_error("A value is missing");
    return false;
  }

  void read_scalar(YamlValue& value) const {
    fy_token* const token = event_->scalar.value;
    if (token == nullptr) return;
    const fy_scalar_style style = fy_token_scalar_style(token);
    if (style == FYSS_SINGLE_QUOTED && value.range.end - value.range.begin >= 2) {
      // Not by the library: libfyaml 0.7.12 leaks memory over many '' in a row.
      value.text = unquote(text_.substr(value.range.begin + 1, value.range.end - value.range.begin - 2));
    } else {
      std::size_t length = 0;
      const char* const text = fy_token_get_text(token, &length);
      if (text != nullptr) value.text.assign(text, length);
    }
    value.quoted = style != FYSS_PLAIN;
    const bool null = !value.quoted && (value.text.empty() || value.text == "~" || value.text == "null" ||
                                        value.text == "Null" || value.text == "NULL");
    value.kind = null ? YamlKind::null : YamlKind::scalar;
    if (null) value.text.clear();
  }

  bool read_list(YamlValue& value, std::size_t depth) {
    value.kind = YamlKind::list;
    while (next()) {
      if (event_->type == FYET_SEQUENCE_END) {
        close(value, value.items.empty() ? value.range.begin : value.items.back().range.end);
        return true;
      }
      if (!read_value(value.items.emplace_back(), depth + 1)) return false;
    }
    if (!error_) error_ = library_error();
    return false;
  }

  bool read_map(YamlValue& value, std::size_t depth) {
    value.kind = YamlKind::map;
    std::set<std::string, std::less<>> keys;
    while (next()) {
      if (event_->type == FYET_MAPPING_END) {
        close(value, value.entries.empty() ? value.range.begin : value.entries.back().value.range.end);
        return true;
      }
      YamlValue key;
      if (!read_value(key, depth + 1)) return false;
      if (key.kind != YamlKind::scalar) {
        error_ = YamlError{"A key must be a plain word", key.line};
        return false;
      }
      if (!keys.insert(key.text).second) {
        error_ = YamlError{"The key '" + key.text + "' is there twice", key.line};
        return false;
      }
      if (!next()) break;
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
    if (!error_) error_ = library_error();
    return false;
  }

  [[nodiscard]] std::size_t after_colon(std::size_t key_end) const {
    std::size_t at = key_end;
    while (at < text_.size() && (text_[at] == ' ' || text_[at] == '\t')) ++at;
    return at < text_.size() && text_[at] == ':' ? at + 1 : key_end;
  }

  /// A flow collection ends with its bracket, a block collection with its last value.
  void close(YamlValue& value, std::size_t last_value_end) const {
    const fy_mark* const end = fy_event_end_mark(event_);
    const bool flow =
        value.range.begin < text_.size() && (text_[value.range.begin] == '[' || text_[value.range.begin] == '{');
    value.range.end = flow && end != nullptr ? std::min(end->input_pos, text_.size()) : last_value_end;
    value.range.end = std::max(value.range.end, value.range.begin);
  }

  [[nodiscard]] std::uint32_t line() const {
    const fy_mark* const mark = fy_event_start_mark(event_);
    return mark != nullptr && mark->line > 0 ? static_cast<std::uint32_t>(mark->line) : position_line_;
  }

  [[nodiscard]] ByteRange range() const {
    const fy_mark* const begin = fy_event_start_mark(event_);
    const fy_mark* const end = fy_event_end_mark(event_);
    if (begin == nullptr) return {position_, position_};
    const std::size_t last = end != nullptr ? end->input_pos : begin->input_pos;
    ByteRange bytes{std::min(begin->input_pos, text_.size()), std::min(last, text_.size())};
    bytes.end = std::max(bytes.begin, bytes.end);
    if (event_->type == FYET_SCALAR && event_->scalar.value != nullptr) {
      const fy_scalar_style style = fy_token_scalar_style(event_->scalar.value);
      if (style == FYSS_SINGLE_QUOTED) widen_to_quotes(bytes, '\'');
      if (style == FYSS_DOUBLE_QUOTED) widen_to_quotes(bytes, '"');
    }
    return bytes;
  }

  /// The marks of quoted scalars stand inside the quotes; the range has them.
  void widen_to_quotes(ByteRange& bytes, char quote) const {
    if (bytes.begin > 0 && text_[bytes.begin - 1] == quote) --bytes.begin;
    if (bytes.end < text_.size() && text_[bytes.end] == quote) ++bytes.end;
  }

  void set_error(std::string message) { error_ = YamlError{std::move(message), line()}; }

  /// The first complaint of the library, in its words.
  [[nodiscard]] YamlError library_error() const {
    void* iterator = nullptr;
    const fy_diag_error* const first = fy_diag_errors_iterate(diagnostics_.get(), &iterator);
    if (first == nullptr || first->msg == nullptr) return YamlError{"This is not valid YAML", 0};
    std::string message = std::string("This is not valid YAML: ") + first->msg;
    static constexpr std::string_view misspelt = "indendation";  // in the messages of libfyaml 0.7
    if (const auto at = message.find(misspelt); at != std::string::npos)
      message.replace(at, misspelt.size(), "indentation");
    const auto last_line = static_cast<int>(std::count(text_.begin(), text_.end(), '\n'));
    return YamlError{std::move(message), static_cast<std::uint32_t>(std::clamp(first->line - 1, 0, last_line))};
  }

  std::string_view text_;
  std::unique_ptr<fy_diag, DestroyDiagnostics> diagnostics_;
  std::unique_ptr<fy_parser, DestroyParser> parser_;
  fy_event* event_ = nullptr;
  std::size_t values_ = 0;
  std::size_t position_ = 0;         ///< behind the values so far: the place of a value of which nothing is written
  std::uint32_t position_line_ = 0;  ///< the line of the last value
  std::optional<YamlError> error_;
};

}  // namespace

std::variant<YamlValue, YamlError> parse_yaml(std::string_view text) {
  if (text.empty()) return YamlValue{};
  return YamlReader(text).read();
}

}  // namespace leanspec::spec
