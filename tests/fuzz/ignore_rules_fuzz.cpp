// links: sync
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sync/ignore_rules.h"

/// Rule text up to the first NUL, then a path: no input may crash, hang or read out of bounds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  const auto cut = input.find('\0');
  const leanspec::sync::IgnoreRules rules{input.substr(0, cut)};
  const auto path = cut == std::string_view::npos ? std::string_view{"specs/001-x/README.md"} : input.substr(cut + 1);
  const auto as_file = rules.match(path, false);
  const auto as_folder = rules.match(path, true);
  if (as_file && as_file->rule.empty()) __builtin_trap();
  if (as_folder && as_folder->rule.empty()) __builtin_trap();
  return 0;
}
