#include <algorithm>
#include <map>
#include <utility>

#include "hub/api/answer.h"
#include "hub/api/other_ui.h"
#include "hub/api/routes.h"

namespace leanspec::hub::api {

namespace {

[[nodiscard]] std::shared_ptr<const std::string> shared(std::string_view bytes) { return std::make_shared<const std::string>(bytes); }

[[nodiscard]] net::Response file_answer(const EmbeddedFile& file, bool immutable) {
  net::Response response;
  response.body = shared(file.plain);
  if (!file.brotli.empty()) response.encodings.push_back({"br", shared(file.brotli)});
  if (!file.gzip.empty()) response.encodings.push_back({"gzip", shared(file.gzip)});
  response.with_header("Content-Type", file.content_type);
  response.with_header("ETag", file.etag);
  response.with_header("Cache-Control", immutable ? "public, max-age=31536000, immutable" : "no-cache");
  response.no_transform = true;
  return response;
}

/// The pages of the web app (web/src/core/router.ts); other paths get the same page with status 404, and it says so.
[[nodiscard]] bool is_page(std::string_view path) {
  const std::string_view fixed[] = {"/", "/setup", "/login", "/projects", "/machines", "/settings/keys"};
  if (std::find(std::begin(fixed), std::end(fixed), path) != std::end(fixed)) return true;
  return path.starts_with("/projects/") && !path.ends_with('/');
}

}  // namespace

namespace {

/// The other app's files for whoever is signed in, the page for signing in for everybody else.
[[nodiscard]] net::Response other_ui_answer(OtherUi& ui, Services& services, const net::Request& request) {
  if (request.path == sign_in_script_path) return sign_in_script();
  if (request.path == "/login" || request.path == "/setup") return sign_in_page();
  if (request.path != "/index.html") {
    if (auto file = ui.file(request.path)) return *std::move(file);
  }
  if (const auto principal = services.authenticator.authenticate(request); principal && !principal->anonymous()) return ui.page();
  net::Response response = net::text_response(302, "");
  response.with_header("Location", "/login");
  return response;
}

}  // namespace

void bind_web_assets(Binder& binder, EmbeddedFiles web, std::shared_ptr<OtherUi> ui) {
  auto answers = std::make_shared<std::map<std::string, net::Response, std::less<>>>();
  for (const EmbeddedFile& file : web) {
    (*answers)["/" + std::string(file.path)] = file_answer(file, file.path.starts_with("assets/"));
  }
  Services& services = binder.services();
  // Its requests carry no token, so where they come from must be enough.
  if (ui != nullptr) services.authenticator.trust_same_origin();
  binder.router().set_fallback([answers, ui = std::move(ui), &services](const net::Request& request) -> net::Response {
    if (request.path == "/api" || request.path.starts_with("/api/")) {
      auto response = error_answer(404, "NOT_FOUND", "There is no " + request.path + " in this API.");
      return response;
    }
    if (ui != nullptr) return other_ui_answer(*ui, services, request);
    if (const auto file = answers->find(request.path); file != answers->end() && request.path != "/index.html") return file->second;
    const auto page = answers->find("/index.html");
    if (page == answers->end()) {
      auto response = net::text_response(is_page(request.path) ? 200 : 404,
                                         "LeanSpec hub is running. This build has no web app in it: build web/ first.\n");
      return response;
    }
    net::Response response = page->second;
    if (!is_page(request.path)) response.status = 404;
    return response;
  });
}

}  // namespace leanspec::hub::api
