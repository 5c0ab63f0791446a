#include "tests/simulation/agreement.h"

#include <algorithm>
#include <set>
#include <utility>

#include "digest/sha256.h"
#include "sync/normal_form.h"

namespace leanspec::simulation {

namespace {

std::string_view own_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

void Agreement::check() {
  stage_.invariants.hub_committed();
  stage_.invariants.versions_are_as_they_were();
  stage_.invariants.nothing_is_owed();
  std::vector<store::Branch> branches;
  const auto read = store_.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(branches, session.versions().branches(ProjectId{"project"}));
    return {};
  });
  if (!read) return stage_.invariants.fail("simulation", read.error().sentence());
  for (const auto& branch : branches) on_branch(branch);
  for (auto& bridge : bridges_) {
    if (std::none_of(branches.begin(), branches.end(),
                     [&](const store::Branch& branch) { return branch.name == bridge->branch(); }))
      stage_.invariants.fail("I4", "the hub has no branch " + bridge->branch());
  }
}

void Agreement::on_branch(const store::Branch& branch) {
  Heads heads;
  const auto read = store_.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto all, session.versions().heads(branch.id));
    for (const auto& head : all) heads.emplace(head.document, head);
    return {};
  });
  if (!read) return stage_.invariants.fail("simulation", read.error().sentence());
  std::map<std::string, std::string> at_hub;
  for (const auto& [document, head] : heads) at_hub[head.path] = to_hex(*head.digest);
  if (at_hub.size() != heads.size()) stage_.invariants.fail("law 4", "two live documents share a path");
  for (auto& bridge : bridges_) {
    if (bridge->branch() != branch.name) continue;
    on_trees(*bridge, branch, heads);
    on_texts(*bridge, at_hub);
  }
  on_view(branch, heads);
}

void Agreement::on_trees(SimulatedBridge& bridge, const store::Branch& branch, const Heads& heads) {
  const auto name = "bridge " + std::to_string(bridge.index());
  const auto& state = bridge.replica()->state();
  const auto& row = state.replica;
  if (!row.cursor || row.cursor->epoch != store_.epoch() || row.cursor->seq != branch.head ||
      row.cursor_digest != branch.head_digest)
    stage_.invariants.fail("I4", name + " is not where the hub is");
  for (const auto& [document, node] : state.remote) {
    if (!heads.contains(document))
      stage_.invariants.fail("I4", name + " knows " + node.path + " of " + to_string(document.value()).substr(24) +
                                       ", which the hub does not have");
  }
  for (const auto& [document, head] : heads) {
    const auto found = state.remote.find(document);
    if (found == state.remote.end() || found->second.path != head.path || found->second.digest != head.digest ||
        found->second.version != head.id)
      stage_.invariants.fail("I4", name + " has another idea of " + head.path + " of " +
                                       to_string(document.value()).substr(24) + " than the hub");
  }
  const auto& durable = bridge.store().durable();
  if (durable.remote != state.remote || durable.synced != state.synced || durable.pending != state.pending ||
      durable.local != state.local || durable.replica.cursor != row.cursor)
    stage_.invariants.fail("law 10", name + " remembers other things than are durable");
}

/// It came out of its place as the bridge died, and another branch was checked out before the next process began: its
/// own one knows of it, and sends it as an edit when the disk is that branch's again. Or another branch agreed on it
/// with a hub that was restored since: that one offers it again then (law 20).
bool Agreement::waits_for_its_branch(SimulatedBridge& bridge, const Digest& text) const {
  const auto& stores = bridge.stores();
  return std::any_of(stores.begin(), stores.end(), [&](const auto& store) {
    if (store.first == bridge.branch()) return false;
    const auto& synced = store.second.durable().synced;
    const auto is_agreed = [&](const auto& node) { return node.second.digest == text; };
    if (hub_.was_restored() && std::any_of(synced.begin(), synced.end(), is_agreed)) return true;
    const auto& intents = store.second.durable().intents;
    return std::any_of(intents.begin(), intents.end(), [&](const auto& intent) {
      const auto* staged = bridge.disk.tree.text(std::string(engine::staging_folder) + "/" + intent.first);
      return staged != nullptr && staged->digest() == text;
    });
  });
}

std::string Agreement::known_path(SimulatedBridge& bridge, const std::string& key) {
  if (!bridge.disk.tree.folding().any()) return key;
  for (const auto& [document, row] : bridge.replica()->state().local) {
    if (bridge.disk.key(row.path) == key) return row.path;
  }
  return bridge.disk.shown(key);
}

void Agreement::on_texts(SimulatedBridge& bridge, const std::map<std::string, std::string>& at_hub) {
  const auto name = "bridge " + std::to_string(bridge.index());
  bool all_in_sync = true;
  for (const auto& [key, truth] : bridge.disk.files()) {
    const auto& digest = truth.text.digest();
    const auto path = known_path(bridge, key);
    const auto why = bridge.replica()->why(path, bridge.now());
    switch (why.state) {
      case engine::FileState::ignored:
        continue;
      case engine::FileState::in_sync: {
        const auto found = at_hub.find(path);
        if (found == at_hub.end() || found->second != to_hex(digest))
          stage_.invariants.fail("I4", name + " says that " + path + " is in sync, and it is not");
        // A name of its own has the case that the hub has; a folder's may be another.
        if (const auto shown = bridge.disk.shown(key);
            sync::composed(own_name(shown)) != sync::composed(own_name(path)))
          stage_.invariants.fail("I4", name + " has " + path + " as " + shown);
        break;
      }
      case engine::FileState::held:
      case engine::FileState::incoming:
        all_in_sync = false;
        if (!truth.is_promised_to_nobody() && !bridge.disk.was_once_left_by_power(path, digest) &&
            !stage_.invariants.texts_at_hub().contains(digest) && !waits_for_its_branch(bridge, digest))
          stage_.invariants.fail("I1", name + ": the text of " + path + " is " +
                                           std::string(engine::to_string(why.state)) + " and not at the hub (" +
                                           why.sentence + ")");
        break;
      default:
        stage_.invariants.fail(
            "I12", name + ": " + path + " is " + std::string(engine::to_string(why.state)) + ": " + why.sentence);
    }
  }
  std::set<Digest> on_disks;
  for (const auto& other : bridges_) {
    for (const auto& [path, truth] : other->disk.files()) on_disks.insert(truth.text.digest());
  }
  const auto staged = bridge.disk.staged_texts();
  for (const auto& digest : bridge.disk.taken()) {
    // What came out when the memory was lost in the same moment stays there, and people are told of it.
    if (state_was_lost_ && staged.contains(digest)) continue;
    if (waits_for_its_branch(bridge, digest)) continue;
    // What git put back is no edit (law 23), and of what the hub lost with its last days git has what was committed.
    if (bridge.git && bridge.git->has_committed(digest) && stage_.invariants.was_at_former_hub(digest)) continue;
    if (!stage_.invariants.texts_at_hub().contains(digest) && !on_disks.contains(digest) &&
        !stage_.invariants.went_into_what_was_offered_again(digest))
      stage_.invariants.fail("I1", name + " replaced a text that is nowhere any more: " + short_hex(digest));
  }
  if (stage_.schedule.two_way) on_disk(bridge, at_hub);
  if (bridges_.size() > 1 || hub_.was_restored() || state_was_lost_ || !all_in_sync) return;
  std::size_t synced_files = 0;
  for (const auto& [key, truth] : bridge.disk.files()) {
    synced_files +=
        bridge.replica()->why(known_path(bridge, key), bridge.now()).state == engine::FileState::in_sync ? 1U : 0U;
  }
  if (at_hub.size() != synced_files)
    stage_.invariants.fail("I4", "the hub has " + std::to_string(at_hub.size()) + " files and the only disk " +
                                     std::to_string(synced_files));
}

/// I4: what the hub has stands on every disk, or the bridge says why not. I11: and nothing else of it lies there that
/// the bridge has forgotten.
void Agreement::on_disk(SimulatedBridge& bridge, const std::map<std::string, std::string>& at_hub) {
  const auto staged = bridge::disk::Applier(bridge.disk.tree).left_overs();
  // What was removed there, and the removal lost with the power, nothing can explain any more; people are told of it.
  const bool power_failed = std::any_of(
      stage_.schedule.events.begin(), stage_.schedule.events.end(),
      [&](const Event& event) { return event.kind == EventKind::power_cut && event.bridge == bridge.index(); });
  const auto is_known = [&](const std::string& left) {
    return std::any_of(bridge.stores().begin(), bridge.stores().end(),
                       [&](const auto& store) { return store.second.durable().intents.contains(left); });
  };
  for (const auto& left : staged ? *staged : std::vector<std::string>()) {
    if (!state_was_lost_ && !power_failed && !is_known(left))
      stage_.invariants.fail(
          "I11", "bridge " + std::to_string(bridge.index()) + " has forgotten " + left + " in its staging folder");
  }
  const auto& files = bridge.disk.files();
  for (const auto& [path, digest] : at_hub) {
    const auto file = files.find(bridge.disk.key(path));
    if (file != files.end() && to_hex(file->second.text.digest()) == digest) continue;
    const auto why = bridge.replica()->why(path, bridge.now());
    const bool said =
        why.state == engine::FileState::held || why.state == engine::FileState::ignored ||
        why.state == engine::FileState::guarded ||  // until a person has decided, which come_to_rest() waits for
        (why.state == engine::FileState::incoming &&
         (why.sentence.find("another file") != std::string::npos ||
          why.sentence.find("it vanished together with many others") != std::string::npos ||
          // Where git put a former text of it, a person decides (law 23).
          why.sentence.find("git put it back") != std::string::npos ||
          why.sentence.find("git went back") != std::string::npos));
    if (!said)
      stage_.invariants.fail("I4", "bridge " + std::to_string(bridge.index()) + " does not have " + path +
                                       " as the hub has it: " + std::string(engine::to_string(why.state)) + ", " +
                                       why.sentence);
  }
}

/// What people read: the view that grew change by change is the one made at once.
void Agreement::on_view(const store::Branch& branch, const Heads& heads) {
  const auto grown = hub_.view(branch.id);
  hub::engine::Views anew(store_);
  const auto made = anew.view_at(branch.id);
  if (!grown || !made) return stage_.invariants.fail("views", "the view cannot be built");
  const auto texts_of = [](const spec::ProjectView& view) {
    std::map<std::string, std::string> texts;
    const auto add = [&](const spec::SourceFile& file) { texts[file.path] = *file.bytes; };
    for (const auto& entry : view.all()) {
      add(entry->spec->source);
      for (const auto& sub : entry->sub_specs) add(sub.source);
    }
    for (const auto& loose : view.loose_files()) add(loose);
    return texts;
  };
  const auto texts = texts_of(*grown->view);
  if (texts != texts_of(*made->view)) stage_.invariants.fail("views", "the view that grew is not the one made anew");
  if (grown->seq != made->seq) stage_.invariants.fail("views", "the view is not at the head");
  std::size_t shown = 0;
  for (const auto& [document, head] : heads) {
    const auto found = texts.find(head.path);
    if (found == texts.end()) continue;
    ++shown;
    if (digest::sha256(found->second) != head.digest)
      stage_.invariants.fail("views", head.path + " is shown with another text");
  }
  if (shown != heads.size() || texts.size() != heads.size())
    stage_.invariants.fail(
        "views", "the view shows " + std::to_string(texts.size()) + " files of " + std::to_string(heads.size()));
}

}  // namespace leanspec::simulation
