#pragma once

#include <cstdint>
#include <functional>
#include <span>

namespace leanspec::hub::access {

/// Fills the bytes with chance fit for keys (host::Entropy in the hub).
using FillRandom = std::function<void(std::span<std::uint8_t>)>;

}  // namespace leanspec::hub::access
