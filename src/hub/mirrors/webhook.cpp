#include "hub/mirrors/webhook.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "digest/hmac.h"
#include "hub/mirrors/provider.h"

namespace leanspec::hub::mirrors {

namespace json = boost::json;

namespace {

constexpr std::string_view branch_prefix = "refs/heads/";

/// A text somewhere inside; "" where there is none.
std::string text_at(const json::value& value, const char* pointer) {
  boost::system::error_code error;
  const json::value* found = value.find_pointer(pointer, error);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

bool is_about(const json::value& message, const store::Mirror& mirror) {
  boost::system::error_code error;
  const json::value* id = message.find_pointer("/repository/id", error);
  if (!mirror.repository.empty())
    return id != nullptr && id->is_int64() && std::to_string(id->as_int64()) == mirror.repository;
  std::string name = mirror.full_name;  // of a git server: its path
  if (name.ends_with(".git")) name.resize(name.size() - 4);
  const std::string at_gitlab = text_at(message, "/project/path_with_namespace");
  return (at_gitlab.empty() ? text_at(message, "/repository/full_name") : at_gitlab) == name;
}

WebhookReading read_push(const json::value& message, const store::Mirror& mirror) {
  const std::string ref = text_at(message, "/ref");
  if (ref.empty()) return {WebhookMeaning::wrong, "a push without a ref"};
  if (ref != std::string(branch_prefix) + mirror.branch)
    return {WebhookMeaning::nothing, "a push to " + ref + ", which is not mirrored"};
  WebhookReading reading{WebhookMeaning::look, "a push to " + mirror.branch, text_at(message, "/after")};
  // Of a branch that was deleted it is all zeros.
  if (!parse_git_id(reading.commit) || reading.commit.find_first_not_of('0') == std::string::npos)
    reading.commit.clear();
  return reading;
}

}  // namespace

bool signature_matches(std::string_view secret, std::string_view body, std::string_view header) {
  constexpr std::string_view kind = "sha256=";
  if (header.starts_with(kind)) header.remove_prefix(kind.size());
  return !secret.empty() && digest::equal_in_constant_time(header, to_hex(digest::hmac_sha256(secret, body)));
}

bool token_matches(std::string_view secret, std::string_view token) {
  return !secret.empty() && digest::equal_in_constant_time(token, secret);
}

WebhookReading read_webhook(std::string_view sent_as, std::string_view body, const store::Mirror& mirror) {
  const std::string_view event = sent_as == "Push Hook" ? "push" : sent_as;  // GitLab's word for it
  boost::system::error_code error;
  const json::value message = json::parse(json::string_view(body.data(), body.size()), error);
  if (error || !message.is_object())
    return {WebhookMeaning::wrong, "the body is no JSON object; set the webhook's content type to application/json"};
  if (event == "ping") return {WebhookMeaning::nothing, "the forge asked whether we are here"};
  if (event != "push" && event != "repository" && event != "delete" && event != "create")
    return {WebhookMeaning::nothing, "'" + std::string(event.substr(0, 40)) + "' means nothing to a mirror"};
  if (!is_about(message, mirror)) return {WebhookMeaning::wrong, "it is about another repository"};
  if (event == "push") return read_push(message, mirror);
  if (event == "repository")
    return {WebhookMeaning::look, "the repository was " + text_at(message, "/action").substr(0, 40)};
  const bool ours = text_at(message, "/ref_type") == "branch" && text_at(message, "/ref") == mirror.branch;
  if (ours) return {WebhookMeaning::look, "the branch was " + std::string(event) + "d"};
  return {WebhookMeaning::nothing, "another branch or tag was " + std::string(event) + "d"};
}

}  // namespace leanspec::hub::mirrors
