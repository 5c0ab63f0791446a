#include "bridge/engine/state.h"

#include <algorithm>

namespace leanspec::bridge::engine {

std::chrono::milliseconds EditTime::age(const EditTime& now) const {
  using std::chrono::milliseconds;
  const auto passed =
      boot == now.boot ? std::chrono::duration_cast<milliseconds>(now.at - at) : milliseconds(now.wall - wall);
  return std::max(passed, milliseconds{0});
}

}  // namespace leanspec::bridge::engine
