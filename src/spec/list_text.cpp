#include "spec/list_text.h"

#include <algorithm>

#include "spec/yaml_text.h"

namespace leanspec::spec {

namespace {

constexpr std::size_t new_indent = 2;  // as LeanSpec's own tool writes lists

std::size_t line_begin(std::string_view file, std::size_t at) {
  const auto newline = at == 0 ? std::string_view::npos : file.rfind('\n', at - 1);
  return newline == std::string_view::npos ? 0 : newline + 1;
}

std::size_t line_end_of(std::string_view file, std::size_t at, std::size_t limit) {
  const auto newline = file.find('\n', at);
  return std::min(newline == std::string_view::npos ? file.size() : newline + 1, limit);
}

/// Behind the last byte of a value; a block scalar has its line end inside.
std::size_t last_byte(std::string_view file, const YamlValue& value) {
  return value.range.end > value.range.begin && file[value.range.end - 1] == '\n' ? value.range.end - 1
                                                                                  : value.range.end;
}

std::optional<ListText> take_block_apart(std::string_view file, const FrontmatterField& field, ListText list) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < field.value.items.size(); ++i) {
    const YamlValue& item = field.value.items[i];
    if (item.range.end == item.range.begin) return std::nullopt;
    const auto begin = line_begin(file, item.range.begin);
    const auto before = file.substr(begin, item.range.begin - begin);
    const auto dash = before.find_first_not_of(' ');
    if (dash == std::string_view::npos || before[dash] != '-' ||
        before.find_first_not_of(' ', dash + 1) != std::string_view::npos)
      return std::nullopt;
    if (i == 0) {
      list.indent = dash;
      // Comments between the key and the first item belong to that item.
      at = line_end_of(file, field.key_range.end, field.lines.end);
      if (at > begin) return std::nullopt;
      list.head = file.substr(field.lines.begin, at - field.lines.begin);
    }
    const auto end = line_end_of(file, last_byte(file, item), field.lines.end);
    list.items.emplace_back(file.substr(at, end - at));
    at = end;
  }
  list.tail = file.substr(at, field.lines.end - at);
  return list;
}

ListText take_flow_apart(std::string_view file, const FrontmatterField& field, ListText list) {
  const ByteRange all = field.value.range;
  list.style = ListText::Style::flow;
  list.head = file.substr(field.lines.begin, all.begin + 1 - field.lines.begin);
  std::size_t at = all.begin + 1;
  for (const YamlValue& item : field.value.items) {
    list.gaps.emplace_back(file.substr(at, item.range.begin - at));
    list.items.emplace_back(file.substr(item.range.begin, item.range.end - item.range.begin));
    at = item.range.end;
  }
  list.tail = file.substr(at, field.lines.end - at);
  return list;
}

}  // namespace

std::string ListText::text() const {
  std::string all = head;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (style == Style::flow && i < gaps.size()) all += gaps[i];
    all += items[i];
  }
  if (style == Style::block && items.empty()) {
    // A key alone would be a null; the brackets go in front of a comment or the line end.
    const auto colon = all.find(':');
    if (colon != std::string::npos) all.insert(colon + 1, " []");
  }
  return all + tail;
}

std::optional<ListText> take_list_apart(std::string_view file, const FrontmatterField& field) {
  ListText list;
  const auto whole = file.substr(field.lines.begin, field.lines.end - field.lines.begin);
  if (whole.ends_with("\r\n")) list.line_end = "\r\n";
  if (field.value.kind == YamlKind::null) {
    list.head = whole;
    list.indent = new_indent;
    if (field.value.range.end > field.value.range.begin) return std::nullopt;  // a written null
    return list;
  }
  if (field.value.kind != YamlKind::list) return std::nullopt;
  if (file[field.value.range.begin] == '[') return take_flow_apart(file, field, std::move(list));
  return take_block_apart(file, field, std::move(list));
}

std::string list_item(const ListText& list, const YamlValue& value) {
  if (list.style == ListText::Style::flow && value.kind == YamlKind::scalar) return to_yaml(value, 0);
  if (list.style == ListText::Style::flow) {
    std::string map = "{ ";
    for (const YamlEntry& entry : value.entries) {
      if (map.size() > 2) map += ", ";
      map += to_yaml_scalar(entry.key, ScalarStyle::plain, PlainTimes::quoted) + ": " + to_yaml(entry.value, 0);
    }
    return map + " }";
  }
  std::string text = to_yaml(value, list.indent + 2);
  if (list.line_end == "\r\n") {
    for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2)) text.insert(at, 1, '\r');
  }
  return std::string(list.indent, ' ') + "- " + text + list.line_end;
}

ListText new_list(std::string_view key, std::string_view line_end) {
  ListText list;
  list.head = to_yaml_scalar(key, ScalarStyle::plain, PlainTimes::quoted) + ":" + std::string(line_end);
  list.indent = new_indent;
  list.line_end = line_end;
  return list;
}

}  // namespace leanspec::spec
