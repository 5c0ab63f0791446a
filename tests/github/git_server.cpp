#include "tests/github/git_server.h"

#include <fstream>
#include <stdexcept>
#include <thread>

#include "host/child_process.h"
#include "host/log.h"

namespace leanspec::github_rig {

namespace fs = std::filesystem;

namespace {

/// A header of what a CGI program wrote; "" none.
std::string header_of(std::string_view head, std::string_view name) {
  const auto at = head.find(std::string(name) + ": ");
  if (at == std::string_view::npos) return {};
  const auto start = at + name.size() + 2;
  return std::string(head.substr(start, head.find_first_of("\r\n", start) - start));
}

}  // namespace

GitServer::GitServer() {
  for (const auto method : {net::Method::get, net::Method::post}) {
    net::server::Route route;
    route.method = method;
    route.pattern = "/{rest...}";
    route.action = "public";
    route.body_bytes_max = std::size_t{16} * 1024 * 1024;
    route.handler = net::server::ImmediateHandler([this](const net::Request& request) { return handle(request); });
    if (const auto added = router_.add(std::move(route)); !added) throw std::runtime_error(added.error().sentence());
  }
  net::server::HttpServerOptions options;
  options.threads = 4;  // git is asked on them
  auto listening = net::server::HttpServer::listen(options, router_, host::silent_log());
  if (!listening) throw std::runtime_error(listening.error().sentence());
  server_ = std::move(listening).value();
  server_->start();
}

GitServer::~GitServer() {
  server_->stop(std::chrono::seconds(1));
}

GitRepository& GitServer::host(const std::string& path) {
  const std::lock_guard lock(mutex_);
  moved_.erase(path);
  auto& repository = *(repositories_[path] = std::make_unique<GitRepository>());
  repository.configure("uploadpack.allowFilter", "true");
  return repository;
}

void GitServer::filters(const std::string& path, bool can) {
  const std::lock_guard lock(mutex_);
  repositories_.at(path)->configure("uploadpack.allowFilter", can ? "true" : "false");
}

void GitServer::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  repositories_[to] = std::move(repositories_.at(from));
  repositories_.erase(from);
  moved_[from] = to;
}

void GitServer::remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  repositories_.erase(path);
}

void GitServer::want_authorization(const std::string& authorization) {
  const std::lock_guard lock(mutex_);
  authorization_ = authorization;
}

std::string GitServer::url() const {
  return "http://127.0.0.1:" + std::to_string(server_->port());
}

void GitServer::next(Mood mood) {
  const std::lock_guard lock(mutex_);
  moods_.push_back(std::move(mood));
}

std::vector<GitServer::Seen> GitServer::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

void GitServer::forget_seen() {
  const std::lock_guard lock(mutex_);
  seen_.clear();
}

net::Response GitServer::handle(const net::Request& request) {
  std::this_thread::sleep_for(latency_);
  const std::lock_guard lock(mutex_);
  Mood mood;
  if (!moods_.empty()) {
    mood = std::move(moods_.front());
    moods_.erase(moods_.begin());
  }
  net::Response response = net::text_response(404, "Not Found", "text/plain");
  try {
    std::string path = request.path.substr(1);
    const auto end =
        path.ends_with("/info/refs") ? path.size() - 10 : path.size() - std::min<std::size_t>(16, path.size());
    const std::string name = path.substr(0, end);
    if (mood.status != 0) {
      response = net::text_response(mood.status, "mood", "text/plain");
    } else if (!authorization_.empty() && request.header("Authorization").value_or("") != authorization_) {
      response = net::text_response(401, "Unauthorized", "text/plain");
      response.with_header("WWW-Authenticate", "Basic realm=\"git\"");
    } else if (const auto moved = moved_.find(name); moved != moved_.end()) {
      response = net::text_response(301, "Moved", "text/plain");
      response.with_header("Location", "/" + moved->second + request.target.substr(1 + end));
    } else if (const auto found = repositories_.find(name); found != repositories_.end()) {
      response = ask_git(request, *found->second, path.substr(end));
    }
  } catch (const std::exception& problem) {
    response = net::text_response(500, problem.what(), "text/plain");
  }
  for (const auto& [header, value] : mood.headers) response.with_header(header, value);
  if (mood.keep_bytes < response.body->size())
    response.body = std::make_shared<const std::string>(response.body->substr(0, mood.keep_bytes));
  response.no_transform = true;
  seen_.push_back({request.target, response.status, response.body->size()});
  return response;
}

net::Response GitServer::ask_git(const net::Request& request, const GitRepository& repository,
                                 const std::string& rest) const {
  const fs::path body = repository.folder() / ".git" / "asked";
  std::ofstream(body, std::ios::binary | std::ios::trunc) << request.body;
  host::ChildProcess child;
  child.words = {"sh", "-c", "exec git http-backend < \"$1\"", "sh", body.string()};
  child.folder = repository.folder().string();
  child.inherited = {"PATH"};
  const auto question = request.target.find('?');
  child.environment = {
      {"HOME", repository.folder().string()},
      {"GIT_PROJECT_ROOT", repository.folder().string()},
      {"GIT_HTTP_EXPORT_ALL", "1"},
      {"PATH_INFO", "/.git" + rest},
      {"REQUEST_METHOD", request.body.empty() ? "GET" : "POST"},
      {"QUERY_STRING", question == std::string::npos ? "" : request.target.substr(question + 1)},
      {"CONTENT_TYPE", std::string(request.header("Content-Type").value_or(""))},
      {"CONTENT_LENGTH", std::to_string(request.body.size())},
      {"GIT_PROTOCOL", version_ == 2 ? std::string(request.header("Git-Protocol").value_or("")) : std::string()}};
  child.output_bytes_max = std::size_t{256} * 1024 * 1024;
  auto done = host::run_child(child);
  if (!done) throw std::runtime_error(done.error().sentence());
  const auto head_end = done->output.find("\r\n\r\n");
  if (head_end == std::string::npos) throw std::runtime_error("git http-backend: " + done->errors);
  const std::string head = done->output.substr(0, head_end);
  const std::string status = header_of(head, "Status");
  return net::text_response(status.empty() ? 200U : static_cast<unsigned>(std::stoul(status)),
                            done->output.substr(head_end + 4), header_of(head, "Content-Type"));
}

}  // namespace leanspec::github_rig
