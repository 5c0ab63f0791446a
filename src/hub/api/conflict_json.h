#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstddef>
#include <optional>
#include <string_view>

#include "hub/api/version_json.h"
#include "hub/engine/conflict.h"
#include "merge/outcome.h"

namespace leanspec::hub::api {

/// A larger text is not put into an answer beside others; its version has it.
constexpr std::size_t shown_text_bytes_max = std::size_t{1024} * 1024;

/// Where people must decide: kind, field, a name in words, why, and the lines of base, ours and theirs.
[[nodiscard]] boost::json::array places_json(const std::vector<merge::Conflict>& places);
/// What a merge decided by itself, with the values that lost.
[[nodiscard]] boost::json::array merged_json(const std::vector<merge::Merged>& merged);
/// The document in which those places are still open.
[[nodiscard]] boost::json::array draft_json(const merge::Draft& draft);
[[nodiscard]] boost::json::value version_or_null(const std::optional<store::Version>& version, const VersionNames& names);

/// A row of the list: no texts.
[[nodiscard]] boost::json::object conflict_row_json(const engine::OpenConflict& conflict, const spec::ProjectView& view,
                                                    const VersionNames& names);
/// Everything.
[[nodiscard]] boost::json::object conflict_json(const engine::OpenConflict& conflict, const spec::ProjectView& view,
                                                const VersionNames& names);

}  // namespace leanspec::hub::api
