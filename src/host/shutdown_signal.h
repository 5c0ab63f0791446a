#pragma once

#include "host/descriptor.h"
#include "vocabulary/result.h"

namespace leanspec::host {

/// SIGTERM and SIGINT as a readable file descriptor, so that a program stops from its own event loop and not inside a
/// signal handler. Make it before the first thread starts: later threads inherit the blocked signals. SIGPIPE is
/// ignored as well, since a closed peer is an ordinary error. One per process; children must unblock the signals for
/// themselves.
class ShutdownSignal {
 public:
  [[nodiscard]] static Result<ShutdownSignal> install();

  /// Readable once a signal has come; for an event loop.
  [[nodiscard]] int descriptor() const { return file_.get(); }
  /// The number of the signal that has come, 0 if none has. Takes it from the queue.
  [[nodiscard]] int take();
  /// Blocks until one comes; its number.
  [[nodiscard]] int wait();

 private:
  explicit ShutdownSignal(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

}  // namespace leanspec::host
