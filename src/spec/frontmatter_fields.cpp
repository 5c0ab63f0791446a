#include "spec/frontmatter_fields.h"

#include <algorithm>
#include <string>
#include <utility>

#include "spec/timestamp.h"

namespace leanspec::spec {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

}  // namespace

std::string canonical_key(std::string_view key) {
  std::string canonical;
  for (const char c : trimmed(key)) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !canonical.empty() && canonical.back() != '_') canonical += '_';
    canonical += upper ? static_cast<char>(c - 'A' + 'a') : c == '-' ? '_' : c;
  }
  return canonical;
}

std::vector<std::string> split_text_list(std::string_view text) {
  text = trimmed(text);
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  std::vector<std::string> items;
  while (!trimmed(text).empty()) {
    text = trimmed(text);
    std::size_t end = 0;
    if (text.front() == '"' || text.front() == '\'') {
      end = std::min(text.find(text.front(), 1), text.size() - 1) + 1;
      const std::string_view quoted = text.substr(1, end >= 2 ? end - 2 : 0);
      items.emplace_back(trimmed(quoted));
      end = std::min(text.find(',', end), text.size());
    } else {
      end = std::min(text.find(','), text.size());
      items.emplace_back(trimmed(text.substr(0, end)));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return items;
}

namespace {

class FieldReader {
 public:
  explicit FieldReader(Spec& spec) : spec_(spec) {}

  void read(const FrontmatterField& field) {
    const std::string key = canonical_key(field.key);
    if (key == "status") return read_status(field);
    if (key == "priority") return read_priority(field);
    if (key == "tags") return read_list(field, spec_.tags, Severity::warning, "Empty tag found in tags array");
    if (key == "depends_on")
      return read_list(field, spec_.depends_on, Severity::error, "Empty dependency reference in depends_on");
    if (key == "assignee") return read_text(field, spec_.assignee);
    if (key == "parent") return read_text(field, spec_.parent);
    if (key == "created") return read_text(field, spec_.created);
    if (key == "created_at") return read_time(field, spec_.created_at);
    if (key == "updated_at") return read_time(field, spec_.updated_at);
    if (key == "completed_at") return read_time(field, spec_.completed_at);
    if (key == "updated") return read_time(field, updated_);
    if (key == "completed") return read_time(field, completed_);
    if (key == "transitions") return read_transitions(field);
    read_other(field);
  }

  void finish() {
    if (!seen_status_) add(Severity::error, "Missing required field: status", 1, "Add a line such as status: planned");
    if (!spec_.created)
      add(Severity::error, "Missing required field: created", 1, "Add a line such as created: 2025-01-31");
    if (!spec_.created_at && spec_.created) spec_.created_at = to_utc_timestamp(*spec_.created);
    if (!spec_.updated_at) spec_.updated_at = std::move(updated_);
    if (!spec_.completed_at) spec_.completed_at = std::move(completed_);
  }

 private:
  void add(Severity severity, std::string message, std::uint32_t line, std::string suggestion = {}) {
    Finding& finding = spec_.findings.emplace_back();
    finding.severity = severity;
    finding.kind = "frontmatter";
    finding.message = std::move(message);
    finding.line = line;
    if (!suggestion.empty()) finding.suggestion = std::move(suggestion);
  }

  /// The text of a scalar; a finding for a list or map where a text belongs.
  std::optional<std::string> text_of(const FrontmatterField& field) {
    switch (field.value.kind) {
      case YamlKind::null:
        return std::nullopt;
      case YamlKind::scalar:
        return std::string(trimmed(field.value.text));
      case YamlKind::list:
      case YamlKind::map:
        break;
    }
    add(Severity::warning, field.key + " must be one value", field.line);
    return std::nullopt;
  }

  void read_status(const FrontmatterField& field) {
    const auto text = text_of(field);
    if (!text) return;
    seen_status_ = true;
    spec_.status = parse_status(*text);
    if (!spec_.status) {
      add(Severity::error, "Invalid status: '" + *text + "'", field.line,
          "Use draft, planned, in-progress, complete or archived");
    }
  }

  void read_priority(const FrontmatterField& field) {
    const auto text = text_of(field);
    if (!text) return;
    spec_.priority = parse_priority(*text);
    if (!spec_.priority)
      add(Severity::error, "Invalid priority: '" + *text + "'", field.line, "Use low, medium, high or critical");
  }

  void read_text(const FrontmatterField& field, std::optional<std::string>& target) {
    auto text = text_of(field);
    if (text && !text->empty()) target = std::move(text);
  }

  void read_time(const FrontmatterField& field, std::optional<std::string>& target) {
    const auto text = text_of(field);
    if (!text || text->empty()) return;
    target = to_utc_timestamp(*text);
    if (target) target = with_shown_fraction(*std::move(target));
    if (!target)
      add(Severity::warning, field.key + " is not a date or time: '" + *text + "'", field.line,
          "Write it as 2025-01-31T12:00:00Z");
  }

  void read_list(const FrontmatterField& field, std::vector<std::string>& target, Severity severity_of_empty,
                 const char* message_of_empty) {
    std::vector<std::string> items;
    if (field.value.kind == YamlKind::scalar) items = split_text_list(field.value.text);
    if (field.value.kind == YamlKind::map) add(Severity::warning, field.key + " must be a list", field.line);
    for (const auto& item : field.value.items) {
      if (item.kind == YamlKind::list || item.kind == YamlKind::map) {
        add(Severity::warning, field.key + " has an item that is not a text", item.line);
      } else {
        items.emplace_back(trimmed(item.text));
      }
    }
    target.clear();
    for (auto& item : items) {
      if (item.empty()) {
        add(severity_of_empty, message_of_empty, field.line);
      } else {
        target.push_back(std::move(item));
      }
    }
  }

  void read_transitions(const FrontmatterField& field) {
    if (field.value.kind == YamlKind::scalar || field.value.kind == YamlKind::map) {
      add(Severity::warning, "transitions must be a list", field.line);
    }
    for (const auto& item : field.value.items) {
      Transition transition;
      std::optional<SpecStatus> status;
      for (const auto& entry : item.entries) {
        if (entry.key == "status") status = parse_status(entry.value.text);
        if (entry.key == "at") transition.at = trimmed(entry.value.text);
      }
      if (!status || transition.at.empty()) {
        const std::string what = item.kind == YamlKind::scalar ? ": '" + item.text + "'" : std::string();
        add(Severity::warning, "transitions has an item that is not a status with its time" + what, item.line,
            "Remove the item, or move it to the list that it belongs to");
        continue;
      }
      transition.status = *status;
      spec_.transitions.push_back(std::move(transition));
    }
  }

  void read_other(const FrontmatterField& field) {
    std::string text = field.value.text;
    for (const auto& item : field.value.items) {
      if (item.kind != YamlKind::scalar) continue;
      text += text.empty() ? "" : ", ";
      text += item.text;
    }
    if (field.value.kind != YamlKind::map) spec_.other_fields.emplace_back(field.key, std::move(text));
  }

  Spec& spec_;
  bool seen_status_ = false;
  std::optional<std::string> updated_;
  std::optional<std::string> completed_;
};

}  // namespace

void read_fields(const Frontmatter& frontmatter, Spec& spec) {
  if (frontmatter.error) {
    spec.frontmatter_ok = false;
    spec.findings.push_back(*frontmatter.error);
    return;
  }
  FieldReader reader(spec);
  for (const auto& field : frontmatter.fields) reader.read(field);
  reader.finish();
}

}  // namespace leanspec::spec
