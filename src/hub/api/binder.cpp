#include "hub/api/binder.h"

#include <array>
#include <utility>

#include "hub/api/answer.h"
#include "hub/api/answer_cache.h"
#include "net/server/content_coding.h"

namespace leanspec::hub::api {

namespace {

/// Smaller bodies fit one packet as they are.
constexpr std::size_t compressed_from_bytes = 1024;

[[nodiscard]] net::Response overloaded() {
  auto response = error_answer(503, "UNAVAILABLE", "The hub has more to do than it can queue. Try again in a second.");
  response.with_header("Retry-After", "1");
  return response;
}

[[nodiscard]] std::optional<net::Response> take_rate(Services& services, access::RateKind kind, std::string_view caller) {
  const auto wait = services.rates.take(kind, caller, services.clock.now());
  if (wait.count() == 0) return std::nullopt;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  auto response = error_answer(429, "RATE_LIMITED", "Too many requests from here. Try again in " + std::to_string(seconds) + " s.");
  response.with_header("Retry-After", std::to_string(seconds));
  return response;
}

/// A known caller asked for more than its rights: who has a stray key, or tries doors, is found in the log (H06). Later,
/// because this may be the I/O thread; it is refused whether or not that can be written down.
void audit_refusal(Services& services, const net::Request& request, const access::Principal& principal, access::Action action,
                   const std::optional<ProjectId>& project) {
  const Instant now = services.clock.now();
  if (principal.anonymous() || services.rates.take(access::RateKind::audit, principal.rate_key(), now).count() != 0) return;
  store::AuditEntry entry{now, principal.name(), "refuse " + std::string(access::to_string(action)), project ? project->value() : "",
                          "its rights do not reach so far", request.peer_address};
  (void)services.workers.post([&store = services.store, entry = std::move(entry)] {
    (void)store.write([&](store::Session& session) { return session.accounts().append_audit(entry); });
  });
}

/// Scripts and styles only from here, images from anywhere safe, nothing framed or plugged in. Inline styles are Svelte's own.
constexpr std::string_view content_security_policy =
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

}  // namespace

void add_safety_headers(net::Response& response) {
  response.with_header("X-Content-Type-Options", "nosniff");
  response.with_header("Referrer-Policy", "no-referrer");
  response.with_header("X-Frame-Options", "DENY");
  response.with_header("Cross-Origin-Resource-Policy", "same-origin");
  if (!net::find_header(response.headers, "Content-Security-Policy")) {
    response.with_header("Content-Security-Policy", content_security_policy);
  }
  if (!net::find_header(response.headers, "Cache-Control")) response.with_header("Cache-Control", "private, no-cache");
}

Result<store::Branch> requested_branch(const net::Request& request, const ListedProject& project) {
  const std::string_view name = request.parameter("branch").value_or("");
  const store::Branch* branch = project.branch(name);
  if (branch == nullptr) {
    return Error(ErrorCode::not_found, "Project '" + project.project.id.value() + "' has no branch '" + std::string(name) + "'.");
  }
  return *branch;
}

std::string state_tag(const Epoch& epoch, Seq seq) { return to_string(epoch.value()) + "." + std::to_string(seq.value()); }

Binder::Binder(net::server::Router& router, Services& services)
    : router_(router), services_(services), cache_(std::make_shared<AnswerCache>()) {}

Binder::~Binder() = default;

void Binder::add(net::server::Route route) {
  if (auto added = router_.add(std::move(route)); !added && first_error_) first_error_ = std::move(added);
}

std::variant<Binder::Admitted, net::Response> Binder::admit(Services& services, const net::Request& request,
                                                            std::optional<access::Action> action, access::RateKind rate) {
  const std::string address = access::rate_caller_of_address(request.peer_address);
  auto principal = services.authenticator.authenticate(request);
  if (!principal) {
    // Guesses are charged to the address, whatever they guess at.
    if (auto refused = take_rate(services, access::RateKind::sign_in, address)) return *std::move(refused);
    return error_answer(principal.error());
  }
  const std::string caller = principal->anonymous() ? address : principal->rate_key();
  if (auto refused = take_rate(services, rate, caller)) return *std::move(refused);

  Admitted admitted;
  admitted.principal = *std::move(principal);
  if (!action) return admitted;
  std::optional<ProjectId> project;
  if (access::needs_project(*action)) {
    std::string named(request.capture("project"));
    if (named.empty()) named = request.parameter("project").value_or("");
    if (named.empty() && *action == access::Action::specs_read && !admitted.principal.anonymous()) {
      auto usual = services.specs.usual_project();
      if (!usual) return error_answer(usual.error());
      named = usual->value();
    }
    project = ProjectId(std::move(named));
  }
  if (auto allowed = access::authorize(admitted.principal, *action, project); !allowed) {
    audit_refusal(services, request, admitted.principal, *action, project);
    return error_answer(allowed.error(), "PROJECT_NOT_FOUND");
  }
  if (project) {
    auto listed = services.directory.find(*project);
    if (!listed) return error_answer(listed.error(), "PROJECT_NOT_FOUND");
    admitted.project = *std::move(listed);
  }
  return admitted;
}

void Binder::open(net::Method method, std::string pattern, CallHandler handler) {
  net::server::Route route;
  route.method = method;
  route.pattern = std::move(pattern);
  route.action = "public";
  route.handler = net::server::ImmediateHandler([&services = services_, handler = std::move(handler)](const net::Request& request) {
    static const access::Principal nobody;
    return handler(Call{request, nobody, services.clock.now(), nullptr});
  });
  add(std::move(route));
}

void Binder::open_deferred(net::Method method, std::string pattern, access::RateKind rate, std::size_t body_bytes_max,
                           CallHandler handler) {
  net::server::Route route;
  route.method = method;
  route.pattern = std::move(pattern);
  route.action = "public";
  route.body_bytes_max = body_bytes_max;
  route.handler = net::server::DeferredHandler(
      [&services = services_, rate, handler = std::move(handler)](net::Request request, const net::server::Responder& respond) {
        const std::string address = access::rate_caller_of_address(request.peer_address);
        if (auto refused = take_rate(services, rate, address)) return respond(*std::move(refused));
        const auto job = [&services, handler, request = std::move(request), respond] {
          auto principal = services.authenticator.authenticate(request);
          if (!principal && principal.error().code == ErrorCode::forbidden) return respond(error_answer(principal.error()));
          const access::Principal who = principal ? *std::move(principal) : access::Principal();
          respond(handler(Call{request, who, services.clock.now(), nullptr}));
        };
        if (!services.workers.post(job)) respond(overloaded());
      });
  add(std::move(route));
}

void Binder::call(net::Method method, std::string pattern, access::Action action, std::size_t body_bytes_max, CallHandler handler) {
  net::server::Route route;
  route.method = method;
  route.pattern = std::move(pattern);
  route.action = access::to_string(action);
  route.body_bytes_max = body_bytes_max;
  route.handler = net::server::DeferredHandler(
      [&services = services_, action, handler = std::move(handler)](net::Request request, const net::server::Responder& respond) {
        const auto job = [&services, action, handler, request = std::move(request), respond] {
          auto admitted = admit(services, request, action, access::RateKind::api);
          if (auto* refused = std::get_if<net::Response>(&admitted)) return respond(std::move(*refused));
          const auto& [principal, project] = std::get<Admitted>(admitted);
          const Call call{request, principal, services.clock.now(), project};
          if (action != access::Action::specs_write || project == nullptr) return respond(handler(call));
          if (auto writable = services.specs.check_writable(project->project); !writable) {
            return respond(error_answer(writable.error()));
          }
          net::Response response = handler(call);
          if (response.status >= 300) return respond(std::move(response));
          // Who is told that it is done finds it where the specs come from.
          services.specs.settle(project->project, [respond, done = std::move(response)](const Status& settled) mutable {
            respond(settled ? std::move(done) : error_answer(settled.error()));
          });
        };
        if (!services.workers.post(job)) respond(overloaded());
      });
  add(std::move(route));
}

namespace {

/// Only the compressed form is left, so that it alone is kept. False: the body is as it was.
[[nodiscard]] bool compress(net::Response& response, net::server::ContentCoding coding) {
  if (coding == net::server::ContentCoding::identity || response.body->size() <= compressed_from_bytes) return false;
  auto compressed = net::server::compress(coding, *response.body);
  if (!compressed) return false;
  response.body = std::move(compressed);
  response.with_header("Content-Encoding", net::server::to_string(coding));
  response.with_header("Vary", "Accept-Encoding");
  return true;
}

/// Beside whatever is kept of the answer: that specs are stale is no state of theirs.
[[nodiscard]] net::Response marked(net::Response response, const std::shared_ptr<const sources::Stale>& stale) {
  if (stale != nullptr) response.with_header("X-LeanSpec-Stale-Since", to_rfc3339(stale->since));
  return response;
}

[[nodiscard]] net::Response read_branch(Services& services, AnswerCache& cache, const net::Request& request,
                                        const ListedProject& project, const ReadingHandler& handler) {
  auto branch = requested_branch(request, project);
  if (!branch) return error_answer(branch.error(), "BRANCH_NOT_FOUND");
  Seq at_least;
  if (const auto asked = request.parameter("atLeast")) {
    at_least = Seq(static_cast<std::uint64_t>(std::strtoull(std::string(*asked).c_str(), nullptr, 10)));
  }
  auto at = services.specs.specs_at(project.project, branch->id, at_least);
  if (!at) return error_answer(at.error(), "PROJECT_NOT_FOUND");
  const std::string tag = "W/\"" + state_tag(at->epoch, at->seq) + "-" + services.build + "\"";
  const auto coding = net::server::choose_coding(request.header("Accept-Encoding"), {});
  const AnswerCache::State state{branch->id, at->epoch, at->seq};
  std::string question(net::server::to_string(coding));
  question += ' ' + request.target + '\n' + request.body;
  const auto stale = at->stale;
  if (auto known = cache.find(state, question)) return marked(*std::move(known), stale);
  net::Response response = handler(Reading{request, project, *branch, *std::move(at)});
  if (response.status != 200) return response;
  response.with_header("ETag", tag);
  const bool compressed = compress(response, coding);
  cache.put(state, question, response, compressed ? AnswerCache::Price::high : AnswerCache::Price::low);
  return marked(std::move(response), stale);
}

}  // namespace

void Binder::reading(std::string pattern, ReadingHandler handler) {
  net::server::Route route;
  route.method = net::Method::get;
  route.pattern = std::move(pattern);
  route.action = access::to_string(access::Action::specs_read);
  route.handler = net::server::ImmediateHandler(
      [&services = services_, cache = cache_, handler = std::move(handler)](const net::Request& request) -> net::Response {
        auto admitted = admit(services, request, access::Action::specs_read, access::RateKind::api);
        if (auto* refused = std::get_if<net::Response>(&admitted)) return std::move(*refused);
        return read_branch(services, *cache, request, *std::get<Admitted>(admitted).project, handler);
      });
  add(std::move(route));
}

void Binder::asking(std::string pattern, std::size_t body_bytes_max, ReadingHandler handler) {
  call(net::Method::post, std::move(pattern), access::Action::specs_read, body_bytes_max,
       [&services = services_, cache = cache_, handler = std::move(handler)](const Call& call) {
         return read_branch(services, *cache, call.request, *call.project, handler);
       });
}

}  // namespace leanspec::hub::api
