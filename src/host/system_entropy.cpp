#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

#include "host/entropy.h"

namespace leanspec::host {
namespace {

class SystemEntropy final : public Entropy {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    while (!bytes.empty()) {
      const ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) std::abort();  // a kernel without randomness: going on would make guessable keys
      bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
  }
};

}  // namespace

Uuid Entropy::uuid7(Instant now) {
  std::array<std::uint8_t, 10> randomness{};
  fill(randomness);
  return make_uuid7(now.time_since_epoch(), randomness);
}

Entropy& system_entropy() {
  static SystemEntropy entropy;
  return entropy;
}

}  // namespace leanspec::host
