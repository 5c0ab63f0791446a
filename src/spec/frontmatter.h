#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/spec.h"
#include "spec/yaml_value.h"

namespace leanspec::spec {

/// A larger frontmatter is not read at all: the largest known one has 3 KiB, and the bound keeps every parse under
/// milliseconds.
inline constexpr std::size_t frontmatter_bytes_max = 64 * 1024;

/// Where a file's frontmatter and body are. LeanSpec's rule: blank lines (and a byte order mark) may precede the
/// opening line
/// `---`, the next line `---` closes. Carriage returns and blanks at the ends of these lines are allowed.
struct FrontmatterSplit {
  enum class Shape { absent, closed, unclosed };

  Shape shape = Shape::absent;
  ByteRange block;              ///< from the opening to behind the line end of the closing `---`; empty unless closed
  ByteRange yaml;               ///< the lines between
  std::uint32_t yaml_line = 1;  ///< 1-based, of the first line between
  std::size_t body_offset = 0;  ///< leading line ends stripped; behind the byte order mark when there is no frontmatter
  std::uint32_t body_line = 1;

  friend bool operator==(const FrontmatterSplit&, const FrontmatterSplit&) = default;
};

[[nodiscard]] FrontmatterSplit split_frontmatter(std::string_view file);

/// One top-level key with its value. All ranges are bytes of the whole file, all lines 1-based in it, so that an edit
/// can replace a value, or the key with all its lines, and leave every other byte alone.
struct FrontmatterField {
  std::string key;  ///< as written
  std::uint32_t line = 0;
  ByteRange key_range;
  ByteRange lines;  ///< whole lines, from the key's line to the last line of the value, line end included
  YamlValue value;  ///< its lines are 1-based in the file as well
};

struct Frontmatter {
  FrontmatterSplit split;
  std::vector<FrontmatterField> fields;  ///< in the order of the file; empty when `error`
  std::optional<Finding> error;          ///< why it cannot be read (also: there is none)

  /// The field of that key, spelt exactly so.
  [[nodiscard]] const FrontmatterField* find(std::string_view key) const;
};

/// Never fails and never takes long: what cannot be read is described in `error`.
[[nodiscard]] Frontmatter parse_frontmatter(std::string_view file);

}  // namespace leanspec::spec
