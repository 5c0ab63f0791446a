#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace leanspec::spec {

/// Bytes [begin, end) of a file.
struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;

  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

enum class YamlKind { null, scalar, list, map };

struct YamlEntry;

/// One YAML value with the place where it stands. Scalars are texts: "true" and "42" are what was written.
struct YamlValue {
  YamlKind kind = YamlKind::null;
  std::string text;                ///< of a scalar, escapes and folding resolved
  bool quoted = false;             ///< a scalar in quotes or a block scalar: never a null, whatever its text
  std::uint32_t line = 0;          ///< 0-based, of its first byte
  ByteRange range;                 ///< with quotes and brackets; where nothing is written, begin == end
  std::vector<YamlValue> items;    ///< of a list
  std::vector<YamlEntry> entries;  ///< of a map, in the order of the file, keys unique
};

struct YamlEntry {
  std::string key;
  std::uint32_t line = 0;
  ByteRange key_range;
  YamlValue value;
};

/// Why a text is no YAML that we read.
struct YamlError {
  std::string message;
  std::uint32_t line = 0;  ///< 0-based
};

/// Frontmatter nests three deep at most (transitions: list of maps); the rest is room for custom fields. A bound also
/// because values are destroyed recursively.
inline constexpr std::size_t yaml_depth_max = 16;
/// Scalars, lists and maps together. The largest frontmatter known has about 100; a status change adds three.
inline constexpr std::size_t yaml_values_max = 20'000;

/// Reads one YAML document. Aliases, tags, duplicate keys, keys that are not scalars and a second document are errors:
/// specs have no use for them, and hostile files do. Time and memory are linear in `text`, whose size the caller
/// bounds. `text` must be well-formed UTF-8 without NUL.
[[nodiscard]] std::variant<YamlValue, YamlError> parse_yaml(std::string_view text);

}  // namespace leanspec::spec
