#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "spec/frontmatter.h"
#include "vocabulary/result.h"

namespace leanspec::spec {

/// Changes of single fields of a file's frontmatter that leave every other byte alone: body, other fields, order of
/// keys, quotes, comments, line ends. Each takes the file and gives the new file. Each reads its own result back and
/// compares every field before it gives it away; so an odd way of writing can make an edit fail, and never spoil a
/// file.
///
/// Errors: `invalid` when the frontmatter cannot be read (a person must mend it first), `unsupported` when the field is
/// written in a way that cannot be edited alone, `too_large` when the frontmatter would pass its bound.

/// Puts a text into the field, in the quotes that it has now. A field that is not there comes behind the field
/// `behind`, or last. A file without frontmatter gets one.
[[nodiscard]] Result<std::string> set_field(std::string_view file, std::string_view key, std::string_view text,
                                            std::string_view behind = {});

/// Takes the field with its lines out; the file as it is when there is none.
[[nodiscard]] Result<std::string> remove_field(std::string_view file, std::string_view key);

/// Takes items out of a list and puts items in at its end, each that is not there yet. A list that becomes empty goes;
/// a field that is not there comes behind `behind`, or last.
[[nodiscard]] Result<std::string> change_list(std::string_view file, std::string_view key,
                                              std::span<const std::string> added, std::span<const std::string> removed,
                                              std::string_view behind = {});

using EntryFields = std::span<const std::pair<std::string, std::string>>;

/// Puts a map such as {status, at} at the end of a list.
[[nodiscard]] Result<std::string> append_entry(std::string_view file, std::string_view key, EntryFields fields,
                                               std::string_view behind = {});

}  // namespace leanspec::spec
