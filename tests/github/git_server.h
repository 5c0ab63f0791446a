#pragma once

#include <chrono>
#include <filesystem>
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

/// Git's own server, `git http-backend`, behind a small one of ours that has the moods of a real one: what a mirror
/// hears here is what any forge says that runs git.
class GitServer {
 public:
  GitServer();
  ~GitServer();
  GitServer(const GitServer&) = delete;
  GitServer& operator=(const GitServer&) = delete;

  /// `path`: "group/specs.git".
  GitRepository& host(const std::string& path);
  /// The old path leads to the new one from now on.
  void rename(const std::string& from, const std::string& to);
  void remove(const std::string& path);
  /// Only with this header: "Basic …".
  void want_authorization(const std::string& authorization);
  /// Whether it can leave files out of an answer, and which protocol it speaks.
  void filters(const std::string& path, bool can);
  void speak_version(int version) { version_ = version; }

  [[nodiscard]] std::string url() const;  ///< "http://127.0.0.1:<port>"

  /// What happens to the next request.
  struct Mood {
    unsigned status = 0;  ///< 0: the true answer
    net::Headers headers = {};
    std::size_t keep_bytes = std::string::npos;  ///< of the true answer: it is cut short behind them
  };
  void next(Mood mood);
  /// Every answer comes so much later, as from far away.
  void answer_after(std::chrono::milliseconds latency) { latency_ = latency; }

  struct Seen {
    std::string path;
    unsigned status = 0;
    std::size_t bytes = 0;
  };
  [[nodiscard]] std::vector<Seen> seen() const;
  void forget_seen();

 private:
  net::Response handle(const net::Request& request);
  net::Response ask_git(const net::Request& request, const GitRepository& repository, const std::string& rest) const;

  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<GitRepository>> repositories_;
  std::map<std::string, std::string> moved_;
  std::vector<Mood> moods_;
  std::vector<Seen> seen_;
  std::string authorization_;
  int version_ = 2;
  std::chrono::milliseconds latency_{0};
  net::server::Router router_;
  std::unique_ptr<net::server::HttpServer> server_;
};

}  // namespace leanspec::github_rig
