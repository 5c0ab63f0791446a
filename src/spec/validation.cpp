#include "spec/validation.h"

#include <algorithm>
#include <string>
#include <utility>

#include "spec/code_fence.h"
#include "spec/relations.h"
#include "spec/spec_order.h"
#include "spec/timestamp.h"

namespace leanspec::spec {

namespace {

constexpr std::size_t created_length = 10;      // YYYY-MM-DD
constexpr std::size_t circle_names_shown = 10;  // a longer circle is cut: the message is read by people

Finding finding(Severity severity, const char* kind, std::string message) {
  Finding made;
  made.severity = severity;
  made.kind = kind;
  made.message = std::move(message);
  return made;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

struct Heading {
  std::size_t level = 0;
  std::string_view text;
};

/// One to six #, at least one blank, some text.
std::optional<Heading> heading_of(std::string_view line) {
  const std::size_t level = std::min(line.find_first_not_of('#'), line.size());
  if (level == 0 || level > 6 || level == line.size() || !is_blank(line[level])) return std::nullopt;
  const std::string_view text = trimmed(line.substr(level));
  if (text.empty()) return std::nullopt;
  return Heading{level, text};
}

std::string joined(const std::vector<std::string>& circle) {
  std::string text;
  for (std::size_t i = 0; i < circle.size() && i < circle_names_shown; ++i) text += circle[i] + " \u2192 ";
  if (circle.size() > circle_names_shown) text += "\u2026 \u2192 ";
  return text + circle.front();
}

}  // namespace

std::vector<Finding> check_frontmatter(const Spec& spec) {
  std::vector<Finding> findings;
  const auto add = [&](Severity severity, std::string message) {
    findings.push_back(finding(severity, "frontmatter", std::move(message)));
  };
  if (spec.status == SpecStatus::in_progress && !spec.assignee)
    add(Severity::info, "In-progress spec without assignee");
  if (spec.status == SpecStatus::complete && !spec.completed_at) {
    add(Severity::info, "Completed spec without completion date");
  }
  if (spec.created && spec.created->size() != created_length) {
    add(Severity::error, "Invalid created date format: '" + *spec.created + "'. Expected YYYY-MM-DD");
  } else if (spec.created && !is_date(*spec.created)) {
    add(Severity::error, "Invalid created date: '" + *spec.created + "'. Expected YYYY-MM-DD");
  }
  if (spec.status == SpecStatus::planned && !spec.priority) {
    add(Severity::info, "Planned spec without priority. Consider adding priority for planning.");
  }
  for (const auto& tag : spec.tags) {
    if (tag.find(' ') == std::string::npos) continue;
    add(Severity::warning, "Tag '" + tag + "' contains spaces. Consider using kebab-case.");
  }
  if (std::find(spec.depends_on.begin(), spec.depends_on.end(), spec.id) != spec.depends_on.end()) {
    add(Severity::error, "Spec cannot depend on itself");
  }
  if (spec.parent == spec.id) add(Severity::error, "Spec cannot be its own parent");
  return findings;
}

std::vector<Finding> check_structure(const Spec& spec) {
  std::vector<Finding> findings;
  std::size_t titles = 0;
  std::optional<std::uint32_t> second_title;
  std::optional<Finding> empty_section;  // the level-2 heading that nothing has followed yet
  const auto end_section = [&] {
    if (empty_section) findings.push_back(std::move(*empty_section));
    empty_section.reset();
  };
  CodeFence fence;
  const std::string_view body = spec.body();
  std::uint32_t line_number = spec.body_line;
  for (std::size_t at = 0; at < body.size(); ++line_number) {
    const std::size_t end = std::min(body.find('\n', at), body.size());
    const std::string_view line = body.substr(at, end - at);
    at = end + 1;
    const auto heading = fence.covers(line) ? std::nullopt : heading_of(line);
    if (heading && heading->level <= 2) end_section();
    if (heading && heading->level == 1 && ++titles == 2) second_title = line_number;
    if (heading && heading->level == 2) {
      empty_section = finding(Severity::warning, "structure", "Empty section: ## " + std::string(heading->text));
      empty_section->line = line_number;
    } else if (!trimmed(line).empty()) {
      empty_section.reset();
    }
  }
  end_section();
  if (titles == 0) {
    findings.insert(findings.begin(), finding(Severity::error, "structure", "Missing title (# heading)"));
  } else if (second_title) {
    auto multiple =
        finding(Severity::warning, "structure", "Multiple h1 headings found. Specs should have a single title.");
    multiple.line = second_title;
    findings.insert(findings.begin(), std::move(multiple));
  }
  return findings;
}

std::optional<Finding> check_length(std::size_t body_tokens) {
  const std::string count = "Spec has " + std::to_string(body_tokens) + " tokens, ";
  const std::string bound = std::to_string(body_tokens_max);
  if (body_tokens > body_tokens_max) {
    return finding(Severity::error, "length",
                   count + "exceeds maximum of " + bound + ". Consider splitting into smaller specs.");
  }
  if (body_tokens > body_tokens_warned_above) {
    return finding(Severity::warning, "length",
                   count + "approaching maximum of " + bound + ". Consider splitting if content grows.");
  }
  return std::nullopt;
}

std::vector<Finding> check_relations(const ProjectView& view, const Spec& spec) {
  std::vector<Finding> findings;
  const auto check_target = [&](const std::string& target, const std::string& message) {
    if (target == spec.id || find_entry(view.all(), target)) return;
    auto& missing = findings.emplace_back(finding(Severity::warning, "relationship", message + ": '" + target + "'"));
    const auto slash = target.rfind('/');
    const auto similar = view.find(slash == std::string::npos ? target : target.substr(slash + 1));
    if (similar) missing.suggestion = "Did you mean '" + similar->spec->id + "'?";
  };
  for (const auto& target : spec.depends_on) check_target(target, "depends_on names a spec that does not exist");
  if (spec.parent) check_target(*spec.parent, "parent names a spec that does not exist");
  if (const auto circle = circle_through(view.all(), spec, Relation::depends_on); !circle.empty()) {
    findings.push_back(finding(Severity::warning, "relationship", "Circular dependency: " + joined(circle)));
  }
  if (const auto circle = circle_through(view.all(), spec, Relation::parent); !circle.empty()) {
    findings.push_back(finding(Severity::warning, "relationship", "Circular parents: " + joined(circle)));
  }
  return findings;
}

Verdict verdict_of(std::span<const Finding> findings) {
  Verdict verdict = Verdict::pass;
  for (const auto& finding : findings) {
    switch (finding.severity) {
      case Severity::info:
        break;
      case Severity::warning:
        verdict = std::max(verdict, Verdict::warn);
        break;
      case Severity::error:
        verdict = Verdict::fail;
        break;
    }
  }
  return verdict;
}

}  // namespace leanspec::spec
