#include "hub/api/bridge_socket.h"

#include <utility>

#include "hub/access/api_key.h"
#include "hub/api/answer.h"
#include "hub/api/routes.h"
#include "wire/codec.h"
#include "wire/limits.h"

namespace leanspec::hub::api {

KeyRights::KeyRights(Services& services, std::string key, std::string address, access::Principal principal)
    : services_(services),
      key_(std::move(key)),
      address_(std::move(address)),
      principal_(std::move(principal)),
      seen_(services.access_version.now()) {}

Status KeyRights::refresh() {
  const std::uint64_t now = version();
  const access::KeyHolder* holder = principal_.key_holder();
  const bool expired = holder != nullptr && holder->key.expires_at && *holder->key.expires_at <= services_.clock.now();
  if (now == seen_ && !expired) return {};
  LEANSPEC_ASSIGN(principal_, services_.authenticator.authenticate_key(key_, address_));
  seen_ = now;
  return {};
}

Status KeyRights::may(access::Action action, const std::optional<ProjectId>& project) {
  LEANSPEC_TRY(refresh());
  return access::authorize(principal_, action, project);
}

Status KeyRights::may_read(const ProjectId& project) { return may(access::Action::bridge_sync, project); }
Status KeyRights::may_push(const ProjectId& project) { return may(access::Action::bridge_push, project); }
Status KeyRights::may_create_project() { return may(access::Action::project_create, std::nullopt); }

Status KeyRights::may_connect() {
  LEANSPEC_TRY(refresh());
  const access::KeyHolder* holder = principal_.key_holder();
  if (holder == nullptr) return Error(ErrorCode::unauthenticated, "A bridge comes with an API key.");
  for (const std::string& scope : holder->key.scopes) {
    if (scope == access::to_string(access::Scope::bridge_sync)) return {};
  }
  return Error(ErrorCode::forbidden, "The key '" + holder->key.name + "' has no scope bridge:sync.", {},
               "Make a key with bridge:sync and log in with it.");
}

std::optional<KeyId> KeyRights::key() const {
  const access::KeyHolder* holder = principal_.key_holder();
  return holder != nullptr ? std::optional<KeyId>(holder->key.id) : std::nullopt;
}

std::string KeyRights::warning(Instant now) const {
  const access::KeyHolder* holder = principal_.key_holder();
  return holder != nullptr ? access::expiry_warning(holder->key, now) : std::string();
}

BridgeSocket::BridgeSocket(Services& services, std::unique_ptr<KeyRights> rights)
    : services_(services), strand_(std::make_shared<Strand>(services.workers)), rights_(std::move(rights)) {}

BridgeSocket::~BridgeSocket() = default;

void BridgeSocket::later(std::function<void(engine::BridgeSession&)> work) {
  strand_->post([self = shared_from_this(), work = std::move(work)] {
    if (self->session_ == nullptr) return;
    work(*self->session_);
    self->follow_feed();
  });
}

void BridgeSocket::on_open(std::shared_ptr<net::WebSocket> socket) {
  strand_->post([self = shared_from_this(), socket = std::move(socket)]() mutable {
    self->socket_ = std::move(socket);
    const auto new_id = [&services = self->services_](Instant now) { return services.entropy.uuid7(now); };
    engine::BridgeServices services{self->services_.store, self->services_.roster, self->services_.deltas, new_id,
                                    self->services_.version};
    self->session_ = std::make_unique<engine::BridgeSession>(std::move(services), *self->rights_, *self, self->services_.clock.now());
    const std::weak_ptr<BridgeSocket> weak = self;
    self->ticks_ = self->services_.ticks.subscribe([weak](const Instant& now) {
      if (const auto alive = weak.lock()) alive->later([now](engine::BridgeSession& session) { session.tick(now); });
    });
    self->drains_ = self->services_.drains.subscribe([weak](const std::chrono::milliseconds& retry_after) {
      const auto alive = weak.lock();
      if (alive == nullptr) return;
      alive->later([alive, retry_after](engine::BridgeSession& session) {
        session.drain(retry_after, "The hub is stopping.", alive->services_.clock.now());
      });
    });
  });
}

void BridgeSocket::on_message(std::string_view message) {
  const std::size_t bytes = message.size();
  if (unread_bytes_.fetch_add(bytes) + bytes > unread_bytes_max && !reading_paused_.exchange(true)) {
    strand_->post([self = shared_from_this()] {
      if (self->socket_ != nullptr) self->socket_->pause_reading();
    });
  }
  strand_->post([self = shared_from_this(), frame = std::string(message)] {
    if (self->session_ != nullptr) {
      const Instant now = self->services_.clock.now();
      auto decoded = wire::decode_to_hub(frame);
      if (decoded) {
        self->session_->on_message(*std::move(decoded), now);
      } else {
        self->session_->on_bad_frame(decoded.error(), now);
      }
      self->follow_feed();
    }
    const std::size_t left = self->unread_bytes_.fetch_sub(frame.size()) - frame.size();
    if (left < unread_bytes_max / 2 && self->reading_paused_.exchange(false) && self->socket_ != nullptr) {
      self->socket_->resume_reading();
    }
  });
}

void BridgeSocket::on_drained() {
  later([this](engine::BridgeSession& session) { session.on_drained(services_.clock.now()); });
}

void BridgeSocket::on_closed(unsigned code, std::string_view reason) {
  strand_->post([self = shared_from_this(), code, reason = std::string(reason)] {
    self->feed_.reset();
    self->ticks_.reset();
    self->drains_.reset();
    if (self->session_ == nullptr) return;
    self->services_.log.debug("bridge disconnected", {{"code", static_cast<std::int64_t>(code)}, {"reason", reason}});
    self->session_->on_closed(self->services_.clock.now());
    self->session_ = nullptr;
    self->socket_ = nullptr;
  });
}

void BridgeSocket::send(wire::ToBridge message) {
  if (socket_ != nullptr) socket_->send(std::make_shared<const std::string>(wire::encode(message)));
}

void BridgeSocket::submit(engine::PushJob job) {
  services_.commits.submit(std::move(job), [weak = weak_from_this()](engine::PushDone done) {
    const auto self = weak.lock();
    if (self == nullptr) return;
    self->later([self, done = std::move(done)](engine::BridgeSession& session) { session.on_committed(done, self->services_.clock.now()); });
  });
}

void BridgeSocket::close(engine::CloseCode code, std::string_view reason) {
  if (socket_ != nullptr) socket_->close(static_cast<unsigned>(code), reason);
}

std::size_t BridgeSocket::queued_bytes() const { return socket_ != nullptr ? socket_->queued_bytes() : 0; }

void BridgeSocket::follow_feed() {
  if (session_ == nullptr || session_->branch() == followed_) return;
  followed_ = session_->branch();
  feed_.reset();
  if (!followed_) return;
  if (!services_.directory.knows(*followed_)) {
    // The hello made a project, and its key's maker a member of it; or a branch.
    services_.directory.forget();
    services_.access_version.raise();
  }
  feed_ = services_.feed.subscribe(*followed_, [weak = weak_from_this()](const engine::Hint& hint) {
    const auto self = weak.lock();
    if (self == nullptr) return;
    self->later([self, head = hint.head](engine::BridgeSession& session) { session.on_head(head, self->services_.clock.now()); });
  });
  // What was committed between the welcome and the subscription.
  Seq head;
  const Status read = services_.store.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto branch, session.versions().find_branch(*followed_));
    if (branch) head = branch->head;
    return {};
  });
  if (read) session_->on_head(head, services_.clock.now());
}

void bind_bridge_socket(Binder& binder) {
  Services& services = binder.services();
  net::server::Route route;
  route.method = net::Method::get;
  route.pattern = "/api/bridge";
  route.action = access::to_string(access::Action::bridge_sync);
  route.handler = net::server::WebSocketHandler([&services](const net::Request& request) -> std::variant<net::WebSocketAccept, net::Response> {
    auto admitted = Binder::admit(services, request, std::nullopt, access::RateKind::hello);
    if (auto* refused = std::get_if<net::Response>(&admitted)) return std::move(*refused);
    if (services.draining()) {
      auto response = error_answer(503, "UNAVAILABLE", "The hub is stopping. Try again in a moment.");
      response.with_header("Retry-After", "2");
      return response;
    }
    const auto authorization = request.header("Authorization").value_or("");
    constexpr std::string_view bearer = "Bearer ";
    std::string key(authorization.starts_with(bearer) ? authorization.substr(bearer.size()) : std::string_view());
    auto rights = std::make_unique<KeyRights>(services, std::move(key), request.peer_address, std::get<Binder::Admitted>(admitted).principal);
    if (auto allowed = rights->may_connect(); !allowed) return error_answer(allowed.error());
    net::WebSocketAccept accept;
    accept.session = std::make_shared<BridgeSocket>(services, std::move(rights));
    accept.message_bytes_max = wire::limits::frame_bytes_max;
    // The session drops content long before (send_queue_bytes_max); this catches a peer that does not read at all.
    accept.queued_bytes_max = 4 * wire::limits::frame_bytes_max;
    return accept;
  });
  binder.add(std::move(route));
}

}  // namespace leanspec::hub::api
