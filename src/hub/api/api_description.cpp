#include "hub/api/api_description.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <memory>
#include <string>

#include "hub/api/routes.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

/// What both objects have under a name is put together as well.
void merge_into(json::object& whole, const json::object& part) {
  for (const auto& [name, value] : part) {
    json::value& there = whole[name];
    if (there.is_object() && value.is_object()) {
      merge_into(there.as_object(), value.as_object());
    } else {
      there = value;
    }
  }
}

[[nodiscard]] std::string text_of(std::string_view name) {
  for (const auto& [file, text] : description_texts()) {
    if (file == name) return std::string(text);
  }
  return {};
}

}  // namespace

json::object api_description(std::string_view version) {
  json::object whole = json::parse(text_of("base.json")).as_object();
  for (const auto& [file, text] : description_texts()) {
    if (file.ends_with(".json") && file != "base.json") merge_into(whole, json::parse(text).as_object());
  }
  whole["info"].as_object()["version"] = version;
  return whole;
}

void bind_api_description(Binder& binder) {
  const auto show = [&binder](const char* path, std::string text, const char* type) {
    binder.open(net::Method::get, path, [text = std::move(text), type](const Call&) { return net::text_response(200, text, type); });
  };
  show("/api/openapi.json", json::serialize(api_description(binder.services().version)), "application/json");
  show("/api/docs", text_of("page.html"), "text/html; charset=utf-8");
  show("/api/docs.js", text_of("page.js"), "text/javascript; charset=utf-8");
}

}  // namespace leanspec::hub::api
