#pragma once

#include "vocabulary/strong.h"
#include "vocabulary/uuid.h"

namespace leanspec {

/// What one guard holds back at one moment; once it holds more it has another. A person's decision names it.
using GuardId = Strong<Uuid, struct GuardIdTag>;

}  // namespace leanspec
