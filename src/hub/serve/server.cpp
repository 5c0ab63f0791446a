#include "hub/serve/server.h"

#include <fcntl.h>
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <memory>
#include <utility>

#include "host/process_memory.h"
#include "host/shutdown_signal.h"
#include "host/system_file_tree.h"
#include "hub/access/one_time_link.h"
#include "hub/api/metrics.h"
#include "hub/api/other_ui.h"
#include "hub/api/routes.h"
#include "hub/api/spec_pages.h"
#include "hub/serve/account_commands.h"
#include "hub/serve/local_folder.h"
#include "hub/serve/outside_changes.h"
#include "hub/serve/passing_folder.h"
#include "hub/serve/revalidation.h"
#include "hub/serve/web_files.h"
#include "hub/sources/specs_folder.h"
#include "net/server/http_server.h"
#include "store/sqlite/open.h"

namespace leanspec::hub::serve {

namespace {

/// Threads for whatever waits for the disk; more would only queue at the one SQLite writer.
constexpr std::size_t worker_threads = 4;
constexpr std::size_t worker_queue_max = 20'000;
constexpr std::chrono::milliseconds tick_interval{500};
/// Bridges come back after this, spread by their own jitter.
constexpr std::chrono::milliseconds come_back_after{1000};
/// Together under the five seconds that a supervisor is promised.
constexpr std::chrono::milliseconds drain_for{500};
constexpr std::chrono::milliseconds stop_within{3000};
/// Parts of large bodies whose bridge never came back.
constexpr std::chrono::hours stale_parts_after{24};
constexpr std::chrono::hours tidy_interval{1};

[[nodiscard]] std::string url_of(const ServeOptions& options, std::uint16_t port) {
  if (!options.public_url.empty()) return options.public_url;
  std::string host = options.host;
  if (host == "0.0.0.0" || host == "::") host = "localhost";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return (options.certificate.empty() ? "http://" : "https://") + host + ":" + std::to_string(port);
}

/// Where `leanspec-hub link` finds a running hub. Best effort: a read-only folder has failed long before.
void note_url(const std::filesystem::path& data_directory, const std::string& url) {
  std::ofstream(data_directory / "hub.url", std::ios::trunc) << url << '\n';
}

/// Four seconds' worth at once, so that a page with many parts is never refused; then the rate.
[[nodiscard]] access::RateRules rate_rules(const ServeOptions& options) {
  access::RateRules rules;
  const unsigned rate = options.requests_per_second;
  if (rate == 0) {
    rules.api = access::BucketRule{1e15, std::chrono::milliseconds(1)};
  } else {
    rules.api.burst = 4.0 * rate;
    rules.api.interval = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::seconds(1)) / rate;
  }
  return rules;
}

/// Builds every project's view before the first visitor comes.
void warm_up(api::Services& services) {
  const auto projects = services.directory.list();
  if (!projects) return;
  for (const auto& project : *projects) {
    if (const store::Branch* branch = project->branch({})) (void)services.views.view_at(branch->id);
  }
}

/// The indexes of the search, which nobody needs for the first page; the first search must not be the one that makes them.
void warm_up_search(api::Services& services) {
  const auto projects = services.directory.list();
  if (!projects) return;
  for (const auto& project : *projects) {
    const store::Branch* branch = project->branch({});
    if (branch == nullptr) continue;
    if (const auto at = services.views.view_at(branch->id)) (void)at->view->search("warm", {}, 0, 1);
  }
}

/// The pages of the specs and what is counted on them: the first look at a spec must not be the one that renders it. As many
/// as leave half of the room for those that people open.
void warm_up_pages(api::Services& services, api::SpecPages& pages) {
  const auto projects = services.directory.list();
  if (!projects) return;
  for (const auto& project : *projects) {
    const store::Branch* branch = project->branch({});
    if (branch == nullptr) continue;
    const auto at = services.views.view_at(branch->id);
    if (!at) continue;
    for (const spec::SpecEntryPtr& entry : at->view->all()) {
      if (services.draining() || pages.bytes() > api::SpecPages::bytes_max_usual / 2) return;
      (void)at->view->body_tokens(*entry);
      pages.prepare(project->project.id, *entry);
    }
  }
}

/// Drops what nobody can ask for any more.
void tidy(store::Store& store, Instant now, host::Log& log) {
  const Status done = store.write([&](store::Session& session) -> Status {
    LEANSPEC_TRY(session.bodies().drop_stale_parts(now - stale_parts_after));
    return session.accounts().drop_expired_sessions(now);
  });
  if (!done) log.warning("could not tidy the store", {{"why", done.error().sentence()}});
}

void log_request(host::Log& log, const net::server::HttpServer::Finished& finished) {
  const auto level = finished.status >= 500 ? host::LogLevel::error : host::LogLevel::debug;
  log.write(level, "request",
            {{"method", net::to_string(finished.request.method)},
             {"path", finished.request.path},
             {"status", static_cast<std::int64_t>(finished.status)},
             {"bytes", static_cast<std::int64_t>(finished.bytes)},
             {"us", static_cast<std::int64_t>(finished.took.count())},
             {"id", finished.request.request_id}});
}

/// Without a data folder nobody has an account: the link that is printed is the way in.
[[nodiscard]] Status add_local_person(store::Store& store, Instant now) {
  return store.write([now](store::Session& session) -> Status {
    store::User user;
    user.name = "local";
    user.administrator = true;
    user.created_at = now;
    LEANSPEC_TRY(session.accounts().create_user(user));
    return {};
  });
}

/// The folder that is to be served as a project; nothing: none. Error: not_found when it must be there and is not.
[[nodiscard]] Result<std::optional<std::string>> specs_folder_of(const ServeOptions& options) {
  if (options.specs_mode == "database") return std::optional<std::string>();
  if (!options.specs_directory.empty()) return std::optional(std::filesystem::absolute(options.specs_directory).lexically_normal().string());
  const std::filesystem::path here = std::filesystem::current_path();
  LEANSPEC_ASSIGN(const auto tree, host::open_file_tree(here.string()));
  const auto found = sources::find_specs_folder(*tree);
  // The working folder itself is nobody's specs folder unless it is said.
  if (found && !found->empty()) return std::optional((here / *found).string());
  if (options.specs_mode != "filesystem") return std::optional<std::string>();
  if (!found) return found.error();
  return Error(ErrorCode::not_found, "There is no specs folder here", here.string(), "Name it with --specs-dir, or start the hub in the project's folder.");
}

/// If this source fails while others are served, they go on.
[[nodiscard]] Status open_local_folder(const ServeOptions& options, api::Services& services, std::unique_ptr<LocalFolder>& local) {
  LEANSPEC_ASSIGN(const auto root, specs_folder_of(options));
  if (!root) return {};
  auto opened = LocalFolder::open({*root, "", std::chrono::milliseconds(options.cache_ttl_ms)}, services);
  if (opened) {
    local = *std::move(opened);
    services.log.info("serving a local folder", {{"folder", *root}, {"project", local->project().value()}});
    return {};
  }
  if (options.specs_mode == "filesystem") return opened.error();
  services.log.error("the local folder cannot be served", {{"folder", *root}, {"why", opened.error().sentence()}});
  return {};
}

}  // namespace

Status serve(const ServeOptions& options, const host::Clock& clock, host::Entropy& entropy, host::Log& log) {
  LEANSPEC_TRY(check_exposure(options));
  host::limit_heaps(options.threads);
  LEANSPEC_ASSIGN(host::ShutdownSignal shutdown, host::ShutdownSignal::install());
  std::optional<PassingFolder> passing;
  std::filesystem::path data = options.data_directory;
  if (options.specs_mode == "filesystem") {
    LEANSPEC_ASSIGN(auto made, PassingFolder::make());
    passing.emplace(std::move(made));
    data = passing->path();
  }
  LEANSPEC_ASSIGN(const std::unique_ptr<store::Store> store, store::sqlite::open_sqlite(data, clock, entropy, log));
  if (passing) LEANSPEC_TRY(add_local_person(*store, clock.now()));

  engine::Views views(*store);
  engine::Feed feed;
  engine::BridgeRoster roster;
  engine::Sequencer sequencer(*store, [&entropy](Instant now) { return entropy.uuid7(now); });
  access::AccessVersion access_version;
  access::RateLimits rates(rate_rules(options));
  api::ProjectDirectory directory(*store);
  api::Authenticator authenticator(*store, access_version, clock);
  engine::ListenerList<Instant> ticks;
  engine::ListenerList<std::chrono::milliseconds> drains;
  std::atomic<bool> draining = false;
  api::SpecPages pages;
  api::Metrics metrics;
  api::WorkerPool workers(worker_threads, worker_queue_max);
  api::CommitLoop commits(sequencer, views, feed, workers, clock, log);
  api::Services services{LEANSPEC_VERSION, LEANSPEC_VERSION, *store,         views,  feed,    roster,  commits,
                         directory,        authenticator,    access_version, rates,  workers, clock,   entropy,
                         log,              ticks,            drains,         [&draining] { return draining.load(); }};
  const auto directory_watch = roster.subscribe([&directory](const engine::RosterChange& change) {
    if (change.came_or_went) directory.forget();
  });

  net::server::Router router;
  std::shared_ptr<api::OtherUi> other_ui;
  if (!options.ui_directory.empty()) {
    LEANSPEC_ASSIGN(other_ui, api::OtherUi::open(std::filesystem::absolute(options.ui_directory).string()));
  }
  LEANSPEC_TRY(api::bind_routes(router, services, pages, metrics, web_files(), std::move(other_ui)));

  net::server::HttpServerOptions server_options;
  server_options.host = options.host;
  server_options.port = options.port;
  server_options.threads = options.threads;
  server_options.trust_proxy = options.behind_proxy;
  if (!options.certificate.empty()) server_options.tls = net::server::TlsFiles{options.certificate, options.private_key};
  LEANSPEC_ASSIGN(const std::unique_ptr<net::server::HttpServer> server,
                  net::server::HttpServer::listen(server_options, router, log, [&](const net::server::HttpServer::Finished& finished) {
                    metrics.request_finished(finished.route != nullptr ? finished.route->pattern : std::string_view(),
                                             net::to_string(finished.request.method), finished.status, finished.took);
                    log_request(log, finished);
                  }));
  metrics.set_server_figures([&server = *server] { return server.figures(); });
  std::unique_ptr<LocalFolder> local;
  LEANSPEC_TRY(open_local_folder(options, services, local));
  if (!options.revalidation_secret.empty()) {
    LEANSPEC_TRY(bind_revalidation(router, services, options.revalidation_secret, [&local] { return local ? local->synchronise() : Status(); }));
  }
  warm_up(services);
  OutsideChanges outside(*store, access_version, directory, roster);
  outside.look();  // before the first request is answered with rights that a command beside us may take away
  server->start();
  if (local) local->start();
  (void)workers.post([&services, &pages] {
    warm_up_search(services);
    warm_up_pages(services, pages);
    host::return_free_memory();
  });

  const std::string url = url_of(options, server->port());
  note_url(data, url);
  log.info("serving", {{"url", url}, {"data", data.string()}, {"version", LEANSPEC_VERSION}});
  bool setup_open = false;
  (void)store->read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(setup_open, access::setup_is_open(session));
    return {};
  });
  if (passing) {
    if (const auto link = make_link(*store, entropy, clock.now())) {
      std::printf("Open this to look at the specs (works once, for 10 minutes):\n  %s%s\n", url.c_str(), link->c_str());
      std::fflush(stdout);
    }
  } else if (setup_open) {
    // On standard output and not in the log: a log is kept and sent on, and this link makes an owner.
    if (const auto link = make_link(*store, entropy, clock.now())) {
      std::printf("Nobody has an account yet. Make yours here (works once, for 24 hours):\n  %s%s\n", url.c_str(), link->c_str());
      std::fflush(stdout);
    }
  }

  Instant tidy_at = clock.now();
  pollfd stop{shutdown.descriptor(), POLLIN, 0};
  while (poll(&stop, 1, static_cast<int>(tick_interval.count())) <= 0) {
    const Instant now = clock.now();
    outside.look();
    ticks.publish(now);
    if (now < tidy_at) continue;
    tidy(*store, now, log);
    host::return_free_memory();
    tidy_at = now + tidy_interval;
  }

  log.info("stopping", {{"signal", shutdown.take()}});
  draining = true;
  drains.publish(come_back_after);
  (void)poll(nullptr, 0, static_cast<int>(drain_for.count()));  // what is in flight gets its answers
  server->stop(stop_within);
  if (local) local->stop();
  commits.stop();
  workers.stop();
  log.info("stopped");
  return {};
}

}  // namespace leanspec::hub::serve
