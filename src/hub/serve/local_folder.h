#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "host/descriptor.h"
#include "host/system_file_tree.h"
#include "hub/api/services.h"
#include "hub/engine/listener_list.h"
#include "hub/sources/folder_follower.h"

namespace leanspec::hub::serve {

/// A specs folder of the hub's own machine as a project (source "local"): what is saved there is pushed within
/// milliseconds, as a bridge would, so that it is merged and kept like every other text; what is edited at the hub is
/// exchanged into the folder, never over a text that the hub has not seen (laws 9 and 12). Its reading path is that of
/// every project.
///
/// A thread of its own: it wakes when the folder or the project moved, and at the latest after `ttl`.
class LocalFolder {
 public:
  struct Place {
    std::string root;  ///< of the specs folder, absolute
    std::string name;  ///< of the project, "" from the path
    std::chrono::milliseconds ttl{60'000};
  };

  /// Makes the project if it is new, and looks at the folder once. Error: the folder cannot be read, or the store's.
  [[nodiscard]] static Result<std::unique_ptr<LocalFolder>> open(Place place, api::Services& services);
  ~LocalFolder();
  LocalFolder(const LocalFolder&) = delete;
  LocalFolder& operator=(const LocalFolder&) = delete;

  /// Begins to follow. Call once.
  void start();
  void stop();
  /// One round, now: the folder to the project, then the project to the folder. From any thread.
  [[nodiscard]] Status synchronise();

  [[nodiscard]] const ProjectId& project() const { return project_; }
  [[nodiscard]] sources::FolderFollower::Figures figures() const;

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

  LocalFolder(Place place, api::Services& services, std::unique_ptr<host::WritableFileTree> files);
  [[nodiscard]] Status find_project();
  [[nodiscard]] Status look();
  [[nodiscard]] Status recall_agreement(const sources::FolderLook& look);
  void pair_renames();
  [[nodiscard]] Status push_changes();
  [[nodiscard]] Result<Pushed> push(const std::string& path, const Waiting& file, const std::optional<Synced>& base);
  [[nodiscard]] Status apply_changes();
  [[nodiscard]] Status follow(const std::string& path, const store::Version& head);
  [[nodiscard]] Status make(const store::Version& head);
  [[nodiscard]] Status take_away(const std::string& path);
  [[nodiscard]] Status replace(const std::string& path, const store::Version& head);
  [[nodiscard]] Result<std::string> text_of(const store::Version& head);
  [[nodiscard]] bool is_as_synced(const std::string& path);
  [[nodiscard]] Status make_folders(const std::string& path);
  void watch_folders(const std::string& folder);
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
  bool first_ = true;
  std::string trouble_;
  std::shared_ptr<host::Descriptor> bell_;  ///< eventfd: rung by the feed, by stop()
  host::Descriptor watch_;                  ///< inotify; none where the system has none left
  engine::Subscription feed_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace leanspec::hub::serve
