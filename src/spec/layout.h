#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace leanspec::spec {

/// The one name of a spec's main file; LeanSpec hard-codes it as well.
inline constexpr std::string_view main_file = "README.md";

/// How deep below the specs root a README.md may be a spec's main file: "a/b/README.md" is depth 3. LeanSpec's bound.
inline constexpr int spec_depth_max = 3;

/// The folder of a path, "" at the top.
[[nodiscard]] std::string_view folder_of(std::string_view path);
/// The last name of a path.
[[nodiscard]] std::string_view leaf_of(std::string_view path);

/// LeanSpec's rule for a spec: a README.md, at most `spec_depth_max` deep, in a folder whose own name begins with a
/// digit.
[[nodiscard]] bool is_spec_path(std::string_view path);

/// The folder name taken apart: "082-web-sync" is number 82, name "web-sync".
struct SpecName {
  std::optional<std::uint32_t> number;  ///< nothing where the digits are beyond 32 bits
  std::string_view name;
};
[[nodiscard]] SpecName split_spec_name(std::string_view folder_name);

}  // namespace leanspec::spec
