#include "host/stream_log.h"

#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "host/json_string.h"

namespace leanspec::host {
namespace {

/// Longer lines are cut: a log line is for reading, and one write up to this size stays whole.
constexpr std::size_t line_bytes_max = 16 * 1024;

[[nodiscard]] std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "error";
}

[[nodiscard]] std::string_view colour_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "\033[2m";
    case LogLevel::info:
      return "\033[32m";
    case LogLevel::warning:
      return "\033[33m";
    case LogLevel::error:
      return "\033[31m";
  }
  return "";
}

constexpr std::string_view plain = "\033[0m";
constexpr std::string_view dim = "\033[2m";

void append_time(std::string& out, Instant now) {
  const auto milliseconds = now.time_since_epoch().count();
  const time_t seconds = static_cast<time_t>(milliseconds / 1000);
  tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[96];
  const int length =
      std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                    parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, static_cast<int>(milliseconds % 1000));
  if (length > 0) out.append(text, static_cast<std::size_t>(length));
}

[[nodiscard]] bool needs_quotes(std::string_view text) {
  if (text.empty()) return true;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7F || c == '"' || c == '=' || c == '\\') return true;
  }
  return false;
}

void append_value(std::string& out, const LogField& field, LogFormat format) {
  if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
    out += std::to_string(*number);
    return;
  }
  const std::string& text = std::get<std::string>(field.value);
  if (format == LogFormat::json || needs_quotes(text)) {
    append_json_string(out, text);
  } else {
    out += text;
  }
}

class StreamLog final : public Log {
 public:
  StreamLog(int descriptor, LogOptions options, const Clock& clock)
      : descriptor_(descriptor), options_(options), clock_(clock) {}

  void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) override {
    if (level < options_.level) return;
    std::string line;
    line.reserve(200);
    if (options_.format == LogFormat::json) {
      json_line(line, level, message, fields);
    } else {
      text_line(line, level, message, fields);
    }
    line += '\n';
    std::size_t written = 0;
    while (written < line.size()) {
      const ssize_t count = ::write(descriptor_, line.data() + written, line.size() - written);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return;
      written += static_cast<std::size_t>(count);
    }
  }

 private:
  void json_line(std::string& line, LogLevel level, std::string_view message,
                 std::initializer_list<LogField> fields) const {
    line += "{\"time\":\"";
    append_time(line, clock_.now());
    line += "\",\"level\":\"";
    line += name_of(level);
    line += "\",\"message\":";
    append_json_string(line, message.substr(0, line_bytes_max));
    for (const LogField& field : fields) {
      std::string value;
      append_value(value, field, LogFormat::json);
      if (line.size() + value.size() > line_bytes_max) continue;  // half a value would not be JSON
      line += ',';
      append_json_string(line, field.name);
      line += ':';
      line += value;
    }
    line += '}';
  }

  void text_line(std::string& line, LogLevel level, std::string_view message,
                 std::initializer_list<LogField> fields) const {
    if (options_.colour) line += dim;
    append_time(line, clock_.now());
    line += ' ';
    if (options_.colour) line += plain;
    if (options_.colour) line += colour_of(level);
    line += name_of(level);
    if (options_.colour) line += plain;
    line.append(8 - name_of(level).size(), ' ');
    for (const char c : message) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    bool first = true;
    for (const LogField& field : fields) {
      line += first ? "  " : " ";
      first = false;
      if (options_.colour) line += dim;
      line += field.name;
      line += '=';
      if (options_.colour) line += plain;
      append_value(line, field, LogFormat::text);
    }
    if (line.size() > line_bytes_max) line.resize(line_bytes_max);
  }

  int descriptor_;
  LogOptions options_;
  const Clock& clock_;
};

}  // namespace

std::optional<LogLevel> parse_log_level(std::string_view name) {
  if (name == "debug") return LogLevel::debug;
  if (name == "info") return LogLevel::info;
  if (name == "warning" || name == "warn") return LogLevel::warning;
  if (name == "error") return LogLevel::error;
  return std::nullopt;
}

std::optional<LogFormat> parse_log_format(std::string_view name) {
  if (name == "text") return LogFormat::text;
  if (name == "json") return LogFormat::json;
  return std::nullopt;
}

Result<LogOptions> log_options_from_environment(int descriptor) {
  LogOptions options;
  if (const char* level = std::getenv("LEANSPEC_LOG_LEVEL"); level != nullptr && *level != '\0') {
    const auto parsed = parse_log_level(level);
    if (!parsed) {
      return Error(ErrorCode::invalid, "is no log level", std::string("LEANSPEC_LOG_LEVEL=") + level,
                   "Use debug, info, warning or error.");
    }
    options.level = *parsed;
  }
  if (const char* format = std::getenv("LEANSPEC_LOG_FORMAT"); format != nullptr && *format != '\0') {
    const auto parsed = parse_log_format(format);
    if (!parsed) {
      return Error(ErrorCode::invalid, "is no log format", std::string("LEANSPEC_LOG_FORMAT=") + format,
                   "Use text or json.");
    }
    options.format = *parsed;
  }
  const char* no_colour = std::getenv("NO_COLOR");
  const char* force = std::getenv("CLICOLOR_FORCE");
  options.colour = (no_colour == nullptr || *no_colour == '\0') &&
                   (::isatty(descriptor) == 1 || (force != nullptr && *force == '1'));
  return options;
}

std::unique_ptr<Log> make_stream_log(int descriptor, LogOptions options, const Clock& clock) {
  return std::make_unique<StreamLog>(descriptor, options, clock);
}

}  // namespace leanspec::host
