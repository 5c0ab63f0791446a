#include "hub/engine/push_rules.h"

#include <algorithm>
#include <string>
#include <variant>

#include "digest/sha256.h"
#include "sync/path_policy.h"

namespace leanspec::hub::engine {

namespace {

using namespace std::chrono_literals;

/// No edit is older than LeanSpec; a larger claim is a broken clock.
constexpr std::chrono::milliseconds age_max = 10 * 365 * 24h;

void append(std::string& text, const Uuid& uuid) {
  for (const auto byte : uuid.bytes) text.push_back(static_cast<char>(byte));
}

void append(std::string& text, std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) text.push_back(static_cast<char>((number >> shift) & 0xFFU));
}

}  // namespace

Status check_push(const wire::Push& push, const SequencerLimits& limits) {
  const auto refused = [&push](ErrorCode code, std::string why, std::string remedy = {}) {
    return Error(code, std::move(why), push.path, std::move(remedy));
  };
  const bool deletes = std::holds_alternative<wire::Deleted>(push.content);
  if (deletes != !push.digest.has_value())
    return refused(ErrorCode::invalid, "the change says both deleted and not deleted");
  if (push.change.value().is_nil() || push.document.value().is_nil()) {
    return refused(ErrorCode::invalid, "the change has no identifier");
  }
  if (deletes) {
    if (push.path.size() > sync::path_bytes_max)
      return refused(ErrorCode::invalid, "the path is longer than 1,024 bytes");
    return {};
  }
  LEANSPEC_TRY(sync::check_path(push.path));
  if (push.size > limits.document_bytes_max) {
    return refused(ErrorCode::too_large, "the document is larger than 64 MiB",
                   "Keep large files out of the specs folder.");
  }
  if (const auto* whole = std::get_if<wire::WholeBody>(&push.content)) {
    if (whole->bytes.size() != push.size || digest::sha256(whole->bytes) != *push.digest) {
      return refused(ErrorCode::corrupt, "the text does not have the digest that came with it");
    }
  }
  if (std::holds_alternative<wire::UnchangedBody>(push.content) && !push.base) {
    return refused(ErrorCode::invalid, "a move names no version that it moves");
  }
  return {};
}

Digest request_digest(BranchId branch, const wire::Push& push) {
  std::string request = "leanspec push 1";
  append(request, static_cast<std::uint64_t>(branch.value()));
  append(request, push.change.value());
  append(request, push.document.value());
  request.push_back(push.base ? '\1' : '\0');
  if (push.base) append(request, push.base->value());
  request.push_back(push.digest ? '\1' : '\0');
  if (push.digest) request.append(to_hex(*push.digest));
  append(request, push.path.size());
  request += push.path;
  return digest::sha256(request);
}

Instant effective_time(Instant received_at, std::chrono::milliseconds age, std::optional<Instant> not_before,
                       Instant now) {
  const Instant wanted = received_at - std::clamp(age, std::chrono::milliseconds(0), age_max);
  const Instant earliest = not_before ? std::min(*not_before, now) : Instant::min();
  return std::clamp(wanted, earliest, now);
}

}  // namespace leanspec::hub::engine
