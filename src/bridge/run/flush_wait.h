#pragma once

#include <boost/asio/io_context.hpp>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bridge/run/control_server.h"
#include "bridge/run/descriptor_watch.h"
#include "bridge/run/synced_folder.h"
#include "host/boot_timer.h"

namespace leanspec::bridge::run {

/// Those who wait for `flush --wait`: each is answered when all folders that it asked for are in sync, when a person
/// has to act before that can be, or when its patience is over. On the daemon's loop.
class FlushWait {
 public:
  using Folders = std::vector<std::unique_ptr<SyncedFolder>>;

  /// `folders` outlives this.
  FlushWait(boost::asio::io_context& context, const host::Clock& clock, const Folders& folders);
  ~FlushWait();

  /// `root`: of one folder; "": of all. Error: of the system's timer.
  [[nodiscard]] Status wait(const std::string& root, std::chrono::seconds patience,
                            const std::shared_ptr<Conversation>& conversation);
  /// Some folder's status may be another one.
  void status_changed();

  static constexpr std::chrono::seconds patience_usual{60};
  /// A day: more is a mistake.
  static constexpr std::chrono::seconds patience_max{86'400};

 private:
  struct Waiting {
    std::shared_ptr<Conversation> conversation;
    std::string root;
    std::chrono::seconds patience;
    BootTime until;
    std::map<ReplicaId, FlushTicket> tickets;
  };
  void look();
  /// True: it was answered.
  [[nodiscard]] bool answer(Waiting& waiting, BootTime now);
  [[nodiscard]] std::vector<SyncedFolder*> folders_of(const Waiting& waiting) const;

  boost::asio::io_context& context_;
  const host::Clock& clock_;
  const Folders& folders_;
  std::list<Waiting> waiting_;
  bool posted_ = false;
  std::optional<host::BootTimer> timer_;
  DescriptorWatch timer_watch_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace leanspec::bridge::run
