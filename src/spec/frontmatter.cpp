#include "spec/frontmatter.h"

#include <algorithm>
#include <utility>

#include "text/utf8.h"

namespace leanspec::spec {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view rule = "---";
constexpr std::string_view blanks = " \t\r\n";

/// Bytes of the line that begins at `begin`, its line end included.
ByteRange line_at(std::string_view text, std::size_t begin) {
  const auto newline = text.find('\n', begin);
  return {begin, newline == std::string_view::npos ? text.size() : newline + 1};
}

bool is_rule(std::string_view line) {
  return line.starts_with(rule) && line.find_first_not_of(blanks, rule.size()) == std::string_view::npos;
}

std::uint32_t lines_in(std::string_view text) {
  return static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
}

Finding unreadable(std::string message, std::uint32_t line, std::string suggestion) {
  Finding finding;
  finding.severity = Severity::error;
  finding.kind = "frontmatter";
  finding.message = std::move(message);
  finding.line = line;
  if (!suggestion.empty()) finding.suggestion = std::move(suggestion);
  return finding;
}

void place(ByteRange& range, std::size_t offset) {
  range.begin += offset;
  range.end += offset;
}

/// Turns places within the YAML text into places within the file.
void place(YamlValue& value, std::size_t offset, std::uint32_t first_line) {
  place(value.range, offset);
  value.line += first_line;
  for (auto& item : value.items) place(item, offset, first_line);
  for (auto& entry : value.entries) {
    entry.line += first_line;
    place(entry.key_range, offset);
    place(entry.value, offset, first_line);
  }
}

/// From the beginning of the key's line to the end of the line of the value's last byte.
ByteRange whole_lines(std::string_view file, const FrontmatterField& field, ByteRange yaml) {
  const auto newline =
      field.key_range.begin == 0 ? std::string_view::npos : file.rfind('\n', field.key_range.begin - 1);
  const std::size_t begin = std::max(newline == std::string_view::npos ? 0 : newline + 1, yaml.begin);
  std::size_t last = std::max(field.key_range.end, field.value.range.end);
  if (last > begin && file[last - 1] == '\n') --last;  // a block scalar ends with its line end
  return {begin, std::min(line_at(file, last).end, yaml.end)};
}

}  // namespace

FrontmatterSplit split_frontmatter(std::string_view file) {
  FrontmatterSplit split;
  const std::size_t start = file.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  split.body_offset = start;
  const std::size_t opening = std::min(file.find_first_not_of(blanks, start), file.size());
  const ByteRange first = line_at(file, opening);
  if (!is_rule(file.substr(first.begin, first.end - first.begin))) return split;

  split.shape = FrontmatterSplit::Shape::unclosed;
  split.yaml_line = lines_in(file.substr(0, first.begin)) + 2;
  split.yaml = {first.end, first.end};
  for (std::size_t at = first.end; at < file.size();) {
    const ByteRange line = line_at(file, at);
    if (is_rule(file.substr(line.begin, line.end - line.begin))) {
      split.shape = FrontmatterSplit::Shape::closed;
      split.block = {opening, line.end};
      split.yaml = {first.end, line.begin};
      split.body_offset = std::min(file.find_first_not_of("\r\n", line.end), file.size());
      split.body_line = 1 + lines_in(file.substr(0, split.body_offset));
      return split;
    }
    at = line.end;
  }
  return split;
}

const FrontmatterField* Frontmatter::find(std::string_view key) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.key == key; });
  return found == fields.end() ? nullptr : &*found;
}

Frontmatter parse_frontmatter(std::string_view file) {
  Frontmatter frontmatter;
  const FrontmatterSplit& split = frontmatter.split = split_frontmatter(file);
  switch (split.shape) {
    case FrontmatterSplit::Shape::absent:
      frontmatter.error = unreadable("There is no frontmatter", 1,
                                     "Begin the file with a line ---, then status and created, then a line ---");
      return frontmatter;
    case FrontmatterSplit::Shape::unclosed:
      frontmatter.error =
          unreadable("The frontmatter is not closed", split.yaml_line - 1, "Put a line --- behind its last field");
      return frontmatter;
    case FrontmatterSplit::Shape::closed:
      break;
  }
  const std::string_view yaml = file.substr(split.yaml.begin, split.yaml.end - split.yaml.begin);
  if (yaml.size() > frontmatter_bytes_max) {
    frontmatter.error =
        unreadable("The frontmatter has " + std::to_string(yaml.size()) + " bytes; at most " +
                       std::to_string(frontmatter_bytes_max) + " are read",
                   split.yaml_line, "Move long texts into the body, or close the frontmatter with a line ---");
    return frontmatter;
  }
  if (const auto invalid = std::min(text::first_invalid_utf8(yaml).value_or(yaml.size()), yaml.find('\0'));
      invalid < yaml.size()) {
    frontmatter.error = unreadable("The frontmatter is not UTF-8 text",
                                   split.yaml_line + lines_in(yaml.substr(0, invalid)), "Save the file as UTF-8");
    return frontmatter;
  }
  auto parsed = parse_yaml(yaml);
  if (auto* const error = std::get_if<YamlError>(&parsed)) {
    frontmatter.error = unreadable(std::move(error->message), split.yaml_line + error->line, {});
    return frontmatter;
  }
  auto& root = std::get<YamlValue>(parsed);
  if (root.kind == YamlKind::scalar || root.kind == YamlKind::list) {
    frontmatter.error = unreadable("The frontmatter is not a list of fields", split.yaml_line + root.line,
                                   "Write one field a line, such as status: planned");
    return frontmatter;
  }
  place(root, split.yaml.begin, split.yaml_line);
  for (auto& entry : root.entries) {
    FrontmatterField& field = frontmatter.fields.emplace_back();
    field.key = std::move(entry.key);
    field.line = entry.line;
    field.key_range = entry.key_range;
    field.value = std::move(entry.value);
    field.lines = whole_lines(file, field, split.yaml);
  }
  return frontmatter;
}

}  // namespace leanspec::spec
