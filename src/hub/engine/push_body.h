#pragma once

#include <optional>
#include <string>

#include "store/store.h"
#include "vocabulary/result.h"
#include "wire/message.h"

namespace leanspec::hub::engine {

/// The body of a push, found or not.
struct PushBody {
  bool missing =
      false;  ///< ask for the whole: a base or the parts are not here, or what came out is not what was meant
  std::optional<std::string> opened;  ///< bytes to store that are not in the push as they stand
};

/// Opens a push's content against the store. `push` has passed check_push. Error: the store's.
[[nodiscard]] Result<PushBody> open_body(const wire::Push& push, store::BodyStore& bodies);

/// Makes the body durable with the transaction.
[[nodiscard]] Status put_body(const wire::Push& push, const PushBody& body, store::BodyStore& bodies);

}  // namespace leanspec::hub::engine
