#include <boost/json/value.hpp>
#include <map>

#include "hub/api/answer.h"
#include "hub/api/branch_json.h"
#include "hub/api/routes.h"
#include "hub/api/version_json.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

/// What the branch began with was edited elsewhere.
[[nodiscard]] Result<std::optional<store::Version>> last_edit(store::VersionLog& versions,
                                                              const store::Branch& branch) {
  if (branch.head <= branch.copied) return std::optional<store::Version>();
  LEANSPEC_ASSIGN(const auto last, versions.feed(branch.id, Seq(branch.head.value() - 1), 1));
  return last.empty() ? std::nullopt : std::optional(last.front());
}

[[nodiscard]] json::value edit_json(const std::optional<store::Version>& version, const VersionNames& names) {
  if (!version) return nullptr;
  json::object shown = version_json(*version, names);
  return json::object{{"at", shown.at("acceptedAt")}, {"machine", shown.at("machine")}, {"user", shown.at("user")}};
}

[[nodiscard]] net::Response list_branches(Services& services, const Call& call) {
  auto branches = branches_json(services.store, call.project->project.id);
  if (!branches) return error_answer(branches.error());
  const std::size_t total = branches->size();
  return answer(200, json::object{{"branches", *std::move(branches)}, {"total", total}, {"nextCursor", nullptr}});
}

}  // namespace

Result<json::array> branches_json(store::Store& store, const ProjectId& id, const std::set<BranchId>* only) {
  LEANSPEC_ASSIGN(const auto names, version_names(store));
  json::array array;
  LEANSPEC_TRY(store.read([&](store::Session& session) -> Status {
    array.clear();
    auto& versions = session.versions();
    LEANSPEC_ASSIGN(const auto project, session.projects().find(id));
    if (!project) return {};
    LEANSPEC_ASSIGN(const auto branches, versions.branches(id));
    std::map<BranchId, std::string> named;
    for (const store::Branch& branch : branches) named[branch.id] = branch.name;
    for (const store::Branch& branch : branches) {
      if (only != nullptr && !only->contains(branch.id)) continue;
      LEANSPEC_ASSIGN(const auto edited, last_edit(versions, branch));
      LEANSPEC_ASSIGN(const auto documents, versions.live_documents(branch.id));
      json::object object;
      object["name"] = branch.name;
      object["default"] = branch.name == project->default_branch;
      object["seq"] = branch.head.value();
      object["documents"] = documents;
      object["lastEdited"] = edit_json(edited, names);
      object["fork"] = nullptr;
      if (branch.fork.of) {
        const auto& commit = branch.fork.commit;
        object["fork"] = json::object{{"of", named[*branch.fork.of]},
                                      {"seq", branch.fork.seq.value()},
                                      {"commit", commit.empty() ? json::value(nullptr) : json::value(commit)}};
      }
      array.push_back(std::move(object));
    }
    return {};
  }));
  return array;
}

void bind_branches(Binder& binder) {
  Services& services = binder.services();
  binder.call(net::Method::get, "/api/projects/{project}/branches", access::Action::specs_read, 0,
              [&services](const Call& call) { return list_branches(services, call); });
}

}  // namespace leanspec::hub::api
