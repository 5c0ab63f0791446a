#include "tests/simulation/simulated_network.h"

#include <utility>
#include <vector>

namespace leanspec::simulation {

namespace {

constexpr unsigned connection_lost = 1006;
/// A slow reader takes so many bytes a millisecond.
constexpr std::size_t slow_bytes_per_ms = 2;
/// From the name to the upgrade, as the bridge's client waits.
constexpr milliseconds connect_timeout{10'000};

}  // namespace

milliseconds SimulatedNetwork::latency(std::size_t bridge) {
  const auto& weather = weather_[bridge];
  auto time = schedule_.latency + chance_.time(0, schedule_.jitter.count());
  if (executor_.now() < weather.delayed_until) time += weather.delayed_by;
  return time;
}

LinkId SimulatedNetwork::connect(std::size_t bridge) {
  const LinkId id = ++last_;
  links_[id].bridge = bridge;
  if (executor_.now() < weather_[bridge].blocked_until) {
    executor_.after(chance_.time(1, 3'000), [this, id, bridge] {
      if (links_.erase(id) != 0) ends_.bridge_cannot_connect(bridge, id, false);
    });
    return id;
  }
  executor_.after(connect_timeout, [this, id] { give_up(id); });
  executor_.after(latency(bridge), [this, id, bridge] {
    const auto found = links_.find(id);
    if (found == links_.end() || !found->second.bridge_end) return;
    bool refused = false;
    if (!ends_.hub_accepts(id, bridge, refused)) {
      links_.erase(found);
      return ends_.bridge_cannot_connect(bridge, id, refused);
    }
    found->second.hub_end = true;
    executor_.after(latency(bridge), [this, id, bridge] {
      const auto link = links_.find(id);
      if (link == links_.end() || !link->second.bridge_end || link->second.dark) return;
      link->second.open = true;
      ends_.bridge_opens(bridge, id);
    });
  });
  return id;
}

/// An attempt that went dark on its way is answered by nobody: the bridge's own patience ends it.
void SimulatedNetwork::give_up(LinkId id) {
  const auto found = links_.find(id);
  if (found == links_.end() || found->second.open || !std::exchange(found->second.bridge_end, false)) return;
  const auto bridge = found->second.bridge;
  if (!found->second.hub_end) links_.erase(found);
  ends_.bridge_cannot_connect(bridge, id, false);
}

void SimulatedNetwork::to_hub(LinkId id, std::string frame) {
  const auto found = links_.find(id);
  if (found == links_.end() || found->second.dark) return;
  auto& link = found->second;
  auto due = executor_.now() + latency(link.bridge);
  if (!link.up.empty()) due = std::max(due, link.up.back().due);
  link.up.push_back({std::move(frame), due});
  executor_.at(due, [this, id] { deliver_up(id); });
}

void SimulatedNetwork::deliver_up(LinkId id) {
  const auto found = links_.find(id);
  if (found == links_.end() || !found->second.hub_end || found->second.up.empty()) return;
  auto& link = found->second;
  if (executor_.now() < link.held_until) return executor_.at(link.held_until, [this, id] { deliver_up(id); });
  const auto frame = std::move(link.up.front().bytes);
  link.up.pop_front();
  ends_.hub_receives(id, frame);
}

void SimulatedNetwork::to_bridge(LinkId id, std::string frame) {
  const auto found = links_.find(id);
  if (found == links_.end() || found->second.dark || !found->second.bridge_end) return;
  auto& link = found->second;
  auto due = executor_.now() + latency(link.bridge);
  if (executor_.now() < weather_[link.bridge].slow_until) due += milliseconds(frame.size() / slow_bytes_per_ms);
  if (!link.down.empty()) due = std::max(due, link.down.back().due);
  link.down_bytes += frame.size();
  link.down.push_back({std::move(frame), due});
  executor_.at(due, [this, id] { deliver_down(id); });
}

void SimulatedNetwork::deliver_down(LinkId id) {
  const auto found = links_.find(id);
  if (found == links_.end() || !found->second.bridge_end || found->second.down.empty()) return;
  auto& link = found->second;
  const auto frame = std::move(link.down.front().bytes);
  link.down.pop_front();
  link.down_bytes -= frame.size();
  const bool drained = link.down.empty() && link.hub_end;
  ends_.bridge_receives(link.bridge, id, frame);
  if (drained) ends_.hub_drained(id);
}

std::size_t SimulatedNetwork::waiting_for_bridge(LinkId id) const {
  const auto found = links_.find(id);
  return found == links_.end() ? 0 : found->second.down_bytes;
}

void SimulatedNetwork::drop_bridge_end(LinkId id, unsigned code) {
  const auto found = links_.find(id);
  if (found == links_.end() || !std::exchange(found->second.bridge_end, false)) return;
  const auto bridge = found->second.bridge;
  found->second.down.clear();
  found->second.down_bytes = 0;
  if (!found->second.hub_end) links_.erase(found);
  ends_.bridge_loses(bridge, id, code);
}

void SimulatedNetwork::drop_hub_end(LinkId id) {
  const auto found = links_.find(id);
  if (found == links_.end() || !std::exchange(found->second.hub_end, false)) return;
  if (!found->second.bridge_end) links_.erase(found);
  ends_.hub_loses(id);
}

void SimulatedNetwork::bridge_closes(LinkId id) {
  const auto found = links_.find(id);
  if (found == links_.end()) return;
  found->second.bridge_end = false;
  found->second.down.clear();
  found->second.down_bytes = 0;
  if (!found->second.hub_end) {
    links_.erase(found);
    return;
  }
  if (found->second.dark) return;  // nobody tells the hub
  // After what is on the way.
  auto due = executor_.now() + latency(found->second.bridge);
  if (!found->second.up.empty()) due = std::max(due, found->second.up.back().due);
  executor_.at(std::max(due, found->second.held_until) + milliseconds(1), [this, id] { drop_hub_end(id); });
}

void SimulatedNetwork::hub_closes(LinkId id, unsigned code) {
  const auto found = links_.find(id);
  if (found == links_.end()) return;
  auto due = executor_.now() + latency(found->second.bridge);
  if (!found->second.down.empty()) due = std::max(due, found->second.down.back().due);
  const bool dark = found->second.dark;
  // The session is in the middle of a call: its end goes when that is over.
  executor_.after(milliseconds(0), [this, id] { drop_hub_end(id); });
  if (!dark) executor_.at(due + milliseconds(1), [this, id, code] { drop_bridge_end(id, code); });
}

std::vector<LinkId> SimulatedNetwork::links_of(std::size_t bridge) const {
  std::vector<LinkId> found;
  for (const auto& [id, link] : links_) {
    if (link.bridge == bridge) found.push_back(id);
  }
  return found;
}

void SimulatedNetwork::cut(std::size_t bridge, bool stragglers) {
  for (const auto id : links_of(bridge)) {
    auto& link = links_.at(id);
    if (stragglers) {
      link.held_until = executor_.now() + chance_.time(0, 5'000);
    } else {
      link.up.clear();
      link.dark = true;
    }
    const auto told_hub = std::max(link.held_until, executor_.now()) + chance_.time(1, 8'000);
    executor_.at(told_hub, [this, id] { drop_hub_end(id); });
    executor_.after(chance_.time(0, 500), [this, id] { drop_bridge_end(id, connection_lost); });
  }
}

void SimulatedNetwork::go_half_open(std::size_t bridge) {
  for (const auto id : links_of(bridge)) {
    auto& link = links_.at(id);
    link.dark = true;
    link.up.clear();
    link.down.clear();
    link.down_bytes = 0;
  }
}

void SimulatedNetwork::make_slow(std::size_t bridge, milliseconds until) {
  weather_[bridge].slow_until = until;
}
void SimulatedNetwork::delay(std::size_t bridge, milliseconds until, milliseconds by) {
  weather_[bridge].delayed_until = until;
  weather_[bridge].delayed_by = by;
}
void SimulatedNetwork::block(std::size_t bridge, milliseconds until) {
  weather_[bridge].blocked_until = until;
}

void SimulatedNetwork::hub_is_gone() {
  std::vector<LinkId> all;
  for (const auto& [id, link] : links_) all.push_back(id);
  for (const auto id : all) {
    auto& link = links_.at(id);
    link.hub_end = false;
    link.up.clear();
    if (!link.bridge_end) {
      links_.erase(id);
    } else if (!link.dark) {
      executor_.after(chance_.time(0, 200), [this, id] { drop_bridge_end(id, connection_lost); });
    }
  }
}

void SimulatedNetwork::heal() {
  weather_.clear();
}

}  // namespace leanspec::simulation
