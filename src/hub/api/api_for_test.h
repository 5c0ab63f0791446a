#pragma once

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <cctype>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "digest/sha256.h"
#include "hub/access/api_key.h"
#include "hub/access/web_session.h"
#include "hub/api/api_description.h"
#include "hub/api/metrics.h"
#include "hub/api/routes.h"
#include "hub/api/spec_pages.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/fakes/memory_store.h"
#include "tests/fakes/seeded_entropy.h"
#include "tests/openapi/answer_check.h"

namespace leanspec::hub::api {

/// Who asks, and from where.
struct Asked {
  std::string key = {};     ///< bearer
  std::string cookie = {};  ///< a session's
  bool csrf = true;         ///< with the cookie: send its token
  std::string address = "127.0.0.1";
  net::Headers headers = {};
};

/// The whole API over a store in memory, asked without sockets: the router, the rights, the workers and the views are the real ones. Every
/// answer is held to the OpenAPI document.
class ApiForTest {
 public:
  explicit ApiForTest(std::shared_ptr<OtherUi> ui = nullptr) {
    specs.add(database_);
    const Status bound = bind_routes(router_, services_, pages_, metrics_, {}, std::move(ui));
    if (!bound) throw std::runtime_error(bound.error().sentence());
  }

  [[nodiscard]] net::Response ask(net::Method method, const std::string& target, const std::string& body = {}, const Asked& asked = {}) {
    net::Request request = request_of(method, target, body, asked);
    auto found = router_.find(method, request.path);
    const auto* match = std::get_if<net::server::Router::Match>(&found);
    if (match == nullptr) return router_.fallback()(request);
    request.captures = match->captures;
    const net::server::Route& route = *match->route;
    net::Response response = answer_of(route, request);
    const bool streams = response.status == 200 && !std::holds_alternative<net::server::ImmediateHandler>(route.handler) &&
                         !std::holds_alternative<net::server::DeferredHandler>(route.handler);
    if (streams) return response;
    std::string name(net::to_string(method));
    for (char& letter : name) letter = static_cast<char>(std::tolower(letter));
    // Of a compressed body the kind is held to the document, and what is in it where the same is asked for as it is.
    const bool whole = response.body && !net::find_header(response.headers, "Content-Encoding");
    const std::string wrong = described_.wrong(name, route.pattern, response.status,
                                               net::find_header(response.headers, "Content-Type").value_or(""),
                                               whole ? *response.body : std::string());
    EXPECT_EQ(wrong, "") << net::to_string(method) << ' ' << target << " answered " << response.status << ' '
                         << (whole ? response.body->substr(0, 2000) : "");
    return response;
  }
  /// The session of an event stream, as the server would open it; null where it is refused.
  [[nodiscard]] std::shared_ptr<net::server::EventStreamSession> stream(const std::string& target, const Asked& asked) {
    net::Request request = request_of(net::Method::get, target, {}, asked);
    auto found = router_.find(net::Method::get, request.path);
    const auto* match = std::get_if<net::server::Router::Match>(&found);
    const auto* handler = match == nullptr ? nullptr : std::get_if<net::server::EventStreamHandler>(&match->route->handler);
    if (handler == nullptr) return nullptr;
    auto decided = (*handler)(request);
    auto* accept = std::get_if<net::server::EventStreamAccept>(&decided);
    return accept == nullptr ? nullptr : std::move(accept->session);
  }
  [[nodiscard]] net::Response get(const std::string& target, const Asked& asked) { return ask(net::Method::get, target, {}, asked); }

  /// An account with this password hash left out: signed in at once.
  [[nodiscard]] std::string sign_in(const std::string& name, bool administrator) {
    std::string cookie;
    const Status done = store.write([&](store::Session& session) -> Status {
      store::User user;
      user.name = name;
      user.administrator = administrator;
      LEANSPEC_ASSIGN(user.id, session.accounts().create_user(user));
      LEANSPEC_ASSIGN(const access::OpenedSession opened, access::open_session(session, user, "test", services_.fill_random(), clock.now()));
      cookie = opened.cookie;
      return {};
    });
    if (!done) throw std::runtime_error(done.error().sentence());
    access_version.raise();
    return cookie;
  }
  [[nodiscard]] std::string make_key(std::vector<access::Scope> scopes, std::optional<ProjectId> project = std::nullopt) {
    std::string secret;
    const Status done = store.write([&](store::Session& session) -> Status {
      access::KeyRequest request;
      request.name = "test";
      request.scopes = std::move(scopes);
      request.project = std::move(project);
      LEANSPEC_ASSIGN(const access::MintedKey minted, access::mint_key_without_maker(session, request, services_.fill_random(), clock.now()));
      secret = minted.secret;
      return {};
    });
    if (!done) throw std::runtime_error(done.error().sentence());
    access_version.raise();
    return secret;
  }

  /// A project with one branch, and files pushed to it as a bridge would.
  void add_project(const std::string& id) {
    const Status done = store.write([&](store::Session& session) -> Status {
      store::Project project;
      project.id = ProjectId(id);
      project.name = id;
      project.created_at = clock.now();
      LEANSPEC_TRY(session.projects().create(project));
      LEANSPEC_ASSIGN(const store::Branch branch, session.versions().create_branch(project.id, ""));
      branches[id] = branch.id;
      return {};
    });
    if (!done) throw std::runtime_error(done.error().sentence());
    directory.forget();
  }
  wire::PushResult push(const std::string& project, const std::string& path, const std::string& bytes,
                        std::optional<VersionId> base = std::nullopt, std::optional<DocumentId> document = std::nullopt) {
    engine::PushJob job;
    job.origin.project = ProjectId(project);
    job.origin.branch = branches.at(project);
    job.origin.replica = ReplicaId(entropy.uuid7(clock.now()));
    job.origin.machine = MachineId(entropy.uuid7(clock.now()));
    job.received_at = clock.now();
    wire::Push push;
    push.change = ChangeId(entropy.uuid7(clock.now()));
    push.document = document.value_or(DocumentId(entropy.uuid7(clock.now())));
    push.base = base;
    push.digest = digest::sha256(bytes);
    push.size = bytes.size();
    push.path = path;
    push.content = wire::WholeBody{bytes};
    job.members.push_back(std::move(push));
    std::promise<engine::PushDone> done;
    commits.submit(std::move(job), [&done](engine::PushDone answer) { done.set_value(std::move(answer)); });
    return done.get_future().get().results.front();
  }

  [[nodiscard]] static boost::json::object json(const net::Response& response) { return boost::json::parse(*response.body).as_object(); }
  [[nodiscard]] const net::server::Router& router() const { return router_; }
  [[nodiscard]] const openapi::AnswerCheck& described() const { return described_; }
  void use_mirrors(mirrors::MirrorService& mirrors, std::string cron_secret) {
    services_.mirrors = &mirrors;
    services_.cron_secret = std::move(cron_secret);
  }

  fakes::FixedClock clock;
  fakes::SeededEntropy entropy;
  fakes::MemoryStore store{Epoch(Uuid{{1}})};
  engine::Views views{store};
  sources::SpecsService specs{clock};
  engine::Feed feed;
  engine::BridgeRoster roster;
  engine::BodyDeltas deltas;
  engine::Sequencer sequencer{store, [this](Instant now) { return ids.uuid7(now); }, {}, &deltas};
  access::AccessVersion access_version;
  access::RateLimits rates;
  ProjectDirectory directory{store};
  Authenticator authenticator{store, access_version, clock};
  engine::ListenerList<Instant> ticks;
  engine::ListenerList<std::chrono::milliseconds> drains;
  bool draining = false;
  std::map<std::string, BranchId> branches;

 private:
  [[nodiscard]] static net::Response answer_of(const net::server::Route& route, const net::Request& request) {
    if (const auto* immediate = std::get_if<net::server::ImmediateHandler>(&route.handler)) return (*immediate)(request);
    if (const auto* deferred = std::get_if<net::server::DeferredHandler>(&route.handler)) {
      auto answered = std::make_shared<std::promise<net::Response>>();
      auto answer = answered->get_future();
      (*deferred)(request, [answered](net::Response response) { answered->set_value(std::move(response)); });
      return answer.get();
    }
    if (const auto* stream = std::get_if<net::server::EventStreamHandler>(&route.handler)) {
      auto decided = (*stream)(request);
      if (auto* refused = std::get_if<net::Response>(&decided)) return std::move(*refused);
    }
    if (const auto* socket = std::get_if<net::server::WebSocketHandler>(&route.handler)) {
      auto decided = (*socket)(request);
      if (auto* refused = std::get_if<net::Response>(&decided)) return std::move(*refused);
    }
    return net::text_response(200, "");
  }

  [[nodiscard]] static net::Request request_of(net::Method method, const std::string& target, const std::string& body, const Asked& asked) {
    net::Request request;
    request.method = method;
    request.target = target;
    const auto question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string::npos) add_query(request, target.substr(question + 1));
    request.headers = asked.headers;
    request.body = body;
    request.peer_address = asked.address;
    if (!asked.key.empty()) request.headers.emplace_back("Authorization", "Bearer " + asked.key);
    if (!asked.cookie.empty()) {
      request.headers.emplace_back("Cookie", std::string(session_cookie_name(false)) + "=" + asked.cookie);
      if (asked.csrf) request.headers.emplace_back("X-CSRF-Token", access::csrf_token_of(asked.cookie));
    }
    return request;
  }

  static void add_query(net::Request& request, std::string text) {
    while (!text.empty()) {
      const auto end = text.find('&');
      const std::string pair = text.substr(0, end);
      const auto equals = pair.find('=');
      request.query.emplace_back(pair.substr(0, equals), equals == std::string::npos ? "" : pair.substr(equals + 1));
      text = end == std::string::npos ? "" : text.substr(end + 1);
    }
  }

  sources::DatabaseSource database_{views};
  fakes::SeededEntropy ids{2};  ///< the sequencer's own, since it runs on its own thread
  openapi::AnswerCheck described_{api_description("1.2.3")};
  SpecPages pages_;
  Metrics metrics_;
  net::server::Router router_;
  WorkerPool workers_{2, 1000};

 public:
  CommitLoop commits{sequencer, views, feed, workers_, clock, host::silent_log()};

 private:
  Services services_{"1.2.3", "test", store,  views,   specs,   feed,     roster,         deltas, commits,
                     directory, authenticator, access_version, rates, workers_, clock, entropy,
                     host::silent_log(), ticks, drains, [this] { return draining; }};
};

}  // namespace leanspec::hub::api
