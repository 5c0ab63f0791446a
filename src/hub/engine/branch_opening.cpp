#include "hub/engine/branch_opening.h"

#include <algorithm>
#include <array>
#include <utility>

namespace leanspec::hub::engine {

namespace {

/// What git, or whoever set it up, calls the line that everything goes back to.
constexpr std::array<std::string_view, 4> main_names{"main", "master", "trunk", "develop"};

/// A head of the fork point as the first state of its document on the new branch. No replica's own and no change's
/// answer: whoever made it made it elsewhere.
store::Version copy_of(const store::Version& head, BranchId branch, const NewId& new_id, Instant now) {
  store::Version copy = head;
  copy.id = VersionId{new_id(now)};
  copy.branch = branch;
  copy.parent = head.id;
  copy.second_parent.reset();
  copy.replica.reset();
  copy.change.reset();
  copy.group.reset();
  copy.accepted_at = now;
  return copy;
}

/// The cursor is of this branch's feed.
Result<bool> knows_feed(store::Session& session, const store::Branch& branch, const wire::Hello& hello,
                        const Epoch& epoch) {
  if (!hello.cursor || hello.cursor->epoch != epoch || hello.cursor->seq > branch.head) return false;
  if (hello.cursor->seq == Seq{}) return false;
  LEANSPEC_ASSIGN(const auto digest, session.versions().rolling_digest(branch.id, hello.cursor->seq));
  return digest == hello.head_digest;
}

}  // namespace

Result<store::Branch> open_branch(store::Session& session, const store::Project& project, const BranchWish& wish,
                                  const NewId& new_id, Instant now) {
  auto& versions = session.versions();
  store::Fork fork;
  fork.opened_by = wish.replica;
  std::optional<store::Branch> origin;
  if (wish.fork) {
    const std::string& of = wish.fork->of.empty() ? project.default_branch : wish.fork->of;
    LEANSPEC_ASSIGN(origin, versions.find_branch(wish.project, of));
    fork.commit = wish.fork->commit;
  }
  if (origin) {
    fork.of = origin->id;
    fork.seq = std::min(wish.fork->seq, origin->head);
  }
  LEANSPEC_ASSIGN(const auto branch, versions.create_branch(wish.project, wish.name, fork));
  if (!origin) return branch;
  LEANSPEC_ASSIGN(const auto heads,
                  fork.seq == origin->head ? versions.heads(origin->id) : versions.heads_at(origin->id, fork.seq));
  // Hub time does not step back within a branch, nor behind what it comes from.
  for (const auto& head : heads) now = std::max(now, head.accepted_at);
  for (const auto& head : heads) {
    LEANSPEC_ASSIGN([[maybe_unused]] const auto copied, versions.append(copy_of(head, branch.id, new_id, now)));
  }
  LEANSPEC_TRY(versions.begin_after_copies(branch.id));
  LEANSPEC_ASSIGN(auto opened, versions.find_branch(branch.id));
  return *std::move(opened);
}

Result<std::optional<store::Branch>> find_branch(store::Session& session, store::Project& project,
                                                 const wire::Hello& hello, const Epoch& epoch, bool may_name) {
  auto& versions = session.versions();
  const std::string& name = hello.branch.empty() ? project.default_branch : hello.branch;
  LEANSPEC_ASSIGN(auto found, versions.find_branch(project.id, name));
  if (found || name.empty() || !project.default_branch.empty()) return found;
  LEANSPEC_ASSIGN(auto unnamed, versions.find_branch(project.id, ""));
  if (!unnamed) return unnamed;
  LEANSPEC_ASSIGN(const bool same_feed, knows_feed(session, *unnamed, hello, epoch));
  const bool is_main = std::find(main_names.begin(), main_names.end(), name) != main_names.end();
  if (!same_feed && !is_main && unnamed->head != Seq{}) return std::optional<store::Branch>();
  if (!may_name) return unnamed;
  LEANSPEC_TRY(versions.rename_branch(unnamed->id, name));
  project.default_branch = name;
  LEANSPEC_TRY(session.projects().update(project));
  unnamed->name = name;
  return unnamed;
}

}  // namespace leanspec::hub::engine
