#pragma once

#include <boost/asio/ip/basic_resolver.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "net/byte_stream.h"
#include "net/connect_failure.h"
#include "net/hub_url.h"
#include "net/tls_client.h"

namespace leanspec::net {

/// The way to a hub: its name, the first of its addresses that answers, TLS with certificate and host name verified.
/// One attempt, on the context's thread; kept alive by the step under way. Sets no limit to the whole: its owner does,
/// and abandons it. Internal to net.
class Connector final : public std::enable_shared_from_this<Connector> {
 public:
  using OnDone = std::function<void(std::variant<ByteStream, ConnectFailure>)>;

  /// `public_addresses_only`: see HttpClientRequest.
  Connector(asio::io_context& context, HubTarget target, std::optional<std::string> ca_file, OnDone on_done,
            bool public_addresses_only = false);

  /// `on_done` is called once, never from within, and not at all after abandon().
  void start();
  void abandon();

 private:
  using Resolver = asio::ip::basic_resolver<asio::ip::tcp, Executor>;

  void connect_to_this_machine();
  /// Drops the addresses that must not be reached. False: none is left, and that has been said.
  [[nodiscard]] bool keep_allowed_addresses();
  void name_not_found(NetError error);
  void connect_next();
  void not_reached();
  void connected();
  void done();
  void fail(ConnectStep step, Error error);

  asio::io_context& context_;
  const HubTarget target_;
  const std::optional<std::string> ca_file_;
  OnDone on_done_;
  const bool public_addresses_only_;
  Resolver resolver_;
  Timer address_deadline_;
  TlsContext tls_;
  std::vector<asio::ip::tcp::endpoint> addresses_;
  std::size_t next_address_ = 0;
  NetError last_error_;
  std::unique_ptr<ByteStream> stream_;
  bool connected_ = false;
  bool over_ = false;
};

}  // namespace leanspec::net
