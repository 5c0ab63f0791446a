#include "net/connector.h"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>

#include "net/public_address.h"

namespace leanspec::net {
namespace {

constexpr std::size_t addresses_max = 8;  // of one name; more are ignored
/// One silent address must not use up the whole time while others wait (the usual case: IPv6 that leads nowhere).
constexpr std::chrono::milliseconds one_address_timeout{2500};

}  // namespace

Connector::Connector(asio::io_context& context, HubTarget target, std::optional<std::string> ca_file, OnDone on_done,
                     bool public_addresses_only)
    : context_(context),
      target_(std::move(target)),
      ca_file_(std::move(ca_file)),
      on_done_(std::move(on_done)),
      public_addresses_only_(public_addresses_only),
      resolver_(context.get_executor()),
      address_deadline_(context.get_executor()) {}

void Connector::start() {
  if (target_.tls) {
    auto context = make_tls_client_context(ca_file_);
    if (!context) {
      asio::post(context_,
                 [self = shared_from_this(), error = context.error()] { self->fail(ConnectStep::tls, error); });
      return;
    }
    tls_ = std::move(context).value();
  }
  if (target_.host == "localhost") return connect_to_this_machine();
  resolver_.async_resolve(target_.host, std::to_string(target_.port), asio::ip::resolver_base::numeric_service,
                          [self = shared_from_this()](NetError error, const Resolver::results_type& found) {
                            if (self->over_) return;
                            if (error) return self->name_not_found(error);
                            for (const auto& entry : found) {
                              if (self->addresses_.size() < addresses_max) self->addresses_.push_back(entry.endpoint());
                            }
                            if (self->keep_allowed_addresses()) self->connect_next();
                          });
}

bool Connector::keep_allowed_addresses() {
  if (!public_addresses_only_) return true;
  std::erase_if(addresses_, [](const asio::ip::tcp::endpoint& endpoint) {
    const auto address = endpoint.address();
    if (address.is_v4()) return !is_public_address(address.to_v4().to_bytes());
    return !is_public_address(address.to_v6().to_bytes());
  });
  if (!addresses_.empty()) return true;
  fail(ConnectStep::resolve,
       Error(ErrorCode::forbidden, "this name leads to an address of this machine or of its own network", target_.host,
             "An administrator can allow the host by name"));
  return false;
}

void Connector::abandon() {
  over_ = true;
  address_deadline_.cancel();
  resolver_.cancel();
  if (stream_) stream_->close();
  on_done_ = nullptr;
}

/// This name is never asked of anybody (RFC 6761, 6.3): an unencrypted connection is allowed to it, and a machine need
/// not have it in its hosts file.
void Connector::connect_to_this_machine() {
  addresses_.emplace_back(asio::ip::address_v4::loopback(), target_.port);
  addresses_.emplace_back(asio::ip::address_v6::loopback(), target_.port);
  asio::post(context_, [self = shared_from_this()] {
    if (self->keep_allowed_addresses()) self->connect_next();
  });
}

void Connector::name_not_found(NetError error) {
  const bool unknown = error == asio::error::host_not_found || error == asio::error::no_data;
  fail(ConnectStep::resolve,
       Error(ErrorCode::unavailable,
             unknown ? "no machine of this name is known" : "looking up the name failed: " + error.message(),
             target_.host, "Check the spelling and the network"));
}

void Connector::connect_next() {
  if (next_address_ == addresses_.size()) return not_reached();
  const auto address = addresses_[next_address_++];
  stream_ = std::make_unique<ByteStream>(TcpSocket(context_.get_executor()));
  if (next_address_ < addresses_.size()) {
    address_deadline_.expires_after(one_address_timeout);
    address_deadline_.async_wait([weak = weak_from_this(), number = next_address_](NetError error) {
      const auto self = weak.lock();
      if (self && !error && number == self->next_address_ && !self->connected_) self->stream_->close();
    });
  }
  stream_->socket().async_connect(address, [self = shared_from_this()](NetError error) {
    if (self->over_) return;
    self->address_deadline_.cancel();
    if (error) {
      // "Nothing listens" says more than what a second address, perhaps of a family that is not in use here, has.
      if (error != asio::error::operation_aborted && self->last_error_ != asio::error::connection_refused)
        self->last_error_ = error;
      return self->connect_next();
    }
    self->connected();
  });
}

void Connector::not_reached() {
  const std::string& host = target_.host;
  const std::string where = host + ":" + std::to_string(target_.port);
  if (last_error_ == asio::error::connection_refused) {
    return fail(ConnectStep::connect, Error(ErrorCode::unavailable, "nothing listens there (connection refused)", where,
                                            "Check the port, and that the hub runs"));
  }
  const std::string why = last_error_ ? last_error_.message() : "no answer";
  fail(ConnectStep::connect,
       Error(ErrorCode::unavailable, "the machine cannot be reached: " + why, where, "Check the network"));
}

void Connector::connected() {
  connected_ = true;
  NetError ignored;
  stream_->socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  if (!tls_) return done();
  stream_->put_under_tls(tls_.get());
  expect_host(stream_->tls(), target_.host);
  stream_->async_handshake(StreamRole::client, [self = shared_from_this()](NetError error, std::size_t) {
    if (self->over_) return;
    if (!error) return self->done();
    const bool from_library = error.category() == asio::error::get_ssl_category();
    const unsigned long code = from_library ? static_cast<unsigned long>(static_cast<unsigned>(error.value())) : 0;
    self->fail(ConnectStep::tls, explain_tls_failure(self->stream_->tls(), self->target_.host, code, error.message()));
  });
}

void Connector::done() {
  const auto on_done = std::exchange(on_done_, nullptr);
  over_ = true;
  const auto stream = std::move(stream_);
  if (on_done) on_done(std::move(*stream));
}

void Connector::fail(ConnectStep step, Error error) {
  const auto self = shared_from_this();
  const auto on_done = std::exchange(on_done_, nullptr);
  abandon();
  if (on_done) on_done(ConnectFailure(step, std::move(error)));
}

}  // namespace leanspec::net
