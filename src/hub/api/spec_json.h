#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string_view>
#include <vector>

#include "spec/project_view.h"
#include "vocabulary/ids.h"

/// Specs as the API shows them (docs/api.md).
namespace leanspec::hub::api {

[[nodiscard]] boost::json::object finding_json(const spec::Finding& finding);
[[nodiscard]] boost::json::array findings_json(const std::vector<spec::Finding>& findings);
[[nodiscard]] boost::json::object summary_json(const ProjectId& project, const spec::SpecEntry& entry);
[[nodiscard]] boost::json::object token_report_json(const spec::TokenReport& report);
[[nodiscard]] boost::json::object stats_json(const ProjectId& project, const spec::Stats& stats);
[[nodiscard]] boost::json::object dependencies_json(const ProjectId& project, const spec::ProjectView& view);
/// Excerpt highlights in UTF-16 units, which is what a browser counts in.
[[nodiscard]] boost::json::object excerpt_json(const spec::Excerpt& excerpt);

}  // namespace leanspec::hub::api
