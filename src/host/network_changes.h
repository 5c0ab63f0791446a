#pragma once

#include "host/descriptor.h"
#include "vocabulary/result.h"

namespace leanspec::host {

/// Tells when an address or a route of this machine comes (rtnetlink): the moment to try a lost connection again. For
/// an event loop.
class NetworkChanges {
 public:
  [[nodiscard]] static Result<NetworkChanges> open();

  /// Readable when something changed.
  [[nodiscard]] int descriptor() const { return file_.get(); }
  /// Takes what has come in; true if an address or a route was added.
  [[nodiscard]] bool take();

 private:
  explicit NetworkChanges(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

}  // namespace leanspec::host
