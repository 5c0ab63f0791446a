#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace leanspec::bench {

using Stopwatch = std::chrono::steady_clock;

[[nodiscard]] inline double milliseconds_since(Stopwatch::time_point begun) {
  return std::chrono::duration<double, std::milli>(Stopwatch::now() - begun).count();
}

/// Milliseconds of many equal tries.
class Samples {
 public:
  void add(double milliseconds) { all_.push_back(milliseconds); }
  void add(const Samples& others) { all_.insert(all_.end(), others.all_.begin(), others.all_.end()); }
  [[nodiscard]] std::size_t count() const { return all_.size(); }
  /// The smallest value that `percent` of all do not exceed; 0 without samples.
  [[nodiscard]] double percentile(double percent) const {
    if (all_.empty()) return 0;
    auto sorted = all_;
    std::sort(sorted.begin(), sorted.end());
    const double rank = std::ceil(percent / 100 * static_cast<double>(sorted.size()));
    return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
  }

 private:
  std::vector<double> all_;
};

/// A table for people as the figures come, and one line of JSON for programs at the end.
class Figures {
 public:
  explicit Figures(std::string bench) { json_ = "{\"bench\":\"" + std::move(bench) + "\""; }
  void add(const std::string& name, double value, const char* unit) {
    std::printf("%-44s %12.3f %s\n", name.c_str(), value, unit);
    std::fflush(stdout);
    char text[64];
    std::snprintf(text, sizeof text, "%.3f", value);
    json_ += ",\"" + name + "\":" + text;
  }
  void add(const std::string& name, const Samples& samples) {
    add(name + "_p50_ms", samples.percentile(50), "ms");
    add(name + "_p99_ms", samples.percentile(99), "ms");
  }
  void finish() { std::printf("%s}\n", json_.c_str()); }

 private:
  std::string json_;
};

}  // namespace leanspec::bench
