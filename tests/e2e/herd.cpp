#include "tests/e2e/herd.h"

#include <algorithm>
#include <array>
#include <bit>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <optional>
#include <stdexcept>
#include <utility>

#include "bridge/engine/replica_driver.h"
#include "bridge/link/hub_link.h"
#include "host/clock.h"
#include "host/entropy.h"
#include "tests/fakes/memory_state_store.h"

namespace leanspec::e2e {

namespace engine = bridge::engine;
namespace link = bridge::link;
using Steady = std::chrono::steady_clock;

namespace {

[[nodiscard]] engine::Now now() {
  return {host::system_clock().since_boot(), host::system_clock().now()};
}
[[nodiscard]] Uuid fresh() {
  return host::system_entropy().uuid7(host::system_clock().now());
}

[[nodiscard]] std::uint64_t random_bits() {
  std::array<std::uint8_t, 8> bytes{};
  host::system_entropy().fill(bytes);
  return std::bit_cast<std::uint64_t>(bytes);
}

[[nodiscard]] engine::ReplicaConfig config_of(const Herd::Hub& hub, std::size_t number) {
  engine::ReplicaConfig config;
  config.machine = MachineId{fresh()};
  config.machine_name = "machine-" + std::to_string(number);
  config.replica = ReplicaId{fresh()};
  config.project = hub.project;
  config.root_hint = "specs";
  config.client_version = "0.0.0";
  config.platform = "linux-x86_64";
  config.boot_nonce = fresh();
  config.boot = fresh();
  return config;
}

}  // namespace

class Herd::Bridge final : public engine::ReplicaPort, public link::LinkOwner {
 public:
  Bridge(Herd& herd, const Hub& hub, std::size_t number)
      : herd_(herd), address_{hub.url, hub.key, std::nullopt}, timer_(herd.context_) {
    auto opened = engine::ReplicaEngine::open(config_of(hub, number), store_, &fresh, now());
    if (!opened) throw std::runtime_error(opened.error().sentence());
    engine_ = std::move(opened).value();
    driver_.emplace(*engine_, reconnect_, *this);
  }
  void begin() { driver_->perform(now()); }

  // ---- engine::ReplicaPort
  Status connect() override {
    ++herd_.attempts_;
    attempts.push_back(Steady::now());
    auto opened = link::HubLink::open(herd_.context_, address_, *this);
    if (!opened) return opened.error();
    link_ = std::move(opened).value();
    return {};
  }
  void drop_connection() override { retire(); }
  void send(const wire::ToHub& message) override { link_->send(message); }
  void scan(engine::ScanRequest request) override {
    // Another turn: a bridge's disk answers later, too.
    boost::asio::post(herd_.context_, [this, id = request.id, everything = request.everything] {
      engine::ScanResult result;
      result.id = id;
      if (everything) result.rules = std::make_shared<const sync::IgnoreRules>();
      engine_->scanned(result, now());
      driver_->perform(now());
    });
  }
  void apply(engine::ApplyRequest) override { throw std::logic_error("a machine that only sends was asked to write"); }
  void ask_git(engine::GitQuestion) override { throw std::logic_error("there is no git here"); }
  void status_changed() override {}
  void connection_ended(const engine::ConnectionEnd& end) override {
    if (end.refused) herd_.refusal_ = end.why + " " + end.remedy;
  }
  void performed() override {
    const bool is_live = engine_->state_name() == engine::ReplicaStateName::live;
    if (is_live != live_since.has_value()) {
      live_since = is_live ? std::optional{Steady::now()} : std::nullopt;
      herd_.change([&] { herd_.live_ = is_live ? herd_.live_ + 1 : herd_.live_ - 1; });
    }
    look_for_awaited();
    const auto due = driver_->deadline();
    if (!due) return timer_.cancel(), void();
    timer_.expires_after(std::max<BootTime::duration>(*due - now().boot, BootTime::duration::zero()));
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) driver_->tick(now());
    });
  }

  // ---- link::LinkOwner
  void link_opened() override { driver_->opened(now()); }
  void link_received(wire::ToBridge message) override { driver_->received(message, now()); }
  void link_ended(link::LinkEnd end) override {
    retire();
    driver_->ended(std::move(end), now());
  }

  void look_for_awaited() {
    if (knows_awaited || herd_.awaited_.empty()) return;
    const auto& remote = engine_->state().remote;
    knows_awaited = std::any_of(remote.begin(), remote.end(),
                                [&](const auto& entry) { return entry.second.path == herd_.awaited_; });
    if (knows_awaited) herd_.change([&] { ++herd_.knowing_; });
  }

  bool knows_awaited = false;
  std::optional<Steady::time_point> live_since;
  std::vector<Steady::time_point> attempts;

 private:
  /// A link may not be destroyed from within one of its calls.
  void retire() {
    if (link_ != nullptr)
      boost::asio::post(herd_.context_, [gone = std::shared_ptr<link::HubLink>(std::move(link_))] {});
  }

  Herd& herd_;
  link::HubAddress address_;
  boost::asio::steady_timer timer_;
  fakes::MemoryStateStore store_;
  engine::Reconnect reconnect_{&random_bits};
  std::unique_ptr<engine::ReplicaEngine> engine_;
  std::optional<engine::ReplicaDriver> driver_;
  std::unique_ptr<link::HubLink> link_;
};

Herd::Herd(const Hub& hub, std::size_t count) {
  for (std::size_t number = 0; number < count; ++number)
    bridges_.push_back(std::make_unique<Bridge>(*this, hub, number));
  for (const auto& bridge : bridges_) boost::asio::post(context_, [one = bridge.get()] { one->begin(); });
  thread_ = std::thread([this] { context_.run(); });
}

Herd::~Herd() {
  context_.stop();
  thread_.join();
}

template <typename Ask>
auto Herd::ask(Ask&& question) {
  std::packaged_task<decltype(question())()> task(std::forward<Ask>(question));
  auto answer = task.get_future();
  boost::asio::post(context_, [&task] { task(); });
  return answer.get();
}

void Herd::change(const std::function<void()>& what) {
  {
    const std::scoped_lock lock(mutex_);
    what();
  }
  changed_.notify_all();
}

std::size_t Herd::live() const {
  const std::scoped_lock lock(mutex_);
  return live_;
}

bool Herd::wait_until_live(std::size_t count, std::chrono::milliseconds within) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, within, [&] { return live_ == count; });
}

bool Herd::wait_until_all_know(const std::string& path, std::chrono::milliseconds within) {
  ask([&] {
    awaited_ = path;
    change([&] { knowing_ = 0; });
    for (const auto& bridge : bridges_) {
      bridge->knows_awaited = false;
      bridge->look_for_awaited();
    }
  });
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, within, [&] { return knowing_ == bridges_.size(); });
}

std::vector<Steady::time_point> Herd::live_since() {
  return ask([&] {
    std::vector<Steady::time_point> since;
    for (const auto& bridge : bridges_) {
      if (bridge->live_since) since.push_back(*bridge->live_since);
    }
    return since;
  });
}

std::vector<Steady::time_point> Herd::first_attempts(Steady::time_point after) {
  return ask([&] {
    std::vector<Steady::time_point> first;
    for (const auto& bridge : bridges_) {
      const auto& all = bridge->attempts;
      if (const auto at = std::upper_bound(all.begin(), all.end(), after); at != all.end()) first.push_back(*at);
    }
    return first;
  });
}

std::string Herd::refusal() {
  return ask([&] { return refusal_; });
}

}  // namespace leanspec::e2e
