#pragma once

#include <optional>
#include <string>
#include <utility>

#include "tests/fakes/replica_bench.h"

namespace leanspec::fakes {

/// A ReplicaBench whose folder is written to as well.
struct TwoWayBench : ReplicaBench {
  TwoWayBench() : ReplicaBench(false) {
    mode = engine::SyncMode::two_way;
    start();
    connect();
  }
  [[nodiscard]] DocumentId document_at(const std::string& path) const {
    for (const auto& [document, version] : hub.heads) {
      if (version.path == path && version.digest) return document;
    }
    return {};
  }
  /// Somebody else's change arrives.
  void elsewhere(const DocumentId& document, const std::string& path, std::optional<std::string> text) {
    hub.change(document, path, std::move(text));
    tell_head();
    pass(a_while);
  }
  [[nodiscard]] std::string on_disk(const std::string& path) const {
    return disk.files.contains(path) ? disk.files.at(path).text : "(none)";
  }
};

}  // namespace leanspec::fakes
