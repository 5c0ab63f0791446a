#pragma once

#include <optional>

#include "net/http_message.h"
#include "spec/project_view.h"
#include "vocabulary/ids.h"
#include "vocabulary/result.h"

namespace leanspec::hub::api {

/// The most rows of one page of any list.
constexpr std::size_t page_rows_max = 1000;
constexpr std::size_t page_rows_default = 50;

/// `?limit=` and `?cursor=` (an offset that `nextCursor` named). Error: invalid.
struct Page {
  std::size_t offset = 0;
  std::size_t limit = page_rows_default;
};
[[nodiscard]] Result<Page> requested_page(const net::Request& request);
/// `?limit=` alone, for lists whose cursor is no offset. Error: invalid.
[[nodiscard]] Result<std::size_t> requested_limit(const net::Request& request);
/// `?cursor=` of a list of versions: where it goes on. Error: invalid.
[[nodiscard]] Result<std::optional<VersionId>> requested_before(const net::Request& request);

/// The filter of a list from comma lists, as texts so that the search's JSON filters take the same way. Error: invalid, naming the
/// field and what is allowed.
[[nodiscard]] Result<std::vector<spec::SpecStatus>> parse_statuses(const std::vector<std::string>& texts);
[[nodiscard]] Result<std::vector<spec::Priority>> parse_priorities(const std::vector<std::string>& texts);
[[nodiscard]] Result<spec::SpecFilter> requested_filter(const net::Request& request);
[[nodiscard]] Result<spec::ListQuery> requested_list(const net::Request& request);

}  // namespace leanspec::hub::api
