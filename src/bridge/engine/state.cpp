#include "bridge/engine/state.h"

#include <algorithm>

namespace leanspec::bridge::engine {

std::chrono::milliseconds EditTime::age(const EditTime& now) const {
  using std::chrono::milliseconds;
  const auto passed =
      boot == now.boot ? std::chrono::duration_cast<milliseconds>(now.at - at) : milliseconds(now.wall - wall);
  return std::max(passed, milliseconds{0});
}

std::chrono::nanoseconds ReleasedDeletes::age_at_least(const EditTime& now) const {
  return when.boot == now.boot ? now.at - when.at : now.at.time_since_epoch();
}

}  // namespace leanspec::bridge::engine
