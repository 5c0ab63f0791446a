#include "hub/api/routes.h"

#include <utility>

#include "hub/api/answer.h"

namespace leanspec::hub::api {

Status bind_routes(net::server::Router& router, Services& services, SpecPages& pages, Metrics& metrics, EmbeddedFiles web,
                   std::shared_ptr<OtherUi> ui) {
  // What the server answers by itself wears the same shape as ours, and every answer the same safety headers.
  router.set_refusal_shape([](unsigned status, std::string_view why) { return refusal_answer(status, why); });
  router.set_finisher([](const net::Request&, net::Response& response) { add_safety_headers(response); });
  Binder binder(router, services);
  bind_health(binder);                //  /health, /health/live, /health/ready
  bind_metrics(binder, metrics);      //  /metrics
  bind_session(binder);               //  /api/setup, /api/session, /api/session/link
  bind_projects(binder);              //  /api/projects, /api/projects/{project}
  bind_branches(binder);              //  …/branches
  bind_specs(binder);                 //  …/specs, …/board, …/stats, …/dependencies, …/specs/batch-metadata
  bind_spec_pages(binder, pages);     //  …/specs/{spec}, …/raw, …/tokens, …/validation
  bind_spec_preview(binder);          //  …/specs/{spec}/preview
  bind_search(binder);                //  …/search
  bind_project_files(binder);         //  …/files, …/files/search, …/file, …/context
  bind_spec_creation(binder);         //  POST …/specs
  bind_history(binder);               //  …/specs/{spec}/history, …/specs/{spec}/versions/{version}, …/history, …/held
  bind_version_diff(binder);          //  …/specs/{spec}/versions/{version}/diff
  bind_deleted(binder);               //  …/deleted
  bind_text_join(binder);             //  …/versions/{version}/join
  bind_conflicts(binder);             //  …/conflicts, …/conflicts/{conflict}, …/conflicts/{conflict}/resolve
  bind_merges(binder);                //  …/merges, …/merges/{version}/undo
  bind_guards(binder);                //  …/guards, …/guards/{guard}/approve, …/guards/{guard}/revert
  bind_presence(binder);              //  …/presence
  bind_edits(binder);                 //  …/specs/{spec}/metadata, …/checklist-toggle, …/raw, …/subspecs/{file}/raw
  bind_restore(binder);               //  …/versions/{version}/restore
  bind_mirrors(binder);               //  /api/mirrors, …/mirror, /api/webhooks/{hook}, /api/cron/sync
  bind_machines(binder);              //  /api/machines
  bind_keys(binder);                  //  /api/keys
  bind_events(binder);                //  /api/events
  bind_spec_file_events(binder);      //  /api/events/specs
  bind_leanspec_routes(binder);       //  what LeanSpec's server has beside these
  bind_api_description(binder);       //  /api/openapi.json, /api/docs
  bind_bridge_socket(binder);         //  /api/bridge
  bind_web_assets(binder, web, std::move(ui));//  everything else
  return binder.finished();
}

}  // namespace leanspec::hub::api
