#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "spec/project_view.h"
#include "vocabulary/result.h"
#include "vocabulary/time.h"

namespace leanspec::spec {

/// What somebody wants the fields of a spec to say; nothing: as it is. An empty text takes the field out.
struct MetadataChange {
  std::optional<std::string> status;
  std::optional<std::string> priority;
  std::optional<std::string> assignee;
  std::optional<std::string> parent;

  // Lists: first the whole list if given, then what comes, then what goes.
  std::optional<std::vector<std::string>> tags;
  std::vector<std::string> add_tags;
  std::vector<std::string> remove_tags;
  std::optional<std::vector<std::string>> depends_on;
  std::vector<std::string> add_depends_on;
  std::vector<std::string> remove_depends_on;

  bool force = false;  ///< past the guards of drafts and umbrellas, never past what makes no sense
};

/// Longer names are no names, and more of them no list: a frontmatter has 64 KiB for everything.
inline constexpr std::size_t metadata_text_bytes_max = 200;
inline constexpr std::size_t metadata_items_max = 200;

/// The file with these fields changed and every other byte as it was, LeanSpec's rules kept:
/// * a status that changes is noted in `transitions` with its time; on completion `completed_at` is set (and
/// `completed`
///   where the file has it); both go when the spec is opened again. What is changed at all sets `updated_at`.
/// * a draft is not begun or completed before it is planned, an umbrella not completed before its children are
/// (guards).
/// * what is newly depended on exists, is not the spec itself, not above or below it, and closes no circle; the same
/// for
///   a parent.
/// A change that says what the file says already gives back the file itself. A file without frontmatter gets one.
///
/// `spec`: the parse of the file; `view`: its project. Errors, with the field as subject: invalid (the value; also a
/// frontmatter that cannot be read), unsupported (a guard says no; also a field written in a way that cannot be edited
/// alone), too_large.
[[nodiscard]] Result<std::string> change_metadata(const Spec& spec, const MetadataChange& change,
                                                  const ProjectView& view, Instant now);

}  // namespace leanspec::spec
