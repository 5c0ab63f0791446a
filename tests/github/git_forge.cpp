#include "tests/github/git_forge.h"

#include <algorithm>
#include <boost/json.hpp>
#include <stdexcept>
#include <thread>

#include "digest/sha256.h"
#include "host/log.h"

namespace leanspec::github_rig {

namespace json = boost::json;

namespace {

constexpr std::string_view api = "/api/v3";

net::Response answer(unsigned status, const json::value& value) {
  auto response = net::json_response(status, json::serialize(value));
  response.with_header("Content-Type", "application/json; charset=utf-8");
  return response;
}

net::Response refusal(unsigned status, const char* message) {
  return answer(status, json::object{{"message", message},
                                     {"documentation_url", "https://docs.github.com/rest"},
                                     {"status", std::to_string(status)}});
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned group = 0;
    for (std::size_t j = 0; j < 3; ++j)
      group = (group << 8U) | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j)
      text.push_back(j <= bytes.size() - i ? digits[(group >> (18U - 6U * j)) & 63U] : '=');
    if ((i / 3) % 15 == 14) text.push_back('\n');
  }
  return text;
}

/// As GitHub shows names that are no UTF-8.
std::string shown(const std::string& name) {
  if (json::value_from(name).is_string()) {
    boost::system::error_code error;
    (void)json::parse("\"" + name + "\"", error);
    if (!error) return name;
  }
  std::string text;
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x80) {
      text.push_back(c);
    } else {
      text += "\xEF\xBF\xBD";
    }
  }
  return text;
}

bool is_object_name(const std::string& text) {
  return text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

GitForge::GitForge() {
  net::server::Route route;
  route.method = net::Method::get;
  route.pattern = "/{rest...}";
  route.action = "public";
  route.handler = net::server::ImmediateHandler([this](const net::Request& request) { return handle(request); });
  if (const auto added = router_.add(std::move(route)); !added) throw std::runtime_error(added.error().sentence());
  net::server::HttpServerOptions options;
  options.threads = 8;  // git is asked on them
  auto listening = net::server::HttpServer::listen(options, router_, host::silent_log());
  if (!listening) throw std::runtime_error(listening.error().sentence());
  server_ = std::move(listening).value();
  server_->start();
}

GitForge::~GitForge() {
  server_->stop(std::chrono::seconds(1));
}

GitForge::Hosted& GitForge::host(const std::string& full_name) {
  const std::lock_guard lock(mutex_);
  auto hosted = std::make_unique<Hosted>();
  hosted->full_name = full_name;
  hosted->id = ++last_id_;
  moved_.erase(full_name);
  return *(repositories_[full_name] = std::move(hosted));
}

void GitForge::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  auto hosted = std::move(repositories_.at(from));
  repositories_.erase(from);
  hosted->full_name = to;
  moved_[from] = hosted->id;
  repositories_[to] = std::move(hosted);
}

void GitForge::remove(const std::string& full_name) {
  const std::lock_guard lock(mutex_);
  repositories_.erase(full_name);
}

std::string GitForge::url() const {
  return "http://127.0.0.1:" + std::to_string(server_->port());
}

void GitForge::next(Mood mood) {
  const std::lock_guard lock(mutex_);
  moods_.push_back(std::move(mood));
}

void GitForge::next_for(const std::string& part_of_path, Mood mood) {
  const std::lock_guard lock(mutex_);
  moods_by_path_.emplace_back(part_of_path, std::move(mood));
}

void GitForge::grant(int limit, int remaining, std::int64_t resets_at_seconds) {
  const std::lock_guard lock(mutex_);
  limit_ = limit;
  remaining_ = remaining;
  resets_at_ = resets_at_seconds;
}

std::vector<GitForge::Seen> GitForge::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

std::size_t GitForge::count(const std::string& part_of_path) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count_if(
      seen_.begin(), seen_.end(), [&](const Seen& one) { return one.path.find(part_of_path) != std::string::npos; }));
}

void GitForge::forget_seen() {
  const std::lock_guard lock(mutex_);
  seen_.clear();
}

std::optional<GitForge::Mood> GitForge::take_mood(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(moods_by_path_.begin(), moods_by_path_.end(),
                                  [&](const auto& one) { return path.find(one.first) != std::string::npos; });
  if (found != moods_by_path_.end()) {
    Mood mood = std::move(found->second);
    moods_by_path_.erase(found);
    return mood;
  }
  if (moods_.empty()) return std::nullopt;
  Mood mood = std::move(moods_.front());
  moods_.erase(moods_.begin());
  return mood;
}

void GitForge::add_rate_headers(net::Response& response, bool counts) {
  const std::lock_guard lock(mutex_);
  if (counts && remaining_ > 0) --remaining_;
  response.with_header("X-RateLimit-Limit", std::to_string(limit_));
  response.with_header("X-RateLimit-Remaining", std::to_string(remaining_));
  response.with_header("X-RateLimit-Used", std::to_string(limit_ - remaining_));
  response.with_header("X-RateLimit-Reset", std::to_string(resets_at_));
  response.with_header("X-RateLimit-Resource", "core");
}

net::Response GitForge::handle(const net::Request& request) {
  std::this_thread::sleep_for(latency_);
  const int now_at_once = ++at_once_;
  int most = most_at_once_.load();
  while (now_at_once > most && !most_at_once_.compare_exchange_weak(most, now_at_once)) {
  }
  std::string token(request.header("Authorization").value_or(""));
  if (token.starts_with("Bearer ")) token.erase(0, 7);
  if (token.starts_with("token ")) token.erase(0, 6);  // as GitHub's own client says it
  const auto mood = take_mood(request.target);
  if (mood && mood->before) mood->before();
  bool used_up = false;
  {
    const std::lock_guard lock(mutex_);
    used_up = remaining_ == 0;
  }
  net::Response response;
  try {
    if (mood && mood->status != 0) {
      response = net::json_response(mood->status, mood->body);
      for (const auto& [name, value] : mood->headers) response.with_header(name, value);
    } else if (used_up) {
      response = refusal(403, "API rate limit exceeded for user ID 1.");
    } else {
      response = route(request, token);
      if (mood && mood->keep_bytes < response.body->size())
        response.body = std::make_shared<const std::string>(response.body->substr(0, mood->keep_bytes));
    }
  } catch (const std::exception& problem) {
    response = refusal(500, problem.what());
  }
  if (response.status == 200) {
    // Of another token the same answer has another tag, as at GitHub.
    const std::string tag = "\"" + to_hex(digest::sha256(token + *response.body)) + "\"";
    if (request.header("If-None-Match") == tag) {
      response.status = 304;
      response.body = std::make_shared<const std::string>();
    }
    response.with_header("ETag", tag);
  }
  add_rate_headers(response, response.status != 304);
  response.no_transform = true;
  const std::lock_guard lock(mutex_);
  seen_.push_back({request.target, response.status, token});
  --at_once_;
  return response;
}

net::Response GitForge::route(const net::Request& request, const std::string& token) {
  std::string path = request.path;
  if (path.starts_with(api)) path.erase(0, api.size());
  const Hosted* hosted = nullptr;
  std::string rest;
  {
    const std::lock_guard lock(mutex_);
    if (path.starts_with("/repositories/")) {
      const auto end = std::min(path.find('/', 14), path.size());
      const std::string id = path.substr(14, end - 14);
      for (const auto& [name, one] : repositories_) {
        if (std::to_string(one->id) == id) hosted = one.get();
      }
      rest = path.substr(end);
    } else if (path.starts_with("/repos/")) {
      const auto slash = path.find('/', 7);
      const auto end = slash == std::string::npos ? slash : std::min(path.find('/', slash + 1), path.size());
      if (end == std::string::npos) return refusal(404, "Not Found");
      const std::string name = path.substr(7, end - 7);
      rest = path.substr(end);
      if (const auto moved = moved_.find(name); moved != moved_.end()) {
        const std::string there =
            url() + std::string(api) + "/repositories/" + std::to_string(moved->second) + rest +
            (request.target.find('?') == std::string::npos ? "" : request.target.substr(request.target.find('?')));
        auto response = answer(301, json::object{{"message", "Moved Permanently"}, {"url", there}});
        response.with_header("Location", there);
        return response;
      }
      if (const auto found = repositories_.find(name); found != repositories_.end()) hosted = found->second.get();
    }
  }
  if (token == "revoked") return refusal(401, "Bad credentials");
  if (hosted == nullptr || (hosted->hidden && !hosted->tokens.contains(token))) return refusal(404, "Not Found");
  if (rest.empty()) return repository_json(*hosted);
  if (!hosted->git.resolve("HEAD")) return refusal(409, "Git Repository is empty.");
  if (rest.starts_with("/git/ref/")) return ref_json(*hosted, rest.substr(9));
  if (rest.starts_with("/git/trees/")) {
    return tree_json(*hosted, rest.substr(11), request.parameter("recursive").has_value());
  }
  if (rest.starts_with("/git/blobs/")) return blob(*hosted, rest.substr(11), request);
  return refusal(404, "Not Found");
}

net::Response GitForge::repository_json(const Hosted& hosted) const {
  const auto slash = hosted.full_name.find('/');
  const std::string self = url() + std::string(api) + "/repos/" + hosted.full_name;
  return answer(
      200,
      json::object{{"id", hosted.id},
                   {"node_id", "R_" + std::to_string(hosted.id)},
                   {"name", hosted.full_name.substr(slash + 1)},
                   {"full_name", hosted.full_name},
                   {"private", hosted.hidden},
                   {"owner", json::object{{"login", hosted.full_name.substr(0, slash)}, {"id", 1}, {"type", "User"}}},
                   {"html_url", url() + "/" + hosted.full_name},
                   {"url", self},
                   {"default_branch", hosted.default_branch}});
}

net::Response GitForge::ref_json(const Hosted& hosted, const std::string& name) const {
  const auto id = hosted.git.resolve("refs/" + name);
  if (!id) return refusal(404, "Not Found");
  const std::string self = url() + std::string(api) + "/repos/" + hosted.full_name + "/git/";
  return answer(
      200, json::object{{"ref", "refs/" + name},
                        {"node_id", "REF_" + *id},
                        {"url", self + "refs/" + name},
                        {"object", json::object{{"sha", *id}, {"type", "commit"}, {"url", self + "commits/" + *id}}}});
}

net::Response GitForge::tree_json(const Hosted& hosted, const std::string& id, bool recursive) const {
  if (!is_object_name(id)) return refusal(422, "The tree_sha parameter is not a valid name.");
  const auto tree = hosted.git.resolve(id + "^{tree}");
  if (!tree) return refusal(404, "Not Found");
  const std::string self = url() + std::string(api) + "/repos/" + hosted.full_name + "/git/";
  json::array entries;
  bool truncated = false;
  for (const auto& entry : hosted.git.tree(*tree, recursive)) {
    if (recursive && entries.size() >= truncate_at_) {
      truncated = true;
      break;
    }
    json::object row{{"path", shown(entry.path)}, {"mode", entry.mode}, {"type", entry.kind}, {"sha", entry.id}};
    if (entry.size != "-") row["size"] = std::stoll(entry.size);
    if (entry.kind != "commit") row["url"] = self + (entry.kind == "tree" ? "trees/" : "blobs/") + entry.id;
    entries.push_back(std::move(row));
  }
  return answer(
      200,
      json::object{
          {"sha", *tree}, {"url", self + "trees/" + *tree}, {"tree", std::move(entries)}, {"truncated", truncated}});
}

net::Response GitForge::blob(const Hosted& hosted, const std::string& id, const net::Request& request) const {
  if (!is_object_name(id) || hosted.git.kind(id) != "blob") return refusal(404, "Not Found");
  std::string bytes = hosted.git.blob(id);
  const auto wanted = request.header("Accept").value_or("");
  if (wanted.find("raw") != std::string_view::npos)
    return net::text_response(200, std::move(bytes), "application/vnd.github.raw+json; charset=utf-8");
  return answer(200, json::object{{"sha", id},
                                  {"node_id", "B_" + id},
                                  {"size", bytes.size()},
                                  {"url", url() + std::string(api) + "/repos/" + hosted.full_name + "/git/blobs/" + id},
                                  {"content", base64(bytes)},
                                  {"encoding", "base64"}});
}

}  // namespace leanspec::github_rig
