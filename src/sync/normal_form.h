#pragma once

#include <string>
#include <string_view>

namespace leanspec::sync {

/// The composed form (Unicode's NFC) of a name, as it goes over the wire: é as one character, however a disk spells it.
/// What is not well-formed UTF-8 stays as it is, and so do characters beyond the tables.
[[nodiscard]] std::string composed(std::string_view name);

/// The same name taken apart (NFD), marks in their order: é as e and a mark, as some disks keep it.
[[nodiscard]] std::string taken_apart(std::string_view name);

}  // namespace leanspec::sync
