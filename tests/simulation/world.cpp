#include "tests/simulation/world.h"

#include <algorithm>
#include <set>
#include <utility>

#include "digest/sha256.h"
#include "tests/simulation/simulated_hub.h"
#include "tests/simulation/simulated_user.h"
#include "wire/limits.h"

namespace leanspec::simulation {

namespace {

/// Work without time passing, more than any honest burst needs.
constexpr std::uint64_t circle_min = 50'000;
/// Wake-ups of one bridge in a quiet minute: pings and the watch over them, a report, a backstop scan.
constexpr std::uint64_t wake_ups_per_quiet_minute = 40;

class World final : public NetworkEnds {
 public:
  World(const Schedule& schedule, Canary canary)
      : schedule_(schedule),
        chance_(schedule.seed),
        store_(Epoch{chance_.entropy().uuid7(SimulatedClock::epoch)}),
        invariants_(store_, [this] { return executor_.now(); }),
        stage_{executor_, chance_, log_, invariants_, schedule_, canary},
        network_(executor_, chance_, schedule_, *this) {
    for (std::size_t i = 0; i < schedule_.bridges; ++i) {
      bridges_.push_back(std::make_unique<SimulatedBridge>(stage_, network_, i));
      users_.push_back(std::make_unique<SimulatedUser>(stage_, *bridges_.back()));
      invariants_.add_bridge({bridges_.back()->replica_id(),
                              [this, i](const std::string& path, const std::optional<Digest>& text) {
                                return bridges_[i]->disk.was_taken_away(path, text, executor_.now());
                              },
                              [this, i](const Digest& text) { return bridges_[i]->disk.had(text); }});
    }
    hub_ = std::make_unique<SimulatedHub>(stage_, network_, store_);
  }

  Outcome run() {
    const auto shared = schedule_.files - schedule_.files / 4;
    for (auto& user : users_) user->settle_in(schedule_.files, shared);
    hub_->start();
    for (auto& bridge : bridges_) {
      executor_.after(chance_.time(0, 3'000), [&bridge = *bridge] { bridge.start(); });
    }
    for (const auto& event : schedule_.events) {
      executor_.at(event.at, [this, event] { happen(event); });
    }
    run_until(schedule_.busy);
    if (!broken()) come_to_rest();
    if (!broken()) stay_at_rest();
    if (!broken()) agree();
    outcome_.violation = invariants_.violation();
    outcome_.hash = log_.hash();
    outcome_.log_tail = log_.tail();
    outcome_.steps = executor_.done();
    outcome_.versions = invariants_.versions();
    outcome_.pushes = invariants_.pushes();
    outcome_.merges = invariants_.merges();
    outcome_.conflicts = invariants_.set_aside();
    outcome_.virtual_time = executor_.now();
    return std::move(outcome_);
  }

  // ---- NetworkEnds
  bool hub_accepts(LinkId link, std::size_t bridge, bool& refused) override {
    return hub_->accepts(link, bridge, refused);
  }
  void hub_receives(LinkId link, const std::string& frame) override { hub_->receives(link, frame); }
  void hub_drained(LinkId link) override { hub_->drained(link); }
  void hub_loses(LinkId link) override { hub_->loses(link); }
  void bridge_opens(std::size_t bridge, LinkId link) override { bridges_[bridge]->opened(link); }
  void bridge_receives(std::size_t bridge, LinkId link, const std::string& frame) override {
    bridges_[bridge]->received(link, frame);
  }
  void bridge_loses(std::size_t bridge, LinkId link, unsigned code) override { bridges_[bridge]->lost(link, code); }
  void bridge_cannot_connect(std::size_t bridge, LinkId link, bool refused) override {
    bridges_[bridge]->could_not_connect(link, refused);
  }

 private:
  [[nodiscard]] bool broken() const { return invariants_.violation().has_value(); }

  void run_until(milliseconds end) {
    while (!broken() && executor_.step(end)) {
      if (executor_.at_this_moment() > circle_min)
        invariants_.fail("I9", "something goes in circles without time passing");
    }
  }

  void happen(const Event& event) {
    if (broken() || healing_) return;
    log_.add(executor_.now(), "event " + std::string(to_string(event.kind)) + " " + std::to_string(event.bridge));
    const bool done = is_of_user(event.kind) ? user_acts(event) : strike(event);
    if (done) outcome_.occurred.insert(event.kind);
  }

  bool user_acts(const Event& event) {
    if (event.kind == EventKind::edit_together) return edit_together(event);
    if (event.kind != EventKind::save_same_everywhere) return users_.at(event.bridge)->act(event.kind, event.value);
    // Two people begin the same spec at the same time; sometimes with the same text (a template).
    Chance dice(event.value);
    const auto path = "0" + std::to_string(10 + dice.below(60)) + "-together/README.md";
    const bool alike = dice.percent(40);
    for (std::size_t i = 0; i < users_.size(); ++i)
      users_[i]->make_at(path, SimulatedUser::text_of(event.value * 10 + (alike ? 0 : i), 80));
    return true;
  }

  /// People edit the same document, wherever it stands on their machines' disks, within a few seconds.
  bool edit_together(const Event& event) {
    Chance dice(event.value);
    const auto path = users_.at(event.bridge)->choose(dice);
    if (!path) return false;
    for (auto& user : users_) {
      executor_.after(dice.time(0, 3'000), [this, &user = *user, path = *path, value = dice.bits()] {
        if (!broken()) user.edit_at(path, value);
      });
    }
    return users_.size() > 1;
  }

  bool strike(const Event& event) {
    Chance dice(event.value);
    auto& bridge = *bridges_.at(event.bridge);
    const auto now = executor_.now();
    const auto soon = now + dice.time(100, 15'000);
    switch (event.kind) {
      case EventKind::person_approves:
        if (bridge.disk.covered || bridge.disk.root_is_away) return false;  // nobody agrees to lose a disk
        bridge.approve();
        return bridge.running();
      case EventKind::person_pauses:
        bridge.pause(true);
        bridge.disturbed(soon);
        executor_.at(soon, [&bridge] { bridge.pause(false); });
        return bridge.running();
      case EventKind::unreadable_file:
      case EventKind::unreadable_folder:
        return make_unreadable(bridge, event.kind == EventKind::unreadable_folder, dice);
      case EventKind::root_away:
      case EventKind::root_empty:
        return take_root(bridge, event.kind == EventKind::root_empty, soon);
      case EventKind::hints_lost:
        bridge.set_hint_fault(SimulatedBridge::HintFault::lost, soon);
        return true;
      case EventKind::hints_twice:
        bridge.set_hint_fault(SimulatedBridge::HintFault::twice, soon);
        return true;
      case EventKind::hints_disordered:
        bridge.set_hint_fault(SimulatedBridge::HintFault::disordered, soon);
        return true;
      case EventKind::hints_overflow:
        bridge.overflow();
        return bridge.running();
      case EventKind::bridge_crash:
        bridge.crash(dice.time(10, 8'000));
        return true;
      case EventKind::bridge_crash_at_commit:
        bridge.store.crash_at_commit = static_cast<std::size_t>(dice.below(12));
        bridge.store.crash_after_it = dice.percent(50);
        return true;
      case EventKind::bridge_crash_while_applying:
        if (!schedule_.two_way) return false;
        bridge.disk_calls_left = dice.below(40);
        return bridge.running();
      case EventKind::bridge_crash_while_sending:
        bridge.sends_left = dice.below(12);
        return true;
      case EventKind::machine_reboot:
        bridge.reboot(dice.time(1'000, 20'000));
        return true;
      case EventKind::state_lost:
        bridge.lose_state();
        state_lost_ = true;
        return true;
      case EventKind::state_store_full:
        bridge.store.full = true;
        bridge.disturbed(soon);
        executor_.at(soon, [&bridge] { bridge.store.full = false; });
        return true;
      case EventKind::bridge_clock_jump:
        // Where files have whole seconds, going back could make two moments look the same.
        bridge.clock.skew += schedule_.timestamp_granularity_ns < 1'000'000'000 && dice.percent(50)
                                 ? -dice.time(1, 86'400'000)
                                 : dice.time(1, 86'400'000);
        return true;
      case EventKind::hub_clock_jump:
        hub_->clock.skew += dice.percent(50) ? -dice.time(1, 86'400'000) : dice.time(1, 86'400'000);
        return true;
      case EventKind::cut:
        disturb_all(now);
        network_.block(event.bridge, dice.percent(50) ? soon : now);
        network_.cut(event.bridge, false);
        return true;
      case EventKind::cut_with_stragglers:
        disturb_all(now);
        network_.cut(event.bridge, true);
        return true;
      case EventKind::half_open:
        disturb_all(now + milliseconds(60'000));
        network_.go_half_open(event.bridge);
        return true;
      case EventKind::slow_reader:
        bridge.disturbed(soon + milliseconds(30'000));
        network_.make_slow(event.bridge, soon);
        return true;
      case EventKind::delay:
        bridge.disturbed(soon + milliseconds(30'000));
        network_.delay(event.bridge, soon, dice.time(100, 4'000));
        return true;
      case EventKind::machine_revoked:
        hub_->revoke(bridge.machine(), true);
        bridge.disturbed(soon + milliseconds(300'000));
        executor_.at(soon, [this, &bridge] {
          hub_->revoke(bridge.machine(), false);
          bridge.settings_changed();
        });
        return true;
      default:
        return strike_hub(event, dice, soon);
    }
  }

  bool strike_hub(const Event& event, Chance& dice, milliseconds soon) {
    disturb_all(soon + milliseconds(20'000));
    switch (event.kind) {
      case EventKind::hub_crash:
        hub_->crash(dice.time(100, 10'000));
        return true;
      case EventKind::hub_crash_at_commit:
        hub_->crash_at_next_commit(dice.time(100, 10'000));
        return true;
      case EventKind::hub_restart:
        hub_->restart(dice.time(100, 5'000));
        return true;
      case EventKind::commit_fails:
        hub_->fail_commits(dice.percent(50) ? fakes::CommitFault::fails : fakes::CommitFault::lost, 1 + dice.below(5));
        return true;
      case EventKind::commit_reply_lost:
        hub_->fail_commits(fakes::CommitFault::reply_lost, 1 + dice.below(5));
        return true;
      case EventKind::store_busy:
        hub_->set_outage(Error(ErrorCode::unavailable, "the database is busy"));
        executor_.at(soon, [this] { hub_->set_outage(std::nullopt); });
        return true;
      case EventKind::store_full:
        hub_->fail_commits(fakes::CommitFault::no_space, 1'000'000);
        executor_.at(soon, [this] { hub_->fail_commits(fakes::CommitFault::none, 0); });
        return true;
      case EventKind::backup:
        hub_->back_up();
        return true;
      case EventKind::restore:
        for (auto& bridge : bridges_) bridge->forget_what_is_safe();
        hub_->restore();
        return hub_->was_restored();
      case EventKind::key_expired:
        hub_->rights.set_valid(false);
        disturb_all(soon + milliseconds(300'000));
        executor_.at(soon, [this] { renew_key(); });
        return true;
      default:
        return false;
    }
  }

  void disturb_all(milliseconds until) {
    for (auto& bridge : bridges_) bridge->disturbed(until);
  }

  void renew_key() {
    if (hub_->rights.valid()) return;
    hub_->rights.set_valid(true);
    for (auto& bridge : bridges_) bridge->settings_changed();
  }

  bool make_unreadable(SimulatedBridge& bridge, bool folder, Chance& dice) {
    const auto& files = bridge.disk.files();
    if (files.empty()) return false;
    auto path = std::next(files.begin(), static_cast<std::ptrdiff_t>(dice.below(files.size())))->first;
    if (folder) path = path.substr(0, path.find('/'));
    bridge.disk.set_failing(
        path, dice.percent(50) ? Error(ErrorCode::forbidden, "permission denied") : Error(ErrorCode::io, "I/O error"));
    const auto until = executor_.now() + dice.time(100, 40'000);
    bridge.disturbed(until + milliseconds(90'000));
    unreadable_.emplace_back(&bridge, path);
    executor_.at(until, [&bridge, path] { bridge.disk.set_failing(path, std::nullopt); });
    if (dice.percent(60)) bridge.overflow();
    return true;
  }

  bool take_root(SimulatedBridge& bridge, bool empty, milliseconds until) {
    auto& disk = bridge.disk;
    if (disk.root_is_away || disk.covered) return false;
    if (empty) {
      disk.covered = disk.tree;
      disk.tree.mount_empty_root();
    } else {
      disk.tree.take_root_away();
      disk.root_is_away = true;
    }
    bridge.disturbed(until + milliseconds(30'000));
    bridge.overflow();
    executor_.at(until, [&bridge] { give_root_back(bridge); });
    return true;
  }

  static void give_root_back(SimulatedBridge& bridge) {
    auto& disk = bridge.disk;
    if (disk.root_is_away) {
      disk.tree.bring_root_back();
      disk.root_is_away = false;
    } else if (disk.covered) {
      disk.tree = *disk.covered;
      disk.covered.reset();
    } else {
      return;
    }
    bridge.overflow();
  }

  /// Every fault ends, every person does what the product asks them to.
  void heal() {
    healing_ = true;
    log_.add(executor_.now(), "everything heals");
    network_.heal();
    hub_->set_outage(std::nullopt);
    hub_->fail_commits(fakes::CommitFault::none, 0);
    renew_key();
    hub_->start();
    for (const auto& [bridge, path] : unreadable_) bridge->disk.set_failing(path, std::nullopt);
    for (auto& bridge : bridges_) {
      hub_->revoke(bridge->machine(), false);
      bridge->store.full = false;
      bridge->store.crash_at_commit.reset();
      bridge->sends_left.reset();
      bridge->disk_calls_left.reset();
      bridge->disk.tree.set_interruption(nullptr);
      give_root_back(*bridge);
      bridge->start();
      bridge->pause(false);
      if (const auto refusal = bridge->replica()->refusal(); refusal && refusal->retry_after.count() == 0)
        bridge->settings_changed();
    }
  }

  void approve_where_asked() {
    for (auto& bridge : bridges_) {
      if (!bridge->running()) continue;
      const auto state = bridge->replica()->status(bridge->now()).state;
      if (state == engine::ReplicaStateName::guard || state == engine::ReplicaStateName::halted) bridge->approve();
    }
  }

  [[nodiscard]] bool at_rest() const {
    return std::all_of(bridges_.begin(), bridges_.end(), [](const auto& bridge) { return bridge->at_rest(); });
  }

  void come_to_rest() {
    // What the users had begun they finish.
    run_until(executor_.now() + milliseconds(10'000));
    if (broken()) return;
    heal();
    const auto begun = executor_.now();
    while (!broken() && executor_.now() - begun < heal_max) {
      run_until(executor_.now() + milliseconds(500));
      if (executor_.now() - begun > milliseconds(5'000)) approve_where_asked();
      // Twice in a row, since a lost hint sleeps until the next whole look.
      if (executor_.now() - begun < schedule_.rescan + milliseconds(10'000)) continue;
      if (at_rest()) {
        outcome_.healed_in = executor_.now() - begun;
        return;
      }
    }
    if (!broken()) invariants_.fail("I12", "no rest within 15 minutes after everything healed: " + unrest());
  }

  [[nodiscard]] std::string unrest() {
    std::string text;
    for (auto& bridge : bridges_) {
      if (bridge->at_rest()) continue;
      text += "bridge " + std::to_string(bridge->index()) + ": ";
      if (!bridge->running()) {
        text += "is not running; ";
        continue;
      }
      const auto status = bridge->replica()->status(bridge->now());
      text += std::string(engine::to_string(status.state)) + ", " + status.detail;
      for (const auto& item : status.pending) text += "; " + item.path + " " + item.why;
      for (const auto& item : status.incoming) text += "; " + item.path + ": " + item.why;
      text += ". ";
    }
    return text;
  }

  void stay_at_rest() {
    const auto versions = invariants_.versions();
    const auto pushes = invariants_.pushes();
    std::vector<std::uint64_t> wake_ups;
    for (auto& bridge : bridges_) wake_ups.push_back(bridge->wake_ups());
    run_until(executor_.now() + rest);
    if (broken()) return;
    if (invariants_.versions() != versions) invariants_.fail("I14", "versions were made while nobody did anything");
    if (invariants_.pushes() != pushes) invariants_.fail("I8", "texts were sent while nobody did anything");
    if (!at_rest()) invariants_.fail("I12", "rest did not last: " + unrest());
    for (std::size_t i = 0; i < bridges_.size(); ++i) {
      const auto count = bridges_[i]->wake_ups() - wake_ups[i];
      if (count > wake_ups_per_quiet_minute * static_cast<std::uint64_t>(rest.count()))
        invariants_.fail("I11", "a bridge at rest woke up " + std::to_string(count) + " times in 12 minutes");
    }
  }

  /// Both sides say the same, and every text is somewhere.
  void agree() {
    invariants_.hub_committed();
    invariants_.nothing_is_owed();
    std::map<DocumentId, store::Version> heads;
    store::Branch branch;
    const auto read = store_.read([&](store::Session& session) -> Status {
      LEANSPEC_ASSIGN(const auto found, session.versions().find_branch(hub_->branch()));
      if (found) branch = *found;
      LEANSPEC_ASSIGN(const auto all, session.versions().heads(hub_->branch()));
      for (const auto& head : all) heads.emplace(head.document, head);
      return {};
    });
    if (!read) return invariants_.fail("simulation", read.error().sentence());
    std::map<std::string, std::string> at_hub;
    for (const auto& [document, head] : heads) at_hub[head.path] = to_hex(*head.digest);
    if (at_hub.size() != heads.size()) invariants_.fail("law 4", "two live documents share a path");
    for (auto& bridge : bridges_) {
      agree_on_trees(*bridge, branch, heads);
      agree_on_texts(*bridge, at_hub);
    }
    agree_on_view(heads);
  }

  void agree_on_trees(SimulatedBridge& bridge, const store::Branch& branch,
                      const std::map<DocumentId, store::Version>& heads) {
    const auto name = "bridge " + std::to_string(bridge.index());
    const auto& state = bridge.replica()->state();
    const auto& row = state.replica;
    if (!row.cursor || row.cursor->epoch != store_.epoch() || row.cursor->seq != branch.head ||
        row.cursor_digest != branch.head_digest)
      invariants_.fail("I4", name + " is not where the hub is");
    for (const auto& [document, node] : state.remote) {
      if (!heads.contains(document))
        invariants_.fail("I4", name + " knows " + node.path + " of " + to_string(document.value()).substr(24) +
                                   ", which the hub does not have");
    }
    for (const auto& [document, head] : heads) {
      const auto found = state.remote.find(document);
      if (found == state.remote.end() || found->second.path != head.path || found->second.digest != head.digest ||
          found->second.version != head.id)
        invariants_.fail("I4", name + " has another idea of " + head.path + " of " +
                                   to_string(document.value()).substr(24) + " than the hub");
    }
    const auto& durable = bridge.store.durable();
    if (durable.remote != state.remote || durable.synced != state.synced || durable.pending != state.pending ||
        durable.local != state.local || durable.replica.cursor != row.cursor)
      invariants_.fail("law 10", name + " remembers other things than are durable");
  }

  void agree_on_texts(SimulatedBridge& bridge, const std::map<std::string, std::string>& at_hub) {
    const auto name = "bridge " + std::to_string(bridge.index());
    bool all_in_sync = true;
    for (const auto& [path, truth] : bridge.disk.files()) {
      const auto digest = digest::sha256(truth.text);
      const auto why = bridge.replica()->why(path, bridge.now());
      switch (why.state) {
        case engine::FileState::ignored:
          continue;
        case engine::FileState::in_sync: {
          const auto found = at_hub.find(path);
          if (found == at_hub.end() || found->second != to_hex(digest))
            invariants_.fail("I4", name + " says that " + path + " is in sync, and it is not");
          break;
        }
        case engine::FileState::held:
        case engine::FileState::incoming:
          all_in_sync = false;
          if (!invariants_.texts_at_hub().contains(digest))
            invariants_.fail("I1", name + ": the text of " + path + " is " + std::string(engine::to_string(why.state)) +
                                       " and not at the hub (" + why.sentence + ")");
          break;
        default:
          invariants_.fail(
              "I12", name + ": " + path + " is " + std::string(engine::to_string(why.state)) + ": " + why.sentence);
      }
    }
    std::set<Digest> on_disks;
    for (const auto& other : bridges_) {
      for (const auto& [path, truth] : other->disk.files()) on_disks.insert(digest::sha256(truth.text));
    }
    for (const auto& text : bridge.disk.taken()) {
      const auto digest = digest::sha256(text);
      if (!invariants_.texts_at_hub().contains(digest) && !on_disks.contains(digest))
        invariants_.fail("I1", name + " replaced a text that is nowhere any more: " + text.substr(0, 40));
    }
    if (schedule_.two_way) agree_on_disk(bridge, at_hub);
    if (bridges_.size() > 1 || hub_->was_restored() || state_lost_ || !all_in_sync) return;
    std::size_t synced_files = 0;
    for (const auto& [path, truth] : bridge.disk.files()) {
      synced_files += bridge.replica()->why(path, bridge.now()).state == engine::FileState::in_sync ? 1U : 0U;
    }
    if (at_hub.size() != synced_files)
      invariants_.fail("I4", "the hub has " + std::to_string(at_hub.size()) + " files and the only disk " +
                                 std::to_string(synced_files));
  }

  /// I4: what the hub has stands on every disk, or the bridge says why not. I11: and nothing else of it lies there that
  /// the bridge has forgotten.
  void agree_on_disk(SimulatedBridge& bridge, const std::map<std::string, std::string>& at_hub) {
    const auto staged = bridge::disk::Applier(bridge.disk.tree).left_overs();
    const auto& intents = bridge.replica()->state().intents;
    for (const auto& left : staged ? *staged : std::vector<std::string>()) {
      if (!state_lost_ && !intents.contains(left))
        invariants_.fail("I11", "bridge " + std::to_string(bridge.index()) + " has forgotten " + left +
                                    " in its staging folder");
    }
    const auto& files = bridge.disk.files();
    for (const auto& [path, digest] : at_hub) {
      const auto file = files.find(path);
      if (file != files.end() && to_hex(digest::sha256(file->second.text)) == digest) continue;
      const auto why = bridge.replica()->why(path, bridge.now());
      const bool said =
          why.state == engine::FileState::held || why.state == engine::FileState::ignored ||
          (why.state == engine::FileState::incoming && why.sentence.find("another file") != std::string::npos);
      if (!said)
        invariants_.fail("I4", "bridge " + std::to_string(bridge.index()) + " does not have " + path +
                                   " as the hub has it: " + std::string(engine::to_string(why.state)) + ", " +
                                   why.sentence);
    }
  }

  /// What people read: the view that grew change by change is the one made at once.
  void agree_on_view(const std::map<DocumentId, store::Version>& heads) {
    const auto grown = hub_->views().view_at(hub_->branch());
    hub::engine::Views anew(store_);
    const auto made = anew.view_at(hub_->branch());
    if (!grown || !made) return invariants_.fail("views", "the view cannot be built");
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
    if (texts != texts_of(*made->view)) invariants_.fail("views", "the view that grew is not the one made anew");
    if (grown->seq != made->seq) invariants_.fail("views", "the view is not at the head");
    std::size_t shown = 0;
    for (const auto& [document, head] : heads) {
      const auto found = texts.find(head.path);
      if (found == texts.end()) continue;
      ++shown;
      if (digest::sha256(found->second) != head.digest)
        invariants_.fail("views", head.path + " is shown with another text");
    }
    if (shown != heads.size() || texts.size() != heads.size())
      invariants_.fail("views",
                       "the view shows " + std::to_string(texts.size()) + " files of " + std::to_string(heads.size()));
  }

  const Schedule schedule_;
  Executor executor_;
  Chance chance_;
  EventLog log_;
  fakes::MemoryStore store_;
  Invariants invariants_;
  Stage stage_;
  SimulatedNetwork network_;
  std::vector<std::unique_ptr<SimulatedBridge>> bridges_;
  std::vector<std::unique_ptr<SimulatedUser>> users_;
  std::unique_ptr<SimulatedHub> hub_;
  std::vector<std::pair<SimulatedBridge*, std::string>> unreadable_;
  Outcome outcome_;
  bool healing_ = false;
  bool state_lost_ = false;
};

}  // namespace

Outcome run_world(const Schedule& schedule, Canary canary) {
  return World(schedule, canary).run();
}

}  // namespace leanspec::simulation
