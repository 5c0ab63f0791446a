#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "net/server/http_server.h"
#include "tests/github/git_repository.h"

namespace leanspec::github_rig {

/// A server in the shape of GitHub's REST API over real repositories, with the moods of the real one. Names of objects
/// are git's own, so a client that is right here has the names right.
class GitForge {
 public:
  GitForge();
  ~GitForge();
  GitForge(const GitForge&) = delete;
  GitForge& operator=(const GitForge&) = delete;

  struct Hosted {
    GitRepository git;
    std::string full_name;
    std::int64_t id = 0;
    std::string default_branch = "main";
    bool hidden = false;           ///< private: only with one of the tokens
    std::set<std::string> tokens;  ///< that may read it
  };
  /// `full_name`: "ada/specs".
  Hosted& host(const std::string& full_name);
  /// Requests to the old name are answered 301 from now on.
  void rename(const std::string& from, const std::string& to);
  void remove(const std::string& full_name);

  [[nodiscard]] std::string url() const;  ///< "http://127.0.0.1:<port>"
  [[nodiscard]] std::string api_url() const { return url() + "/api/v3"; }

  /// What happens to the next requests, first in first out; each entry is for one request.
  struct Mood {
    unsigned status = 0;  ///< 0: the true answer
    net::Headers headers = {};
    std::string body = "{\"message\":\"mood\"}";
    std::size_t keep_bytes = std::string::npos;  ///< of the true answer: it is cut short behind them
    std::function<void()> before = {};           ///< runs first
  };
  void next(Mood mood);
  /// Every answer comes so much later, as from far away.
  void answer_after(std::chrono::milliseconds latency) { latency_ = latency; }
  /// Moods for requests whose path has this text in it; they go first.
  void next_for(const std::string& part_of_path, Mood mood);

  /// Requests of one token (or of nobody) that are still granted; answers say so. Unchanged answers cost nothing.
  void grant(int limit, int remaining, std::int64_t resets_at_seconds);
  void truncate_trees_at(std::size_t entries) { truncate_at_ = entries; }

  struct Seen {
    std::string path;
    unsigned status = 0;
    std::string token;
  };
  [[nodiscard]] std::vector<Seen> seen() const;
  [[nodiscard]] std::size_t count(const std::string& part_of_path) const;
  void forget_seen();
  /// The most requests that were under way at the same time.
  [[nodiscard]] int most_at_once() const { return most_at_once_.load(); }

 private:
  net::Response handle(const net::Request& request);
  net::Response route(const net::Request& request, const std::string& token);
  net::Response repository_json(const Hosted& hosted) const;
  net::Response ref_json(const Hosted& hosted, const std::string& name) const;
  net::Response tree_json(const Hosted& hosted, const std::string& id, bool recursive) const;
  net::Response blob(const Hosted& hosted, const std::string& id, const net::Request& request) const;
  [[nodiscard]] std::optional<Mood> take_mood(const std::string& path);
  void add_rate_headers(net::Response& response, bool counts);

  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Hosted>> repositories_;
  std::map<std::string, std::int64_t> moved_;
  std::int64_t last_id_ = 1000;
  std::vector<Mood> moods_;
  std::vector<std::pair<std::string, Mood>> moods_by_path_;
  std::vector<Seen> seen_;
  int limit_ = 5000;
  int remaining_ = 5000;
  std::int64_t resets_at_ = 4'000'000'000;
  std::size_t truncate_at_ = 100'000;
  std::atomic<int> at_once_ = 0;
  std::atomic<int> most_at_once_ = 0;
  std::chrono::milliseconds latency_{0};
  net::server::Router router_;
  std::unique_ptr<net::server::HttpServer> server_;
};

}  // namespace leanspec::github_rig
