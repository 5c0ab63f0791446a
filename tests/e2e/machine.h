#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "tests/e2e/bridge_process.h"
#include "tests/e2e/cut_proxy.h"
#include "tests/e2e/scratch.h"

namespace leanspec::e2e {

using Files = std::map<std::string, std::string>;  ///< path beneath the specs folder to bytes

/// Every file with its bytes, but what the bridge stages and what begins with a dot. Throws if a folder goes away
/// meanwhile.
[[nodiscard]] Files files_in(const std::filesystem::path& specs);

/// One machine: a specs folder, its bridge, and a line of its own to the hub once it is connected by one.
struct Machine {
  Machine(const Scratch& scratch, const std::string& name)
      : bridge(scratch, name), specs(scratch.path() / name / "specs") {}

  /// Logs in, over a line that can be cut if `over_a_line`, and adds the folder. "" or what went wrong.
  [[nodiscard]] std::string join(const std::string& hub_url, const std::string& secret, const std::string& project,
                                 const std::string& mode, bool over_a_line);
  [[nodiscard]] FolderState state() const { return bridge.folder(specs); }
  [[nodiscard]] std::string status() const { return bridge.command({"status"}).output; }

  BridgeProcess bridge;
  std::filesystem::path specs;
  std::unique_ptr<CutProxy> line;
};

}  // namespace leanspec::e2e
