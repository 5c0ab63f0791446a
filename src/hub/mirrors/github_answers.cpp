#include "hub/mirrors/github_answers.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>

namespace leanspec::hub::mirrors {

namespace json = boost::json;

namespace {

constexpr std::size_t message_bytes_max = 300;  // of the forge's own words in our errors

Error misshapen(std::string what) {
  return Error(ErrorCode::corrupt, "the forge's answer is not what its API documents: " + std::move(what));
}

Result<json::object> parse(std::string_view body) {
  json::parse_options options;
  options.allow_invalid_utf8 = true;  // a name in the tree; judged where it is used
  boost::system::error_code error;
  json::value value = json::parse(json::string_view(body.data(), body.size()), error, {}, options);
  if (error || !value.is_object()) return misshapen("it is no JSON object");
  return std::move(value.as_object());
}

Result<std::string> text(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains({name.data(), name.size()});
  if (value == nullptr || !value->is_string()) return misshapen("it has no text '" + std::string(name) + "'");
  return std::string(value->as_string());
}

Result<GitId> git_id(const json::object& object, std::string_view name) {
  LEANSPEC_ASSIGN(const std::string hex, text(object, name));
  auto id = parse_git_id(hex);
  if (!id) return misshapen("'" + std::string(name) + "' is no object's name");
  return *std::move(id);
}

Result<EntryKind> kind_of(const json::object& entry) {
  LEANSPEC_ASSIGN(const std::string mode, text(entry, "mode"));
  if (mode == "120000") return EntryKind::symlink;
  if (mode == "160000") return EntryKind::submodule;
  if (mode == "040000" || mode == "40000") return EntryKind::folder;
  return EntryKind::file;
}

/// What the forge says itself, shortened, in one line.
std::string message_of(const ForgeAnswer& answer) {
  const auto object = parse(answer.body);
  if (!object) return {};
  auto message = text(*object, "message");
  if (!message) return {};
  for (char& c : *message) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return message->substr(0, message_bytes_max);
}

}  // namespace

Result<RepositoryFacts> parse_repository_answer(std::string_view body) {
  LEANSPEC_ASSIGN(const json::object object, parse(body));
  RepositoryFacts facts;
  const json::value* id = object.if_contains("id");
  if (id == nullptr || !id->is_number()) return misshapen("it has no number 'id'");
  facts.id = std::to_string(id->to_number<std::int64_t>());
  LEANSPEC_ASSIGN(facts.full_name, text(object, "full_name"));
  LEANSPEC_ASSIGN(facts.default_branch, text(object, "default_branch"));
  if (const json::value* hidden = object.if_contains("private"); hidden != nullptr && hidden->is_bool())
    facts.is_private = hidden->as_bool();
  return facts;
}

Result<GitId> parse_ref_answer(std::string_view body) {
  LEANSPEC_ASSIGN(const json::object object, parse(body));
  const json::value* target = object.if_contains("object");
  if (target == nullptr || !target->is_object()) return misshapen("it has no 'object'");
  return git_id(target->as_object(), "sha");
}

Result<TreeListing> parse_tree_answer(std::string_view body) {
  LEANSPEC_ASSIGN(const json::object object, parse(body));
  const json::value* tree = object.if_contains("tree");
  if (tree == nullptr || !tree->is_array()) return misshapen("it has no list 'tree'");
  TreeListing listing;
  if (const json::value* truncated = object.if_contains("truncated"); truncated != nullptr && truncated->is_bool())
    listing.truncated = truncated->as_bool();
  listing.entries.reserve(tree->as_array().size());
  for (const json::value& value : tree->as_array()) {
    if (!value.is_object()) return misshapen("an entry of 'tree' is no object");
    const json::object& row = value.as_object();
    TreeEntry entry;
    LEANSPEC_ASSIGN(entry.path, text(row, "path"));
    LEANSPEC_ASSIGN(entry.kind, kind_of(row));
    LEANSPEC_ASSIGN(entry.id, git_id(row, "sha"));
    if (const json::value* size = row.if_contains("size"); size != nullptr && size->is_int64() && size->as_int64() >= 0)
      entry.size = static_cast<std::uint64_t>(size->as_int64());
    listing.entries.push_back(std::move(entry));
  }
  return listing;
}

Error explain_refusal(const ForgeAnswer& answer, std::string_view what) {
  const std::string subject(what);
  const std::string said = message_of(answer);
  const std::string quoted = said.empty() ? "" : " (\"" + said + "\")";
  if (is_rate_refusal(answer.status, answer.headers, answer.body)) {
    return Error(ErrorCode::exhausted, "the forge takes no more requests for now" + quoted, subject,
                 "The mirror goes on by itself. A token raises the limit.");
  }
  switch (answer.status) {
    case 401:
      return Error(ErrorCode::unauthenticated, "the forge does not accept the token", subject,
                   "It may have expired or been revoked: give the mirror another one.");
    case 403:
    case 451:
      return Error(ErrorCode::forbidden, "the forge refuses this" + quoted, subject,
                   "Give the token the right to read the repository's contents.");
    case 404:
      return Error(ErrorCode::not_found, "there is no such thing at the forge, or the mirror's token may not see it",
                   subject, "Check the name; a private repository needs a token that may read its contents.");
    case 409:
      return Error(ErrorCode::not_found, "the repository is empty" + quoted, subject, "Push a first commit to it.");
    case 301:
    case 302:
    case 307:
    case 308:
      return Error(ErrorCode::unavailable, "the forge sends us to another host, where the token must not go", subject,
                   "Add the mirror again with the new address.");
    default:
      break;
  }
  if (answer.status >= 500) {
    return Error(ErrorCode::unavailable, "the forge has trouble (status " + std::to_string(answer.status) + ")",
                 subject, "The mirror tries again by itself.");
  }
  return Error(ErrorCode::unsupported, "the forge answers with status " + std::to_string(answer.status) + quoted,
               subject, "Check that the address leads to a GitHub API.");
}

}  // namespace leanspec::hub::mirrors
