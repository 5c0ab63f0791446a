#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "spec/project_files.h"
#include "spec/project_view.h"

// What stands behind ProjectView; for the files of this folder that define its members, and for nobody else.

namespace leanspec::spec {

class TextIndex;

/// What is worked out from a spec's own texts on first use. Every view that holds the same texts of a spec (its
/// README.md and its sub-specs) shares one memory; a change to any of these texts makes another, a change to its
/// neighbours does not.
struct SpecMemory {
  std::once_flag body_tokens_once;
  BodyTokens body_tokens;  ///< of project_view_tokens.cpp
  std::once_flag tokens_once;
  TokenReport tokens;  ///< of project_view_tokens.cpp
  std::once_flag structure_once;
  std::vector<Finding> structure;  ///< of project_view_validate.cpp
  std::once_flag text_once;
  std::shared_ptr<const TextIndex> text;  ///< of project_view_search.cpp
};

struct ProjectView::Index {
  std::vector<FileNodePtr> files;  ///< by path, bytewise, so that a folder's files are neighbours
  std::vector<SpecEntryPtr> all;   ///< number descending, then id, then folder
  std::vector<SourceFile> loose;   ///< by path
  std::size_t parsed = 0;          ///< README.md files that were parsed to make this view from the one before

  /// Sorted orders and counts, each made on first use.
  static constexpr std::size_t sort_orders = 12;  // six keys, both directions
  mutable std::once_flag order_once[sort_orders];
  mutable std::vector<SpecEntryPtr> orders[sort_orders];
  mutable std::once_flag stats_once;
  mutable Stats stats;
};

}  // namespace leanspec::spec
