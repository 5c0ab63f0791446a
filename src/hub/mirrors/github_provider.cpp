#include "hub/mirrors/github_provider.h"

#include <utility>

#include "digest/git_object.h"
#include "hub/mirrors/github_answers.h"

namespace leanspec::hub::mirrors {
namespace {

constexpr const char* json_type = "application/vnd.github+json";
constexpr const char* raw_type = "application/vnd.github.raw+json";
constexpr std::size_t small_answer_max = std::size_t{256} * 1024;       // a repository has about 10 KB
constexpr std::size_t tree_answer_max = std::size_t{16} * 1024 * 1024;  // GitHub ends at 7 MB

/// Percent-encodes what a path segment cannot hold; '/' stays, for branch names have it.
std::string escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string path;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) {
      path.push_back(c);
    } else {
      path.push_back('%');
      path.push_back(digits[byte >> 4U]);
      path.push_back(digits[byte & 0xFU]);
    }
  }
  return path;
}

}  // namespace

GithubProvider::GithubProvider(std::shared_ptr<ForgeTransport> transport, std::string full_name,
                               const host::Clock& clock, RateBudget budget)
    : full_name_(full_name), forge_(std::move(transport), std::move(full_name), clock, budget) {}

Result<ForgeAnswer> GithubProvider::ask(ForgeQuestion question) {
  question.path = "/repos/" + full_name_ + question.path;
  question.headers.emplace_back("X-GitHub-Api-Version", "2022-11-28");
  return forge_.ask(question);
}

Result<ForgeAnswer> GithubProvider::ask_for(ForgeQuestion question, const std::string& what) {
  LEANSPEC_ASSIGN(auto answer, ask(std::move(question)));
  if (answer.status != 200) return explain_refusal(answer, what);
  return answer;
}

Result<RepositoryFacts> GithubProvider::repository() {
  ForgeQuestion question;
  question.headers.emplace_back("Accept", json_type);
  question.answer_bytes_max = small_answer_max;
  LEANSPEC_ASSIGN(const auto answer, ask_for(std::move(question), full_name_));
  return parse_repository_answer(answer.body);
}

Result<BranchHead> GithubProvider::head(const std::string& branch, const std::optional<BranchHead>& known) {
  ForgeQuestion question;
  question.path = "/git/ref/heads/" + escaped(branch);
  question.headers.emplace_back("Accept", json_type);
  if (known && !known->tag.empty()) question.headers.emplace_back("If-None-Match", known->tag);
  question.answer_bytes_max = small_answer_max;
  LEANSPEC_ASSIGN(const auto answer, ask(std::move(question)));
  if (answer.status == 304 && known) return *known;
  if (answer.status != 200) return explain_refusal(answer, full_name_ + " branch " + branch);
  BranchHead head;
  LEANSPEC_ASSIGN(head.commit, parse_ref_answer(answer.body));
  head.tag = std::string(net::find_header(answer.headers, "ETag").value_or(""));
  return head;
}

Result<TreeListing> GithubProvider::tree(const GitId& id, bool recursive) {
  ForgeQuestion question;
  question.path = "/git/trees/" + id.value() + (recursive ? "?recursive=1" : "");
  question.headers.emplace_back("Accept", json_type);
  question.answer_bytes_max = tree_answer_max;
  LEANSPEC_ASSIGN(const auto answer, ask_for(std::move(question), full_name_ + " tree " + id.value()));
  return parse_tree_answer(answer.body);
}

Result<std::string> GithubProvider::blob(const GitId& id, std::uint64_t size_max) {
  ForgeQuestion question;
  question.path = "/git/blobs/" + id.value();
  question.headers.emplace_back("Accept", raw_type);
  question.answer_bytes_max = size_max;
  LEANSPEC_ASSIGN(auto answer, ask_for(std::move(question), full_name_ + " file " + id.value()));
  const auto hash = id.value().size() == 40 ? digest::GitHash::sha1 : digest::GitHash::sha256;
  if (digest::git_blob_id(hash, answer.body) != id.value()) {
    return Error(ErrorCode::corrupt, "the forge sent other bytes than the file's name promises",
                 full_name_ + " " + id.value(), "The mirror tries again by itself.");
  }
  return std::move(answer.body);
}

}  // namespace leanspec::hub::mirrors
