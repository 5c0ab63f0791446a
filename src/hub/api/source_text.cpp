#include "hub/api/source_text.h"

#include <utility>

namespace leanspec::hub::api {

Result<std::shared_ptr<const std::string>> whole_text(engine::Views& views, const spec::SourceFile& file) {
  if (!file.bytes->empty()) return file.bytes;
  LEANSPEC_ASSIGN(const auto version, views.version(file.version));
  if (!version || !version->digest || version->size == 0) return file.bytes;
  LEANSPEC_ASSIGN(auto body, views.body(*version->digest));
  return std::make_shared<const std::string>(std::move(body).value_or(""));
}

}  // namespace leanspec::hub::api
