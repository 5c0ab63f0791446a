#include "merge/structure.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace leanspec::merge {

namespace {

std::size_t bad_table_rows(std::span<const LineTraits> traits) {
  std::size_t bad = 0;
  for (std::size_t i = 1; i < traits.size(); ++i) {
    if (!traits[i].table_rule || traits[i].cells == 0) continue;
    const auto width = traits[i].cells;
    if (traits[i - 1].cells != width) ++bad;
    for (std::size_t row = i + 1; row < traits.size() && traits[row].cells > 0 && !traits[row].table_rule; ++row)
      bad += traits[row].cells != width ? 1U : 0U;
  }
  return bad;
}

/// Numbers that do not follow the one before in the same list. "1. 1. 1." is a way to write lists.
std::size_t bad_list_numbers(std::span<const std::string_view> lines, std::span<const LineTraits> traits) {
  std::size_t bad = 0;
  std::map<std::uint16_t, std::int32_t> last;  // by indent
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const LineTraits& line = traits[i];
    if (line.fenced || is_blank(lines[i])) continue;
    last.erase(last.upper_bound(line.indent), last.end());
    const auto before = last.find(line.indent);
    if (line.ordinal < 0) {
      if (before != last.end()) last.erase(before);
      continue;
    }
    if (before != last.end() && line.ordinal != before->second && line.ordinal != before->second + 1) ++bad;
    if (before != last.end() && line.ordinal == before->second && line.ordinal > 1) ++bad;
    last[line.indent] = line.ordinal;
  }
  return bad;
}

std::size_t repeated_definitions(std::span<const std::string_view> lines, std::span<const LineTraits> traits) {
  std::set<std::string_view> known;
  std::size_t repeated = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (traits[i].fenced || traits[i].indent > 3) continue;
    const auto text = lines[i].substr(traits[i].indent < lines[i].size() ? traits[i].indent : 0);
    const auto end = text.starts_with('[') ? text.find("]:") : std::string_view::npos;
    if (end != std::string_view::npos && !known.insert(text.substr(0, end)).second) ++repeated;
  }
  return repeated;
}

}  // namespace

Defects count_defects(std::span<const std::string_view> lines, std::span<const LineTraits> traits) {
  Defects defects{};
  std::vector<std::string_view> with_end(lines.begin(), lines.end());
  with_end.emplace_back();  // what is still open shows in the line behind the last
  const auto behind = scan_markdown(with_end).back();
  defects[static_cast<std::size_t>(Defect::open_fence)] = behind.fenced ? 1U : 0U;
  defects[static_cast<std::size_t>(Defect::open_comment)] = behind.commented ? 1U : 0U;
  defects[static_cast<std::size_t>(Defect::table_width)] = bad_table_rows(traits);
  defects[static_cast<std::size_t>(Defect::list_number)] = bad_list_numbers(lines, traits);
  defects[static_cast<std::size_t>(Defect::repeated_definition)] = repeated_definitions(lines, traits);
  return defects;
}

std::string_view to_string(Defect defect) {
  switch (defect) {
    case Defect::open_fence:
      return "a code fence would stay open";
    case Defect::open_comment:
      return "a comment would stay open";
    case Defect::table_width:
      return "a table row would have the wrong number of cells";
    case Defect::list_number:
      return "a numbered list would be out of order";
    case Defect::repeated_definition:
      return "a link would be defined twice";
  }
  return {};
}

}  // namespace leanspec::merge
