#include "merge/markdown_lines.h"

#include <algorithm>

namespace leanspec::merge {

namespace {

constexpr std::string_view blanks = " \t\r\v\f";
constexpr std::size_t heading_level_max = 6;
constexpr std::size_t ordinal_digits_max = 9;  // CommonMark's own bound

struct Fence {
  char mark = 0;
  std::size_t length = 0;
};

std::string_view trimmed(std::string_view line) {
  const auto begin = line.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(blanks) - begin + 1);
}

std::size_t columns_before(std::string_view line) {
  std::size_t columns = 0;
  for (const char c : line) {
    if (c == '\t') {
      columns += 4 - columns % 4;
    } else if (c == ' ') {
      ++columns;
    } else {
      break;
    }
  }
  return std::min<std::size_t>(columns, UINT16_MAX);
}

std::size_t run_of(std::string_view text, char c) {
  return std::min(text.find_first_not_of(c), text.size());
}

Fence fence_at(std::string_view text) {
  for (const char mark : {'`', '~'}) {
    const auto length = run_of(text, mark);
    if (length < 3) continue;
    if (mark == '`' && text.find('`', length) != std::string_view::npos) continue;  // an inline code span
    return {mark, length};
  }
  return {};
}

std::size_t digits_at(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  return digits;
}

/// Length of "- ", "* ", "+ ", "1. " or "1) " at the begin of `text`, without the blank; 0 when there is none.
std::size_t list_marker(std::string_view text) {
  std::size_t length = 0;
  if (!text.empty() && (text[0] == '-' || text[0] == '*' || text[0] == '+')) {
    length = 1;
  } else if (const auto digits = digits_at(text); digits > 0 && digits <= ordinal_digits_max && digits < text.size() &&
                                                  (text[digits] == '.' || text[digits] == ')')) {
    length = digits + 1;
  }
  return length > 0 && (length == text.size() || text[length] == ' ' || text[length] == '\t') ? length : 0;
}

bool is_table_rule(std::string_view text) {
  return text.find('-') != std::string_view::npos && text.find('|') != std::string_view::npos &&
         text.find_first_not_of("|-: \t") == std::string_view::npos;
}

std::uint16_t cells_in(std::string_view text) {
  if (!text.starts_with('|')) return 0;
  std::size_t bars = 0;
  bool code = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '`') {
      code = !code;
    } else if (text[i] == '|' && !code) {
      ++bars;
    }
  }
  const std::size_t cells = text.size() > 1 && text.ends_with('|') ? bars - std::min<std::size_t>(bars, 1) : bars;
  return static_cast<std::uint16_t>(std::min<std::size_t>(std::max<std::size_t>(cells, 1), UINT16_MAX));
}

/// Whether a comment is open behind the line. Only a line that begins with one opens it (CommonMark's HTML block 2): a
/// mention of `<!--` in a sentence does not swallow the rest of the document.
bool comment_open_behind(std::string_view text, bool open) {
  if (!open && !text.starts_with("<!--")) return false;
  return text.find("-->") == std::string_view::npos;
}

std::uint8_t atx_level(std::string_view text) {
  const auto level = run_of(text, '#');
  if (level == 0 || level > heading_level_max) return 0;
  return level == text.size() || text[level] == ' ' || text[level] == '\t' ? static_cast<std::uint8_t>(level) : 0;
}

/// 1 for a line of `=`, 2 for a line of `-`: what makes the paragraph above a heading.
std::uint8_t setext_level(std::string_view text) {
  if (text.empty() || (text[0] != '=' && text[0] != '-') || run_of(text, text[0]) != text.size()) return 0;
  return text[0] == '=' ? 1 : 2;
}

}  // namespace

std::uint8_t heading_level(std::string_view line) {
  return columns_before(line) <= 3 ? atx_level(trimmed(line)) : std::uint8_t{0};
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(blanks) == std::string_view::npos;
}

bool begins_block(std::string_view line) {
  const std::string_view text = trimmed(line);
  return text.empty() || text.starts_with('|') || text.starts_with('>') || atx_level(text) > 0 ||
         fence_at(text).length > 0 || list_marker(text) > 0 || text.starts_with("<");
}

bool is_conflict_marker(std::string_view line) {
  constexpr std::size_t length = 7;
  if (line.size() < length || std::string_view("<>|=").find(line[0]) == std::string_view::npos) return false;
  return run_of(line, line[0]) == length && (line.size() == length || line[length] == ' ' || line[length] == '\r');
}

Checkbox checkbox_in(std::string_view line) {
  constexpr std::size_t box = 3;  // "[x]"
  auto at = std::min(line.find_first_not_of(blanks), line.size());
  const auto marker = list_marker(line.substr(at));
  if (marker == 0) return {};
  at = std::min(line.find_first_not_of(blanks, at + marker), line.size());
  if (line.size() < at + box || line[at] != '[' || line[at + 2] != ']') return {};
  if (std::string_view(" xX").find(line[at + 1]) == std::string_view::npos) return {};
  if (line.size() > at + box && line[at + box] != ' ' && line[at + box] != '\t') return {};
  return {at, box};
}

std::vector<LineTraits> scan_markdown(std::span<const std::string_view> lines) {
  std::vector<LineTraits> all(lines.size());
  Fence fence;
  bool comment = false;
  bool paragraph = false;  // the line above is plain text, which a setext underline makes a heading
  for (std::size_t i = 0; i < lines.size(); ++i) {
    LineTraits& traits = all[i];
    const std::string_view text = trimmed(lines[i]);
    traits.indent = static_cast<std::uint16_t>(columns_before(lines[i]));
    traits.commented = comment;
    if (fence.length > 0) {
      traits.fenced = true;
      const Fence closing = fence_at(text);
      if (closing.mark == fence.mark && closing.length >= fence.length && closing.length == text.size()) fence = {};
      continue;
    }
    if (!comment) {
      fence = fence_at(text);
      if (fence.length > 0) {
        traits.fenced = traits.fence_opens = true;
        paragraph = false;
        continue;
      }
      traits.heading = traits.indent <= 3 ? atx_level(text) : 0;
      if (paragraph && traits.indent <= 3 && setext_level(text) > 0) all[i - 1].heading = setext_level(text);
      traits.table_rule = is_table_rule(text);
      traits.cells = cells_in(text);
      const auto marker = list_marker(text);
      if (marker > 1) {
        traits.ordinal = 0;
        for (std::size_t digit = 0; digit + 1 < marker; ++digit)
          traits.ordinal = traits.ordinal * 10 + (text[digit] - '0');
      }
      paragraph = !text.empty() && traits.heading == 0 && !begins_block(text) && setext_level(text) == 0;
    }
    comment = comment_open_behind(text, comment);
  }
  return all;
}

}  // namespace leanspec::merge
