#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bridge/control/status_text.h"
#include "bridge/disk/applier.h"
#include "bridge/disk/root_lock.h"
#include "bridge/disk/safety_copies.h"
#include "bridge/disk/scanner.h"
#include "bridge/disk/watcher.h"
#include "bridge/engine/reconnect.h"
#include "bridge/engine/replica_driver.h"
#include "bridge/engine/replica_engine.h"
#include "bridge/git/work_tree.h"
#include "bridge/link/hub_link.h"
#include "bridge/run/descriptor_watch.h"
#include "bridge/run/folder_journal.h"
#include "bridge/run/git_asker.h"
#include "bridge/run/state_folder.h"
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

/// One watched folder at work: joins engine, state, disk and link on the daemon's loop. Whatever fails here stays here:
/// a folder that cannot be opened is tried again, and the others do not notice.
class SyncedFolder final : public link::LinkOwner, private engine::ReplicaPort {
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
  [[nodiscard]] Status pause() { return tell(&engine::ReplicaEngine::pause); }
  [[nodiscard]] Status resume() { return tell(&engine::ReplicaEngine::resume); }
  /// Error: not_found if nothing at `path` is held on account of git.
  [[nodiscard]] Status accept(const std::string& path);
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

  // link::LinkOwner
  void link_opened() override;
  void link_received(wire::ToBridge message) override;
  void link_ended(link::LinkEnd end) override;

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
  void close_all();
  void fail(const Error& error);
  /// Before whatever the engine is told: it may act on it at once.
  void look_at_git();
  void on_time();
  void on_disk();
  void step();
  void scanned(const engine::ScanResult& result);
  void hint(const std::vector<engine::Hint>& hints);
  void prune_copies();
  void schedule();

  // engine::ReplicaPort
  [[nodiscard]] Status connect() override;
  void drop_connection() override;
  void send(const wire::ToHub& message) override;
  void scan(engine::ScanRequest request) override;
  void apply(engine::ApplyRequest request) override;
  void ask_git(engine::GitQuestion question) override;
  void status_changed() override;
  void connection_ended(const engine::ConnectionEnd& end) override;
  void performed() override;

  FolderServices services_;
  FolderOwner& owner_;
  FolderSettings settings_;
  FolderJournal journal_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< posted work asks it before touching this

  std::optional<Error> failure_;
  BootTime open_again_{};
  std::string notice_;
  std::optional<disk::RootLock> lock_;
  std::unique_ptr<engine::StateStore> store_;
  std::unique_ptr<host::WritableFileTree> tree_;
  disk::SafetyCopies copies_;
  std::optional<disk::Applier> applier_;
  bool looks_everywhere_ = false;  ///< the look that is under way
  std::unique_ptr<disk::Scanner> scanner_;
  std::shared_ptr<const sync::IgnoreRules> watched_rules_;
  std::unique_ptr<disk::Watcher> watcher_;
  git::WorkTree work_tree_;
  std::unique_ptr<engine::ReplicaEngine> engine_;
  engine::Reconnect reconnect_;
  std::optional<engine::ReplicaDriver> driver_;  ///< while there is an engine
  std::unique_ptr<link::HubLink> link_;
  std::string connection_ = "not tried yet";
  std::string connection_remedy_;
  std::uint64_t life_ = 0;  ///< of the engine: posted work is for that one only
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
