#pragma once

#include <memory>

#include "hub/api/binder.h"
#include "hub/api/embedded_file.h"

namespace leanspec::hub::api {

class SpecPages;
class Metrics;
class OtherUi;

/// The whole API. Error: a mistake in the table itself (a route twice, or without a right); the hub does not start with one.
/// `ui`: another web app in place of ours.
[[nodiscard]] Status bind_routes(net::server::Router& router, Services& services, SpecPages& pages, Metrics& metrics,
                                 EmbeddedFiles web, std::shared_ptr<OtherUi> ui = nullptr);

// One per resource, in the file of the same name.
void bind_health(Binder& binder);
void bind_metrics(Binder& binder, Metrics& metrics);
void bind_session(Binder& binder);
void bind_projects(Binder& binder);
void bind_branches(Binder& binder);
void bind_specs(Binder& binder);
void bind_spec_pages(Binder& binder, SpecPages& pages);
void bind_spec_preview(Binder& binder);
void bind_search(Binder& binder);
void bind_project_files(Binder& binder);
void bind_spec_creation(Binder& binder);
void bind_history(Binder& binder);
void bind_version_diff(Binder& binder);
void bind_deleted(Binder& binder);
void bind_text_join(Binder& binder);
void bind_conflicts(Binder& binder);
void bind_merges(Binder& binder);
void bind_guards(Binder& binder);
void bind_presence(Binder& binder);
void bind_edits(Binder& binder);
void bind_restore(Binder& binder);
void bind_mirrors(Binder& binder);
void bind_machines(Binder& binder);
void bind_keys(Binder& binder);
void bind_events(Binder& binder);
void bind_spec_file_events(Binder& binder);
void bind_leanspec_routes(Binder& binder);
void bind_api_description(Binder& binder);
void bind_bridge_socket(Binder& binder);
void bind_web_assets(Binder& binder, EmbeddedFiles web, std::shared_ptr<OtherUi> ui);

}  // namespace leanspec::hub::api
