// links: spec
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "spec/frontmatter.h"
#include "text/utf8.h"

using namespace leanspec::spec;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const YamlValue& value, ByteRange outer, std::string_view file) {
  require(value.range.begin <= value.range.end && value.range.end <= file.size());
  require(value.range.begin >= outer.begin && value.range.end <= outer.end);
  require(!leanspec::text::first_invalid_utf8(value.text).has_value());
  for (const auto& item : value.items) check(item, outer, file);
  for (const auto& entry : value.entries) {
    require(entry.key_range.begin <= entry.key_range.end && entry.key_range.end <= outer.end);
    check(entry.value, outer, file);
  }
}

void check_file(std::string_view file) {
  const auto frontmatter = parse_frontmatter(file);
  const auto& split = frontmatter.split;
  require(split.body_offset <= file.size() && split.yaml.begin <= split.yaml.end && split.yaml.end <= file.size());
  require(split.yaml.end <= split.body_offset || split.shape != FrontmatterSplit::Shape::closed);
  require(frontmatter.fields.empty() || !frontmatter.error);
  std::size_t before = split.yaml.begin;
  for (const auto& field : frontmatter.fields) {
    require(field.lines.begin <= field.lines.end && field.lines.end <= split.yaml.end);
    require(field.lines.begin >= split.yaml.begin && field.key_range.begin >= before);
    before = field.key_range.begin;
    check(field.value, split.yaml, file);
  }
}

}  // namespace

/// Every place that the parser tells lies inside the frontmatter, in order; nothing hangs and nothing grows.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_file(text);
  check_file("---\n" + std::string(text) + "\n---\n# T\n");
  return 0;
}
