#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/digest.h"
#include "vocabulary/ids.h"
#include "vocabulary/result.h"
#include "vocabulary/time.h"

/// What the hub remembers of projects that come from a repository at a forge.
namespace leanspec::store {

/// A project that follows a branch of a repository. Secrets are sealed before they come here.
struct Mirror {
  ProjectId project;
  std::string provider = "github";  ///< "github" | "git"
  std::string web_url;              ///< where people see the repository
  std::string api_url;              ///< where it is asked for
  std::string full_name;            ///< "owner/repository", as it was called last
  std::string repository;           ///< the forge's id of it, which outlives a rename; "" none
  std::string branch;
  std::string folder;           ///< that is mirrored; "" all of it
  std::string sealed_token;     ///< "" none
  std::string sealed_secret;    ///< of its webhook
  bool public_reading = false;  ///< anyone may read the project
  bool paused = false;
  std::chrono::milliseconds interval{std::chrono::hours(1)};
  Instant created_at;

  std::string commit;                     ///< that the branch shows; "" none yet
  std::string tree;                       ///< of the folder in it
  std::string head_tag;                   ///< for a free answer to "did it move?"
  std::string problem;                    ///< why it is not up to date, in words; "" it is, as of `last_synced_at`
  std::string problem_kind;               ///< the error's code
  std::uint32_t failures = 0;             ///< in a row
  std::optional<Instant> last_synced_at;  ///< last found or made to be as the repository is
  std::optional<Instant> next_sync_at;    ///< nothing: not by itself
  friend bool operator==(const Mirror&, const Mirror&) = default;
};

/// Whether a project of this source has what its repository has, and takes nobody else's word.
[[nodiscard]] constexpr bool is_mirror_source(std::string_view source) {
  return source == "github" || source == "git";
}

/// A file of the repository whose bytes are here, by git's name for them.
struct MirrorBlob {
  std::string git_id;
  Digest digest;
  std::uint64_t size = 0;
  bool pointer = false;  ///< it only points to its content (git-lfs)
  friend bool operator==(const MirrorBlob&, const MirrorBlob&) = default;
};

/// One sync, for the log that people look at.
struct MirrorSync {
  Instant started_at;
  std::chrono::milliseconds took{0};
  std::string cause;    ///< "import" | "schedule" | "button" | "webhook" | "cron"
  std::string outcome;  ///< "synced" | "unchanged" | "waiting" | "failed"
  std::string commit;
  std::uint64_t added = 0;
  std::uint64_t updated = 0;
  std::uint64_t moved = 0;
  std::uint64_t deleted = 0;
  std::uint64_t skipped = 0;
  std::uint64_t fetched = 0;
  std::uint64_t requests = 0;
  std::string problem;
  friend bool operator==(const MirrorSync&, const MirrorSync&) = default;
};

struct MirrorSkipped {
  std::string path;
  std::string why;
  friend bool operator==(const MirrorSkipped&, const MirrorSkipped&) = default;
};

/// One message of a forge. Its id is the forge's own: a redelivery has the same.
struct WebhookDelivery {
  std::string id;
  Instant at;
  std::string event;
  std::string outcome;   ///< words for people
  bool settled = false;  ///< it had its effect, or none is wanted; again it has none
  friend bool operator==(const WebhookDelivery&, const WebhookDelivery&) = default;
};

class MirrorCatalog {
 public:
  virtual ~MirrorCatalog() = default;
  /// Adds or replaces; the project must be there.
  [[nodiscard]] virtual Status save(const Mirror& mirror) = 0;
  [[nodiscard]] virtual Result<std::optional<Mirror>> find(const ProjectId& project) = 0;
  [[nodiscard]] virtual Result<std::vector<Mirror>> list() = 0;
  /// The mirror and everything that is remembered with it; the project and its versions stay.
  [[nodiscard]] virtual Status remove(const ProjectId& project) = 0;

  /// Idempotent. Its body must be stored. Known to this project alone: nothing crosses between repositories.
  [[nodiscard]] virtual Status add_blob(const ProjectId& project, const MirrorBlob& blob) = 0;
  [[nodiscard]] virtual Result<std::vector<MirrorBlob>> blobs(const ProjectId& project) = 0;

  [[nodiscard]] virtual Status set_skipped(const ProjectId& project, const std::vector<MirrorSkipped>& skipped) = 0;
  /// By path.
  [[nodiscard]] virtual Result<std::vector<MirrorSkipped>> skipped(const ProjectId& project) = 0;

  /// The oldest entries beyond `mirror_syncs_kept` go.
  [[nodiscard]] virtual Status add_sync(const ProjectId& project, const MirrorSync& sync) = 0;
  /// Newest first.
  [[nodiscard]] virtual Result<std::vector<MirrorSync>> syncs(const ProjectId& project, std::size_t limit) = 0;

  /// Adds or replaces.
  [[nodiscard]] virtual Status save_delivery(const ProjectId& project, const WebhookDelivery& delivery) = 0;
  [[nodiscard]] virtual Result<std::optional<WebhookDelivery>> find_delivery(const ProjectId& project,
                                                                             std::string_view id) = 0;
  /// Newest first.
  [[nodiscard]] virtual Result<std::vector<WebhookDelivery>> deliveries(const ProjectId& project,
                                                                        std::size_t limit) = 0;
  [[nodiscard]] virtual Status drop_deliveries(Instant before) = 0;
};

/// A week of hourly syncs, and room for webhooks.
constexpr std::size_t mirror_syncs_kept = 500;

}  // namespace leanspec::store
