// links: wire
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wire/codec.h"

/// What the hub takes from a stranger: whatever decodes must encode to a frame that decodes to the same message.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view frame(reinterpret_cast<const char*>(data), size);
  const auto message = leanspec::wire::decode_to_hub(frame);
  if (message) {
    const auto again = leanspec::wire::decode_to_hub(leanspec::wire::encode(*message));
    if (!again || *again != *message) std::abort();
  }
  return 0;
}
