#include "tests/simulation/git_merge.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "merge/diff.h"

namespace leanspec::simulation {

namespace {

using fakes::FileText;
using Lines = std::vector<std::string_view>;
using Element = std::uint32_t;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

std::string joined(const Lines& lines, std::size_t begin, std::size_t end) {
  std::string text;
  for (auto at = begin; at < end; ++at) text += lines[at];
  return text;
}

/// One side of a merge: what it made of the base, and how far that was gone through.
struct Side {
  Lines lines;
  merge::Hunks hunks;
  std::size_t next = 0;
  std::ptrdiff_t ahead = 0;  ///< of the base, in lines

  [[nodiscard]] const merge::Hunk* hunk() const { return next < hunks.size() ? &hunks[next] : nullptr; }
  /// The next hunk, if it begins up to there. Returns where it ends in the base.
  [[nodiscard]] std::optional<std::size_t> take(std::size_t until) {
    const auto* const at = hunk();
    if (at == nullptr || at->base_begin > until) return std::nullopt;
    ++next;
    ahead += static_cast<std::ptrdiff_t>(at->side_end - at->side_begin) -
             static_cast<std::ptrdiff_t>(at->base_end - at->base_begin);
    return at->base_end;
  }
};

std::size_t shifted(std::size_t line, std::ptrdiff_t by) {
  return static_cast<std::size_t>(static_cast<std::ptrdiff_t>(line) + by);
}

std::string with_end(std::string text) {
  if (!text.empty() && text.back() != '\n') text += '\n';
  return text;
}

struct MergedText {
  std::string text;
  bool conflict = false;
};

/// Line by line; hunks that touch are one.
MergedText merge_texts(const std::string& base, const std::string& ours, const std::string& theirs,
                       const std::string& name, std::size_t marker) {
  std::map<std::string_view, Element> known;
  const auto interned = [&](const Lines& lines) {
    std::vector<Element> elements;
    for (const auto line : lines) elements.push_back(known.try_emplace(line, Element(known.size())).first->second);
    return elements;
  };
  const auto lines = lines_of(base);
  const auto elements = interned(lines);
  const auto side_of = [&](const std::string& text) {
    Side side{lines_of(text), {}};
    merge::DiffBudget budget;
    const Element all = static_cast<Element>(lines.size());
    side.hunks = merge::diff(elements, interned(side.lines), budget)
                     .value_or(merge::Hunks{{0, all, 0, static_cast<Element>(side.lines.size())}});
    return side;
  };
  auto us = side_of(ours);
  auto them = side_of(theirs);
  MergedText merged;
  std::size_t at = 0;
  while (us.hunk() != nullptr || them.hunk() != nullptr) {
    const auto begin = std::min(us.hunk() != nullptr ? us.hunk()->base_begin : Element(lines.size()),
                                them.hunk() != nullptr ? them.hunk()->base_begin : Element(lines.size()));
    const auto our_begin = shifted(begin, us.ahead);
    const auto their_begin = shifted(begin, them.ahead);
    merged.text += joined(lines, at, begin);
    std::size_t end = begin;
    std::array<bool, 2> changed{};
    for (bool more = true; more;) {
      more = false;
      for (auto* side : {&us, &them}) {
        const auto reaches = side->take(end);
        if (!reaches) continue;
        end = std::max(end, *reaches);
        changed.at(side == &us ? 0 : 1) = more = true;
      }
    }
    const auto our_text = joined(us.lines, our_begin, shifted(end, us.ahead));
    const auto their_text = joined(them.lines, their_begin, shifted(end, them.ahead));
    if (!changed[1] || our_text == their_text) {
      merged.text += our_text;
    } else if (!changed[0]) {
      merged.text += their_text;
    } else {
      merged.conflict = true;
      merged.text = with_end(merged.text) + std::string(marker, '<') + " HEAD\n" + with_end(our_text) +
                    std::string(marker, '=') + "\n" + with_end(their_text) + std::string(marker, '>') + " " + name +
                    "\n";
    }
    at = end;
  }
  merged.text += joined(lines, at, lines.size());
  return merged;
}

bool is_binary(const std::string& text) {
  return text.find('\xFF') != std::string::npos;
}

std::optional<FileText> text_in(const GitMerge::Tree& tree, const std::string& path) {
  const auto found = tree.find(path);
  return found == tree.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

GitMerge merge_trees(const GitMerge::Tree& base, const GitMerge::Tree& ours, const GitMerge::Tree& theirs,
                     const std::string& name, std::size_t marker) {
  GitMerge made;
  made.index = ours;
  std::set<std::string> paths;
  for (const auto* tree : {&base, &theirs}) {
    for (const auto& [path, text] : *tree) paths.insert(path);
  }
  for (const auto& path : paths) {
    const auto before = text_in(base, path);
    const auto our = text_in(ours, path);
    const auto their = text_in(theirs, path);
    if (our == their || before == their) continue;
    if (before == our) {
      made.files.emplace(path, their);
      if (their)
        made.index.insert_or_assign(path, *their);
      else
        made.index.erase(path);
      continue;
    }
    if (our && their && !is_binary(our->bytes()) && !is_binary(their->bytes())) {
      const auto merged =
          merge_texts(before ? before->bytes() : std::string(), our->bytes(), their->bytes(), name, marker);
      made.files.emplace(path, FileText(merged.text));
      if (!merged.conflict) {
        made.index.insert_or_assign(path, FileText(merged.text));
        continue;
      }
    } else if (!our) {
      made.files.emplace(path, their);  // deleted here and changed there: a person sees their text
    }
    made.unmerged.insert(path);
    made.index.erase(path);
  }
  return made;
}

std::string resolved(const std::string& text, Resolution resolution) {
  enum class Part { common, ours, theirs };
  std::string made;
  auto part = Part::common;
  for (const auto line : lines_of(text)) {
    if (line.starts_with("<<<<<<<"))
      part = Part::ours;
    else if (line.starts_with("=======") && part == Part::ours)
      part = Part::theirs;
    else if (line.starts_with(">>>>>>>"))
      part = Part::common;
    else if (part == Part::common || resolution == Resolution::both ||
             (part == Part::ours) == (resolution == Resolution::ours))
      made += line;
  }
  return made;
}

}  // namespace leanspec::simulation
