// links: spec
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "spec/frontmatter_edit.h"

using namespace leanspec;
using namespace leanspec::spec;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

/// The file without the frontmatter.
std::string_view body_of(std::string_view file) {
  return file.substr(split_frontmatter(file).block.end);
}

void check(const Result<std::string>& edited, std::string_view file) {
  if (!edited) return;
  require(!parse_frontmatter(*edited).error || *edited == file);
  if (split_frontmatter(file).shape == FrontmatterSplit::Shape::closed) require(body_of(*edited) == body_of(file));
}

void check_file(std::string_view file, std::string_view text) {
  static const std::array<std::string, 2> items = {"a", "new item"};
  static const std::array<std::pair<std::string, std::string>, 2> entry = {
      {{"status", "complete"}, {"at", "2025-11-01T00:00:00Z"}}};
  check(set_field(file, "status", text), file);
  check(set_field(file, "k", text, "status"), file);
  check(remove_field(file, "status"), file);
  check(change_list(file, "tags", items, {}), file);
  check(change_list(file, "tags", {}, items), file);
  check(append_entry(file, "transitions", entry), file);
}

}  // namespace

/// An edit gives a file that can be read and has the same body, or an error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto half = text.substr(0, size / 2);
  check_file(text, "complete");
  check_file("---\nstatus: planned\ntags: [a]\n" + std::string(text) + "\n---\n# T\n", half);
  return 0;
}
