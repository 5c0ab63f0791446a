#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "host/clock.h"
#include "host/log.h"
#include "vocabulary/result.h"

namespace leanspec::host {

enum class LogFormat { text, json };

struct LogOptions {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
  bool colour = false;  ///< text only
};

[[nodiscard]] std::optional<LogLevel> parse_log_level(std::string_view name);
[[nodiscard]] std::optional<LogFormat> parse_log_format(std::string_view name);

/// LEANSPEC_LOG_LEVEL (debug, info, warning, error) and LEANSPEC_LOG_FORMAT (text, json); colour if `descriptor` is a
/// terminal and NO_COLOR is unset. Error: invalid, naming the variable.
[[nodiscard]] Result<LogOptions> log_options_from_environment(int descriptor);

/// A log that writes each line with one write(2) to `descriptor`, so that lines of several threads and processes never
/// mix. A line is never broken: control characters are escaped in both formats. The descriptor stays the caller's. What
/// cannot be written is dropped: logging never stops the work.
///
///     2026-11-22T11:43:00.123Z info  connected to the hub  project=lean-spec seq=12
///     {"time":"2026-11-22T11:43:00.123Z","level":"info","message":"connected to the
///     hub","project":"lean-spec","seq":12}
[[nodiscard]] std::unique_ptr<Log> make_stream_log(int descriptor, LogOptions options, const Clock& clock);

}  // namespace leanspec::host
