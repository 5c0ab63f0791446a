#pragma once

#include <atomic>
#include <memory>

#include "hub/api/event_audience.h"

namespace leanspec::hub::api {

/// Tells of projects and machines: for the pages that stand above one project. Has no ids; each event is the whole list.
class HubEvents final : public EventAudience {
 public:
  HubEvents(Services& services, net::Request request);

 private:
  void begin() override;
  void end() override;
  void send_projects();
  void send_mirrors();

  bool shows_mirrors_ = false;  ///< the last list had some: that there are none any more is news
  engine::Subscription feed_;
  engine::Subscription roster_;
  engine::Subscription ticks_;
  engine::Subscription mirrors_;
  engine::Subscription stale_;
  std::shared_ptr<std::atomic<bool>> projects_moved_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace leanspec::hub::api
