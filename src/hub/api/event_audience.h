#pragma once

#include <memory>
#include <optional>

#include "hub/access/authorize.h"
#include "hub/api/services.h"
#include "hub/api/strand.h"
#include "net/server/event_stream.h"

namespace leanspec::hub::api {

/// One browser's event stream: what every kind has in common. Work runs on a strand of the workers; the rights of the person are
/// looked at again whenever any right changed, and losing them ends the stream.
class EventAudience : public net::server::EventStreamSession, public std::enable_shared_from_this<EventAudience> {
 public:
  EventAudience(Services& services, net::Request request, access::Action action, std::optional<ProjectId> project);

  void on_open(std::shared_ptr<net::server::EventStream> stream) final;
  void on_closed() final;

 protected:
  /// On the strand: subscribe, say hello.
  virtual void begin() = 0;
  /// On the strand: let go of subscriptions.
  virtual void end() = 0;

  /// Runs `work` on the strand while the stream is open.
  void later(std::function<void()> work);
  /// False: the stream is gone, or the person may no longer see it.
  bool send(std::string_view id, std::string_view event, std::string_view data);
  void close();
  /// The person's rights as of now; `principal()` is known from the first call on. False: they are gone.
  [[nodiscard]] bool allowed();
  /// Sends the machines that the person may see.
  void send_machines();

  [[nodiscard]] Services& services() { return services_; }
  [[nodiscard]] const access::Principal& principal() const { return principal_; }
  /// A listener for feeds and rosters that keeps nothing alive: runs `work` later if the stream still is, at most once at a time.
  [[nodiscard]] std::function<void()> coalesced(void (EventAudience::*work)());

 private:
  Services& services_;
  const net::Request request_;
  const access::Action action_;
  const std::optional<ProjectId> project_;
  const std::shared_ptr<Strand> strand_;
  std::shared_ptr<net::server::EventStream> stream_;
  access::Principal principal_;
  std::uint64_t rights_seen_ = 0;
  bool open_ = false;
};

}  // namespace leanspec::hub::api
