#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "store/mirror_catalog.h"

namespace leanspec::hub::mirrors {

/// GitHub sends at most 25 MB.
constexpr std::size_t webhook_bytes_max = std::size_t{25} * 1024 * 1024;
constexpr std::size_t delivery_id_bytes_max = 128;

/// Whether `header` is the signature of the raw body by the secret: "sha256=<hex>" (X-Hub-Signature-256), or as Gitea
/// and Forgejo have it besides, "<hex>" (X-Gitea-Signature). In constant time.
[[nodiscard]] bool signature_matches(std::string_view secret, std::string_view body, std::string_view header);

/// Whether `token` is the secret itself, which is all that GitLab sends (X-Gitlab-Token). In constant time.
[[nodiscard]] bool token_matches(std::string_view secret, std::string_view token);

/// What a forge's message means for a mirror. Only ever a hint: what is true is then asked of the forge itself, so a
/// message that is late, double, or out of order does no harm.
enum class WebhookMeaning {
  look,     ///< something about the mirrored branch or the repository itself moved: sync now
  nothing,  ///< heard, and nothing to do
  wrong,    ///< it does not have the shape of its kind, or is of another repository
};
struct WebhookReading {
  WebhookMeaning meaning = WebhookMeaning::nothing;
  std::string words;        ///< for the list of deliveries
  std::string commit = {};  ///< that the branch has now, as the message says; "" it says none
};

/// Reads a message whose signature was found to be right. `event`: X-GitHub-Event, or what
/// another forge calls it. Pure.
[[nodiscard]] WebhookReading read_webhook(std::string_view event, std::string_view body, const store::Mirror& mirror);

}  // namespace leanspec::hub::mirrors
