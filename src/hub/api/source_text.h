#pragma once

#include <memory>
#include <string>

#include "hub/engine/views.h"

namespace leanspec::hub::api {

/// A view leaves out the text of a very large document; the store has it.
[[nodiscard]] Result<std::shared_ptr<const std::string>> whole_text(engine::Views& views, const spec::SourceFile& file);

}  // namespace leanspec::hub::api
