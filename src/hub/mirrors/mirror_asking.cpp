#include <algorithm>
#include <utility>

#include "hub/mirrors/git_provider.h"
#include "hub/mirrors/github_provider.h"
#include "hub/mirrors/http_transport.h"
#include "hub/mirrors/mirror_service.h"

/// Which way a repository is asked, with whose rights, and what it would show.
namespace leanspec::hub::mirrors {
namespace {

constexpr std::size_t previews_at_once = 2;  // each holds a worker while the forge thinks

}  // namespace

MirrorService::Address MirrorService::address_of(const RepositoryPlace& place, std::string_view provider,
                                                 const std::string& token) {
  if (provider == "git") return {"git", place.git_url(), place.git_path(), token};
  return {"github", place.api_url(), place.full_name(), token};
}

Result<std::unique_ptr<MirrorProvider>> MirrorService::provider_of(const Address& address) {
  const std::string& api_url = address.api_url;
  HttpTransportOptions options;
  options.api_url = api_url;
  options.token = address.token;
  options.token_is_password = address.provider == "git";
  options.user_agent = settings_.user_agent;
  options.ca_file = settings_.ca_file;
  options.host_is_allowed =
      std::any_of(settings_.allowed_hosts.begin(), settings_.allowed_hosts.end(), [&](const std::string& host) {
        const auto at = api_url.find("://" + host);
        const auto end = at == std::string::npos ? at : at + 3 + host.size();
        return end != std::string::npos && (end == api_url.size() || api_url[end] == '/' || api_url[end] == ':');
      });
  if (api_url.starts_with("http://") && !options.host_is_allowed) {
    return Error(ErrorCode::invalid, "without TLS the token and the specs would travel in plain", api_url,
                 "Use https://, or let an administrator allow the host.");
  }
  LEANSPEC_ASSIGN(auto made, HttpTransport::make(std::move(options)));
  const std::shared_ptr<ForgeTransport> transport = std::move(made);
  RateBudget budget;
  {
    const std::lock_guard lock(mutex_);
    budget = budgets_[address.budget_key()];
  }
  if (address.provider == "git")
    return std::unique_ptr<MirrorProvider>(
        std::make_unique<GitProvider>(transport, address.full_name, clock_, address.here, budget));
  return std::unique_ptr<MirrorProvider>(
      std::make_unique<GithubProvider>(transport, address.full_name, clock_, budget));
}

Result<std::string> MirrorService::request_token(const MirrorRequest& request) const {
  if (!request.token.empty()) return request.token;
  return request.may_use_hub_token && request.place.host == "github.com" ? settings_.github_token : std::string();
}

Result<RepositoryPreview> MirrorService::preview_at(const Address& address, const MirrorRequest& request) {
  LEANSPEC_ASSIGN(const auto provider, provider_of(address));
  auto preview = preview_repository(*provider, request.place.branch, request.folder);
  if (preview) preview->provider = address.provider;
  const std::lock_guard lock(mutex_);
  budgets_[address.budget_key()] = provider->budget();
  return preview;
}

Result<RepositoryPreview> MirrorService::preview(const MirrorRequest& request) {
  LEANSPEC_ASSIGN(const std::string token, request_token(request));
  {
    const std::lock_guard lock(mutex_);
    if (previews_ >= previews_at_once)
      return Error(ErrorCode::exhausted, "other repositories are being looked at just now", {},
                   "Try again in a moment.");
    ++previews_;
  }
  auto preview = [&]() -> Result<RepositoryPreview> {
    const Address git = address_of(request.place, "git", token);
    if (request.provider == "git" || (request.provider.empty() && !request.place.may_be_github()))
      return preview_at(git, request);
    auto found = preview_at(address_of(request.place, "github", token), request);
    if (found || !request.provider.empty() || request.place.host == "github.com") return found;
    const ErrorCode code = found.error().code;
    if (code != ErrorCode::not_found && code != ErrorCode::unsupported && code != ErrorCode::corrupt) return found;
    // Another forge than GitHub has no such API, but speaks git.
    auto plain = preview_at(git, request);
    return plain || plain.error().code != ErrorCode::not_found ? plain : found;
  }();
  const std::lock_guard lock(mutex_);
  --previews_;
  return preview;
}

}  // namespace leanspec::hub::mirrors
