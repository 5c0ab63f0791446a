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
#include "hub/mirrors/mirror_service.h"
#include "hub/serve/account_commands.h"
#include "hub/serve/filesystem_source.h"
#include "hub/serve/outside_changes.h"
#include "hub/serve/passing_folder.h"
#include "hub/serve/revalidation.h"
#include "hub/serve/seal_key.h"
#include "hub/serve/stale_mirrors.h"
#include "hub/serve/web_files.h"
#include "hub/sources/specs_service.h"
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
/// A text that was replaced long ago is rarely read; one that was just replaced is what readers have, and what merges need.
constexpr std::chrono::hours chained_after{1};
/// With each tick, while there are some: about 20 ms of the writer's time, so that no push waits for long.
constexpr std::size_t chained_at_once = 50;

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

/// A step on the way of old texts into their smaller form. True: there may be more of them.
bool chain_some(store::Store& store, Instant now, host::Log& log) {
  std::size_t looked_at = 0;
  const Status done = store.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(looked_at, session.bodies().chain_old(now - chained_after, chained_at_once));
    return {};
  });
  if (!done) log.warning("could not make old texts smaller", {{"why", done.error().sentence()}});
  return done && looked_at > 0;
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

/// If this source fails while others are served, they go on. Null: there is no folder to serve.
[[nodiscard]] Result<std::unique_ptr<FilesystemSource>> open_filesystem(const ServeOptions& options, api::Services& services) {
  LEANSPEC_ASSIGN(const auto root, specs_folder_of(options));
  if (!root) return std::unique_ptr<FilesystemSource>();
  const LocalFolder::Place place{*root, "", std::chrono::milliseconds(options.cache_ttl_ms), !options.unwatched};
  const bool alone = options.specs_mode == "filesystem";
  auto source = std::make_unique<FilesystemSource>(place, alone, services);
  if (const Status opened = source->open(); !opened) {
    if (alone) return opened.error();
    services.log.error("the local folder cannot be served yet", {{"folder", *root}, {"why", opened.error().sentence()}});
  }
  return source;
}

/// A folder that was served once and is not now: what the hub has of it is shown, and said to be old.
void report_left_folders(api::Services& services) {
  const auto projects = services.directory.list();
  if (!projects) return;
  const std::optional<ProjectId> served = services.specs.usual_project() ? std::optional(*services.specs.usual_project()) : std::nullopt;
  for (const auto& project : *projects) {
    if (project->project.source != "local" || project->project.id == served) continue;
    services.specs.report(project->project.id,
                          sources::Stale{project->project.changed_at, "Its folder is not followed by this hub now. Start the hub with --specs-dir to go on."});
  }
}

Result<mirrors::MirrorSettings> mirror_settings(const ServeOptions& options, const std::filesystem::path& data,
                                                host::Entropy& entropy) {
  mirrors::MirrorSettings settings;
  LEANSPEC_ASSIGN(settings.seal_key, load_seal_key(data, entropy));
  settings.github_token = options.github_token;
  settings.allowed_hosts = {options.forge_hosts.begin(), options.forge_hosts.end()};
  if (!options.forge_ca_file.empty()) settings.ca_file = options.forge_ca_file;
  settings.user_agent = "leanspec-hub/" LEANSPEC_VERSION;
  return settings;
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
  if (passing) LEANSPEC_TRY(admit_local_person(*store, entropy, options.api_key, clock.now()));

  engine::Views views(*store);
  sources::SpecsService specs(clock);
  sources::DatabaseSource database(views);
  engine::Feed feed;
  engine::BridgeRoster roster;
  engine::BodyDeltas deltas;
  engine::Sequencer sequencer(*store, [&entropy](Instant now) { return entropy.uuid7(now); }, {}, &deltas);
  access::AccessVersion access_version;
  access::RateLimits rates(rate_rules(options));
  api::ProjectDirectory directory(*store);
  api::Authenticator authenticator(*store, access_version, clock);
  if (passing && !options.api_key.empty()) authenticator.accept_given_key(options.api_key);
  engine::ListenerList<Instant> ticks;
  engine::ListenerList<std::chrono::milliseconds> drains;
  std::atomic<bool> draining = false;
  api::SpecPages pages;
  api::Metrics metrics;
  api::WorkerPool workers(worker_threads, worker_queue_max);
  api::CommitLoop commits(sequencer, views, feed, workers, clock, log);
  std::optional<mirrors::MirrorService> mirrors;  // what passes with this run follows no repository
  if (!passing) {
    LEANSPEC_ASSIGN(auto settings, mirror_settings(options, data, entropy));
    mirrors.emplace(*store, clock, entropy, log, std::move(settings),
                    [&commits](engine::MirrorRevision revision) { return commits.revise(std::move(revision)); });
  }
  api::Services services{LEANSPEC_VERSION, LEANSPEC_VERSION, *store,         views,  specs,  feed,    roster,  deltas, commits,
                         directory,        authenticator,    access_version, rates,  workers, clock,   entropy,
                         log,              ticks,            drains,         [&draining] { return draining.load(); },
                         mirrors ? &*mirrors : nullptr, options.cron_secret};
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
  LEANSPEC_ASSIGN(const std::unique_ptr<FilesystemSource> local, open_filesystem(options, services));
  if (local) specs.add(*local);
  if (!passing) specs.add(database);
  report_left_folders(services);
  if (!options.revalidation_secret.empty()) {
    LEANSPEC_TRY(bind_revalidation(router, services, options.revalidation_secret, [&local] { return local ? local->synchronise() : Status(); }));
  }
  warm_up(services);
  OutsideChanges outside(*store, access_version, directory, roster);
  outside.look();  // before the first request is answered with rights that a command beside us may take away
  server->start();
  engine::Subscription stale_mirrors;
  if (mirrors) {
    stale_mirrors = report_stale_mirrors(services, *mirrors);
    LEANSPEC_TRY(mirrors->start());
  }
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
      std::printf("Open this on this machine to look at the specs (works once, for 10 minutes):\n  %s%s\n", url.c_str(), link->c_str());
      if (!options.api_key.empty()) std::printf("Elsewhere sign in as 'local', with LEANSPEC_API_KEY as the password.\n");
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
  bool chains = false;
  pollfd stop{shutdown.descriptor(), POLLIN, 0};
  while (poll(&stop, 1, static_cast<int>(tick_interval.count())) <= 0) {
    const Instant now = clock.now();
    outside.look();
    ticks.publish(now);
    (void)roster.notes().write(*store);  // of a disk that refuses the pushes tell
    chains = chains && chain_some(*store, now, log);
    if (now < tidy_at) continue;
    tidy(*store, now, log);
    chains = true;
    host::return_free_memory();
    tidy_at = now + tidy_interval;
  }

  log.info("stopping", {{"signal", shutdown.take()}});
  draining = true;
  drains.publish(come_back_after);
  (void)poll(nullptr, 0, static_cast<int>(drain_for.count()));  // what is in flight gets its answers
  if (mirrors) mirrors->stop();
  server->stop(stop_within);
  if (local) local->stop();
  commits.stop();
  workers.stop();
  while (roster.notes().waiting() > 0 && roster.notes().write(*store)) continue;
  log.info("stopped");
  return {};
}

}  // namespace leanspec::hub::serve
