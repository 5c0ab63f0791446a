#include "bridge/run/folder_journal.h"

#include <algorithm>
#include <utility>

namespace leanspec::bridge::run {

FolderJournal::FolderJournal(host::Log& log, const host::Clock& clock, std::string root)
    : log_(log), clock_(clock), root_(std::move(root)) {}

void FolderJournal::opened_again() {
  log_.info("the folder can be synced again", {{"folder", root_}});
}

void FolderJournal::failed(const Error& error) {
  log_.error("a folder cannot be synced", {{"folder", root_}, {"why", error.sentence()}});
}

void FolderJournal::state_was_damaged(const std::string& notice) {
  log_.warning("the state of a folder was damaged", {{"folder", root_}, {"what", notice}});
}

void FolderJournal::connected(const wire::Welcome& welcome) {
  log_.info("connected to the hub", {{"folder", root_}, {"project", welcome.project}, {"hub", welcome.hub_version}});
  if (!welcome.warning.empty()) log_.warning("the hub warns", {{"folder", root_}, {"what", welcome.warning}});
}

void FolderJournal::branch_changed(const std::string& from, const std::string& to) {
  log_.info("another branch is checked out", {{"folder", root_}, {"from", from}, {"to", to}});
}

void FolderJournal::told(const wire::Notice& notice) {
  if (!notice.text.empty()) log_.info("the hub says", {{"folder", root_}, {"what", notice.text}});
}

void FolderJournal::connection_ended(const engine::ConnectionEnd& end) {
  log_.warning(end.opened ? "the connection to the hub ended" : "the hub cannot be reached",
               {{"folder", root_}, {"why", end.why}, {"next", end.remedy}});
}

bool FolderJournal::note(const engine::ReplicaEngine& replica) {
  const auto live = engine::ReplicaStateName::live;
  const auto name = replica.state_name();
  // That everything is there is what people wait for.
  const bool arrived = name == live && last_state_ != engine::to_string(live);
  if (due_ && (arrived || clock_.since_boot() >= after_)) write_state(replica, name);
  return arrived;
}

void FolderJournal::write_state(const engine::ReplicaEngine& replica, engine::ReplicaStateName name) {
  due_ = false;
  if (name > engine::ReplicaStateName::store_error && engine::to_string(name) == last_state_) return;
  const BootTime before = clock_.since_boot();
  const engine::ReplicaStatus status = replica.status(engine::Now{before, clock_.now()});
  const BootTime after = clock_.since_boot();
  after_ = after + std::max<std::chrono::nanoseconds>(note_interval, note_share * (after - before));
  std::string state(engine::to_string(name));  // as cheap as it can be asked for again: "differs" counts as live
  const bool serious = status.state <= engine::ReplicaStateName::store_error;
  if (serious) state += ": " + status.detail;
  if (state == last_state_) return;
  last_state_ = state;
  if (serious) {
    log_.warning("a folder needs a person", {{"folder", root_},
                                             {"state", engine::to_string(status.state)},
                                             {"why", status.detail},
                                             {"next", status.remedy}});
  } else {
    log_.info("state of the folder", {{"folder", root_},
                                      {"state", engine::to_string(status.state)},
                                      {"files", static_cast<std::int64_t>(status.documents)},
                                      {"in_sync", static_cast<std::int64_t>(status.in_sync)}});
  }
}

std::optional<BootTime> FolderJournal::deadline() const {
  return due_ ? std::optional(after_) : std::nullopt;
}

}  // namespace leanspec::bridge::run
