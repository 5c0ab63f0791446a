#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/digest.h"
#include "vocabulary/ids.h"

namespace leanspec::spec {

enum class SpecStatus { draft, planned, in_progress, complete, archived };
enum class Priority { low, medium, high, critical };

/// "in-progress" and so on, as written in frontmatter and in the API.
[[nodiscard]] std::string_view to_string(SpecStatus status);
[[nodiscard]] std::string_view to_string(Priority priority);
/// Accepts the spellings that LeanSpec accepts (in_progress, completed, med, urgent; any case); nothing for others.
[[nodiscard]] std::optional<SpecStatus> parse_status(std::string_view text);
[[nodiscard]] std::optional<Priority> parse_priority(std::string_view text);

struct Transition {
  SpecStatus status = SpecStatus::planned;
  std::string at;  ///< RFC 3339, as written

  friend bool operator==(const Transition&, const Transition&) = default;
};

enum class Severity { info, warning, error };
[[nodiscard]] std::string_view to_string(Severity severity);

/// One finding about a file: shown to people, never a reason to hide the file.
struct Finding {
  Severity severity = Severity::error;
  std::string kind;  ///< "frontmatter", "structure", "length", "relationship", "encoding"
  std::string message;
  std::optional<std::uint32_t> line;  ///< 1-based, in the whole file
  std::optional<std::string> suggestion;

  friend bool operator==(const Finding&, const Finding&) = default;
};

/// The bytes of one file as the hub holds them, with what the hub knows beside them.
struct SourceFile {
  std::string path;  ///< relative to the specs root, '/' separated: "082-web-sync/README.md"
  std::shared_ptr<const std::string> bytes;
  DocumentId document;
  VersionId version;
  std::int64_t changed_ms =
      0;  ///< when the hub accepted this version, Unix milliseconds; stands in where frontmatter has no dates
};

/// A file beside a README.md, or deeper in its folder.
struct SubSpec {
  std::string file;  ///< relative to the spec's folder: "DESIGN.md"
  std::string name;  ///< shown: "Design" for Markdown, which has a tab; the file name for others
  bool markdown = false;
  SourceFile source;
};

/// One spec: its parsed README.md. Immutable. A frontmatter that cannot be read leaves `frontmatter_ok` false, a
/// finding with the line, defaults in the fields, and the spec listed and readable like any other.
struct Spec {
  std::string id;  ///< leaf folder name; the identity that LeanSpec uses
  std::optional<std::uint32_t> number;
  std::string name;    ///< id without number and dash
  std::string folder;  ///< path of its folder relative to the root (differs from id for nested layouts)
  std::string title;
  SourceFile source;

  bool frontmatter_ok = true;
  std::optional<SpecStatus> status;  ///< nothing: absent or not a known one
  std::optional<Priority> priority;
  std::vector<std::string> tags;
  std::optional<std::string> assignee;
  std::vector<std::string> depends_on;
  std::optional<std::string> parent;
  std::optional<std::string> created;  ///< date as written
  std::optional<std::string>
      created_at;  ///< RFC 3339 in UTC, milliseconds or finer as written; from created when absent
  std::optional<std::string> updated_at;
  std::optional<std::string> completed_at;  ///< from `completed` when absent
  std::vector<Transition> transitions;
  std::vector<std::pair<std::string, std::string>> other_fields;  ///< unknown scalars, as written

  std::size_t body_offset = 0;    ///< of the body within source.bytes: after the frontmatter, leading newlines stripped
  std::uint32_t body_line = 1;    ///< line number of that offset
  Digest body_digest;             ///< LeanSpec's contentHash
  std::vector<Finding> findings;  ///< of the parse alone; validate() adds the rules

  /// What boards, filters and counts use: `planned` where the file says nothing that can be understood.
  [[nodiscard]] SpecStatus shown_status() const { return status.value_or(SpecStatus::planned); }
  [[nodiscard]] std::string_view body() const { return std::string_view(*source.bytes).substr(body_offset); }
};

}  // namespace leanspec::spec
