#include "hub/api/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "hub/api/answer.h"
#include "hub/api/routes.h"

namespace leanspec::hub::api {

namespace {

/// From a cached list to a cold start, in seconds.
const prometheus::Histogram::BucketBoundaries request_seconds = {0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5};

[[nodiscard]] double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double total_pages = 0;
  double resident_pages = 0;
  file >> total_pages >> resident_pages;
  return resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

[[nodiscard]] bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

}  // namespace

struct Metrics::Registry {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests = prometheus::BuildCounter()
                                                          .Name("leanspec_hub_http_requests_total")
                                                          .Help("Finished HTTP requests by route, method and class of status")
                                                          .Register(registry);
  prometheus::Family<prometheus::Histogram>& durations =
      prometheus::BuildHistogram().Name("leanspec_hub_http_request_seconds").Help("Time from request read to answer given, by route").Register(registry);
  prometheus::Family<prometheus::Gauge>& connections =
      prometheus::BuildGauge().Name("leanspec_hub_connections").Help("Open connections by kind").Register(registry);
  prometheus::Gauge& bridges = gauge("leanspec_hub_bridges_online", "Bridges connected now");
  prometheus::Gauge& projects = gauge("leanspec_hub_projects", "Projects");
  prometheus::Gauge& view_bytes = gauge("leanspec_hub_view_bytes", "Bytes of texts in views in memory");
  prometheus::Gauge& views = gauge("leanspec_hub_views", "Views in memory");
  prometheus::Gauge& resident = gauge("leanspec_hub_resident_bytes", "Resident memory of the process");
  prometheus::Gauge& pushes = gauge("leanspec_hub_pushes_total", "Push jobs given to the sequencer since start");
  prometheus::Gauge& groups = gauge("leanspec_hub_commit_groups_total", "Transactions that those pushes took");

  prometheus::Family<prometheus::Gauge>& source_reads =
      prometheus::BuildGauge().Name("leanspec_hub_source_reads_total").Help("Reads asked of each source of specs since start").Register(registry);
  prometheus::Family<prometheus::Gauge>& source_parses =
      prometheus::BuildGauge().Name("leanspec_hub_source_parses_total").Help("Spec files that a source has read and parsed since start").Register(registry);
  prometheus::Family<prometheus::Gauge>& source_hits = prometheus::BuildGauge()
                                                           .Name("leanspec_hub_source_hit_ratio")
                                                           .Help("Parses avoided per read asked since start: 1 - parses / reads, never below 0")
                                                           .Register(registry);

  prometheus::Gauge& gauge(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
  }
};

Metrics::Metrics() : registry_(std::make_unique<Registry>()) {}
Metrics::~Metrics() = default;

void Metrics::request_finished(std::string_view route, std::string_view method, unsigned status, std::chrono::microseconds took) {
  const std::string name(route.empty() ? std::string_view("(none)") : route);
  registry_->requests.Add({{"route", name}, {"method", std::string(method)}, {"status", std::to_string(status / 100) + "xx"}}).Increment();
  registry_->durations.Add({{"route", name}}, request_seconds).Observe(std::chrono::duration<double>(took).count());
}

void Metrics::set_server_figures(std::function<net::server::HttpServerFigures()> figures) { server_figures_ = std::move(figures); }

std::string Metrics::text(Services& services) {
  if (server_figures_) {
    const net::server::HttpServerFigures figures = server_figures_();
    const auto set = [&](const char* kind, std::uint64_t value) {
      registry_->connections.Add({{"kind", kind}}).Set(static_cast<double>(value));
    };
    set("tcp", figures.connections_open);
    set("websocket", figures.websockets_open);
    set("event_stream", figures.event_streams_open);
  }
  registry_->bridges.Set(static_cast<double>(services.roster.size()));
  if (const auto projects = services.directory.list()) registry_->projects.Set(static_cast<double>(projects->size()));
  registry_->view_bytes.Set(static_cast<double>(services.views.bytes()));
  registry_->views.Set(static_cast<double>(services.views.kept()));
  registry_->resident.Set(resident_bytes());
  const CommitLoop::Figures commits = services.commits.figures();
  registry_->pushes.Set(static_cast<double>(commits.pushes));
  registry_->groups.Set(static_cast<double>(commits.groups));
  for (const sources::SpecSource* source : services.specs.sources()) {
    const prometheus::Labels labels = {{"source", std::string(source->name())}};
    const auto reads = static_cast<double>(source->reads());
    registry_->source_reads.Add(labels).Set(reads);
    if (const auto parses = source->files_parsed()) {
      registry_->source_parses.Add(labels).Set(static_cast<double>(*parses));
      registry_->source_hits.Add(labels).Set(reads == 0 ? 0 : std::max(0.0, 1 - static_cast<double>(*parses) / reads));
    }
  }
  return prometheus::TextSerializer().Serialize(registry_->registry.Collect());
}

void bind_metrics(Binder& binder, Metrics& metrics) {
  Services& services = binder.services();
  binder.open(net::Method::get, "/metrics", [&services, &metrics](const Call& call) {
    // A scraper on the same machine needs no key; behind a proxy everything looks local, so there only a key counts.
    const bool local = is_loopback(call.request.peer_address) && !call.request.header("X-Forwarded-For");
    if (!local) {
      auto admitted = Binder::admit(services, call.request, access::Action::metrics_read, access::RateKind::api);
      if (auto* refused = std::get_if<net::Response>(&admitted)) return std::move(*refused);
    }
    return net::text_response(200, metrics.text(services), "text/plain; version=0.0.4; charset=utf-8");
  });
}

}  // namespace leanspec::hub::api
