#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "spec/ready_text.h"
#include "spec/spec.h"
#include "vocabulary/result.h"

namespace leanspec::spec {

enum class SortKey { number, updated, created, title, priority, status };

struct SpecFilter {
  std::vector<SpecStatus> status;  ///< any of these; empty: any
  std::vector<Priority> priority;
  std::vector<std::string> tags;  ///< any of these
  bool every_tag = false;         ///< all of `tags` instead, as LeanSpec's API means them
  std::optional<std::string> assignee;
  std::optional<bool> blocked;        ///< has a dependency that is neither complete nor archived
  std::optional<bool> with_findings;  ///< has an error in its frontmatter
};

struct ListQuery {
  SpecFilter filter;
  SortKey sort = SortKey::number;
  bool descending = true;
  std::size_t offset = 0;
  std::size_t limit = 50;
};

struct SpecMemory;

/// A spec with what only its neighbours know. The lists hold ids of specs that exist, in number order.
struct SpecEntry {
  std::shared_ptr<const Spec> spec;
  std::vector<SubSpec> sub_specs;  ///< every other file of its folder, by path
  std::vector<std::string> children;
  std::vector<std::string> required_by;
  bool blocked = false;
  std::shared_ptr<SpecMemory> memory;  ///< private to this folder: what was worked out from the texts (view_index.h)
  ReadyText row;                       ///< of whoever shows lists of entries
};
using SpecEntryPtr = std::shared_ptr<const SpecEntry>;

struct ListPage {
  std::vector<SpecEntryPtr> specs;
  std::size_t total = 0;
  std::optional<std::size_t> next_offset;
};

struct BoardColumn {
  SpecStatus status;
  std::vector<SpecEntryPtr> specs;
};

struct HierarchyNode {
  SpecEntryPtr spec;
  std::vector<HierarchyNode> children;
};

struct DependencyEdge {
  std::string source;  ///< the dependency
  std::string target;  ///< the dependent
};

struct StatusCount {
  SpecStatus status;
  std::size_t count;
};
struct PriorityCount {
  Priority priority;
  std::size_t count;
};
struct NameCount {
  std::string name;
  std::size_t count;
};

struct Stats {
  std::size_t total = 0;
  std::vector<StatusCount> by_status;      ///< all five, in order
  std::vector<PriorityCount> by_priority;  ///< all four, in order
  std::vector<NameCount> by_tag;           ///< most used first
  std::vector<NameCount> by_assignee;
  std::size_t without_priority = 0;
  std::size_t without_status = 0;  ///< unreadable or missing; counted as planned in by_status
  std::size_t with_findings = 0;
  double completion_rate = 0;  ///< percent: complete / total
};

enum class TokenStatus { optimal, good, warning, critical };
[[nodiscard]] std::string_view to_string(TokenStatus status);

struct TokenSection {
  std::string heading;
  std::size_t tokens;
};
/// Of the body alone: what lists and badges show, at a fifth of the price of a report.
struct BodyTokens {
  std::size_t count = 0;
  TokenStatus status = TokenStatus::optimal;
};
/// Counts of OpenAI's cl100k_base encoding, equal to LeanSpec's.
struct TokenReport {
  std::size_t body = 0;  ///< what lists and badges show
  TokenStatus body_status = TokenStatus::optimal;
  std::size_t file = 0;  ///< the whole file
  TokenStatus file_status = TokenStatus::optimal;
  std::size_t frontmatter = 0, content = 0, title = 0;
  std::size_t code_blocks = 0, checklists = 0, prose = 0;
  std::vector<TokenSection> sections;  ///< per level-2 heading
};

enum class Verdict { pass, warn, fail };
[[nodiscard]] std::string_view to_string(Verdict verdict);
struct Validation {
  Verdict verdict = Verdict::pass;
  std::vector<Finding> findings;
};

struct Excerpt {
  std::string text;
  std::vector<std::pair<std::size_t, std::size_t>>
      highlights;          ///< byte [begin, end) within text, on character boundaries
  std::uint32_t line = 0;  ///< 1-based line in the file; 0 for the title
  std::string file;        ///< the sub-spec that it is from: "DESIGN.md"; empty for README.md
};
struct SearchHit {
  SpecEntryPtr spec;
  double score = 0;
  std::vector<Excerpt> excerpts;  ///< at most three, the best first
};
struct SearchPage {
  std::vector<SearchHit> hits;
  std::size_t total = 0;
};

/// What became of one file; null `bytes`: it is gone.
struct FileChange {
  SourceFile file;
};

/// Everything that reading needs of one branch of one project, indexed. Immutable: a change makes the next view, which
/// shares every unchanged spec with this one, so readers never wait and one changed file parses one file. Safe from
/// every thread.
class ProjectView {
 public:
  using Ptr = std::shared_ptr<const ProjectView>;

  using FileChange = spec::FileChange;

  [[nodiscard]] static Ptr build(std::vector<SourceFile> files);
  /// The view after `changes`, each applied in order.
  [[nodiscard]] Ptr with(std::span<const FileChange> changes) const;

  [[nodiscard]] std::size_t size() const;
  /// How many README.md files were parsed to make this view from the one before.
  [[nodiscard]] std::size_t parsed_files() const;
  /// Every spec, number descending, then id descending.
  [[nodiscard]] const std::vector<SpecEntryPtr>& all() const;
  /// Exact id, else exact number, else the first id that contains `name` (LeanSpec's fuzzy lookup without its
  /// surprises: a number never matches inside another number).
  [[nodiscard]] SpecEntryPtr find(std::string_view name) const;
  /// Files that belong to no spec (top-level files, folders without a README.md), by path.
  [[nodiscard]] const std::vector<SourceFile>& loose_files() const;

  [[nodiscard]] ListPage list(const ListQuery& query) const;
  [[nodiscard]] std::vector<BoardColumn> board(const SpecFilter& filter) const;
  [[nodiscard]] std::vector<HierarchyNode> hierarchy(const SpecFilter& filter) const;
  [[nodiscard]] std::vector<DependencyEdge> dependencies() const;
  [[nodiscard]] Stats stats() const;
  /// Every rule of LeanSpec's validators plus dangling and circular relations.
  [[nodiscard]] Validation validate(const SpecEntry& entry) const;
  // Each counted on first use and remembered.
  [[nodiscard]] BodyTokens body_tokens(const SpecEntry& entry) const;
  [[nodiscard]] TokenReport tokens(const SpecEntry& entry) const;
  /// LeanSpec's grammar (words, "phrases", AND OR NOT, field:value, created:>=, fuzzy~), ranked. A query that does not
  /// parse is an error that says where.
  [[nodiscard]] Result<SearchPage> search(std::string_view query, const SpecFilter& filter, std::size_t offset,
                                          std::size_t limit) const;

  ProjectView(const ProjectView&) = delete;
  ProjectView& operator=(const ProjectView&) = delete;
  ~ProjectView();

 private:
  struct Index;
  explicit ProjectView(std::unique_ptr<const Index> index);
  std::unique_ptr<const Index> index_;
};

}  // namespace leanspec::spec
