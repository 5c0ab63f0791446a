#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "merge/merge_lines.h"
#include "merge/text_lines.h"

namespace leanspec::merge {

/// One text taken apart for a merge. Views into the text.
struct BodyText {
  TextLines split;
  std::vector<std::uint32_t> elements;
  std::vector<LineTraits> traits;

  [[nodiscard]] Lines lines() const { return {split.lines, elements, traits}; }
};

/// Three texts whose equal lines have equal elements.
struct BodyTexts {
  BodyText base;
  BodyText ours;
  BodyText theirs;
};

[[nodiscard]] BodyTexts read_bodies(std::string_view base, std::string_view ours, std::string_view theirs);

/// A section of the result with the place that it has among the sections of each text. A merge by lines is one section.
struct WovenSection {
  std::optional<std::size_t> base;
  std::optional<std::size_t> ours;
  std::optional<std::size_t> theirs;
  std::vector<Stretch> stretches;  ///< ranges count lines of the whole texts
};

/// Where both sides' edits of a body went. `sections` stand in the order of the result; those that it does not have any
/// more are at the end.
struct BodyMerge {
  std::vector<WovenSection> sections;
  bool by_headings = false;  ///< sections were moved, and merged one by one
  bool final_newline = false;
  std::string why_not;  ///< when nothing can be said about single places: the whole body is the conflict

  [[nodiscard]] bool clean() const;
  [[nodiscard]] std::string text() const;  ///< only of a clean one
};

/// Merges three bodies: where a side moved sections, by headings, else as one run of lines. Pure and deterministic;
/// when the budget is spent, the whole body is a conflict.
[[nodiscard]] BodyMerge merge_body(const BodyTexts& texts, WordsInLines words, DiffBudget& budget);

}  // namespace leanspec::merge
