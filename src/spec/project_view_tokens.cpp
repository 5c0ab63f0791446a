#include "spec/tokens.h"
#include "spec/view_index.h"

namespace leanspec::spec {

std::string_view to_string(TokenStatus status) {
  switch (status) {
    case TokenStatus::optimal:
      return "optimal";
    case TokenStatus::good:
      return "good";
    case TokenStatus::warning:
      return "warning";
    case TokenStatus::critical:
      return "critical";
  }
  return "";
}

BodyTokens ProjectView::body_tokens(const SpecEntry& entry) const {
  const auto count = [&] {
    const std::size_t tokens = count_tokens(entry.spec->body());
    return BodyTokens{tokens, token_status(tokens)};
  };
  if (!entry.memory) return count();
  std::call_once(entry.memory->body_tokens_once, [&] { entry.memory->body_tokens = count(); });
  return entry.memory->body_tokens;
}

TokenReport ProjectView::tokens(const SpecEntry& entry) const {
  const auto count = [&] { return count_spec_tokens(*entry.spec->source.bytes, entry.spec->body()); };
  if (!entry.memory) return count();
  std::call_once(entry.memory->tokens_once, [&] { entry.memory->tokens = count(); });
  return entry.memory->tokens;
}

}  // namespace leanspec::spec
