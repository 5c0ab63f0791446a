#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "host/files.h"
#include "net/http_message.h"
#include "vocabulary/result.h"

namespace leanspec::hub::api {

/// A web app that somebody else built for LeanSpec's API, served from its folder in place of ours. It knows nothing of
/// accounts, so the hub puts a page for signing in before it. Safe from every thread.
class OtherUi {
 public:
  /// Error: not_found when there is no index.html in the folder, and what the disk says.
  [[nodiscard]] static Result<std::shared_ptr<OtherUi>> open(const std::string& folder);

  explicit OtherUi(std::unique_ptr<host::FileTree> files) : files_(std::move(files)) {}

  /// The file at this path of the address ("/assets/index.js"); nothing when there is none.
  [[nodiscard]] std::optional<net::Response> file(std::string_view path);
  /// What every address of the app begins with.
  [[nodiscard]] net::Response page();

  static constexpr std::uint64_t file_bytes_max = 16ULL * 1024 * 1024;  // the published app's largest is a tenth of it

 private:
  std::mutex mutex_;
  std::unique_ptr<host::FileTree> files_;
};

/// The page for signing in and for the first account, as its links open it (/login, /setup), and its script.
[[nodiscard]] net::Response sign_in_page();
[[nodiscard]] net::Response sign_in_script();
inline constexpr std::string_view sign_in_script_path = "/leanspec-sign-in.js";

}  // namespace leanspec::hub::api
