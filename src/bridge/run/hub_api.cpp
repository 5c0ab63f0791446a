#include "bridge/run/hub_api.h"

#include <utility>

#include "bridge/git/work_tree.h"
#include "host/clock.h"
#include "net/http_client.h"

namespace leanspec::bridge::run {
namespace {

[[nodiscard]] ErrorCode code_of(unsigned status) {
  switch (status) {
    case 400:
    case 422:
      return ErrorCode::invalid;
    case 401:
      return ErrorCode::unauthenticated;
    case 403:
      return ErrorCode::forbidden;
    case 404:
    case 410:
      return ErrorCode::not_found;
    case 409:
      return ErrorCode::conflict;
    case 413:
      return ErrorCode::too_large;
    case 429:
      return ErrorCode::exhausted;
    default:
      return status >= 500 ? ErrorCode::unavailable : ErrorCode::unsupported;
  }
}

[[nodiscard]] std::string remedy_for(unsigned status) {
  if (status == 401) return "Make a new key at the hub and run leanspec-bridge login with it.";
  if (status == 403) return "Log in with a key that has the scopes specs:read and specs:write, or use the web app.";
  if (status == 429 || status >= 500) return "Try again in a moment.";
  return {};
}

}  // namespace

Result<HubApi> HubApi::open(const StateFolder& state) {
  LEANSPEC_ASSIGN(HubSettings hub, state.hub());
  if (hub.url.empty()) {
    return Error(ErrorCode::unauthenticated, "no hub is known yet", "",
                 "Run: leanspec-bridge login URL --api-key-file FILE");
  }
  LEANSPEC_ASSIGN(std::string key, read_key(hub.key_file, true));
  return HubApi(std::move(hub), std::move(key));
}

Result<JsonValue> HubApi::get(const std::string& path) const {
  return ask(false, path, {});
}

Result<JsonValue> HubApi::post(const std::string& path, std::string body) const {
  return ask(true, path, std::move(body));
}

Result<JsonValue> HubApi::ask(bool post, const std::string& path, std::string body) const {
  net::HttpClientRequest request;
  LEANSPEC_ASSIGN(request.target, net::parse_hub_url(hub_.url, path));
  request.method = post ? net::Method::post : net::Method::get;
  request.headers.emplace_back("Authorization", "Bearer " + key_);
  request.body = std::move(body);
  if (!hub_.ca_file.empty()) request.ca_file = hub_.ca_file;
  LEANSPEC_ASSIGN(const net::HttpClientAnswer answer, net::ask_http(std::move(request)));
  auto json = JsonValue::parse(answer.body);
  if (answer.status >= 200 && answer.status < 300) {
    if (json) return json;
    return Error(ErrorCode::unsupported, "something answered that is not a hub", hub_.url, "Check the address.");
  }
  std::string said = json ? json->at("message").text() : std::string();
  if (said.empty()) said = "the hub answered " + std::to_string(answer.status);
  return Error(code_of(answer.status), std::move(said), "", remedy_for(answer.status));
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += hex[byte >> 4U];
      out += hex[byte & 15U];
    }
  }
  return out;
}

std::string project_path(const FolderSettings& folder, const std::string& rest, const std::string& query) {
  std::string path = "/api/projects/" + percent_encoded(folder.project) + rest;
  std::string asked = query;
  // The branch that the folder holds now; none means the project's default one.
  const std::string branch =
      folder.branch.empty() ? git::WorkTree(folder.root).read(host::system_clock().now()).branch : folder.branch;
  if (!branch.empty()) asked += (asked.empty() ? "" : "&") + ("branch=" + percent_encoded(branch));
  return asked.empty() ? path : path + "?" + asked;
}

bool lies_in(const std::string& path, const std::string& root) {
  return path.size() > root.size() && path.starts_with(root) && path[root.size()] == '/';
}

}  // namespace leanspec::bridge::run
