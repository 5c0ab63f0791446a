#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "hub/api/json_writer.h"
#include "spec/project_view.h"
#include "vocabulary/ids.h"

/// Specs as the API shows them (docs/api.md).
namespace leanspec::hub::api {

/// As one array.
void write_findings(JsonWriter& json, const std::vector<spec::Finding>& findings);
/// The members of a Summary, into an object that is open: written once for each entry and remembered with it.
void write_summary(JsonWriter& json, const ProjectId& project, const spec::SpecEntry& entry);
[[nodiscard]] boost::json::object token_report_json(const spec::TokenReport& report);
[[nodiscard]] boost::json::object stats_json(const ProjectId& project, const spec::Stats& stats);
[[nodiscard]] std::string dependencies_json(const ProjectId& project, const spec::ProjectView& view);
/// Highlights in UTF-16 units, which is what a browser counts in.
void write_excerpt(JsonWriter& json, const spec::Excerpt& excerpt);

}  // namespace leanspec::hub::api
