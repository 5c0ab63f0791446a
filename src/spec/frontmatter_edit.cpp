#include "spec/frontmatter_edit.h"

#include <algorithm>
#include <optional>

#include "spec/list_text.h"
#include "spec/yaml_text.h"

namespace leanspec::spec {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string_view bytes_of(std::string_view file, ByteRange range) {
  return file.substr(range.begin, range.end - range.begin);
}

/// One edit: a range of the file becomes a text, after which one field has another value.
class Edit {
 public:
  Edit(std::string_view file, std::string_view key)
      : given_(file), key_(key), file_(file), frontmatter_(parse_frontmatter(file)) {
    if (frontmatter_.split.shape == FrontmatterSplit::Shape::absent) add_frontmatter();
    const auto opening = bytes_of(file_, frontmatter_.split.block);
    line_end_ = opening.substr(0, opening.find('\n') + 1).ends_with("\r\n") ? "\r\n" : "\n";
    field_ = frontmatter_.find(key);
  }

  [[nodiscard]] Status readable() const {
    if (!frontmatter_.error) return {};
    return Error(ErrorCode::invalid, frontmatter_.error->message, std::string(key_),
                 "Mend the frontmatter in the text first");
  }

  [[nodiscard]] const FrontmatterField* field() const { return field_; }
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] const std::string& line_end() const { return line_end_; }
  [[nodiscard]] std::string given() const { return std::string(given_); }

  /// Where a field that is not there yet would begin.
  [[nodiscard]] ByteRange place_behind(std::string_view behind) const {
    const FrontmatterField* const above = frontmatter_.find(behind);
    const std::size_t at = above != nullptr ? above->lines.end : frontmatter_.split.yaml.end;
    return {at, at};
  }

  /// The file with the range replaced, if all fields but this one are then as before and this one is `expected`.
  [[nodiscard]] Result<std::string> replaced(ByteRange range, std::string_view text,
                                             const std::optional<YamlValue>& expected) const {
    std::string edited = file_.substr(0, range.begin) + std::string(text) + file_.substr(range.end);
    const Frontmatter now = parse_frontmatter(edited);
    if (now.split.yaml.end - now.split.yaml.begin > frontmatter_bytes_max)
      return Error(ErrorCode::too_large, "The frontmatter would be larger than is read", std::string(key_));
    bool same = !now.error && edited.substr(now.split.block.end) == file_.substr(frontmatter_.split.block.end);
    const FrontmatterField* const changed = now.find(key_);
    same = same && (changed != nullptr) == expected.has_value() && (!expected || same_yaml(changed->value, *expected));
    const std::size_t others = frontmatter_.fields.size() - (field_ != nullptr ? 1 : 0);
    same = same && now.fields.size() == others + (changed != nullptr ? 1 : 0);
    for (const FrontmatterField& before : frontmatter_.fields) {
      if (!same || before.key == key_) continue;
      const FrontmatterField* const after = now.find(before.key);
      same = after != nullptr && same_yaml(before.value, after->value);
    }
    if (!same) {
      return Error(ErrorCode::unsupported, "The field is written in a way that cannot be changed alone",
                   std::string(key_), "Change it in the text of the frontmatter");
    }
    return edited;
  }

 private:
  void add_frontmatter() {
    const std::size_t begin = file_.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    const auto newline = file_.find('\n');
    const std::string end = newline != std::string::npos && newline > 0 && file_[newline - 1] == '\r' ? "\r\n" : "\n";
    file_.insert(begin, "---" + end + "---" + end + (begin < file_.size() ? end : ""));
    frontmatter_ = parse_frontmatter(file_);
  }

  std::string_view given_;
  std::string_view key_;
  std::string file_;
  Frontmatter frontmatter_;
  std::string line_end_;
  const FrontmatterField* field_ = nullptr;
};

YamlValue scalar_of(std::string_view text) {
  YamlValue value;
  value.kind = YamlKind::scalar;
  value.text = text;
  return value;
}

ScalarStyle style_of(std::string_view written) {
  if (written.starts_with('\'')) return ScalarStyle::single_quoted;
  return written.starts_with('"') ? ScalarStyle::double_quoted : ScalarStyle::plain;
}

std::string key_text(std::string_view key) {
  return to_yaml_scalar(key, ScalarStyle::plain, PlainTimes::quoted) + ":";
}

/// Whether the last entry of that name in the list stands in quotes, or is a time that no entry shows how to write.
bool quoted_before(const FrontmatterField* list, std::string_view name) {
  if (list != nullptr) {
    for (auto item = list->value.items.rbegin(); item != list->value.items.rend(); ++item)
      for (const YamlEntry& entry : item->entries)
        if (entry.key == name) return entry.value.quoted;
  }
  return name == "at";
}

/// Replaces the list by one with these items, which are those that it has but for `kept` false and `fresh` at the end.
Result<std::string> with_items(const Edit& edit, std::string_view key, const std::vector<bool>& kept,
                               const std::vector<YamlValue>& fresh, std::string_view behind) {
  const FrontmatterField* const field = edit.field();
  YamlValue expected;
  expected.kind = YamlKind::list;
  if (field != nullptr) {
    for (std::size_t i = 0; i < field->value.items.size(); ++i)
      if (kept[i]) expected.items.push_back(field->value.items[i]);
  }
  expected.items.insert(expected.items.end(), fresh.begin(), fresh.end());
  const ByteRange place = field != nullptr ? field->lines : edit.place_behind(behind);
  if (expected.items.empty()) return edit.replaced(place, "", std::nullopt);

  auto list = field != nullptr ? take_list_apart(edit.file(), *field) : std::nullopt;
  if (!list) {  // not there, or odd: written anew
    list = new_list(key, edit.line_end());
    for (const YamlValue& item : expected.items) list->items.push_back(list_item(*list, item));
    return edit.replaced(place, list->text(), expected);
  }
  const std::string separator = list->gaps.size() > 1 ? list->gaps.back() : ", ";
  for (std::size_t i = kept.size(); i-- > 0;) {
    if (kept[i]) continue;
    list->items.erase(list->items.begin() + static_cast<std::ptrdiff_t>(i));
    if (list->gaps.empty()) continue;
    if (i == 0 && list->gaps.size() > 1)
      list->gaps[1] = list->gaps[0];  // the new first item stands where the first did
    list->gaps.erase(list->gaps.begin() + static_cast<std::ptrdiff_t>(i));
  }
  for (const YamlValue& item : fresh) {
    if (list->style == ListText::Style::flow) list->gaps.push_back(list->items.empty() ? std::string() : separator);
    list->items.push_back(list_item(*list, item));
  }
  return edit.replaced(place, list->text(), expected);
}

}  // namespace

Result<std::string> set_field(std::string_view file, std::string_view key, std::string_view text,
                              std::string_view behind) {
  const Edit edit(file, key);
  LEANSPEC_TRY(edit.readable());
  const FrontmatterField* const field = edit.field();
  if (field == nullptr) {
    const auto scalar = to_yaml_scalar(text, ScalarStyle::plain, PlainTimes::quoted);
    return edit.replaced(edit.place_behind(behind), key_text(key) + " " + scalar + edit.line_end(), scalar_of(text));
  }
  const YamlValue& value = field->value;
  if (value.kind == YamlKind::scalar && value.text == text) return edit.given();
  const std::string_view written = bytes_of(edit.file(), value.range);
  if (value.range.begin == value.range.end) {  // nothing written: right behind the colon
    const auto scalar = to_yaml_scalar(text, ScalarStyle::plain, PlainTimes::quoted);
    return edit.replaced(value.range, " " + scalar, scalar_of(text));
  }
  const bool one_line = written.find('\n') == std::string_view::npos;
  const auto times = value.kind == YamlKind::scalar && style_of(written) == ScalarStyle::plain ? PlainTimes::allowed
                                                                                               : PlainTimes::quoted;
  const auto scalar = to_yaml_scalar(text, style_of(written), times);
  if (one_line && value.kind != YamlKind::map) return edit.replaced(value.range, scalar, scalar_of(text));
  return edit.replaced(field->lines, key_text(key) + " " + scalar + edit.line_end(), scalar_of(text));
}

Result<std::string> remove_field(std::string_view file, std::string_view key) {
  const Edit edit(file, key);
  if (parse_frontmatter(file).split.shape == FrontmatterSplit::Shape::absent) return edit.given();
  LEANSPEC_TRY(edit.readable());
  if (edit.field() == nullptr) return edit.given();
  return edit.replaced(edit.field()->lines, "", std::nullopt);
}

Result<std::string> change_list(std::string_view file, std::string_view key, std::span<const std::string> added,
                                std::span<const std::string> removed, std::string_view behind) {
  const Edit edit(file, key);
  LEANSPEC_TRY(edit.readable());
  const FrontmatterField* const field = edit.field();
  if (field != nullptr && field->value.kind != YamlKind::list && field->value.kind != YamlKind::null) {
    return Error(ErrorCode::unsupported, "The field is not written as a list", std::string(key),
                 "Write its items one a line, each behind a dash");
  }
  const auto is_in = [](std::span<const std::string> texts, const std::string& text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
  };
  std::vector<bool> kept;
  std::vector<std::string> there;
  bool changed = false;
  if (field != nullptr) {
    for (const YamlValue& item : field->value.items) {
      const bool stays = item.kind != YamlKind::scalar || !is_in(removed, item.text);
      if (item.kind == YamlKind::scalar && stays) there.push_back(item.text);
      kept.push_back(stays);
      changed = changed || !stays;
    }
  }
  std::vector<YamlValue> fresh;
  for (const std::string& text : added) {
    if (is_in(there, text)) continue;
    there.push_back(text);
    fresh.push_back(scalar_of(text));
  }
  if (!changed && fresh.empty()) return edit.given();
  return with_items(edit, key, kept, fresh, behind);
}

Result<std::string> append_entry(std::string_view file, std::string_view key, EntryFields fields,
                                 std::string_view behind) {
  const Edit edit(file, key);
  LEANSPEC_TRY(edit.readable());
  const FrontmatterField* const field = edit.field();
  if (field != nullptr && field->value.kind != YamlKind::list && field->value.kind != YamlKind::null) {
    return Error(ErrorCode::unsupported, "The field is not written as a list", std::string(key),
                 "Write its items one a line, each behind a dash");
  }
  YamlValue entry;
  entry.kind = YamlKind::map;
  for (const auto& [name, text] : fields) {
    YamlEntry& one = entry.entries.emplace_back();
    one.key = name;
    one.value = scalar_of(text);
    one.value.quoted = quoted_before(field, name);
  }
  return with_items(edit, key, std::vector<bool>(field != nullptr ? field->value.items.size() : 0, true), {entry},
                    behind);
}

}  // namespace leanspec::spec
