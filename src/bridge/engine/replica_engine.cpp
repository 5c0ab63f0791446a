#include "bridge/engine/replica_engine.h"

#include <algorithm>
#include <utility>

#include "bridge/engine/replica_impl.h"

namespace leanspec::bridge::engine {

Result<std::unique_ptr<ReplicaEngine>> ReplicaEngine::open(ReplicaConfig config, StateStore& store,
                                                           const MakeUuid& make_uuid, Now now, GitFingerprint git) {
  LEANSPEC_ASSIGN(auto loaded, store.load());
  auto impl = std::make_unique<Impl>(std::move(config), store, std::move(loaded), make_uuid, now);
  impl->git_seen(std::move(git), now);
  impl->advance(now);
  return std::unique_ptr<ReplicaEngine>{new ReplicaEngine{std::move(impl)}};
}

ReplicaEngine::ReplicaEngine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ReplicaEngine::~ReplicaEngine() = default;

void ReplicaEngine::hinted(const Hint& hint, Now now) {
  if (!impl_->editing.hinted(hint, now)) impl_->folder.hinted(hint, now);
  impl_->advance(now);
}

void ReplicaEngine::scanned(const ScanResult& result, Now now) {
  impl_->scanned(result, now);
  impl_->changed();
  impl_->advance(now);
}

void ReplicaEngine::git_seen(GitFingerprint git, Now now) {
  impl_->git_seen(std::move(git), now);
}

void ReplicaEngine::git_answered(const GitAnswer& answer, Now now) {
  for (const auto& path : impl_->folder.git().answered(answer, now)) impl_->folder.look_at(path, now);
  impl_->advance(now);
}

Status ReplicaEngine::accept(const std::string& path, Now now) {
  LEANSPEC_TRY(impl_->accept(path, now));
  impl_->changed();
  impl_->advance(now);
  return {};
}

void ReplicaEngine::take_disk(CarriedDisk carried, Now now) {
  impl_->take_disk(std::move(carried), now);
}

void ReplicaEngine::leave_disk(Now now) {
  impl_->set_disk(false, now);
}

bool ReplicaEngine::has_nothing_to_send() const {
  return impl_->ledger.state().pending.empty() && impl_->ledger.is_durable();
}

Result<LeftBranch> ReplicaEngine::left_branch(Now now) {
  return impl_->left_branch(now);
}

void ReplicaEngine::seen_in_staging(std::vector<std::string> names) {
  impl_->seen_in_staging(std::move(names));
}

void ReplicaEngine::applied(const ApplyResult& result, Now now) {
  impl_->applied(result, now);
  impl_->advance(now);
}

void ReplicaEngine::connected(Now now) {
  impl_->connected(now);
  impl_->advance(now);
}

void ReplicaEngine::connect_failed(const std::string& why, bool refused, Now now) {
  // What the hub said on an earlier connection is not the reason any more.
  impl_->refusal.reset();
  impl_->refusal_is_final = refused;
  if (refused) impl_->refusal = wire::Refused{wire::RefusedReason::unauthenticated, why, {}};
  impl_->disconnected(why, now);
  impl_->advance(now);
}

void ReplicaEngine::disconnected(const std::string& why, Now now) {
  impl_->disconnected(why, now);
  impl_->advance(now);
}

void ReplicaEngine::network_up(Now now) {
  impl_->network_up(now);
  impl_->advance(now);
}

void ReplicaEngine::received(const wire::ToBridge& message, Now now) {
  impl_->received(message, now);
  impl_->advance(now);
}

void ReplicaEngine::pause(Now now) {
  impl_->set_paused(true, now);
}
void ReplicaEngine::resume(Now now) {
  impl_->set_paused(false, now);
}

void ReplicaEngine::approve(Now now) {
  impl_->approve(now);
}

Status ReplicaEngine::revert(Now now) {
  return impl_->revert(now);
}

Barrier::Ticket ReplicaEngine::rescan(Now now) {
  const auto ticket = impl_->flush(now);
  impl_->advance(now);
  return ticket;
}

bool ReplicaEngine::flushed(Barrier::Ticket ticket) const {
  return impl_->flushed(ticket);
}

void ReplicaEngine::settings_changed(Now now) {
  impl_->refusal.reset();
  impl_->refusal_is_final = false;
  impl_->changed();
  impl_->advance(now);
}

void ReplicaEngine::tick(Now now) {
  impl_->tick(now);
  impl_->advance(now);
}

std::optional<BootTime> ReplicaEngine::deadline() const {
  return impl_->deadline();
}

std::vector<Action> ReplicaEngine::take_actions() {
  auto actions = std::exchange(impl_->actions, {});
  // One word that something changed is enough.
  bool said = false;
  std::erase_if(actions, [&](const Action& action) {
    return std::holds_alternative<StatusChanged>(action) && std::exchange(said, true);
  });
  return actions;
}

const sync::DiskFiles& ReplicaEngine::files() const {
  return impl_->folder.files();
}
ReplicaStatus ReplicaEngine::status(Now now) const {
  return impl_->status(now);
}
ReplicaStateName ReplicaEngine::state_name() const {
  return impl_->state_name();
}
FileExplanation ReplicaEngine::why(const std::string& path, Now now) const {
  return impl_->why(path, now);
}
const ReplicaConfig& ReplicaEngine::config() const {
  return impl_->config;
}
std::optional<wire::Refused> ReplicaEngine::refusal() const {
  return impl_->refusal;
}
bool ReplicaEngine::quiet() const {
  return impl_->quiet();
}
const ReplicaState& ReplicaEngine::state() const {
  return impl_->ledger.state();
}

}  // namespace leanspec::bridge::engine
