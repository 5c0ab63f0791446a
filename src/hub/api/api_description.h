#pragma once

#include <boost/json/object.hpp>
#include <span>
#include <string_view>
#include <utility>

namespace leanspec::hub::api {

/// The files of description/, by name; built into the program.
[[nodiscard]] std::span<const std::pair<std::string_view, std::string_view>> description_texts();

/// The whole API as an OpenAPI 3.1 document: the parts of description/ put together. Tests hold routes and answers to it.
[[nodiscard]] boost::json::object api_description(std::string_view version);

}  // namespace leanspec::hub::api
