#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace leanspec::hub::engine {

/// Ends a subscription when it goes out of scope. A call that is already under way on another thread may still finish
/// after that, so a listener holds what it needs by shared or weak pointer.
class Subscription {
 public:
  Subscription() = default;
  explicit Subscription(std::function<void()> unsubscribe) : unsubscribe_(std::move(unsubscribe)) {}
  Subscription(Subscription&& other) noexcept : unsubscribe_(std::exchange(other.unsubscribe_, nullptr)) {}
  Subscription& operator=(Subscription&& other) noexcept {
    if (this != &other) {
      reset();
      unsubscribe_ = std::exchange(other.unsubscribe_, nullptr);
    }
    return *this;
  }
  ~Subscription() { reset(); }

  void reset() {
    if (auto unsubscribe = std::exchange(unsubscribe_, nullptr)) unsubscribe();
  }

 private:
  std::function<void()> unsubscribe_;
};

/// Who wants to hear of something. Safe from every thread; listeners are called in the order in which they came,
/// outside the lock, so that one may subscribe, unsubscribe or publish from within its call.
template <typename Event>
class ListenerList {
 public:
  using Listener = std::function<void(const Event&)>;

  [[nodiscard]] Subscription subscribe(Listener listener) {
    auto state = state_;
    const std::scoped_lock lock(state->mutex);
    const auto id = ++state->last_id;
    state->listeners.emplace(id, std::make_shared<Listener>(std::move(listener)));
    return Subscription([weak = std::weak_ptr<State>(state), id] {
      if (const auto alive = weak.lock()) {
        const std::scoped_lock locked(alive->mutex);
        alive->listeners.erase(id);
      }
    });
  }

  void publish(const Event& event) const {
    std::vector<std::shared_ptr<Listener>> now;
    {
      const std::scoped_lock lock(state_->mutex);
      now.reserve(state_->listeners.size());
      for (const auto& [id, listener] : state_->listeners) now.push_back(listener);
    }
    for (const auto& listener : now) (*listener)(event);
  }

 private:
  struct State {
    std::mutex mutex;
    std::uint64_t last_id = 0;
    std::map<std::uint64_t, std::shared_ptr<Listener>> listeners;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace leanspec::hub::engine
