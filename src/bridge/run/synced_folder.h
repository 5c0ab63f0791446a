#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bridge/control/status_text.h"
#include "bridge/disk/applier.h"
#include "bridge/disk/root_lock.h"
#include "bridge/disk/safety_copies.h"
#include "bridge/disk/scanner.h"
#include "bridge/disk/watcher.h"
#include "bridge/engine/reconnect.h"
#include "bridge/engine/replica_engine.h"
#include "bridge/git/work_tree.h"
#include "bridge/run/branch_states.h"
#include "bridge/run/descriptor_watch.h"
#include "bridge/run/folder_journal.h"
#include "bridge/run/git_asker.h"
#include "bridge/run/state_folder.h"
#include "bridge/run/synced_branch.h"
#include "host/boot_timer.h"
#include "host/clock.h"
#include "host/entropy.h"
#include "host/log.h"

namespace leanspec::bridge::run {

/// What the folders of one daemon share.
struct FolderServices {
  boost::asio::io_context& context;
  const host::Clock& clock;
  host::Entropy& entropy;
  host::Log& log;
  const StateFolder& state;
  std::string version;
  std::string platform;
  Uuid boot;        ///< of the machine's current boot
  Uuid boot_nonce;  ///< of this process
};

/// The daemon, as a folder sees it.
class FolderOwner {
 public:
  virtual ~FolderOwner() = default;
  /// Read anew for each attempt, so that a renewed key counts at once. Error: why there is none, in words.
  [[nodiscard]] virtual Result<link::HubAddress> hub_address() = 0;
  [[nodiscard]] virtual MachineIdentity machine() = 0;
  virtual void status_changed() = 0;
  /// The hub's word for the project or for this machine.
  virtual void project_settled(const ReplicaId& replica, const std::string& project) = 0;
  virtual void machine_renamed(const std::string& name) = 0;
};

/// A question to one life of a folder.
struct FlushTicket {
  std::uint64_t life = 0;
  engine::Barrier::Ticket ticket = 0;
};

/// One watched folder at work: joins the disk and the branch that is checked out in it, on the daemon's loop. When git
/// rests on another branch the disk goes over to that one; the one left behind lives on only until what was made on it
/// has been answered (law 24). A folder without git, or one whose settings name a branch, has one. Whatever fails here
/// stays here: a folder that cannot be opened is tried again, and the others do not notice.
class SyncedFolder final : private BranchHost {
 public:
  SyncedFolder(FolderServices services, FolderOwner& owner, FolderSettings settings);
  ~SyncedFolder() override;
  SyncedFolder(const SyncedFolder&) = delete;
  SyncedFolder& operator=(const SyncedFolder&) = delete;

  void start();
  /// Says goodbye to the hub; destruction may follow once the loop had a turn.
  void stop();

  [[nodiscard]] const FolderSettings& settings() const { return settings_; }
  /// Before somebody asks for the status: git may have done something that touched no file here.
  void refresh();
  [[nodiscard]] control::FolderStatus status() const;
  /// Error: unavailable while the folder could not be opened.
  [[nodiscard]] Result<engine::FileExplanation> why(const std::string& path);
  [[nodiscard]] Status pause() { return tell_all(&engine::ReplicaEngine::pause); }
  [[nodiscard]] Status resume() { return tell_all(&engine::ReplicaEngine::resume); }
  /// Error: not_found if nothing at `path` is held on account of git.
  [[nodiscard]] Status accept(const std::string& path);
  /// Errors: those of ReplicaEngine::revert.
  [[nodiscard]] Status revert();
  [[nodiscard]] Status approve() { return tell(&engine::ReplicaEngine::approve); }
  /// Looks at everything now; with the ticket can be asked whether all that was there then is in sync.
  [[nodiscard]] Result<FlushTicket> flush();
  /// Nothing: the folder was opened anew since, and knows nothing of that question.
  [[nodiscard]] std::optional<bool> flushed(const FlushTicket& ticket) const;
  /// Another hub or key: connect anew.
  void settings_changed();
  /// Another machine name: begin anew.
  void restart();
  void network_up();

  /// A folder that could not be opened is tried again this often.
  static constexpr std::chrono::seconds open_again_after{2};
  /// When everything is at rest, memory is given back at most this often.
  static constexpr std::chrono::minutes tidy_interval{10};
  /// When everything is at rest, old safety copies are looked for at most this often.
  static constexpr std::chrono::minutes prune_interval{60};

 private:
  [[nodiscard]] engine::Now now() const;
  [[nodiscard]] Status open();
  [[nodiscard]] Result<engine::ReplicaEngine*> running() const;
  /// What a person wants, at once.
  [[nodiscard]] Status tell(void (engine::ReplicaEngine::*wish)(engine::Now));
  /// On every branch that is at work.
  [[nodiscard]] Status tell_all(void (engine::ReplicaEngine::*wish)(engine::Now));
  void close_all();
  void fail(const Error& error);
  void on_time();
  void schedule();

  // ---- folder_disk.cpp: at the disk
  [[nodiscard]] Status open_disk();
  void on_disk();
  void hint(const std::vector<engine::Hint>& hints);
  void step();
  void scanned(const engine::ScanResult& result);
  void carry_out(const engine::ApplyRequest& request);
  void prune_copies();

  // ---- folder_branches.cpp: which branch has the disk
  /// Git names the branches of this folder.
  [[nodiscard]] bool follows_git() const { return settings_.branch.empty(); }
  /// The branch that is checked out, where git rests on it and it is git's to say.
  [[nodiscard]] std::optional<std::string> checked_out(const engine::GitFingerprint& git) const;
  [[nodiscard]] engine::ReplicaConfig config_for(const std::string& branch) const;
  [[nodiscard]] Result<std::unique_ptr<SyncedBranch>> make_branch(const std::string& branch,
                                                                  engine::Reconnect& reconnect,
                                                                  std::unique_ptr<engine::StateStore> store);
  [[nodiscard]] Status open_branches();
  [[nodiscard]] Status open_here(const std::string& branch, const engine::LeftBranch* left);
  void open_behind(const std::string& branch);
  void change_branch();
  void close_answered();
  /// Git is on another branch than the one that has the disk.
  [[nodiscard]] bool is_elsewhere(const engine::GitFingerprint& git) const;
  /// The one that has the disk first.
  template <typename Work>
  void each_branch(Work work) {
    if (here_) work(*here_);
    for (auto& [name, behind] : behind_) work(*behind.branch);
  }

  // BranchHost
  [[nodiscard]] Result<link::HubAddress> hub_address() override { return owner_.hub_address(); }
  void look_at_git() override;
  void welcomed(const wire::Welcome& welcome) override;
  void told(const wire::Notice& notice) override;
  void scan(const SyncedBranch& branch, engine::ScanRequest request) override;
  void apply(const SyncedBranch& branch, engine::ApplyRequest request) override;
  void ask_git(const SyncedBranch& branch, engine::GitQuestion question) override;
  void status_changed() override;
  void connection_ended(const SyncedBranch& branch, const engine::ConnectionEnd& end) override;
  void performed(const SyncedBranch& branch) override;

  FolderServices services_;
  FolderOwner& owner_;
  FolderSettings settings_;
  FolderJournal journal_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< posted work asks it before touching this

  std::optional<Error> failure_;
  BootTime open_again_{};
  std::string notice_;
  std::optional<disk::RootLock> lock_;
  std::unique_ptr<host::WritableFileTree> tree_;
  disk::SafetyCopies copies_;
  std::optional<disk::Applier> applier_;
  bool looks_everywhere_ = false;  ///< the look that is under way
  std::unique_ptr<disk::Scanner> scanner_;
  std::shared_ptr<const sync::IgnoreRules> watched_rules_;
  std::unique_ptr<disk::Watcher> watcher_;
  git::WorkTree work_tree_;
  BranchStates states_;
  engine::Reconnect reconnect_;  ///< of the branch that has the disk
  std::unique_ptr<SyncedBranch> here_;
  struct Behind {
    std::unique_ptr<engine::Reconnect> reconnect;
    std::unique_ptr<SyncedBranch> branch;
  };
  std::map<std::string, Behind> behind_;         ///< with work that the hub has not answered
  std::map<std::string, OtherBranch> others_;    ///< what waits on branches that are not checked out
  std::set<std::string> staged_for_others_;      ///< names in the staging folder that another branch knows
  std::optional<engine::ApplyRequest> waiting_;  ///< until git is on the branch again that wants it
  std::string failed_connection_;
  bool branch_changes_ = false;
  std::uint64_t life_ = 0;  ///< of the branch that has the disk: posted work is for that one only
  bool stepping_ = false;
  bool stopping_ = false;
  BootTime tidy_after_{};
  BootTime prune_after_{};

  std::optional<host::BootTimer> timer_;
  GitAsker git_asker_;
  DescriptorWatch timer_watch_;
  DescriptorWatch disk_watch_;
};

}  // namespace leanspec::bridge::run
