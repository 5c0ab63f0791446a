#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vocabulary/digest.h"
#include "vocabulary/ids.h"
#include "vocabulary/result.h"

namespace leanspec::bridge::disk {

/// Why a text left its place on the disk. The numbers are stored.
enum class CopyReason {
  replaced = 0,  ///< a newer version of the hub took its place
  deleted = 1,   ///< it was deleted at the hub
  restored = 2,  ///< a person put an older text in its place
};

/// A text that is about to leave the disk for good.
struct LeavingText {
  std::string path;
  Digest digest;
  CopyReason why = CopyReason::replaced;
  std::optional<VersionId> replaced_by;
  /// No hub has confirmed that it has this text: the copy is on the disk before keep() returns, and no limit removes
  /// it.
  bool only_here = false;
};

/// Takes a copy of what leaves the disk, before it does.
class CopyKeeper {
 public:
  virtual ~CopyKeeper() = default;
  /// Errors: no_space, io. Nothing was kept then.
  [[nodiscard]] virtual Status keep(const LeavingText& text, std::string_view bytes) = 0;
};

}  // namespace leanspec::bridge::disk
