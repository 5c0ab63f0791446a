#include "tests/simulation/simulated_hub.h"

#include <set>
#include <utility>
#include <variant>

#include "tests/simulation/simulated_hub_connection.h"
#include "wire/codec.h"

namespace leanspec::simulation {

namespace {

constexpr milliseconds tick_interval{1'000};
constexpr std::size_t group_jobs_max = 128;
/// What a database that says "durable" too early has not written yet.
constexpr std::size_t unwritten_transactions = 3;

}  // namespace

SimulatedHub::Process::Process(store::Store& store, const hub::engine::NewId& new_id)
    : sequencer(store, new_id, {}, &deltas), views(store) {}
SimulatedHub::Process::~Process() = default;

SimulatedHub::SimulatedHub(Stage stage, SimulatedNetwork& network, fakes::MemoryStore& store,
                           std::function<milliseconds(std::size_t bridge)> skew_of)
    : clock(stage.executor), stage_(stage), network_(network), store_(store), skew_of_(std::move(skew_of)) {
  const auto made = store_.write([&](store::Session& session) -> Status {
    store::Project project;
    project.id = ProjectId{"project"};
    project.name = "project";
    project.default_branch = "main";
    LEANSPEC_TRY(session.projects().create(project));
    LEANSPEC_ASSIGN(const auto branch, session.versions().create_branch(project.id, "main"));
    branch_ = branch.id;
    return {};
  });
  if (!made) stage_.invariants.fail("simulation", made.error().sentence());
  stage_.invariants.hub_committed();
  back_up();
}

SimulatedHub::~SimulatedHub() = default;

void SimulatedHub::say(const std::string& what) {
  stage_.log.add(stage_.executor.now(), "hub " + what);
}

hub::engine::NewId SimulatedHub::new_id() {
  return [this](Instant now) { return stage_.chance.entropy().uuid7(now); };
}

void SimulatedHub::start() {
  if (process_) return;
  ++life_;
  say("starts");
  process_ = std::make_unique<Process>(store_, new_id());
  stage_.executor.after(tick_interval, [this, life = life_] {
    if (life == life_) tick();
  });
}

void SimulatedHub::stop() {
  ++life_;
  network_.hub_is_gone();
  process_.reset();
  if (stage_.canary == Canary::ack_before_commit && !recent_.empty()) {
    store_.restore(std::move(recent_.front()), store_.epoch());
    recent_.clear();
    stage_.invariants.hub_committed();
  }
}

void SimulatedHub::crash(milliseconds until_restart) {
  if (!process_) return;
  say("crashes");
  stop();
  stage_.executor.after(until_restart, [this] { start(); });
}

void SimulatedHub::restart(milliseconds until_restart) {
  if (!process_) return;
  say("stops");
  std::vector<LinkId> links;
  for (const auto& [link, connection] : process_->connections) links.push_back(link);
  for (const auto link : links) {
    work_on(link, [&](hub::engine::BridgeSession& session) {
      session.drain(until_restart, "the hub is stopping", clock.now());
    });
  }
  stage_.executor.after(milliseconds(3'500), [this, until_restart, life = life_] {
    if (life == life_) crash(until_restart);
  });
}

void SimulatedHub::crash_at_next_commit(milliseconds until_restart) {
  crash_at_commit_ = until_restart;
}

void SimulatedHub::fail_commits(fakes::CommitFault fault, std::uint64_t count) {
  store_.on_commit = [fault, left = count]() mutable {
    if (left == 0) return fakes::CommitFault::none;
    --left;
    return fault;
  };
}

void SimulatedHub::back_up() {
  backup_ = store_.backup();
}

void SimulatedHub::restore() {
  if (!process_) return;
  say("is restored from its backup");
  stop();
  store_.restore(*backup_, Epoch{stage_.chance.entropy().uuid7(clock.now())});
  restored_ = true;
  stage_.invariants.hub_restored();
  stage_.executor.after(milliseconds(1'000), [this] { start(); });
}

void SimulatedHub::revoke(const MachineId& machine, bool revoked) {
  const auto saved = store_.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(auto known, session.machines().find(machine));
    if (!known) return {};
    known->revoked_at = revoked ? std::optional(clock.now()) : std::nullopt;
    return session.machines().save(*known);
  });
  if (saved && revoked && process_) process_->roster.revoke(machine);
}

bool SimulatedHub::accepts(LinkId link, std::size_t bridge, bool& refused) {
  if (!process_) return false;
  if (!rights.valid()) {
    refused = true;
    return false;
  }
  process_->connections.emplace(link, std::make_unique<Connection>(*this, link, bridge));
  return true;
}

void SimulatedHub::work_on(LinkId link, const std::function<void(hub::engine::BridgeSession&)>& work) {
  if (!process_) return;
  const auto found = process_->connections.find(link);
  if (found == process_->connections.end()) return;
  work(found->second->session);
  found->second->follow_feed();
  stage_.invariants.hub_committed();
}

void SimulatedHub::receives(LinkId link, const std::string& frame) {
  stage_.log.mix(frame);
  auto message = wire::decode_to_hub(frame);
  if (!message) return stage_.invariants.fail("codec", "the hub cannot read a bridge: " + message.error().sentence());
  if (!process_) return;
  const auto found = process_->connections.find(link);
  if (found == process_->connections.end()) return;
  if (!found->second->session.closed()) stage_.invariants.hub_got(found->second->bridge(), link, *message);
  bend(found->second->bridge(), *message);
  work_on(link, [&](hub::engine::BridgeSession& session) { session.on_message(std::move(*message), clock.now()); });
}

void SimulatedHub::drained(LinkId link) {
  work_on(link, [&](hub::engine::BridgeSession& session) { session.on_drained(clock.now()); });
}

void SimulatedHub::loses(LinkId link) {
  work_on(link, [&](hub::engine::BridgeSession& session) { session.on_closed(clock.now()); });
  stage_.invariants.link_gone(link);
  if (process_) process_->connections.erase(link);
}

void SimulatedHub::submit(LinkId link, hub::engine::PushJob job) {
  process_->jobs.push_back({link, std::move(job)});
  if (std::exchange(process_->commit_due, true)) return;
  stage_.executor.after(stage_.chance.time(0, 8), [this, life = life_] {
    if (life == life_) commit();
  });
}

void SimulatedHub::commit() {
  auto& process = *process_;
  process.commit_due = false;
  std::vector<LinkId> links;
  std::vector<hub::engine::PushJob> jobs;
  while (!process.jobs.empty() && jobs.size() < group_jobs_max) {
    links.push_back(process.jobs.front().link);
    jobs.push_back(std::move(process.jobs.front().job));
    process.jobs.pop_front();
  }
  if (stage_.canary == Canary::head_told_too_early) tell_too_early();
  if (stage_.canary == Canary::ack_before_commit) {
    recent_.push_back(store_.backup());
    if (recent_.size() > unwritten_transactions) recent_.pop_front();
  }
  auto committed = process.sequencer.commit(jobs, clock.now());
  std::set<std::size_t> postponed;
  for (auto& waiting : committed.postponed) {
    // As on a worker: other pushes may be committed meanwhile.
    postponed.insert(waiting.job);
    stage_.executor.after(stage_.chance.time(0, 30),
                          [this, life = life_, link = links.at(waiting.job), job = std::move(jobs.at(waiting.job)),
                           merges = std::move(waiting.merges)]() mutable {
                            if (life != life_) return;
                            hub::engine::make_merges(job, merges);
                            submit(link, std::move(job));
                          });
  }
  if (committed.done.size() != jobs.size()) stage_.invariants.fail("law 18", "a job was not answered");
  stage_.invariants.hub_committed();
  if (const auto until = std::exchange(crash_at_commit_, std::nullopt)) return crash(*until);
  process.views.moved(committed.notices);
  for (std::size_t i = 0; i < committed.done.size(); ++i) {
    if (postponed.contains(i)) continue;
    stage_.executor.after(
        stage_.chance.time(0, 3), [this, life = life_, link = links.at(i), done = std::move(committed.done[i])] {
          if (life != life_) return;
          work_on(link, [&](hub::engine::BridgeSession& session) { session.on_committed(done, clock.now()); });
        });
  }
  process.feed.publish(committed.notices);
  process.views.refresh(committed.notices);
  if (stage_.canary == Canary::view_left_behind && !first_view_) {
    if (auto view = process.views.view_at(branch_)) first_view_ = *std::move(view);
  }
  if (!process.jobs.empty() && !std::exchange(process.commit_due, true)) {
    stage_.executor.after(milliseconds(1), [this, life = life_] {
      if (life == life_) commit();
    });
  }
}

void SimulatedHub::tell_too_early() {
  const auto branch = store_.tables().branches.find(branch_);
  if (branch == store_.tables().branches.end()) return;
  for (const auto& [link, connection] : process_->connections) {
    if (connection->session.branch()) connection->send(wire::Head{next(branch->second.head)});
  }
}

std::optional<hub::engine::HubEditOutcome> SimulatedHub::edit(const hub::engine::HubEdit& edit) {
  if (!process_) return std::nullopt;
  stage_.invariants.asked_at_hub(edit);
  std::vector<hub::engine::FeedNotice> notices;
  const auto done = process_->sequencer.edit(bent(edit), clock.now(), notices);
  say("is asked to change " + edit.path +
      (done ? ": outcome " + std::to_string(static_cast<int>(done->outcome)) : ": " + done.error().sentence()));
  stage_.invariants.hub_committed();
  process_->views.moved(notices);
  process_->feed.publish(notices);
  process_->views.refresh(notices);
  return done ? std::optional(done->outcome) : std::nullopt;
}

hub::engine::HubEdit SimulatedHub::bent(hub::engine::HubEdit edit) const {
  if (stage_.canary != Canary::stale_decision_taken) return edit;
  if (const auto head = head_of(edit.document)) edit.expected = head->id;
  return edit;
}

void SimulatedHub::tick() {
  std::vector<LinkId> links;
  for (const auto& [link, connection] : process_->connections) links.push_back(link);
  for (const auto link : links) work_on(link, [&](hub::engine::BridgeSession& session) { session.tick(clock.now()); });
  (void)process_->roster.notes().write(store_);  // what fails waits for the next tick
  if (stage_.canary == Canary::version_by_itself && stage_.schedule.two_way && ++ticks_ % 60 == 0) make_something();
  stage_.executor.after(tick_interval, [this, life = life_] {
    if (life == life_) tick();
  });
}

void SimulatedHub::make_something() {
  hub::engine::HubEdit made;
  made.project = ProjectId{"project"};
  made.branch = branch_;
  made.document = DocumentId{new_id()(clock.now())};
  made.path = "by-itself/" + std::to_string(ticks_) + ".md";
  made.text = "by itself " + std::to_string(ticks_);
  edit(made);
}

Result<hub::engine::ViewAt> SimulatedHub::view(BranchId branch) {
  if (first_view_ && branch == branch_) return *first_view_;
  return process_->views.view_at(branch);
}

std::optional<store::Version> SimulatedHub::head_of(const DocumentId& document) const {
  std::optional<store::Version> head;
  const auto read = store_.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(head, session.versions().head(branch_, document));
    return {};
  });
  return read ? head : std::nullopt;
}

/// The canaries that a hub with a broken rule would be.
void SimulatedHub::bend(std::size_t bridge, wire::ToHub& message) {
  auto* push = std::get_if<wire::Push>(&message);
  if (push == nullptr) return;
  if (stage_.canary == Canary::later_by_client_clock)
    push->age = std::max(milliseconds(0), push->age + clock.skew - skew_of_(bridge));
  if (stage_.canary == Canary::base_ignored) {
    if (const auto head = head_of(push->document)) push->base = head->id;
  }
  if (stage_.canary == Canary::change_id_ignored) {
    const auto asked = push->change;
    if (const auto [name, first] = other_name_.try_emplace(asked, asked); !first) {
      push->change = ChangeId{stage_.chance.entropy().uuid7(clock.now())};
      name->second = push->change;
      true_name_[push->change] = asked;
    }
  }
}

}  // namespace leanspec::simulation
