#include "hub/api/branch_events.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <unordered_set>
#include <utility>

#include "hub/api/binder.h"
#include "hub/api/branch_json.h"
#include "hub/api/presence_json.h"
#include "hub/api/spec_json.h"
#include "hub/api/spec_of_path.h"
#include "spec/document.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

[[nodiscard]] std::string delta(const ProjectId& project, const engine::ViewAt& at, const std::set<std::string>& changed,
                                 const std::set<std::string>& removed, bool loose) {
  JsonWriter json;
  json.begin_object();
  json.number("seq", at.seq.value());
  json.name("specs");
  json.begin_array();
  for (const std::string& id : changed) {
    const auto entry = at.view->find(id);
    if (entry == nullptr || entry->spec->id != id) continue;
    json.begin_object();
    write_summary(json, project, *entry);
    json.end_object();
  }
  json.end_array();
  json.name("removed");
  json.begin_array();
  for (const std::string& id : removed) json.text(id);
  json.end_array();
  json.truth("loose", loose);
  json.end_object();
  return json.take();
}

/// What differs between two views: unchanged entries are the same object in both.
[[nodiscard]] std::string difference(const ProjectId& project, const engine::ViewAt& before, const engine::ViewAt& after) {
  std::unordered_set<const spec::SpecEntry*> known;
  known.reserve(before.view->size());
  for (const auto& entry : before.view->all()) known.insert(entry.get());
  std::set<std::string> changed;
  for (const auto& entry : after.view->all()) {
    if (!known.contains(entry.get())) changed.insert(entry->spec->id);
  }
  std::set<std::string> removed;
  for (const auto& entry : before.view->all()) {
    const auto found = after.view->find(entry->spec->id);
    if (found == nullptr || found->spec->id != entry->spec->id) removed.insert(entry->spec->id);
  }
  return delta(project, after, changed, removed, changed.empty() && removed.empty());
}

}  // namespace

BranchEvents::BranchEvents(Services& services, net::Request request, ProjectId project, BranchId branch, std::optional<Cursor> resume)
    : EventAudience(services, std::move(request), access::Action::specs_read, project),
      project_(std::move(project)),
      branch_(branch),
      resume_(std::move(resume)) {}

void BranchEvents::begin() {
  feed_ = services().feed.subscribe(
      branch_, [wake = coalesced(static_cast<void (EventAudience::*)()>(&BranchEvents::advance)), moved = sides_moved_](const engine::Hint& hint) {
        if (hint.sides) moved->store(true);
        wake();
      });
  roster_ = services().roster.subscribe([moved = moved_, wake = coalesced(&BranchEvents::send_machines)](const engine::RosterChange& change) {
    if (change.came_or_went) {
      const std::scoped_lock lock(moved->mutex);
      moved->anew = true;
    }
    wake();
  });
  feeds_ = services().feed.subscribe_all([moved = moved_](const engine::Hint& hint) {
    const std::scoped_lock lock(moved->mutex);
    moved->branches.insert(hint.branch);
  });
  // Twice a second is live enough for a list of branches.
  ticks_ = services().ticks.subscribe(
      [moved = moved_, wake = coalesced(static_cast<void (EventAudience::*)()>(&BranchEvents::send_branches))](const Instant&) {
        {
          const std::scoped_lock lock(moved->mutex);
          if (moved->branches.empty() && !moved->anew) return;
        }
        wake();
      });
  presence_ = services().roster.presence().subscribe(
      [branch = branch_, wake = coalesced(static_cast<void (EventAudience::*)()>(&BranchEvents::send_presence))](const BranchId& moved) {
        if (moved == branch) wake();
      });
  lapses_ = services().ticks.subscribe([&presence = services().roster.presence()](const Instant& now) { presence.lapse(now); });

  // Before the hello: of what is opened after it, the client hears.
  branches_ = branches_now();
  auto at = services().views.view_at(branch_);
  if (!at || !branches_) return close();
  const std::string epoch = to_string(at->epoch.value());
  const auto hello = [&](bool resumed) {
    return json::serialize(json::object{{"seq", at->seq.value()}, {"epoch", epoch}, {"resumed", resumed}});
  };
  const std::string id = state_tag(at->epoch, at->seq);
  if (!resume_) {
    send(id, "hello", hello(false));
  } else if (resume_->epoch != at->epoch || resume_->seq > at->seq) {
    send(id, "hello", hello(false));
    send(id, "reset", json::serialize(json::object{
                          {"seq", at->seq.value()}, {"epoch", epoch}, {"why", "The hub's data was replaced since you were last here."}}));
  } else {
    auto changes = changes_since(resume_->seq, *at);
    if (!changes) return close();
    send(resume_->seq == at->seq ? id : std::string(), "hello", hello(changes->has_value()));
    if (*changes) {
      if (resume_->seq != at->seq) send(id, "delta", **changes);
    } else {
      send(id, "reset", json::serialize(json::object{
                            {"seq", at->seq.value()}, {"epoch", epoch}, {"why", "Too much changed since you were last here."}}));
    }
  }
  told_ = *std::move(at);
  send_conflicts();
  send_machines();
  if (!services().roster.presence().of(branch_).empty()) send_presence();
}

void BranchEvents::end() {
  feed_.reset();
  feeds_.reset();
  roster_.reset();
  ticks_.reset();
  presence_.reset();
  lapses_.reset();
}

std::optional<std::set<BranchId>> BranchEvents::branches_now() {
  std::set<BranchId> present;
  const Status read = services().store.read([&](store::Session& session) -> Status {
    present.clear();
    LEANSPEC_ASSIGN(const auto branches, session.versions().branches(project_));
    for (const store::Branch& branch : branches) present.insert(branch.id);
    return {};
  });
  if (!read) return std::nullopt;
  return present;
}

void BranchEvents::send_branches() {
  std::set<BranchId> moved;
  {
    const std::scoped_lock lock(moved_->mutex);
    moved.swap(moved_->branches);
    moved_->anew = false;
  }
  auto present = branches_now();
  if (!present || !branches_) return;  // told with the next move
  std::set<BranchId> news;
  for (const BranchId branch : *present) {
    if (moved.contains(branch) || !branches_->contains(branch)) news.insert(branch);
  }
  branches_ = std::move(present);
  if (news.empty()) return;
  const auto shown = branches_json(services().store, project_, &news);
  if (!shown) return;
  for (const json::value& branch : *shown) send({}, "branch", json::serialize(branch));
}

void BranchEvents::send_presence() {
  auto editors = presence_json(services(), branch_);
  if (editors) send({}, "presence", json::serialize(json::object{{"editors", *std::move(editors)}}));
}

void BranchEvents::send_conflicts() {
  auto held = services().views.held(branch_);
  if (!held) return;
  send({}, "conflicts", json::serialize(json::object{{"count", held->size()}}));
}

void BranchEvents::advance() {
  if (sides_moved_->exchange(false)) send_conflicts();
  auto at = services().views.view_at(branch_);
  if (!at || !told_) return;  // the next hint, or the client's own reading, will find it
  if (at->seq == told_->seq) return;
  send(state_tag(at->epoch, at->seq), "delta", difference(project_, *told_, *at));
  told_ = *std::move(at);
}

Status BranchEvents::add_former_relations(const store::Version& version, std::set<std::string>& relations) {
  if (!version.digest || !version.path.ends_with("README.md")) return {};
  LEANSPEC_ASSIGN(auto body, services().views.body(*version.digest));
  if (!body) return {};
  spec::SourceFile file;
  file.path = version.path;
  file.bytes = std::make_shared<const std::string>(*std::move(body));
  const auto before = spec::parse_spec(std::move(file));
  relations.insert(before->depends_on.begin(), before->depends_on.end());
  if (before->parent) relations.insert(*before->parent);
  return {};
}

Result<std::optional<std::string>> BranchEvents::changes_since(Seq from, const engine::ViewAt& at) {
  LEANSPEC_ASSIGN(const auto versions, services().views.feed(branch_, from, resume_versions_max + 1));
  if (versions.size() > resume_versions_max) return std::optional<std::string>();
  std::set<std::string> touched;
  std::set<std::string> former;  // what the changed specs named before, and perhaps name no longer
  for (const store::Version& version : versions) {
    touched.insert(spec_of_path(*at.view, version.path));
    if (!version.parent) continue;
    LEANSPEC_ASSIGN(const auto parent, services().views.version(*version.parent));
    if (!parent) continue;
    if (parent->path != version.path) touched.insert(spec_of_path(*at.view, parent->path));
    LEANSPEC_TRY(add_former_relations(*parent, former));
  }
  touched.erase("");
  std::set<std::string> changed = std::move(former);
  std::set<std::string> removed;
  for (const std::string& id : touched) {
    const auto entry = at.view->find(id);
    if (entry == nullptr || entry->spec->id != id) {
      removed.insert(id);
      continue;
    }
    changed.insert(id);
    // What a spec says of others shows on them too.
    changed.insert(entry->children.begin(), entry->children.end());
    changed.insert(entry->required_by.begin(), entry->required_by.end());
    changed.insert(entry->spec->depends_on.begin(), entry->spec->depends_on.end());
    if (entry->spec->parent) changed.insert(*entry->spec->parent);
  }
  // Whoever depends on a spec that is gone is no longer blocked by it in the same way.
  for (const auto& entry : at.view->all()) {
    for (const std::string& dependency : entry->spec->depends_on) {
      if (removed.contains(dependency)) changed.insert(entry->spec->id);
    }
  }
  return std::optional<std::string>(delta(project_, at, changed, removed, changed.empty() && removed.empty()));
}

}  // namespace leanspec::hub::api
