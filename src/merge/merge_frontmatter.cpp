#include "merge/merge_frontmatter.h"

#include <algorithm>
#include <optional>
#include <string>

#include "merge/field_values.h"
#include "merge/gate.h"
#include "merge/merge_body.h"
#include "merge/merge_fields.h"

namespace leanspec::merge {

namespace {

FrontmatterIn read(std::string_view text) {
  FrontmatterIn in{text, spec::parse_frontmatter(text)};
  if (in.frontmatter.split.shape != spec::FrontmatterSplit::Shape::closed) {
    // What has no (closed) frontmatter has an empty one; all of it is body.
    in.frontmatter.split = {};
    in.file = {};
  }
  return in;
}

bool closed(const FrontmatterIn& in) {
  return !in.block().empty();
}

bool readable(const FrontmatterIn& in) {
  return closed(in) && !in.frontmatter.error;
}

bool has_few_fields(const FrontmatterIn& in) {
  const auto& fields = in.frontmatter.fields;
  return fields.size() <= fields_max &&
         std::all_of(fields.begin(), fields.end(), [](const spec::FrontmatterField& field) {
           return field.value.items.size() <= list_items_max && field.value.text.size() <= list_items_max * 64;
         });
}

std::size_t lines_in(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

ConflictSide whole(std::string_view block) {
  return {{0, lines_in(block)}, std::string(block)};
}

DraftPiece piece_of(std::string text) {
  DraftPiece piece;
  piece.text = std::move(text);
  return piece;
}

FrontmatterMerge conflict_of(ConflictKind kind, std::string why, const FrontmatterIn& base, const FrontmatterIn& ours,
                             const FrontmatterIn& theirs) {
  FrontmatterMerge merge;
  merge.conflicts.push_back(
      {kind, "", std::move(why), whole(base.block()), whole(ours.block()), whole(theirs.block())});
  merge.pieces.emplace_back().conflict = 0;
  return merge;
}

/// The key when the line is a field on one line: `updated_at: …`.
std::string_view key_in(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return {};
  const auto key = line.substr(0, colon);
  return key.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-") == std::string_view::npos
             ? key
             : std::string_view();
}

/// In a frontmatter that is merged as text, both sides get the later side's derived times, so that they cannot collide.
void agree_on_derived_times(TextLines& ours, TextLines& theirs, Side later) {
  TextLines& from = later == Side::ours ? ours : theirs;
  TextLines& to = later == Side::ours ? theirs : ours;
  for (std::string_view& line : to.lines) {
    const auto key = key_in(line);
    if (key.empty() || role_of(key) != FieldRole::derived) continue;
    const auto same =
        std::find_if(from.lines.begin(), from.lines.end(), [&](auto other) { return key_in(other) == key; });
    if (same != from.lines.end()) line = *same;
  }
}

FrontmatterMerge merge_as_text(const FrontmatterIn& base, const FrontmatterIn& ours, const FrontmatterIn& theirs,
                               Side later, DiffBudget& budget) {
  const TextLines our_lines = split_lines(ours.block());
  const TextLines their_lines = split_lines(theirs.block());
  TextLines our_agreed = our_lines;
  TextLines their_agreed = their_lines;
  agree_on_derived_times(our_agreed, their_agreed, later);
  const std::string our_text = join_lines(our_agreed.lines, our_agreed.final_newline);
  const std::string their_text = join_lines(their_agreed.lines, their_agreed.final_newline);
  const auto texts = read_bodies(base.block(), our_text, their_text);
  const auto stretches =
      merge_lines(texts.base.lines(), texts.ours.lines(), texts.theirs.lines(), WordsInLines::never, budget);
  if (!stretches)
    return conflict_of(ConflictKind::frontmatter, "The frontmatters differ in more places than can be compared", base,
                       ours, theirs);
  FrontmatterMerge merge;
  for (const Stretch& stretch : *stretches) {
    if (stretch.kind == StretchKind::conflict) {
      const auto side = [&](LineRange lines, const TextLines& text) {
        const std::vector<std::string_view> part(text.lines.begin() + static_cast<std::ptrdiff_t>(lines.begin),
                                                 text.lines.begin() + static_cast<std::ptrdiff_t>(lines.end));
        return ConflictSide{lines, join_lines(part, !part.empty())};
      };
      merge.pieces.emplace_back().conflict = merge.conflicts.size();
      merge.conflicts.push_back({ConflictKind::text, "", stretch.why, side(stretch.base, texts.base.split),
                                 side(stretch.ours, our_lines), side(stretch.theirs, their_lines)});
      continue;
    }
    std::string text;
    for (const Row& row : stretch.rows)
      if (const auto line = row.merged()) text += std::string(*line) + '\n';
    merge.pieces.push_back(piece_of(std::move(text)));
  }
  if (!merge.conflicts.empty()) return merge;
  std::string block;
  for (const DraftPiece& piece : merge.pieces) block += piece.text;
  const auto ends = [](const FrontmatterIn& in) { return in.block().empty() || in.block().ends_with('\n'); };
  if (!ends(ours) || !ends(theirs)) block.resize(block.size() - (block.ends_with('\n') ? 1U : 0U));
  // Never worse than what the sides have: one block, and readable where both are.
  if (spec::split_frontmatter(block).block.end != block.size() && !block.empty())
    return conflict_of(ConflictKind::frontmatter, "The merged frontmatter would not be closed", base, ours, theirs);
  if (readable(ours) && readable(theirs) && spec::parse_frontmatter(block).error)
    return conflict_of(ConflictKind::frontmatter, "The merged frontmatter could not be read", base, ours, theirs);
  merge.pieces = {piece_of(std::move(block))};
  return merge;
}

}  // namespace

std::size_t frontmatter_size(std::string_view text) {
  const auto split = spec::split_frontmatter(text);
  return split.shape == spec::FrontmatterSplit::Shape::closed ? split.block.end : 0;
}

FrontmatterMerge merge_frontmatter(std::string_view base, std::string_view ours, std::string_view theirs, Side later,
                                   DiffBudget& budget) {
  const FrontmatterIn from = read(base);
  const FrontmatterIn our = read(ours);
  const FrontmatterIn their = read(theirs);
  const auto take = [](const FrontmatterIn& in) {
    FrontmatterMerge merge;
    if (!in.block().empty()) merge.pieces.push_back(piece_of(std::string(in.block())));
    return merge;
  };
  if (our.block() == from.block() || our.block() == their.block()) return take(their);
  if (their.block() == from.block()) return take(our);
  const bool by_fields = readable(our) && readable(their) && (readable(from) || !closed(from)) &&
                         has_few_fields(from) && has_few_fields(our) && has_few_fields(their);
  if (!by_fields) return merge_as_text(from, our, their, later, budget);

  FieldsMerge fields = merge_fields(from, our, their, later);
  if (fields.why_not.empty()) {
    if (const auto why = refuse_fields(from, our, their, read(fields.block)))
      fields.why_not = "It was not merged, because " + *why;
  }
  if (!fields.why_not.empty()) return conflict_of(ConflictKind::frontmatter, fields.why_not, from, our, their);
  FrontmatterMerge merge;
  merge.pieces.push_back(piece_of(std::move(fields.block)));
  merge.merged = std::move(fields.merged);
  return merge;
}

}  // namespace leanspec::merge
