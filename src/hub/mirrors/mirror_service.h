#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "digest/sealed_text.h"
#include "host/clock.h"
#include "host/entropy.h"
#include "host/log.h"
#include "hub/engine/listener_list.h"
#include "hub/mirrors/awaited_commit.h"
#include "hub/mirrors/mirror_sync.h"
#include "hub/mirrors/repository_place.h"
#include "hub/mirrors/repository_preview.h"
#include "hub/mirrors/sync_schedule.h"
#include "hub/mirrors/webhook.h"

namespace leanspec::hub::mirrors {

/// What an administrator decided when the hub was started.
struct MirrorSettings {
  digest::SealKey seal_key{};
  std::string github_token;             ///< of the hub itself, for mirrors that administrators add; "" none
  std::set<std::string> allowed_hosts;  ///< "host" or "host:port" whose addresses may be private
  std::optional<std::string> ca_file;
  std::string user_agent = "leanspec-hub";
};

/// A repository as a person asks for it.
struct MirrorRequest {
  RepositoryPlace place;
  std::string provider;               ///< "github", "git", "" to be found out
  std::optional<std::string> folder;  ///< nothing: to be found
  std::string token;
  bool may_use_hub_token = false;  ///< an administrator asks
  std::string name;                ///< of the project; "" the repository's
  std::chrono::milliseconds interval = sync_interval_usual;
  std::optional<UserId> by;
};

struct MirrorChange {
  std::optional<bool> paused;
  std::optional<bool> public_reading;
  std::optional<std::chrono::milliseconds> interval;
  std::optional<std::string> token;  ///< "" takes it out
};

/// What is going on with a mirror at this moment, beside what the store remembers.
struct MirrorActivity {
  bool running = false;
  bool waiting = false;  ///< asked for, and about to begin
  SyncProgress progress;
  std::optional<RateBudget> budget;
};

/// Keeps every mirror up to date: when it is due, when somebody presses the button, when a forge sends word. One sync
/// of a project at a time, two in all. What happens to a mirror is told to `moved` listeners, by project.
class MirrorService {
 public:
  using Revise = std::function<Result<engine::MirrorRevisionDone>(engine::MirrorRevision)>;

  MirrorService(store::Store& store, const host::Clock& clock, host::Entropy& entropy, host::Log& log,
                MirrorSettings settings, Revise revise);
  ~MirrorService();
  MirrorService(const MirrorService&) = delete;
  MirrorService& operator=(const MirrorService&) = delete;

  /// Reads what there is and begins. Error: the store's.
  [[nodiscard]] Status start();
  /// Ends what is under way between two requests; it goes on from there next time. Idempotent.
  void stop();

  /// Asks the forge; waits for it. Errors: as preview_repository, and exhausted (too many previews at once).
  [[nodiscard]] Result<RepositoryPreview> preview(const MirrorRequest& request);
  /// Makes the project and its mirror, and begins to import. Errors: as of preview, and already_exists.
  [[nodiscard]] Result<ProjectId> add(const MirrorRequest& request);
  [[nodiscard]] Status change(const ProjectId& project, const MirrorChange& change);
  /// The project and its history stay, as a project that people and bridges may change.
  [[nodiscard]] Status remove(const ProjectId& project);
  /// Errors: not_found, conflict (paused), exhausted (asked for a moment ago).
  [[nodiscard]] Status sync_now(const ProjectId& project, std::string_view cause);
  /// Every mirror that is not paused and was not asked for in the last five minutes. Returns how many.
  [[nodiscard]] Result<std::size_t> sync_all(std::string_view cause);

  [[nodiscard]] MirrorActivity activity(const ProjectId& project) const;
  /// For who sets up the forge's side. Error: not_found, corrupt (sealed with another key).
  [[nodiscard]] Result<std::string> webhook_secret(const ProjectId& project);

  struct Delivery {
    std::string event;
    std::string id;
    std::string signature;  ///< of the body
    std::string token;      ///< the secret itself, of a forge that does not sign
    std::string body;
  };
  /// A message of a forge. Returns words about what it led to. Errors: not_found, unauthenticated (the signature),
  /// invalid (no id), and the store's.
  [[nodiscard]] Result<std::string> receive(const ProjectId& project, const Delivery& delivery);
  /// A message that was heard has its effect once more: the forge is asked again. Errors: not_found, conflict (paused).
  [[nodiscard]] Status redeliver(const ProjectId& project, const std::string& delivery);

  [[nodiscard]] engine::ListenerList<ProjectId>& moved() { return moved_; }

 private:
  struct Slot {
    std::optional<Instant> due;
    std::string cause = "schedule";
    std::vector<std::string> deliveries;  ///< that wait for this sync
    bool asked = false;                   ///< by a person or a message
    bool running = false;
    bool again = false;  ///< something moved while it ran
    bool removed = false;
    AwaitedCommit awaited;
    std::optional<Instant> last_started;
    SyncProgress progress;
    std::optional<RateBudget> budget;
  };

  void work();
  void run_sync(const ProjectId& project, const std::string& cause, const std::vector<std::string>& deliveries);
  [[nodiscard]] Status finish(const store::Mirror& mirror, const Result<SyncDone>& done, store::MirrorSync row,
                              const std::vector<std::string>& deliveries, const RateBudget& budget);
  /// When the forge does not show yet what it has announced: how long to wait, the deliveries with it.
  [[nodiscard]] std::optional<std::chrono::milliseconds> look_again_in(const ProjectId& project,
                                                                       const std::string& commit,
                                                                       const std::vector<std::string>& deliveries);
  void ask_for(Slot& slot, std::string_view cause, const std::string& delivery);
  /// Where a repository is asked for, as of store::Mirror.
  struct Address {
    std::string provider;
    std::string api_url;
    std::string full_name;
    std::string token;
    std::optional<GitId> here = {};  ///< a tree whose files are stored

    [[nodiscard]] std::string budget_key() const { return api_url + " " + token; }
  };
  [[nodiscard]] static Address address_of(const RepositoryPlace& place, std::string_view provider,
                                          const std::string& token);
  [[nodiscard]] Result<RepositoryPreview> preview_at(const Address& address, const MirrorRequest& request);
  [[nodiscard]] Result<std::unique_ptr<MirrorProvider>> provider_of(const Address& address);
  [[nodiscard]] Result<std::string> token_of(const store::Mirror& mirror) const;
  [[nodiscard]] std::string seal(std::string_view text, const ProjectId& project, std::string_view what);
  [[nodiscard]] Result<store::Mirror> find(const ProjectId& project);
  [[nodiscard]] Result<std::string> request_token(const MirrorRequest& request) const;
  [[nodiscard]] double chance();

  store::Store& store_;
  const host::Clock& clock_;
  host::Entropy& entropy_;
  host::Log& log_;
  const MirrorSettings settings_;
  const Revise revise_;
  engine::ListenerList<ProjectId> moved_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<ProjectId, Slot> slots_;
  std::map<std::string, RateBudget> budgets_;  ///< by API and token
  std::size_t previews_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace leanspec::hub::mirrors
