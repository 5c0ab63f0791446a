#include <array>
#include <string>
#include <utility>

#include "spec/project_view.h"
#include "spec/spec.h"

namespace leanspec::spec {

namespace {

template <typename Value>
using Spelling = std::pair<std::string_view, Value>;

constexpr std::array<Spelling<SpecStatus>, 8> status_spellings{{
    {"draft", SpecStatus::draft},
    {"planned", SpecStatus::planned},
    {"in-progress", SpecStatus::in_progress},
    {"in_progress", SpecStatus::in_progress},
    {"inprogress", SpecStatus::in_progress},
    {"complete", SpecStatus::complete},
    {"completed", SpecStatus::complete},
    {"archived", SpecStatus::archived},
}};

constexpr std::array<Spelling<Priority>, 6> priority_spellings{{
    {"low", Priority::low},
    {"medium", Priority::medium},
    {"med", Priority::medium},
    {"high", Priority::high},
    {"critical", Priority::critical},
    {"urgent", Priority::critical},
}};

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool equals_ignoring_case(std::string_view text, std::string_view lower_case) {
  if (text.size() != lower_case.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
    if (c != lower_case[i]) return false;
  }
  return true;
}

template <typename Spellings>
auto parse(std::string_view text, const Spellings& spellings) -> std::optional<decltype(spellings.front().second)> {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  for (const auto& [spelling, value] : spellings) {
    if (equals_ignoring_case(text, spelling)) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(SpecStatus status) {
  switch (status) {
    case SpecStatus::draft:
      return "draft";
    case SpecStatus::planned:
      return "planned";
    case SpecStatus::in_progress:
      return "in-progress";
    case SpecStatus::complete:
      return "complete";
    case SpecStatus::archived:
      return "archived";
  }
  return "planned";
}

std::string_view to_string(Priority priority) {
  switch (priority) {
    case Priority::low:
      return "low";
    case Priority::medium:
      return "medium";
    case Priority::high:
      return "high";
    case Priority::critical:
      return "critical";
  }
  return "medium";
}

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "error";
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "pass";
    case Verdict::warn:
      return "warn";
    case Verdict::fail:
      return "fail";
  }
  return "fail";
}

std::optional<SpecStatus> parse_status(std::string_view text) {
  return parse(text, status_spellings);
}
std::optional<Priority> parse_priority(std::string_view text) {
  return parse(text, priority_spellings);
}

}  // namespace leanspec::spec
