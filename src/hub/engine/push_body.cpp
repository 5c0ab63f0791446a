#include "hub/engine/push_body.h"

#include <utility>
#include <variant>

#include "wire/delta.h"

namespace leanspec::hub::engine {

Result<PushBody> open_body(const wire::Push& push, store::BodyStore& bodies) {
  PushBody body;
  if (const auto* delta = std::get_if<wire::DeltaBody>(&push.content)) {
    LEANSPEC_ASSIGN(const auto base, bodies.get(delta->base));
    if (base) {
      auto opened = wire::apply_delta(*base, delta->zstd, push.size, *push.digest);
      if (opened) body.opened = std::move(opened).value();
    }
    body.missing = !body.opened.has_value();
  } else if (std::holds_alternative<wire::UploadedBody>(push.content) ||
             std::holds_alternative<wire::UnchangedBody>(push.content)) {
    LEANSPEC_ASSIGN(const bool has, bodies.has(*push.digest));
    body.missing = !has;
  }
  return body;
}

Status put_body(const wire::Push& push, const PushBody& body, store::BodyStore& bodies) {
  if (body.opened) return bodies.put(*push.digest, *body.opened);
  if (const auto* whole = std::get_if<wire::WholeBody>(&push.content)) return bodies.put(*push.digest, whole->bytes);
  return {};
}

}  // namespace leanspec::hub::engine
