// links: spec
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "spec/document.h"
#include "spec/project_view.h"
#include "spec/validation.h"
#include "text/utf8.h"

using namespace leanspec::spec;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

SourceFile file(std::string path, std::string_view bytes) {
  SourceFile made;
  made.path = std::move(path);
  made.bytes = std::make_shared<const std::string>(bytes);
  return made;
}

}  // namespace

/// Any bytes become a spec that can be listed, counted and checked, and whose shown texts are well-formed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto spec = parse_spec(file("001-a/README.md", bytes));
  require(spec->body_offset <= size && !leanspec::text::first_invalid_utf8(spec->title));
  for (const auto& finding : spec->findings) require(!finding.line || *finding.line >= 1);
  for (const auto* const field : {&spec->assignee, &spec->parent, &spec->created}) {
    require(!*field || !leanspec::text::first_invalid_utf8(**field));
  }
  for (const auto& tag : spec->tags) require(!tag.empty());
  (void)verdict_of(check_structure(*spec));
  (void)check_frontmatter(*spec);
  std::vector<SourceFile> files;
  files.push_back(file("001-a/README.md", bytes));
  files.push_back(file("002-b/README.md", bytes.substr(size / 2)));
  const auto view = ProjectView::build(std::move(files));
  require(view->size() == 2 && view->list({}).total == 2 && view->stats().total == 2);
  for (const auto& entry : view->all()) (void)check_relations(*view, *entry->spec);
  return 0;
}
