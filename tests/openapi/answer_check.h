#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace leanspec::openapi {

/// Holds answers to an OpenAPI document: the status, the kind of content, and every field. A field that the document does
/// not name is as wrong as one that is missing. Any thread.
class AnswerCheck {
 public:
  explicit AnswerCheck(boost::json::object document);
  ~AnswerCheck();
  AnswerCheck(const AnswerCheck&) = delete;
  AnswerCheck& operator=(const AnswerCheck&) = delete;

  /// What is wrong with an answer, in words; "" nothing. `method` in small letters, `pattern` as the route has it; an empty
  /// body is one that cannot be looked into.
  [[nodiscard]] std::string wrong(const std::string& method, const std::string& pattern, unsigned status,
                                  std::string_view content_type, std::string_view body);
  /// The same of an answer from outside, of which only the target of the request is known. `method` as it was sent. What the
  /// document does not have must be refused.
  [[nodiscard]] std::string wrong_at(std::string_view method, std::string_view target, unsigned status,
                                     std::string_view content_type, std::string_view body);
  /// The same of an event on the stream that answers this target; `name` "" is an event without one. The document has the
  /// shape of its data under `x-events`, by name.
  [[nodiscard]] std::string wrong_event(std::string_view target, std::string_view name, std::string_view data);
  /// Whether the document has the route.
  [[nodiscard]] bool describes(std::string_view method, std::string_view pattern) const;
  [[nodiscard]] const boost::json::object& document() const { return document_; }

 private:
  struct Shape;
  /// The route that answers this path; "" none.
  [[nodiscard]] std::string pattern_of(const std::string& method, std::string_view path) const;
  /// As the document has it for this status; null: it has not.
  [[nodiscard]] const boost::json::value* response(std::string_view method, std::string_view pattern,
                                                   unsigned status) const;
  /// What is wrong with a JSON text that shall have this schema; the shape is kept under `name`.
  [[nodiscard]] std::string wrong_json(const std::string& name, const boost::json::value& schema, std::string_view text);

  const boost::json::object document_;
  const boost::json::object strict_schemas_;
  std::mutex mutex_;                                      ///< of the shapes
  std::map<std::string, std::unique_ptr<Shape>> shapes_;  ///< by route and status or event, as they are needed
};

}  // namespace leanspec::openapi
