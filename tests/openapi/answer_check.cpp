#include "tests/openapi/answer_check.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <cctype>
#include <utility>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace leanspec::openapi {

namespace json = boost::json;

namespace {

constexpr std::string_view schemas_prefix = "#/components/schemas/";

[[nodiscard]] const json::object& schemas_of(const json::object& document) {
  return document.at("components").at("schemas").as_object();
}

/// Puts the properties of a schema into `whole`; what is composed is taken apart.
void flatten(const json::value& schema, const json::object& schemas, json::object& whole) {
  const json::object& object = schema.as_object();
  if (const json::value* reference = object.if_contains("$ref")) {
    return flatten(schemas.at(std::string_view(reference->as_string()).substr(schemas_prefix.size())), schemas, whole);
  }
  if (const json::value* parts = object.if_contains("allOf")) {
    for (const json::value& part : parts->as_array()) flatten(part, schemas, whole);
    return;
  }
  for (const auto& [name, property] : object.at("properties").as_object()) {
    whole["properties"].as_object()[name] = property;
  }
  if (const json::value* required = object.if_contains("required")) {
    for (const json::value& name : required->as_array()) whole["required"].as_array().push_back(name);
  }
}

/// The same with nothing allowed that is not named: documents leave that open for what comes later, tests do not.
[[nodiscard]] json::value strict(const json::value& value, const json::object& schemas) {
  if (value.is_array()) {
    json::array array;
    for (const json::value& one : value.as_array()) array.push_back(strict(one, schemas));
    return array;
  }
  if (!value.is_object()) return value;
  json::object source = value.as_object();
  if (source.contains("allOf")) {
    json::object whole{{"type", "object"}, {"properties", json::object()}, {"required", json::array()}};
    flatten(value, schemas, whole);
    source = std::move(whole);
  }
  json::object object;
  for (const auto& [name, inner] : source) object[name] = strict(inner, schemas);
  if (object.contains("properties") && object.at("properties").is_object() && object.contains("type")) {
    object["additionalProperties"] = false;
  }
  return object;
}

[[nodiscard]] std::string_view take_segment(std::string_view& path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

/// How many segments of the path the pattern has letter by letter; -1: they do not fit.
[[nodiscard]] int literal_segments(std::string_view pattern, std::string_view path) {
  int literal = 0;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = take_segment(pattern);
    const std::string_view given = take_segment(path);
    if (wanted == given) {
      ++literal;
    } else if (!wanted.starts_with('{') || given.empty()) {
      return -1;
    }
  }
  return pattern.empty() && path.empty() ? literal : -1;
}

}  // namespace

struct AnswerCheck::Shape {
  valijson::Schema schema;
};

AnswerCheck::AnswerCheck(json::object document)
    : document_(std::move(document)),
      strict_schemas_(strict(schemas_of(document_), schemas_of(document_)).as_object()) {}
AnswerCheck::~AnswerCheck() = default;

bool AnswerCheck::describes(std::string_view method, std::string_view pattern) const {
  const json::value* path = document_.at("paths").as_object().if_contains(pattern);
  return path != nullptr && path->as_object().contains(method);
}

const json::value* AnswerCheck::response(std::string_view method, std::string_view pattern, unsigned status) const {
  const json::object& responses =
      document_.at("paths").as_object().at(pattern).at(method).at("responses").as_object();
  if (const json::value* exact = responses.if_contains(std::to_string(status))) return exact;
  if (status < 400) return nullptr;
  const json::value* other = responses.if_contains("default");
  if (other == nullptr || !other->as_object().contains("$ref")) return other;
  return &document_.at("components").at("responses").at("Refusal");
}

std::string AnswerCheck::pattern_of(const std::string& method, std::string_view path) const {
  std::string best;
  int most = -1;
  for (const auto& [pattern, operations] : document_.at("paths").as_object()) {
    const int literal = operations.as_object().contains(method) ? literal_segments(pattern, path) : -1;
    if (literal > most) best = pattern;
    most = std::max(most, literal);
  }
  return best;
}

std::string AnswerCheck::wrong_at(std::string_view method, std::string_view target, unsigned status,
                                  std::string_view content_type, std::string_view body) {
  std::string name(method == "HEAD" ? "GET" : method);
  for (char& letter : name) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  const std::string pattern = pattern_of(name, target.substr(0, target.find('?')));
  if (pattern.empty()) return status >= 400 ? "" : "the document does not have this route";
  return wrong(name, pattern, status, content_type, body);
}

std::string AnswerCheck::wrong(const std::string& method, const std::string& pattern, unsigned status,
                               std::string_view content_type, std::string_view body) {
  if (!describes(method, pattern)) return "the document does not have this route";
  const json::value* described = response(method, pattern, status);
  if (described == nullptr) return "the document has no status " + std::to_string(status) + " for it";
  const json::value* content = described->as_object().if_contains("content");
  if (content == nullptr) return body.empty() ? "" : "there is a body, and the document has none";
  const std::string type(content_type.substr(0, content_type.find(';')));
  const json::value* kind = content->as_object().if_contains(type);
  if (kind == nullptr) return "the document has no content '" + type + "' for it";
  if (type != "application/json" || body.empty()) return "";
  return wrong_json(method + ' ' + pattern + ' ' + std::to_string(status), kind->at("schema"), body);
}

std::string AnswerCheck::wrong_event(std::string_view target, std::string_view name, std::string_view data) {
  const std::string pattern = pattern_of("get", target.substr(0, target.find('?')));
  if (pattern.empty()) return "the document does not have this route";
  const std::string known_as(name.empty() ? "message" : name);
  const auto inside = [](const json::value* value, std::string_view key) {
    return value != nullptr ? value->as_object().if_contains(key) : nullptr;
  };
  const json::value* stream = inside(inside(response("get", pattern, 200), "content"), "text/event-stream");
  const json::value* event = inside(inside(stream, "x-events"), known_as);
  if (event == nullptr) return "the document has no event '" + known_as + "' for it";
  return wrong_json("event " + known_as + ' ' + pattern, event->at("schema"), data);
}

std::string AnswerCheck::wrong_json(const std::string& name, const json::value& schema, std::string_view text) {
  const std::scoped_lock lock(mutex_);
  auto& shape = shapes_[name];
  if (shape == nullptr) {
    shape = std::make_unique<Shape>();
    const json::value root = json::object{{"allOf", json::array{strict(schema, schemas_of(document_))}},
                                          {"components", json::object{{"schemas", strict_schemas_}}}};
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(valijson::adapters::BoostJsonAdapter(root), shape->schema);
  }
  boost::json::error_code error;
  const json::value answer = json::parse(text, error);
  if (error) return "it is not JSON: " + error.message();
  valijson::ValidationResults results;
  valijson::Validator validator;
  if (validator.validate(shape->schema, valijson::adapters::BoostJsonAdapter(answer), &results)) return "";
  std::string words;
  for (valijson::ValidationResults::Error failed; results.popError(failed);) {
    for (const std::string& step : failed.context) words += step;
    words += ": " + failed.description + "\n";
  }
  return words.empty() ? "it is not as the document says" : words;
}

}  // namespace leanspec::openapi
