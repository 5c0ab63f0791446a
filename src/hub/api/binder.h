#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "hub/access/authorize.h"
#include "hub/api/services.h"
#include "net/server/router.h"

namespace leanspec::hub::api {

/// One request with everything that was decided before its handler runs.
struct Call {
  const net::Request& request;
  const access::Principal& principal;
  Instant now;
  std::shared_ptr<const ListedProject> project;  ///< of routes under a project; else null
};

/// A read of one branch: the answer depends on the view, the target and nothing else, and is remembered until the view moves.
struct Reading {
  const net::Request& request;
  const ListedProject& project;
  const store::Branch& branch;
  sources::SpecsAt at;
};

using CallHandler = std::function<net::Response(const Call&)>;
using ReadingHandler = std::function<net::Response(const Reading&)>;

class AnswerCache;

/// Puts handlers into the router together with what surrounds every one: rate limit, credentials, rights, the project, errors
/// as JSON, safety headers. A route cannot be bound without saying what right it needs.
class Binder {
 public:
  Binder(net::server::Router& router, Services& services);
  ~Binder();

  /// Needs no credentials; runs on the I/O thread, in memory only.
  void open(net::Method method, std::string pattern, CallHandler handler);
  /// Needs no credentials, may wait for the disk.
  void open_deferred(net::Method method, std::string pattern, access::RateKind rate, std::size_t body_bytes_max, CallHandler handler);
  /// May wait for the disk: runs on the workers.
  void call(net::Method method, std::string pattern, access::Action action, std::size_t body_bytes_max, CallHandler handler);
  /// Reads the view of a branch; needs specs:read. Answers carry the ETag of the view.
  void reading(std::string pattern, ReadingHandler handler);
  /// The same for a POST that only asks (search).
  void asking(std::string pattern, std::size_t body_bytes_max, ReadingHandler handler);

  [[nodiscard]] Services& services() { return services_; }
  [[nodiscard]] net::server::Router& router() { return router_; }
  /// The first mistake made while binding; the hub does not start with one.
  [[nodiscard]] Status finished() const { return first_error_; }

  /// Credentials, rights and rate of a request that is about to become a stream or a socket.
  struct Admitted {
    access::Principal principal;
    std::shared_ptr<const ListedProject> project;
  };
  [[nodiscard]] static std::variant<Admitted, net::Response> admit(Services& services, const net::Request& request,
                                                                   std::optional<access::Action> action, access::RateKind rate);
  void add(net::server::Route route);

 private:
  net::server::Router& router_;
  Services& services_;
  std::shared_ptr<AnswerCache> cache_;
  Status first_error_;
};

/// Everything that a browser must be told on every answer (security.md 4): no sniffing, no framing, no foreign code.
void add_safety_headers(net::Response& response);

/// `?branch=` of the request, or the project's default. Error: not_found.
[[nodiscard]] Result<store::Branch> requested_branch(const net::Request& request, const ListedProject& project);

/// `"<epoch>.<seq>"`, the name of a branch's state.
[[nodiscard]] std::string state_tag(const Epoch& epoch, Seq seq);

}  // namespace leanspec::hub::api
