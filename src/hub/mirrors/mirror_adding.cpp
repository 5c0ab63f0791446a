#include <algorithm>
#include <array>
#include <utility>

#include "hub/mirrors/mirror_service.h"
#include "text/hex.h"

/// How a repository becomes a project.
namespace leanspec::hub::mirrors {
namespace {

constexpr std::size_t slug_length_max = 64;  // as of the projects that bridges make

std::string slug_of(std::string_view name) {
  std::string slug;
  for (const char c : name) {
    const char small = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if ((small >= 'a' && small <= 'z') || (small >= '0' && small <= '9')) {
      slug.push_back(small);
    } else if (!slug.empty() && slug.back() != '-') {
      slug.push_back('-');
    }
    if (slug.size() == slug_length_max) break;
  }
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return slug.empty() ? "project" : slug;
}

Result<ProjectId> free_id(store::Session& session, std::string_view name) {
  const std::string slug = slug_of(name);
  std::string id = slug;
  for (std::size_t n = 2;; ++n) {
    LEANSPEC_ASSIGN(const auto taken, session.projects().find(ProjectId{id}));
    if (!taken) return ProjectId{id};
    id = slug + "-" + std::to_string(n);
  }
}

}  // namespace

Result<ProjectId> MirrorService::add(const MirrorRequest& request) {
  LEANSPEC_ASSIGN(const RepositoryPreview preview, this->preview(request));
  const Address address = address_of(request.place, preview.provider, {});
  std::array<std::uint8_t, 24> chance_bytes{};
  entropy_.fill(chance_bytes);
  const std::string secret = "lsw_" + text::to_hex(chance_bytes);
  const Instant now = clock_.now();
  const bool hub_token = request.token.empty() && request.may_use_hub_token && request.place.host == "github.com" &&
                         !settings_.github_token.empty();
  ProjectId id;
  LEANSPEC_TRY(store_.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto others, session.mirrors().list());
    for (const store::Mirror& other : others) {
      const bool same = preview.repository.id.empty() ? other.full_name == preview.repository.full_name
                                                      : other.repository == preview.repository.id;
      if (same && other.api_url == address.api_url && other.branch == preview.branch && other.folder == preview.folder)
        return Error(ErrorCode::already_exists, "This branch and folder is mirrored already.", other.project.value());
    }
    const std::string name = request.name.empty() ? request.place.name : request.name;
    LEANSPEC_ASSIGN(id, free_id(session, name));
    store::Project project;
    project.id = id;
    project.name = name;
    project.source = preview.provider;
    project.default_branch = preview.branch;
    project.created_at = now;
    project.changed_at = now;
    LEANSPEC_TRY(session.projects().create(project));
    if (request.by)
      LEANSPEC_TRY(session.accounts().set_membership(store::Membership{*request.by, id, store::Role::owner}));
    LEANSPEC_ASSIGN([[maybe_unused]] const auto branch, session.versions().create_branch(id, preview.branch));
    RepositoryPlace place = request.place;
    store::Mirror mirror;
    mirror.project = id;
    mirror.web_url = place.web_url();
    mirror.provider = preview.provider;
    mirror.api_url = address.api_url;
    mirror.full_name = preview.repository.full_name;
    mirror.repository = preview.repository.id;
    mirror.branch = preview.branch;
    mirror.folder = preview.folder;
    if (hub_token) mirror.sealed_token = "hub";
    if (!request.token.empty()) mirror.sealed_token = seal(request.token, id, "token");
    mirror.sealed_secret = seal(secret, id, "webhook");
    mirror.interval = request.interval;
    mirror.created_at = now;
    mirror.next_sync_at = now;
    return session.mirrors().save(mirror);
  }));
  {
    const std::lock_guard lock(mutex_);
    slots_[id].due = now;
    slots_[id].cause = "import";
    slots_[id].asked = true;
  }
  changed_.notify_all();
  moved_.publish(id);
  return id;
}

}  // namespace leanspec::hub::mirrors
