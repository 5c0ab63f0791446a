#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "host/descriptor.h"
#include "host/system_file_tree.h"
#include "hub/api/services.h"
#include "hub/engine/listener_list.h"
#include "hub/serve/folder_watch.h"
#include "hub/sources/folder_follower.h"

namespace leanspec::hub::serve {

/// A specs folder of the hub's own machine as a project (source "local"): what is saved there is pushed within
/// milliseconds, as a bridge would, so that it is merged and kept like every other text; what is edited at the hub is
/// exchanged into the folder, never over a text that the hub has not seen (laws 9 and 12). Its reading path is that of
/// every project.
///
/// A thread of its own: it wakes when the folder or the project moved, and then does what that takes, however large the
/// folder is; after `ttl`, and whenever it does not know what moved, it looks at everything.
class LocalFolder {
 public:
  struct Place {
    std::string root;  ///< of the specs folder, absolute
    std::string name;  ///< of the project, "" from the path
    std::chrono::milliseconds ttl{60'000};
    bool watch = true;  ///< false: changes are found after `ttl` alone
  };

  /// Makes the project if it is new, and looks at the folder once. Error: the folder cannot be read, or the store's.
  [[nodiscard]] static Result<std::unique_ptr<LocalFolder>> open(Place place, api::Services& services);
  ~LocalFolder();
  LocalFolder(const LocalFolder&) = delete;
  LocalFolder& operator=(const LocalFolder&) = delete;

  /// Begins to follow. Call once.
  void start();
  void stop();
  /// One round over everything, now: the folder to the project, then the project to the folder. What goes wrong makes the
  /// project stale until a round succeeds. From any thread.
  [[nodiscard]] Status synchronise();
  /// Calls back after a round that begins after this, on the folder's thread; at once when it is not followed any more.
  void after_next_round(std::function<void(Status)> told);
  /// Error: conflict, when nothing can be written into the folder.
  [[nodiscard]] Status check_writable() const;

  [[nodiscard]] const ProjectId& project() const { return project_; }
  [[nodiscard]] std::uint64_t files_read() const { return files_read_; }

 private:
  /// What the folder and the hub last agreed on, by path.
  struct Synced {
    DocumentId document;
    VersionId version;
    Digest digest;
    bool held = false;  ///< `version` waits for a person, and the folder keeps its text until then (law 17)
  };
  struct Waiting {
    std::shared_ptr<const std::string> bytes;  ///< null: gone
    Digest digest;
  };
  enum class Pushed { done, later };
  enum class Extent { what_moved, everything };
  /// The project at one moment, or what of it may be different from the folder.
  struct HubSide {
    Seq seq;
    bool whole = true;
    std::map<DocumentId, std::optional<store::Version>> heads;  ///< nothing: deleted
    std::vector<store::HeldVersion> held;
  };

  LocalFolder(Place place, api::Services& services, std::unique_ptr<host::WritableFileTree> files);
  [[nodiscard]] Status find_project();
  [[nodiscard]] Status synchronise(Extent extent);
  [[nodiscard]] Status round(const FolderWatch::Heard& heard);
  void note(const Status& done);
  [[nodiscard]] Status look(const FolderWatch::Heard& heard);
  [[nodiscard]] Status recall_agreement(const sources::FolderLook& look);
  void pair_renames();
  [[nodiscard]] Status push_changes();
  [[nodiscard]] Result<Pushed> push(const std::string& path, const Waiting& file, const std::optional<Synced>& base);
  [[nodiscard]] Status apply_changes(bool everything);
  [[nodiscard]] Status read_hub(HubSide& hub);
  [[nodiscard]] Status follow(const std::string& path, const store::Version& head);
  [[nodiscard]] Status make(const store::Version& head);
  [[nodiscard]] Status take_away(const std::string& path);
  [[nodiscard]] Status replace(const std::string& path, const store::Version& head);
  [[nodiscard]] Result<std::string> text_of(const store::Version& head);
  [[nodiscard]] bool is_as_synced(const std::string& path);
  [[nodiscard]] Status make_folders(const std::string& path);
  void run();

  const Place place_;
  api::Services& services_;
  const std::unique_ptr<host::WritableFileTree> files_;
  sources::FolderFollower follower_;
  ProjectId project_;
  BranchId branch_;
  ReplicaId replica_;
  MachineId machine_;
  mutable std::mutex mutex_;  ///< of a round
  std::map<std::string, Synced> synced_;
  std::map<std::string, Waiting> waiting_;  ///< seen in the folder and not at the hub yet
  Seq applied_;
  std::set<DocumentId> behind_;  ///< the folder has not followed yet: somebody is writing there
  bool first_ = true;
  std::string trouble_;
  Instant last_good_;
  std::atomic<std::uint64_t> files_read_ = 0;
  std::mutex told_mutex_;
  std::vector<std::function<void(Status)>> told_;  ///< after the next round
  bool followed_ = false;                          ///< somebody takes them
  std::shared_ptr<host::Descriptor> bell_;  ///< eventfd: rung by the feed, by stop()
  FolderWatch watch_;
  engine::Subscription feed_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace leanspec::hub::serve
