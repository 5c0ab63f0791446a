#include <algorithm>
#include <utility>

#include "hub/engine/bridge_session_state.h"
#include "hub/engine/change_page.h"

// Pages and texts that a bridge has asked for, as there is room for them.

namespace leanspec::hub::engine {

void BridgeSession::State::answer_waiting() {
  while (!closed && on_branch() && has_room()) {
    if (pull_waiting) {
      if (!rights_hold()) return;
      send_page(*std::exchange(pull_waiting, std::nullopt));
    } else if (!fetches_waiting.empty()) {
      if (!rights_hold()) return;
      const auto fetch = fetches_waiting.front();
      fetches_waiting.pop_front();
      send_body(fetch);
    } else if (head_now > head_told) {
      head_told = head_now;
      output.send(wire::Head{head_told});
    } else {
      return;
    }
  }
}

void BridgeSession::State::send_page(Seq after) {
  auto page = read_page(services.store, admission->branch->id, after);
  if (!page) {
    if (page.error().code == ErrorCode::conflict) return close(CloseCode::start_again, page.error().sentence());
    if (page.error().code == ErrorCode::not_found) return close(CloseCode::no_such_project, page.error().sentence());
    return fail(page.error());
  }
  head_now = std::max(head_now, page->head);
  head_told = std::max(head_told, page->head);
  output.send(std::move(page).value());
}

void BridgeSession::State::allow_delta_work(Instant now) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - delta_work_at).count();
  if (seconds == 0) return;
  delta_work_at = now;
  if (seconds < 0) return;  // a clock that was set
  const auto idle =
      std::min<std::uint64_t>(static_cast<std::uint64_t>(seconds), delta_work_max / delta_work_per_second);
  delta_work = std::min(delta_work_max, delta_work + idle * delta_work_per_second);
}

/// As what is new against a text that the bridge has. False: it is to be sent whole.
bool BridgeSession::State::send_delta(const wire::Fetch& fetch) {
  if (!fetch.base || fetch.offset != 0 || *fetch.base == fetch.digest) return false;
  auto known = services.deltas.find(*fetch.base, fetch.digest);
  if (!known && delta_work > 0) {
    auto made = services.deltas.make(services.store, *fetch.base, fetch.digest);
    if (!made) return false;  // the whole text will meet the same trouble, and say so
    delta_work -= std::min(delta_work, made->work);
    known = std::move(made->delta);
  }
  if (!known || *known == nullptr) return false;
  wire::Body body;
  body.digest = fetch.digest;
  body.size = (*known)->size;
  body.base = fetch.base;
  body.bytes = (*known)->zstd;
  output.send(std::move(body));
  return true;
}

void BridgeSession::State::send_body(const wire::Fetch& fetch) {
  if (send_delta(fetch)) return;
  if (!large_body || large_body->first != fetch.digest) {
    large_body.reset();
    std::optional<std::string> bytes;
    const auto status = services.store.read([&](store::Session& store_session) -> Status {
      LEANSPEC_ASSIGN(bytes, store_session.bodies().get(fetch.digest));
      return {};
    });
    if (!status) return fail(status.error());
    if (bytes) large_body.emplace(fetch.digest, std::move(*bytes));
  }
  wire::Body body;
  body.digest = fetch.digest;
  body.offset = fetch.offset;
  body.missing = !large_body || fetch.offset > large_body->second.size();
  bool last = true;
  if (!body.missing) {
    body.size = large_body->second.size();
    body.bytes = large_body->second.substr(static_cast<std::size_t>(fetch.offset), wire::limits::whole_body_bytes_max);
    last = fetch.offset + body.bytes.size() == body.size;
  }
  if (last) large_body.reset();
  output.send(std::move(body));
}

}  // namespace leanspec::hub::engine
