#pragma once

#include <string>

#include "bridge/run/json_value.h"

/// Conflicts as a terminal shows them. Pure: JSON of the hub's API in, text out; what comes from the hub cannot move
/// the cursor or colour anything.
namespace leanspec::bridge::run {

/// One conflict in a list: its file, who and when on both sides, where they differ.
[[nodiscard]] std::string conflict_row_text(const JsonValue& conflict, const std::string& root);

/// All of one conflict: each place with what both went on from, what the hub has and what was set aside, and the ways
/// out.
[[nodiscard]] std::string conflict_text(const JsonValue& conflict, const std::string& root, bool colour);

/// `text` without control characters but line feeds and tabs.
[[nodiscard]] std::string harmless(std::string text);

}  // namespace leanspec::bridge::run
