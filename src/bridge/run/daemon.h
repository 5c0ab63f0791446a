#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "bridge/run/control_server.h"
#include "bridge/run/descriptor_watch.h"
#include "bridge/run/flush_wait.h"
#include "bridge/run/state_folder.h"
#include "bridge/run/synced_folder.h"
#include "host/file_lock.h"
#include "host/network_changes.h"
#include "host/shutdown_signal.h"

namespace leanspec::bridge::run {

/// Settings given on the command line or by the environment, before those of the state folder.
struct RunSettings {
  std::string name;  ///< of the machine
  std::string hub_url;
  std::string key_file;
  std::string ca_file;
};

/// The running bridge: any number of folders on one thread and one loop, and the control socket. Holds the state
/// directory's lock.
class Daemon final : public FolderOwner {
 public:
  Daemon(StateFolder state, RunSettings settings, const host::Clock& clock, host::Entropy& entropy, host::Log& log);
  ~Daemon() override;

  /// Serves until SIGTERM or SIGINT. Errors: conflict (another daemon has this state directory), io.
  [[nodiscard]] Status run(host::ShutdownSignal& shutdown);

  // FolderOwner
  [[nodiscard]] Result<link::HubAddress> hub_address() override;
  [[nodiscard]] MachineIdentity machine() override { return machine_; }
  void status_changed() override;
  void project_settled(const ReplicaId& replica, const std::string& project) override;
  void machine_renamed(const std::string& name) override;

  /// `status --watch` is sent at most this often.
  static constexpr std::chrono::milliseconds watch_interval{200};

 private:
  struct Watching {
    std::shared_ptr<Conversation> conversation;
    bool json = false;
    bool colour = false;
  };

  [[nodiscard]] Status prepare();
  // ---- daemon_commands.cpp
  void handle(const control::Words& words, const std::shared_ptr<Conversation>& conversation);
  void show_status(const control::Words& words, const std::shared_ptr<Conversation>& conversation);
  struct NamedFile {
    SyncedFolder* folder;
    std::string path;  ///< within the folder
  };
  [[nodiscard]] Result<NamedFile> file_named(const control::Words& words) const;
  void explain(const control::Words& words, Conversation& conversation);
  void accept(const control::Words& words, Conversation& conversation);
  void act(const control::Words& words, Conversation& conversation);
  void flush(const control::Words& words, const std::shared_ptr<Conversation>& conversation);
  void add(const control::Words& words, Conversation& conversation);
  void remove(const control::Words& words, Conversation& conversation);
  void rename(const control::Words& words, Conversation& conversation);
  void reload(Conversation& conversation);
  // ---- daemon.cpp
  [[nodiscard]] control::BridgeStatus status() const;
  void send_status(Watching& watching);
  void tell_watching();
  SyncedFolder& take_on(const FolderSettings& folder);
  [[nodiscard]] Status save_folders() const;
  void stop();

  boost::asio::io_context context_{1};
  StateFolder state_;
  RunSettings settings_;
  const host::Clock& clock_;
  host::Entropy& entropy_;
  host::Log& log_;
  MachineIdentity machine_;
  Uuid boot_;
  Uuid boot_nonce_;
  std::optional<host::FileLock> lock_;
  std::vector<std::unique_ptr<SyncedFolder>> folders_;
  std::unique_ptr<ControlServer> control_;
  std::vector<Watching> watching_;
  FlushWait flush_wait_{context_, clock_, folders_};
  bool status_due_ = false;
  BootTime status_sent_{};
  std::optional<host::BootTimer> timer_;
  DescriptorWatch timer_watch_;
  std::optional<host::NetworkChanges> network_;
  DescriptorWatch network_watch_;
  DescriptorWatch shutdown_watch_;
};

/// The version of this program.
[[nodiscard]] std::string program_version();

}  // namespace leanspec::bridge::run
