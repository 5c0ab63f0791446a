#include "bridge/run/synced_branch.h"

#include <boost/asio/post.hpp>
#include <utility>

namespace leanspec::bridge::run {

SyncedBranch::SyncedBranch(boost::asio::io_context& context, const host::Clock& clock, BranchHost& host,
                           std::unique_ptr<engine::StateStore> store, std::string name)
    : context_(context), clock_(clock), host_(host), name_(std::move(name)), store_(std::move(store)) {}

SyncedBranch::~SyncedBranch() = default;

Result<std::unique_ptr<SyncedBranch>> SyncedBranch::open(boost::asio::io_context& context, const host::Clock& clock,
                                                         BranchHost& host, engine::Reconnect& reconnect,
                                                         std::unique_ptr<engine::StateStore> store,
                                                         engine::ReplicaConfig config,
                                                         const engine::ReplicaEngine::MakeUuid& make_uuid,
                                                         engine::GitFingerprint git) {
  std::string name = config.follows_git ? config.branch : std::string();
  std::unique_ptr<SyncedBranch> opened(new SyncedBranch(context, clock, host, std::move(store), std::move(name)));
  LEANSPEC_ASSIGN(opened->engine_, engine::ReplicaEngine::open(std::move(config), *opened->store_, make_uuid,
                                                               opened->now(), std::move(git)));
  engine::ReplicaPort& port = *opened;
  opened->driver_.emplace(*opened->engine_, reconnect, port);
  return opened;
}

void SyncedBranch::stop() {
  driver_->stop();
  if (link_) link_->close("leanspec-bridge is stopping");
}

void SyncedBranch::drop_connection() {
  if (!link_) return;
  // Perhaps we are in one of its calls.
  boost::asio::post(context_, [old = std::shared_ptr<link::HubLink>(std::move(link_))] {});
  link_.reset();
}

void SyncedBranch::link_opened() {
  connection_.clear();
  connection_remedy_.clear();
  host_.look_at_git();
  driver_->opened(now());
}

void SyncedBranch::link_received(wire::ToBridge message) {
  if (const auto* welcome = std::get_if<wire::Welcome>(&message))
    host_.welcomed(*welcome);
  else if (const auto* notice = std::get_if<wire::Notice>(&message))
    host_.told(*notice);
  host_.look_at_git();
  driver_->received(message, now());
}

void SyncedBranch::link_ended(link::LinkEnd end) {
  drop_connection();
  driver_->ended(std::move(end), now());
}

void SyncedBranch::connection_ended(const engine::ConnectionEnd& end) {
  host_.connection_ended(*this, end);
  connection_ = end.why;
  connection_remedy_ = end.remedy;
  host_.status_changed();
}

Status SyncedBranch::connect() {
  auto address = host_.hub_address();
  Result<std::unique_ptr<link::HubLink>> opened = address ? link::HubLink::open(context_, *address, *this)
                                                          : Result<std::unique_ptr<link::HubLink>>(address.error());
  if (opened) {
    link_ = *std::move(opened);
    return {};
  }
  const Error& error = opened.error();
  connection_ = error.subject.empty() ? error.what : error.subject + ": " + error.what;
  connection_remedy_ = error.remedy;
  host_.status_changed();
  return error;
}

void SyncedBranch::send(const wire::ToHub& message) {
  if (link_) link_->send(message);
}

}  // namespace leanspec::bridge::run
