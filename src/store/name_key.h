#pragma once

#include <string>
#include <string_view>

namespace leanspec::store {

/// The key under which sign-in names collide: ASCII letters in lower case, all else as it is. The same in every
/// database, whose own foldings differ.
[[nodiscard]] std::string name_key(std::string_view name);

}  // namespace leanspec::store
