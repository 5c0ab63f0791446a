#include "tests/simulation/world.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "tests/simulation/agreement.h"
#include "tests/simulation/faults.h"
#include "tests/simulation/people_at_hub.h"
#include "tests/simulation/simulated_hub.h"
#include "tests/simulation/simulated_user.h"
#include "tests/simulation/user_git.h"
#include "wire/limits.h"

namespace leanspec::simulation {

namespace {

/// Work without time passing, more than any honest burst needs.
constexpr std::uint64_t circle_min = 50'000;
/// Wake-ups of one bridge in a quiet minute: pings and the watch over them, a report, a backstop scan.
constexpr std::uint64_t wake_ups_per_quiet_minute = 40;

class World final : public NetworkEnds {
 public:
  World(const Schedule& schedule, const Experiment& experiment)
      : schedule_(schedule),
        chance_(schedule.seed),
        store_(Epoch{chance_.entropy().uuid7(SimulatedClock::epoch)}),
        invariants_(store_, sights_, experiment.without, [this] { return executor_.now(); }),
        stage_{executor_, chance_, log_, invariants_, schedule_, sights_, experiment.canary},
        network_(executor_, chance_, schedule_, *this) {
    for (std::size_t i = 0; i < schedule_.bridges; ++i) {
      bridges_.push_back(std::make_unique<SimulatedBridge>(stage_, network_, i));
      users_.push_back(std::make_unique<SimulatedUser>(stage_, *bridges_.back()));
      gits_.push_back(std::make_unique<UserGit>(stage_, *bridges_.back(), *users_.back()));
      invariants_.add_bridge(
          {bridges_.back()->replica_id(),
           [this, i](const std::string& path, const std::optional<Digest>& text) {
             auto& bridge = *bridges_[i];
             return bridge.disk.was_taken_away(path, text, executor_.now(), bridge.lost_a_hint());
           },
           [this, i](const std::string& place, const Digest& text) {
             return bridges_[i]->disk.was_removed(place, text, executor_.now(), bridges_[i]->lost_a_hint());
           },
           [this, i](const Digest& text) { return bridges_[i]->disk.had(text); },
           [this, i](const Digest& text, const std::string& branch) { return bridges_[i]->disk.had_on(text, branch); },
           [this, i](const std::string& branch, const std::string& path) {
             return bridges_[i]->began_without(branch, path);
           },
           [this, i](const std::string& path, const Digest& text, milliseconds arrived) {
             return bridges_[i]->disk.written_at(path, text, arrived);
           },
           [this, i](const std::string& path, const Digest& text) {
             return bridges_[i]->disk.was_left_by_power(path, text);
           },
           [this, i](const std::string& path, const std::string& place, const Digest& text) {
             return bridges_[i]->disk.made_room_for(path, place, text);
           },
           [this, i](const std::string& path, const Digest& text) {
             return bridges_[i]->disk.was_put_by_git(path, text);
           }});
    }
    hub_ = std::make_unique<SimulatedHub>(stage_, network_, store_,
                                          [this](std::size_t bridge) { return bridges_.at(bridge)->clock.skew; });
    faults_.emplace(stage_, network_, bridges_, *hub_);
    people_.emplace(stage_, *hub_);
  }

  Outcome run() {
    const auto shared = schedule_.files - schedule_.files / 4;
    for (auto& user : users_) user->settle_in(schedule_.files, shared);
    for (std::size_t i = 0; i < std::min(gits_.size(), schedule_.git_machines); ++i) gits_[i]->begin();
    hub_->start();
    for (auto& bridge : bridges_) {
      executor_.after(chance_.time(0, 3'000), [&bridge = *bridge] { bridge.start(); });
    }
    for (const auto& event : schedule_.events) {
      executor_.at(event.at, [this, event] { happen(event); });
    }
    run_until(schedule_.busy);
    go_on();
    if (!broken()) come_to_rest();
    if (!broken()) stay_at_rest();
    if (!broken()) Agreement(stage_, bridges_, *hub_, faults_->state_was_lost()).check();
    outcome_.violation = invariants_.violation();
    outcome_.hash = log_.hash();
    outcome_.log_tail = log_.tail();
    outcome_.steps = executor_.done();
    outcome_.versions = invariants_.versions();
    outcome_.pushes = invariants_.pushes();
    outcome_.merges = invariants_.merges();
    outcome_.conflicts = invariants_.set_aside();
    outcome_.virtual_time = executor_.now();
    outcome_.edits = edits();
    outcome_.sights = std::move(sights_);
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
  [[nodiscard]] bool broken() const { return stuck_ || invariants_.violation().has_value(); }

  void run_until(milliseconds end) {
    while (!broken() && executor_.step(end)) {
      if (executor_.at_this_moment() <= circle_min) continue;
      invariants_.fail("I9", "something goes in circles without time passing");
      stuck_ = true;
    }
  }

  [[nodiscard]] std::uint64_t edits() const {
    std::uint64_t made = 0;
    for (const auto& user : users_) made += user->edits();
    return made;
  }

  /// Until the world is as large as it shall be. A disk that is away may stay so, hence the end.
  void go_on() {
    constexpr milliseconds pause{500};
    const auto end = executor_.now() + std::chrono::minutes(2);
    while (!broken() && edits() < schedule_.edits_least && executor_.now() < end) {
      Event event;
      event.kind = chance_.percent(80) ? EventKind::edit_text : EventKind::make_file;
      event.bridge = static_cast<std::size_t>(chance_.below(schedule_.bridges));
      event.value = chance_.bits() % 1'000'000'000;
      happen(event);
      run_until(executor_.now() + chance_.time(0, pause.count()));
    }
  }

  void happen(const Event& event) {
    if (broken() || healing_) return;
    log_.add(executor_.now(), "event " + std::string(to_string(event.kind)) + " " + std::to_string(event.bridge));
    const bool done = is_of_git(event.kind)    ? git_acts(event)
                      : is_at_hub(event.kind)  ? people_->act(event.kind, event.value)
                      : is_of_user(event.kind) ? user_acts(event)
                                               : faults_->strike(event);
    if (!done) return;
    outcome_.occurred.insert(event.kind);
    if (is_fault(event.kind)) ++outcome_.faults;
  }

  bool git_acts(const Event& event) {
    return bridges_.at(event.bridge)->git && gits_.at(event.bridge)->act(event.kind, event.value);
  }

  bool user_acts(const Event& event) {
    if (event.kind == EventKind::edit_together) return edit_together(event);
    if (event.kind == EventKind::statuses_apart) return set_statuses_apart(event);
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

  /// One of two people is offline meanwhile, so that the earlier save may arrive later (law 14).
  bool set_statuses_apart(const Event& event) {
    Chance dice(event.value);
    auto& here = *bridges_.at(event.bridge);
    auto& there = *bridges_.at((event.bridge + 1 + dice.below(bridges_.size() - 1)) % bridges_.size());
    const auto path = users_.at(here.index())->choose(dice);
    const auto agrees = [&](SimulatedBridge& bridge) {
      return bridge.running() && bridge.disk.has(*path) &&
             bridge.replica()->why(*path, bridge.now()).state == engine::FileState::in_sync;
    };
    if (!path || !agrees(here) || !agrees(there)) return false;
    auto statuses = SimulatedUser::other_statuses(here.disk.at(*path).text.bytes());
    if (statuses.empty()) return false;
    const auto away_until = executor_.now() + dice.time(8'000, 12'000);
    here.disturbed(away_until);
    network_.block(here.index(), away_until);
    network_.cut(here.index(), false);
    auto at = executor_.now();
    for (const bool offline : dice.percent(70) ? std::array{true, false} : std::array{false, true}) {
      at += dice.time(2'500, 4'000);
      const auto chosen = statuses.begin() + static_cast<std::ptrdiff_t>(dice.below(statuses.size()));
      executor_.at(at,
                   [this, &user = *users_.at(offline ? here.index() : there.index()), path = *path, status = *chosen] {
                     if (!broken()) user.set_status(path, status);
                   });
      statuses.erase(chosen);
    }
    return true;
  }

  void approve_where_asked() {
    for (auto& bridge : bridges_) {
      if (!bridge->running()) continue;
      const auto state = bridge->replica()->state_name();
      if (state == engine::ReplicaStateName::guard || state == engine::ReplicaStateName::halted) bridge->approve();
    }
  }

  [[nodiscard]] bool at_rest() const {
    return std::all_of(bridges_.begin(), bridges_.end(), [](const auto& bridge) { return bridge->at_rest(); });
  }

  void come_to_rest() {
    // What the users had begun they finish.
    for (auto& git : gits_) git->finish();
    run_until(executor_.now() + milliseconds(10'000));
    if (broken()) return;
    healing_ = true;
    faults_->heal();
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
      for (const auto& [branch, store] : bridge->stores()) {
        if (branch == bridge->branch()) continue;
        for (const auto& [change, pending] : store.durable().pending)
          text += "; " + pending.path + " waits on the branch " + branch;
      }
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
    // A look that is under way in this very moment, at what waits for a person, is no unrest.
    if (!broken() && !at_rest()) run_until(executor_.now() + milliseconds(100));
    if (broken()) return;
    if (invariants_.versions() != versions) invariants_.fail("I14", "versions were made while nobody did anything");
    if (invariants_.pushes() != pushes) invariants_.fail("I8", "texts were sent while nobody did anything");
    if (!at_rest()) invariants_.fail("I12", "rest did not last: " + unrest());
    for (std::size_t i = 0; i < bridges_.size(); ++i) {
      const auto count = bridges_[i]->wake_ups() - wake_ups[i];
      // One that is not at rest has been told of above.
      if (bridges_[i]->at_rest() && count > wake_ups_per_quiet_minute * static_cast<std::uint64_t>(rest.count()))
        invariants_.fail("I11", "a bridge at rest woke up " + std::to_string(count) + " times in 12 minutes");
    }
  }

  const Schedule schedule_;
  Executor executor_;
  Chance chance_;
  EventLog log_;
  fakes::MemoryStore store_;
  std::set<Sight> sights_;
  Invariants invariants_;
  Stage stage_;
  SimulatedNetwork network_;
  std::vector<std::unique_ptr<SimulatedBridge>> bridges_;
  std::vector<std::unique_ptr<SimulatedUser>> users_;
  std::vector<std::unique_ptr<UserGit>> gits_;
  std::unique_ptr<SimulatedHub> hub_;
  std::optional<Faults> faults_;
  std::optional<PeopleAtHub> people_;
  Outcome outcome_;
  bool healing_ = false;
  bool stuck_ = false;
};

}  // namespace

Outcome run_world(const Schedule& schedule, const Experiment& experiment) {
  return World(schedule, experiment).run();
}

}  // namespace leanspec::simulation
