#include "host/log.h"

namespace leanspec::host {
namespace {

class SilentLog final : public Log {
 public:
  void write(LogLevel, std::string_view, std::initializer_list<LogField>) override {}
};

}  // namespace

Log& silent_log() {
  static SilentLog log;
  return log;
}

}  // namespace leanspec::host
