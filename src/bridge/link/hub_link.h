#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "bridge/engine/connection_end.h"
#include "net/websocket_client.h"
#include "wire/message.h"

namespace leanspec::bridge::link {

/// Where the hub is and how we prove who we are.
struct HubAddress {
  std::string url;                     ///< as people give it: https://hub.example.com
  std::string key;                     ///< sent as a bearer token; never logged
  std::optional<std::string> ca_file;  ///< trusted beside the system's roots
};

using LinkEnd = engine::ConnectionEnd;

/// The owner of a HubLink. Calls come on the io_context's thread, in order; `link_ended` is the last, exactly once. The
/// link may not be destroyed from within a call.
class LinkOwner {
 public:
  virtual ~LinkOwner() = default;
  virtual void link_opened() = 0;
  virtual void link_received(wire::ToBridge message) = 0;
  virtual void link_ended(LinkEnd end) = 0;
};

/// One connection to the hub: an object that lives once and is replaced on reconnect (after LiteCore's replicator).
/// Turns frames into messages and every way to fail into words. Destruction drops the connection without further calls.
class HubLink {
 public:
  /// Errors: invalid (the address). Everything later arrives as link_ended.
  [[nodiscard]] static Result<std::unique_ptr<HubLink>> open(boost::asio::io_context& context,
                                                             const HubAddress& address, LinkOwner& owner);
  ~HubLink();
  HubLink(const HubLink&) = delete;
  HubLink& operator=(const HubLink&) = delete;

  /// Dropped before link_opened and after the end.
  void send(const wire::ToHub& message);
  /// Says goodbye after what is queued; link_ended follows.
  void close(std::string_view why);

  /// Where the hub listens for bridges.
  static constexpr std::string_view path = "/api/bridge";

 private:
  class Session;
  HubLink();
  std::shared_ptr<Session> session_;
  std::unique_ptr<net::WebSocketClient> client_;
};

}  // namespace leanspec::bridge::link
