#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace leanspec::host {

enum class LogLevel { debug, info, warning, error };

/// One name and value of a structured log line. Never a body, a token or a password.
struct LogField {
  LogField(std::string_view field_name, std::string_view text) : name(field_name), value(std::string(text)) {}
  LogField(std::string_view field_name, const char* text) : name(field_name), value(std::string(text)) {}
  LogField(std::string_view field_name, std::int64_t number) : name(field_name), value(number) {}
  LogField(std::string_view field_name, std::uint64_t number) : name(field_name), value(static_cast<std::int64_t>(number)) {}
  LogField(std::string_view field_name, int number) : name(field_name), value(std::int64_t{number}) {}

  std::string_view name;
  std::variant<std::string, std::int64_t> value;
};

/// Where log lines go. `message` is a fixed sentence; what varies goes into fields. Safe from every thread.
class Log {
 public:
  virtual ~Log() = default;
  virtual void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) = 0;

  void debug(std::string_view message, std::initializer_list<LogField> fields = {}) { write(LogLevel::debug, message, fields); }
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) { write(LogLevel::info, message, fields); }
  void warning(std::string_view message, std::initializer_list<LogField> fields = {}) { write(LogLevel::warning, message, fields); }
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) { write(LogLevel::error, message, fields); }
};

/// Drops everything; for tests and for tools that only answer on standard output.
[[nodiscard]] Log& silent_log();

}  // namespace leanspec::host
