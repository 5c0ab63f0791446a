#include "hub/engine/bridge_admission.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "hub/engine/branch_opening.h"
#include "hub/engine/bridge_refusal.h"
#include "wire/codec.h"
#include "wire/limits.h"

namespace leanspec::hub::engine {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t slug_length_max = 60;

bool is_plain_text(std::string_view text, std::size_t bytes_max) {
  return text.size() <= bytes_max && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == '\x7F';
         });
}

std::optional<std::string> what_is_wrong_with(const wire::Hello& hello) {
  if (hello.machine.value().is_nil()) return "the machine has no identifier";
  if (hello.boot_nonce.is_nil()) return "the bridge has no boot nonce";
  if (hello.replica && hello.replica->value().is_nil()) return "the folder has no identifier";
  if (hello.machine_name.empty()) return "the machine has no name";
  for (const auto* name :
       {&hello.machine_name, &hello.project, &hello.branch, &hello.client_version, &hello.platform, &hello.root_hint}) {
    if (!is_plain_text(*name, wire::limits::name_bytes_max))
      return "a name is longer than 200 bytes or contains control characters";
  }
  if (hello.fork && !(is_plain_text(hello.fork->of, wire::limits::name_bytes_max) &&
                      is_plain_text(hello.fork->commit, wire::limits::name_bytes_max)))
    return "a name is longer than 200 bytes or contains control characters";
  if (hello.replica && hello.project.empty()) return "the folder belongs to no project";
  return std::nullopt;
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return text;
}

std::string slug_of(std::string_view name) {
  std::string slug;
  for (const char c : lower(std::string(name))) {
    const bool keeps = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (keeps) {
      slug.push_back(c);
    } else if (!slug.empty() && slug.back() != '-') {
      slug.push_back('-');
    }
    if (slug.size() == slug_length_max) break;
  }
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return slug.empty() ? "project" : slug;
}

class Admitter {
 public:
  Admitter(const wire::Hello& hello, const BridgeServices& services, BridgeRights& rights, Instant now)
      : hello_(hello), services_(services), rights_(rights), now_(now) {}

  /// Inside one transaction; a refusal is a success of the transaction that wrote nothing.
  Status run(store::Session& session) {
    admission_ = Admission{};
    refusal_.reset();
    LEANSPEC_TRY(greet_machine(session));
    if (refusal_ || !hello_.replica) {
      if (!refusal_ && !hello_.project.empty()) LEANSPEC_TRY(find_project(session));
      return refusal_ ? Status() : session.machines().save(admission_.machine);
    }
    LEANSPEC_TRY(find_project(session));
    if (refusal_) return {};
    LEANSPEC_TRY(find_branch(session));
    if (refusal_) return {};
    LEANSPEC_TRY(greet_replica(session));
    if (refusal_) return {};
    // Of who comes back as they went nothing has to be durable: when they did is noted.
    if (new_machine_) LEANSPEC_TRY(session.machines().save(admission_.machine));
    return new_replica_ ? session.machines().save_replica(*admission_.replica) : Status();
  }

  Admission& admission() { return admission_; }
  std::optional<wire::Refused>& refusal() { return refusal_; }

 private:
  Status greet_machine(store::Session& session) {
    LEANSPEC_ASSIGN(const auto known, session.machines().find(hello_.machine));
    if (known && known->revoked_at) {
      refusal_ = refused(wire::RefusedReason::machine_revoked,
                         "this machine was revoked at the hub; its local files are untouched");
      return {};
    }
    auto& machine = admission_.machine;
    machine.id = hello_.machine;
    // A rename at the hub holds until somebody at the machine chooses another name.
    machine.name = known && !hello_.machine_renamed ? known->name : hello_.machine_name;
    machine.platform = hello_.platform;
    machine.client_version = hello_.client_version;
    machine.key = rights_.key();
    machine.first_seen = known ? known->first_seen : now_;
    machine.last_seen = known ? known->last_seen : now_;
    new_machine_ = known != machine;
    machine.last_seen = now_;
    return {};
  }

  Status find_project(store::Session& session) {
    LEANSPEC_ASSIGN(const auto projects, session.projects().list());
    const auto visible = [&](const store::Project& project) { return rights_.may_read(project.id).has_value(); };
    const auto by_id = std::find_if(projects.begin(), projects.end(),
                                    [&](const auto& project) { return project.id.value() == hello_.project; });
    std::optional<Error> denied;
    if (by_id != projects.end()) {
      if (auto status = rights_.may_read(by_id->id)) {
        admission_.project = *by_id;
      } else if (status.error().code != ErrorCode::not_found) {
        denied = std::move(status).error();
      }
    }
    if (!admission_.project) {
      const auto by_name = std::find_if(projects.begin(), projects.end(), [&](const auto& project) {
        return lower(project.name) == lower(hello_.project) && visible(project);
      });
      if (by_name != projects.end()) admission_.project = *by_name;
    }
    if (admission_.project && admission_.project->source != "bridge") {
      refusal_ =
          refused(wire::RefusedReason::forbidden, "the project \"" + admission_.project->name +
                                                      "\" is not kept by bridges: the hub reads it from a source "
                                                      "of its own; add this folder under another name");
      return {};
    }
    if (admission_.project) {
      admission_.may_push = rights_.may_push(admission_.project->id).has_value();
      return {};
    }
    if (denied) {
      refusal_ = refusal_of(*denied);
      return {};
    }
    if (!hello_.create_project) {
      refusal_ = refused(wire::RefusedReason::no_such_project, "the hub has no project \"" + hello_.project + "\"");
      return {};
    }
    return create_project(session, projects);
  }

  Status create_project(store::Session& session, const std::vector<store::Project>& projects) {
    if (auto status = rights_.may_create_project(); !status) {
      refusal_ = refusal_of(status.error());
      return {};
    }
    std::set<std::string> taken;
    for (const auto& project : projects) taken.insert(project.id.value());
    const std::string slug = slug_of(hello_.project);
    std::string id = slug;
    for (std::size_t n = 2; taken.contains(id); ++n) id = slug + "-" + std::to_string(n);
    store::Project project;
    project.id = ProjectId{id};
    project.name = hello_.project;
    project.default_branch = hello_.branch;
    project.created_at = now_;
    project.changed_at = now_;
    LEANSPEC_TRY(session.projects().create(project));
    if (const auto user = rights_.user()) {
      LEANSPEC_TRY(session.accounts().set_membership(store::Membership{*user, project.id, store::Role::owner}));
    }
    admission_.project = std::move(project);
    admission_.may_push = true;
    return {};
  }

  Status find_branch(store::Session& session) {
    auto& project = *admission_.project;
    LEANSPEC_ASSIGN(admission_.branch,
                    engine::find_branch(session, project, hello_, services_.store.epoch(), admission_.may_push));
    if (admission_.branch) return {};
    if (!admission_.may_push) {
      refusal_ = refused(wire::RefusedReason::forbidden,
                         "the project has no branch \"" + branch_name() + "\", and this key may not make one");
      return {};
    }
    LEANSPEC_ASSIGN(const auto branches, session.versions().branches(project.id));
    if (branches.size() >= branches_per_project_max) {
      refusal_ = refused(wire::RefusedReason::limit, "the project has 1,000 branches, the most that it can");
      return {};
    }
    const BranchWish wish{project.id, branch_name(), hello_.fork, *hello_.replica};
    LEANSPEC_ASSIGN(auto branch, open_branch(session, project, wish, services_.new_id, now_));
    admission_.branch = std::move(branch);
    return {};
  }

  /// A folder without git holds the project's default branch.
  [[nodiscard]] const std::string& branch_name() const {
    return hello_.branch.empty() ? admission_.project->default_branch : hello_.branch;
  }

  Status greet_replica(store::Session& session) {
    LEANSPEC_ASSIGN(const auto known, session.machines().find_replica(*hello_.replica));
    if (known && known->machine != hello_.machine) {
      refusal_ = refused(wire::RefusedReason::cloned_identity,
                         "this folder's identity belongs to another machine; the bridge's state was copied", 0ms);
      return {};
    }
    store::Replica replica;
    replica.id = *hello_.replica;
    replica.machine = hello_.machine;
    replica.project = admission_.project->id;
    replica.branch = admission_.branch->name;
    replica.root_hint = hello_.root_hint;
    replica.last_seen = now_;
    replica.state = "connected";
    if (known) {
      const auto noted = services_.roster.notes().last_seen(replica.id);
      admission_.last_contact = std::max(known->last_seen, noted.value_or(known->last_seen));
    }
    const bool same_branch = known && known->project == replica.project && known->branch == replica.branch;
    new_replica_ = !same_branch || known->root_hint != replica.root_hint;
    if (same_branch) {
      replica.acknowledged = std::min(known->acknowledged, admission_.branch->head);
      replica.documents = known->documents;
      replica.pending = known->pending;
      replica.held = known->held;
    }
    admission_.replica = std::move(replica);
    return decide_resume(session);
  }

  Status decide_resume(store::Session& session) {
    if (!hello_.cursor || hello_.cursor->epoch != services_.store.epoch() ||
        hello_.cursor->seq > admission_.branch->head)
      return {};
    if (hello_.cursor->seq == Seq{}) {
      admission_.resume = hello_.head_digest == Digest{};
      return {};
    }
    LEANSPEC_ASSIGN(const auto digest, session.versions().rolling_digest(admission_.branch->id, hello_.cursor->seq));
    admission_.resume = digest == hello_.head_digest;
    return {};
  }

  const wire::Hello& hello_;
  const BridgeServices& services_;
  BridgeRights& rights_;
  const Instant now_;
  Admission admission_;
  std::optional<wire::Refused> refusal_;
  bool new_machine_ = true;  ///< or what is known of it has changed
  bool new_replica_ = true;
};

}  // namespace

std::variant<Admission, wire::Refused> admit(const wire::Hello& hello, const BridgeServices& services,
                                             BridgeRights& rights, Instant now) {
  const auto protocol = std::min(hello.protocol_max, wire::protocol_max);
  if (hello.protocol_min > hello.protocol_max) {
    return refused(wire::RefusedReason::bad_message, "the protocol range of the hello is empty");
  }
  if (protocol < hello.protocol_min) {
    return refused(wire::RefusedReason::protocol_too_old,
                   "this bridge needs a newer hub; update the hub or use an older bridge");
  }
  if (protocol < wire::protocol_min) {
    return refused(wire::RefusedReason::protocol_too_old, "this bridge is too old for the hub; update leanspec-bridge");
  }
  if (auto wrong = what_is_wrong_with(hello)) return refused(wire::RefusedReason::bad_message, std::move(*wrong));
  if (auto status = rights.may_connect(); !status) return refusal_of(status.error());

  Admitter admitter(hello, services, rights, now);
  if (auto status = services.store.write([&](store::Session& session) { return admitter.run(session); }); !status) {
    return refusal_of(status.error());
  }
  if (admitter.refusal()) return std::move(*admitter.refusal());
  if (const auto& replica = admitter.admission().replica) services.roster.notes().take(*replica);
  admitter.admission().protocol = protocol;
  return std::move(admitter.admission());
}

}  // namespace leanspec::hub::engine
