#include "bridge/run/json_value.h"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <utility>

namespace leanspec::bridge::run {
namespace {

/// Refuses what nests too deep before anything of it is kept.
class Depth : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Depth> {
 public:
  bool StartObject() { return ++depth_ <= JsonValue::depth_max; }
  bool EndObject(rapidjson::SizeType) { return depth_-- > 0; }
  bool StartArray() { return ++depth_ <= JsonValue::depth_max; }
  bool EndArray(rapidjson::SizeType) { return depth_-- > 0; }

 private:
  std::size_t depth_ = 0;
};

[[nodiscard]] const rapidjson::Value* value_of(const void* node) {
  return static_cast<const rapidjson::Value*>(node);
}

}  // namespace

struct JsonValue::Tree {
  rapidjson::Document document;
};

Result<JsonValue> JsonValue::parse(std::string_view json) {
  const auto refused = [](const rapidjson::ParseResult& failure) {
    return Error(ErrorCode::invalid, std::string("is no JSON: ") + rapidjson::GetParseError_En(failure.Code()),
                 "byte " + std::to_string(failure.Offset() + 1));
  };
  const std::string text(json);
  Depth depth;
  rapidjson::StringStream once(text.c_str());
  // Iterative: the depth of the text must not become the depth of our stack.
  if (const auto read = rapidjson::Reader().Parse<rapidjson::kParseIterativeFlag>(once, depth); !read)
    return refused(read);
  auto tree = std::make_shared<Tree>();
  tree->document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(text.c_str());
  if (tree->document.HasParseError())
    return refused(rapidjson::ParseResult(tree->document.GetParseError(), tree->document.GetErrorOffset()));
  const void* root = static_cast<const rapidjson::Value*>(&tree->document);
  return JsonValue(std::move(tree), root);
}

bool JsonValue::is_null() const {
  return node_ == nullptr || value_of(node_)->IsNull();
}

bool JsonValue::is_object() const {
  return node_ != nullptr && value_of(node_)->IsObject();
}

JsonValue JsonValue::at(std::string_view name) const {
  if (!is_object()) return JsonValue(tree_, nullptr);
  const auto& object = *value_of(node_);
  const auto member = object.FindMember(
      rapidjson::Value(rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size()))));
  return JsonValue(tree_, member == object.MemberEnd() ? nullptr : &member->value);
}

std::vector<JsonValue> JsonValue::items() const {
  std::vector<JsonValue> all;
  if (node_ == nullptr || !value_of(node_)->IsArray()) return all;
  for (const auto& item : value_of(node_)->GetArray()) all.push_back(JsonValue(tree_, &item));
  return all;
}

std::string JsonValue::text() const {
  if (node_ == nullptr || !value_of(node_)->IsString()) return {};
  return {value_of(node_)->GetString(), value_of(node_)->GetStringLength()};
}

std::int64_t JsonValue::number() const {
  return node_ != nullptr && value_of(node_)->IsInt64() ? value_of(node_)->GetInt64() : 0;
}

bool JsonValue::is_true() const {
  return node_ != nullptr && value_of(node_)->IsTrue();
}

std::string JsonValue::print() const {
  if (node_ == nullptr) return "null";
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> writer(out);
  value_of(node_)->Accept(writer);
  return {out.GetString(), out.GetSize()};
}

}  // namespace leanspec::bridge::run
