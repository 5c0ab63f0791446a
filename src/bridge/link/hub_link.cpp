#include "bridge/link/hub_link.h"

#include <utility>

#include "wire/codec.h"
#include "wire/limits.h"

namespace leanspec::bridge::link {
namespace {

/// The pushes that may be in flight, twice over for their envelopes and what is sent beside them.
constexpr std::size_t queued_bytes_max = 2 * wire::limits::credit_bytes + 4 * wire::limits::frame_bytes_max;

constexpr unsigned normal_closure = 1000;
constexpr unsigned bad_message = 4400;

[[nodiscard]] LinkEnd explain_failure(const net::ConnectFailure& failure) {
  LinkEnd end;
  end.why = failure.error.subject.empty() ? failure.error.what : failure.error.subject + ": " + failure.error.what;
  end.remedy = failure.error.remedy;
  if (failure.retry_after) end.retry_after = *failure.retry_after;
  const unsigned status = failure.http_status.value_or(0);
  end.refused = status == 401 || status == 403;
  return end;
}

}  // namespace

/// What the socket calls; outlives the link if the socket still holds it, and is silent then.
class HubLink::Session final : public net::WebSocketSession {
 public:
  explicit Session(LinkOwner& owner) : owner_(&owner) {}

  void forget() { owner_ = nullptr; }

  void send(const wire::ToHub& message) {
    if (socket_ != nullptr && owner_ != nullptr)
      socket_->send(std::make_shared<const std::string>(wire::encode(message)));
  }

  void close(unsigned code, std::string_view why) {
    if (socket_ != nullptr) socket_->close(code, why.substr(0, 100));
  }

  void failed(const net::ConnectFailure& failure) { end(explain_failure(failure)); }

  void on_open(std::shared_ptr<net::WebSocket> socket) override {
    socket_ = std::move(socket);
    if (owner_ != nullptr) owner_->link_opened();
  }

  void on_message(std::string_view message) override {
    if (owner_ == nullptr) return;
    auto decoded = wire::decode_to_bridge(message);
    if (decoded) return owner_->link_received(*std::move(decoded));
    if (decoded.error().code == ErrorCode::unsupported) return;  // a message of a later protocol that we need not know
    bad_frame_ = "the hub sent something that is no message: " + decoded.error().what;
    close(bad_message, bad_frame_);
  }

  void on_closed(unsigned code, std::string_view reason) override {
    socket_.reset();
    LinkEnd closed = engine::explain_close(code, reason);
    if (!bad_frame_.empty()) closed.why = bad_frame_;
    end(std::move(closed));
  }

 private:
  void end(LinkEnd how) {
    if (LinkOwner* owner = std::exchange(owner_, nullptr); owner != nullptr) owner->link_ended(std::move(how));
  }

  LinkOwner* owner_;
  std::shared_ptr<net::WebSocket> socket_;
  std::string bad_frame_;
};

HubLink::HubLink() = default;

HubLink::~HubLink() {
  if (session_ != nullptr) session_->forget();
}

Result<std::unique_ptr<HubLink>> HubLink::open(boost::asio::io_context& context, const HubAddress& address,
                                               LinkOwner& owner) {
  net::WebSocketClientOptions options;
  LEANSPEC_ASSIGN(options.target, net::parse_hub_url(address.url, path));
  options.headers.emplace_back("Authorization", "Bearer " + address.key);
  options.ca_file = address.ca_file;
  options.message_bytes_max = wire::limits::frame_bytes_max;
  options.queued_bytes_max = queued_bytes_max;
  std::unique_ptr<HubLink> link(new HubLink());
  link->session_ = std::make_shared<Session>(owner);
  link->client_ = net::WebSocketClient::connect(
      context, std::move(options), link->session_,
      [session = link->session_](const net::ConnectFailure& failure) { session->failed(failure); });
  return link;
}

void HubLink::send(const wire::ToHub& message) {
  session_->send(message);
}

void HubLink::close(std::string_view why) {
  session_->close(normal_closure, why);
}

}  // namespace leanspec::bridge::link
