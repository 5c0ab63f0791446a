#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "hub/api/services.h"
#include "net/server/http_server.h"

namespace leanspec::hub::api {

/// The hub's figures in Prometheus' text format, all named leanspec_hub_*. Counted as things happen or read when asked for.
/// Safe from every thread.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// One finished request, by route pattern (never by path: paths have no bound) and class of status.
  void request_finished(std::string_view route, std::string_view method, unsigned status, std::chrono::microseconds took);
  /// Where the server's own figures come from, once it exists.
  void set_server_figures(std::function<net::server::HttpServerFigures()> figures);

  [[nodiscard]] std::string text(Services& services);

 private:
  struct Registry;
  std::unique_ptr<Registry> registry_;
  std::function<net::server::HttpServerFigures()> server_figures_;
};

}  // namespace leanspec::hub::api
