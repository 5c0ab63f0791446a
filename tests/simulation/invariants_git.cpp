// The part of Invariants that knows what git did (laws 22 and 23).
#include <algorithm>

#include "tests/simulation/invariants.h"
#include "tests/simulation/simulated_disk.h"

namespace leanspec::simulation {

namespace {

/// A bridge promises to know the last 32 texts of a document at one path each; what it took back and had again counts
/// as one here, so that fewer are asked for.
constexpr std::size_t known_texts = 24;

}  // namespace

void Invariants::remember_agreed(std::size_t bridge, const std::string& branch,
                                 const bridge::engine::StateUpdate& update) {
  for (const auto& [document, node] : update.synced) {
    if (!node) continue;
    auto& texts = agreed_[{{bridge, branch}, document}];
    std::erase(texts, node->digest);
    texts.push_back(node->digest);
    if (texts.size() > known_texts) texts.erase(texts.begin());
  }
}

/// Law 23: what git put back is no edit. The bridge agreed on that text once, and the document has gone on from it.
void Invariants::look_at_put_back(std::size_t bridge, const std::string& branch, const wire::Push& push) {
  if (!push.digest || !push.base || !bridges_[bridge].put_by_git(push.path, *push.digest)) return;
  if (const auto made = made_of_git_.find({bridge, push.change}); made != made_of_git_.end() && !made->second) return;
  const auto base = seen_versions_.find(*push.base);
  if (base == seen_versions_.end() || base->second.digest == push.digest) return;
  // Somebody brought that text again, so that it is the newest one too: nothing is undone.
  if (const auto* head = head_of(line_named(branch), push.document); head != nullptr && head->digest == push.digest)
    return;
  // What a former life of the hub had as the newest is offered to it again (law 20), however it came to be that.
  const auto former = push.former ? former_versions_.find(push.former->version) : former_versions_.end();
  if (former != former_versions_.end() && former->second.digest == push.digest) return;
  const auto agreed = agreed_.find({{bridge, branch}, push.document});
  const bool knew = agreed != agreed_.end() &&
                    std::find(agreed->second.begin(), agreed->second.end(), *push.digest) != agreed->second.end();
  if (knew && went_on_from(*push.base, push.digest))
    fail("law 23", "an older text of " + push.path + ", which git put back, is pushed as an edit");
}

/// Law 22: what git could not join reaches nobody before a person has decided.
void Invariants::look_at_markers(const store::Version& version) {
  if (!version.digest) return;
  const auto body = store_.tables().bodies.find(*version.digest);
  if (body != store_.tables().bodies.end() && has_conflict_markers(body->second))
    fail("law 22", "the hub has conflict markers as a text of " + version.path);
}

}  // namespace leanspec::simulation
