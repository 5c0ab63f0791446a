#include "net/server/pending_answer.h"

#include <atomic>
#include <boost/asio/post.hpp>
#include <utility>

namespace leanspec::net::server {

class PendingAnswer::Promise {
 public:
  Promise(std::shared_ptr<Worker> worker, std::weak_ptr<PendingAnswer> pending)
      : worker_(std::move(worker)), pending_(std::move(pending)) {}
  ~Promise() {
    if (!given_) post(std::nullopt);
  }
  Promise(const Promise&) = delete;
  Promise& operator=(const Promise&) = delete;

  void give(Response response) {
    if (!given_.exchange(true)) post(std::move(response));
  }

 private:
  void post(std::optional<Response> response) {
    asio::post(worker_->context(), [pending = pending_, response = std::move(response)]() mutable {
      if (const auto waiting = pending.lock()) waiting->arrive(std::move(response));
    });
  }

  std::shared_ptr<Worker> worker_;
  std::weak_ptr<PendingAnswer> pending_;
  std::atomic<bool> given_{false};
};

Responder PendingAnswer::responder(std::shared_ptr<Worker> worker) {
  auto promise = std::make_shared<Promise>(std::move(worker), weak_from_this());
  return [promise](Response response) { promise->give(std::move(response)); };
}

Task<std::optional<Response>> PendingAnswer::wait() {
  while (!over_) co_await signal_.wait(Signal::Clock::time_point::max());
  co_return std::move(response_);
}

void PendingAnswer::give_up() {
  over_ = true;
  signal_.wake();
}

void PendingAnswer::arrive(std::optional<Response> response) {
  if (over_) return;
  response_ = std::move(response);
  give_up();
}

}  // namespace leanspec::net::server
