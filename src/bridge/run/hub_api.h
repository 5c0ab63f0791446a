#pragma once

#include <string>
#include <string_view>

#include "bridge/run/json_value.h"
#include "bridge/run/state_folder.h"
#include "vocabulary/result.h"

namespace leanspec::bridge::run {

/// The hub's HTTP API with the key of `login`, for commands: one question, one connection.
class HubApi {
 public:
  /// Errors: unauthenticated (no login yet), those of read_key.
  [[nodiscard]] static Result<HubApi> open(const StateFolder& state);

  /// `path`: from "/api", with its query. Errors: what the hub said, in its words and with a code that fits the status;
  /// those of the way to it.
  [[nodiscard]] Result<JsonValue> get(const std::string& path) const;
  [[nodiscard]] Result<JsonValue> post(const std::string& path, std::string body) const;

 private:
  HubApi(HubSettings hub, std::string key) : hub_(std::move(hub)), key_(std::move(key)) {}
  [[nodiscard]] Result<JsonValue> ask(bool post, const std::string& path, std::string body) const;

  HubSettings hub_;
  std::string key_;
};

/// For a part of a path or a query.
[[nodiscard]] std::string percent_encoded(std::string_view text);

/// The address of `rest` ("/conflicts") in the folder's project, on its branch; `query` without its question mark.
[[nodiscard]] std::string project_path(const FolderSettings& folder, const std::string& rest, const std::string& query);

/// Beneath the folder, and not the folder itself.
[[nodiscard]] bool lies_in(const std::string& path, const std::string& root);

}  // namespace leanspec::bridge::run
