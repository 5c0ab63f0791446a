#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "hub/api/services.h"
#include "hub/api/strand.h"
#include "hub/engine/bridge_session.h"
#include "net/websocket.h"

namespace leanspec::hub::api {

/// What one API key lets its bridge do, looked at again whenever any right changed.
class KeyRights final : public engine::BridgeRights {
 public:
  KeyRights(Services& services, std::string key, std::string address, access::Principal principal);

  [[nodiscard]] std::uint64_t version() const override { return services_.access_version.now(); }
  [[nodiscard]] Status may_read(const ProjectId& project) override;
  [[nodiscard]] Status may_push(const ProjectId& project) override;
  [[nodiscard]] Status may_create_project() override;
  [[nodiscard]] Status may_connect() override;
  [[nodiscard]] std::optional<KeyId> key() const override;
  [[nodiscard]] std::optional<UserId> user() const override { return principal_.user(); }
  [[nodiscard]] std::string warning(Instant now) const override;

 private:
  [[nodiscard]] Status refresh();
  [[nodiscard]] Status may(access::Action action, const std::optional<ProjectId>& project);

  Services& services_;
  const std::string key_;
  const std::string address_;
  access::Principal principal_;
  std::uint64_t seen_;
};

/// Ties one WebSocket to one engine session: frames in and out, the commit loop, the feed and the clock. Everything that the
/// session does happens on this connection's strand.
class BridgeSocket final : public net::WebSocketSession,
                           public engine::BridgeOutput,
                           public std::enable_shared_from_this<BridgeSocket> {
 public:
  BridgeSocket(Services& services, std::unique_ptr<KeyRights> rights);
  ~BridgeSocket() override;

  void on_open(std::shared_ptr<net::WebSocket> socket) override;
  void on_message(std::string_view message) override;
  void on_drained() override;
  void on_closed(unsigned code, std::string_view reason) override;

  void send(wire::ToBridge message) override;
  void submit(engine::PushJob job) override;
  void close(engine::CloseCode code, std::string_view reason) override;
  [[nodiscard]] std::size_t queued_bytes() const override;

  /// Received and not yet looked at; beyond, the socket is not read: a bridge that sends faster than we take waits in its own kernel.
  static constexpr std::size_t unread_bytes_max = std::size_t{4} * 1024 * 1024;

 private:
  /// Runs `work` on the strand while the session lives.
  void later(std::function<void(engine::BridgeSession&)> work);
  void follow_feed();

  Services& services_;
  const std::shared_ptr<Strand> strand_;
  const std::unique_ptr<KeyRights> rights_;
  std::shared_ptr<net::WebSocket> socket_;
  std::unique_ptr<engine::BridgeSession> session_;
  engine::Subscription feed_;
  engine::Subscription ticks_;
  engine::Subscription drains_;
  std::optional<BranchId> followed_;
  std::atomic<std::size_t> unread_bytes_ = 0;
  std::atomic<bool> reading_paused_ = false;
};

}  // namespace leanspec::hub::api
