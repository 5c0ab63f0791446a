#pragma once

#include <memory>
#include <optional>

#include "net/server/router.h"
#include "net/server/task.h"
#include "net/server/worker.h"

namespace leanspec::net::server {

/// Where the answer of a DeferredHandler arrives. The responder may be called from any thread, and even when the server
/// is gone; its last copy going away unanswered is an answer too. Shared between the connection that waits and the
/// answer on its way.
class PendingAnswer : public std::enable_shared_from_this<PendingAnswer> {
 public:
  explicit PendingAnswer(Executor executor) : signal_(executor) {}

  [[nodiscard]] Responder responder(std::shared_ptr<Worker> worker);
  /// The response; nullopt if the responder was dropped, or the wait given up.
  Task<std::optional<Response>> wait();
  void give_up();

 private:
  class Promise;
  void arrive(std::optional<Response> response);

  Signal signal_;
  std::optional<Response> response_;
  bool over_ = false;
};

}  // namespace leanspec::net::server
