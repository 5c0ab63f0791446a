#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "tests/simulation/chance.h"
#include "tests/simulation/executor.h"
#include "tests/simulation/schedule.h"

namespace leanspec::simulation {

using LinkId = std::uint64_t;

/// What the two ends of a connection hear of it. The bridges' end and the hub's learn of its death each by itself, late
/// or never.
class NetworkEnds {
 public:
  virtual ~NetworkEnds() = default;
  /// False: nobody listens, or the hub refuses the handshake; `refused` with the words of an HTTP status.
  [[nodiscard]] virtual bool hub_accepts(LinkId link, std::size_t bridge, bool& refused) = 0;
  virtual void hub_receives(LinkId link, const std::string& frame) = 0;
  virtual void hub_drained(LinkId link) = 0;
  virtual void hub_loses(LinkId link) = 0;
  virtual void bridge_opens(std::size_t bridge, LinkId link) = 0;
  virtual void bridge_receives(std::size_t bridge, LinkId link, const std::string& frame) = 0;
  virtual void bridge_loses(std::size_t bridge, LinkId link, unsigned code) = 0;
  virtual void bridge_cannot_connect(std::size_t bridge, LinkId link, bool refused) = 0;
};

/// The network between the bridges and the hub: connections that keep order within themselves and nothing else.
class SimulatedNetwork {
 public:
  SimulatedNetwork(Executor& executor, Chance& chance, const Schedule& schedule, NetworkEnds& ends)
      : executor_(executor), chance_(chance), schedule_(schedule), ends_(ends) {}

  // ---- the ends
  [[nodiscard]] LinkId connect(std::size_t bridge);
  void to_hub(LinkId link, std::string frame);
  void to_bridge(LinkId link, std::string frame);
  void bridge_closes(LinkId link);
  /// After what was sent.
  void hub_closes(LinkId link, unsigned code);
  /// Sent by the hub and not yet taken by the bridge.
  [[nodiscard]] std::size_t waiting_for_bridge(LinkId link) const;

  // ---- the weather
  /// What is on the way is lost; with `stragglers` the hub still gets, late, what had left the bridge.
  void cut(std::size_t bridge, bool stragglers);
  /// From now on nothing arrives, and nobody is told.
  void go_half_open(std::size_t bridge);
  void make_slow(std::size_t bridge, milliseconds until);
  void delay(std::size_t bridge, milliseconds until, milliseconds by);
  void block(std::size_t bridge, milliseconds until);
  /// The hub's process is gone: so are its ends.
  void hub_is_gone();
  /// Everything is as it should be from now on; connections that are dead without knowing it stay so.
  void heal();

 private:
  struct Frame {
    std::string bytes;
    milliseconds due{0};
  };
  struct Link {
    std::size_t bridge = 0;
    bool open = false;
    bool bridge_end = true;
    bool hub_end = false;
    bool dark = false;
    milliseconds held_until{0};
    std::deque<Frame> up;
    std::deque<Frame> down;
    std::size_t down_bytes = 0;
  };
  struct Weather {
    milliseconds slow_until{0};
    milliseconds delayed_until{0};
    milliseconds delayed_by{0};
    milliseconds blocked_until{0};
  };

  [[nodiscard]] milliseconds latency(std::size_t bridge);
  void give_up(LinkId link);
  void deliver_up(LinkId link);
  void deliver_down(LinkId link);
  void drop_bridge_end(LinkId link, unsigned code);
  void drop_hub_end(LinkId link);
  [[nodiscard]] std::vector<LinkId> links_of(std::size_t bridge) const;

  Executor& executor_;
  Chance& chance_;
  const Schedule& schedule_;
  NetworkEnds& ends_;
  std::map<LinkId, Link> links_;
  std::map<std::size_t, Weather> weather_;
  LinkId last_ = 0;
};

}  // namespace leanspec::simulation
