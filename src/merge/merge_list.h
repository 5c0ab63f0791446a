#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "merge/outcome.h"
#include "spec/frontmatter.h"

namespace leanspec::merge {

/// A field in one of the texts; `field` is null where the text does not have it.
struct FieldIn {
  std::string_view file;
  const spec::FrontmatterField* field = nullptr;

  [[nodiscard]] const spec::YamlValue* value() const { return field != nullptr ? &field->value : nullptr; }
  /// Its whole lines.
  [[nodiscard]] std::string_view text() const {
    return field != nullptr ? file.substr(field->lines.begin, field->lines.end - field->lines.begin)
                            : std::string_view();
  }
};

/// Merges a list as a three-way set: what either side added is there, what either removed is not. The bytes are those
/// of a side where they say just that, else the later side's with items put in and taken out. `last`, if given, is the
/// item that must come last. Nothing: no text has the field any more.
[[nodiscard]] std::optional<std::string> merge_list(std::string_view key, const FieldIn& base, const FieldIn& ours,
                                                    const FieldIn& theirs, Side later,
                                                    const std::optional<std::string>& last);

}  // namespace leanspec::merge
