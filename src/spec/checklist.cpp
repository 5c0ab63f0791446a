#include "spec/checklist.h"

#include <algorithm>
#include <utility>

#include "spec/code_fence.h"
#include "spec/folded_text.h"
#include "spec/frontmatter.h"

namespace leanspec::spec {

namespace {

constexpr std::size_t list_number_digits_max = 9;  // CommonMark's bound

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/// Past blanks and the marks of quotes.
std::size_t skip_indentation(std::string_view line, std::size_t at) {
  while (at < line.size() && (is_blank(line[at]) || line[at] == '>')) ++at;
  return at;
}

/// Past the `-`, `*`, `+`, `1.` or `1)` of a list item; nothing when there is none.
std::optional<std::size_t> skip_list_marker(std::string_view line, std::size_t at) {
  if (at < line.size() && (line[at] == '-' || line[at] == '*' || line[at] == '+')) {
    ++at;
  } else {
    const std::size_t digits = at;
    while (at < line.size() && line[at] >= '0' && line[at] <= '9') ++at;
    if (at == digits || at - digits > list_number_digits_max) return std::nullopt;
    if (at == line.size() || (line[at] != '.' && line[at] != ')')) return std::nullopt;
    ++at;
  }
  if (at == line.size() || !is_blank(line[at])) return std::nullopt;
  while (at < line.size() && is_blank(line[at])) ++at;
  return at;
}

/// The checkbox of a line, its offset within the line.
std::optional<ChecklistItem> item_of(std::string_view line) {
  std::optional<std::size_t> at = skip_list_marker(line, skip_indentation(line, 0));
  // "- - [ ] x": a list in a list's first line.
  for (auto inner = at; inner; inner = skip_list_marker(line, *inner)) at = inner;
  if (!at || line.size() - *at < 3 || line[*at] != '[' || line[*at + 2] != ']') return std::nullopt;
  const char mark = line[*at + 1];
  if (mark != ' ' && mark != 'x' && mark != 'X') return std::nullopt;
  std::size_t text = *at + 3;
  if (text < line.size() && !is_blank(line[text])) return std::nullopt;
  while (text < line.size() && is_blank(line[text])) ++text;
  ChecklistItem item;
  item.mark_at = *at + 1;
  item.checked = mark != ' ';
  item.text = line.substr(text);
  while (!item.text.empty() && (is_blank(item.text.back()) || item.text.back() == '\r')) item.text.remove_suffix(1);
  return item;
}

/// What a person reads of it: without emphasis, code marks and the addresses of links; case folded.
std::string plain_text(std::string_view markdown) {
  std::string plain;
  for (std::size_t i = 0; i < markdown.size(); ++i) {
    const char c = markdown[i];
    if (c == '*' || c == '`' || c == '~' || c == '[') continue;
    if (c == '_' && (i == 0 || i + 1 == markdown.size() || is_blank(markdown[i - 1]) || is_blank(markdown[i + 1])))
      continue;
    if (c == ']') {
      if (i + 1 < markdown.size() && markdown[i + 1] == '(') {
        const auto end = markdown.find(')', i);
        if (end != std::string_view::npos) i = end;
      }
      continue;
    }
    if (is_blank(c) && (plain.empty() || plain.back() == ' ')) continue;
    plain += is_blank(c) ? ' ' : c;
  }
  while (!plain.empty() && plain.back() == ' ') plain.pop_back();
  return fold(plain);
}

const ChecklistItem* find_item(const std::vector<ChecklistItem>& items, const ChecklistToggle& toggle) {
  const std::string wanted = plain_text(toggle.text);
  if (toggle.line) {
    const auto found =
        std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.line == toggle.line; });
    if (found == items.end()) return nullptr;
    if (!wanted.empty() && plain_text(found->text).find(wanted) == std::string::npos) return nullptr;
    return &*found;
  }
  if (wanted.empty()) return nullptr;
  const ChecklistItem* containing = nullptr;
  for (const ChecklistItem& item : items) {
    const std::string text = plain_text(item.text);
    if (text == wanted) return &item;
    if (containing == nullptr && text.find(wanted) != std::string::npos) containing = &item;
  }
  return containing;
}

}  // namespace

std::vector<ChecklistItem> checklist_items(std::string_view file) {
  std::vector<ChecklistItem> items;
  const FrontmatterSplit split = split_frontmatter(file);
  CodeFence fence;
  std::uint32_t number = split.body_line;
  for (std::size_t at = split.body_offset; at < file.size(); ++number) {
    const std::size_t end = std::min(file.find('\n', at), file.size());
    const std::string_view line = file.substr(at, end - at);
    if (!fence.covers(line)) {
      if (auto item = item_of(line)) {
        item->line = number;
        item->mark_at += at;
        items.push_back(*item);
      }
    }
    at = end + 1;
  }
  return items;
}

Result<ChecklistEdit> toggle_checklist(std::string_view file, std::span<const ChecklistToggle> toggles) {
  const std::vector<ChecklistItem> items = checklist_items(file);
  ChecklistEdit edit;
  edit.file = file;
  for (const ChecklistToggle& toggle : toggles) {
    const ChecklistItem* const item = find_item(items, toggle);
    if (item == nullptr) {
      std::string what = "There is no checkbox";
      if (!toggle.text.empty()) what += " '" + toggle.text + "'";
      if (toggle.line) what += " in line " + std::to_string(*toggle.line);
      return Error(ErrorCode::conflict, std::move(what), {}, "The text has changed since; look at it again");
    }
    if (item->checked != toggle.checked) edit.file[item->mark_at] = toggle.checked ? 'x' : ' ';
    edit.items.push_back({item->line, std::string(item->text), toggle.checked});
  }
  return edit;
}

}  // namespace leanspec::spec
