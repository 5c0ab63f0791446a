#include "hub/mirrors/git_provider.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "hub/mirrors/folder_walk.h"
#include "hub/mirrors/github_answers.h"

namespace leanspec::hub::mirrors {
namespace {

constexpr std::size_t small_answer_max = std::size_t{16} * 1024 * 1024;  // a hundred thousand branches
constexpr std::size_t pack_overhead_max = std::size_t{64} * 1024;        // of one file: lines, header, deflate
constexpr std::string_view branches = "refs/heads/";
constexpr std::string_view service = "/info/refs?service=git-upload-pack";
constexpr std::string_view upload_pack = "/git-upload-pack";

/// What a server can do, remembered with the branch's head, so that the next look is one request.
std::string tag_of(const GitServer& server) {
  return std::string("git-2") + (server.hash == digest::GitHash::sha256 ? " sha256" : "") +
         (server.filters ? " filter" : "");
}

std::optional<GitServer> server_of(const std::string& tag) {
  if (!tag.starts_with("git-2")) return std::nullopt;
  GitServer server;
  server.filters = tag.find(" filter") != std::string::npos;
  if (tag.find(" sha256") != std::string::npos) server.hash = digest::GitHash::sha256;
  return server;
}

/// The path of the repository in that of an answer.
std::string repository_path(std::string path) {
  for (const std::string_view end : {service, upload_pack}) {
    if (path.ends_with(end)) path.resize(path.size() - end.size());
  }
  return path.starts_with('/') ? path.substr(1) : path;
}

}  // namespace

GitProvider::GitProvider(std::shared_ptr<ForgeTransport> transport, std::string path, const host::Clock& clock,
                         std::optional<GitId> here, RateBudget budget, std::size_t answer_bytes_max)
    : forge_(std::move(transport), path, clock, budget),
      path_(std::move(path)),
      here_(std::move(here)),
      answer_bytes_max_(answer_bytes_max) {}

Status GitProvider::meet() {
  if (server_) return {};
  ForgeQuestion question;
  question.path = "/" + path_ + std::string(service);
  question.headers.emplace_back("Git-Protocol", "version=2");
  question.answer_bytes_max = small_answer_max;
  LEANSPEC_ASSIGN(const ForgeAnswer answer, forge_.ask(question));
  if (answer.status != 200) return explain_refusal(answer, path_);
  LEANSPEC_ASSIGN(server_, parse_git_advertisement(answer.body));
  if (answer.redirected) path_ = repository_path(answer.path);
  return {};
}

Result<std::string> GitProvider::post(const std::string& body, std::size_t answer_bytes_max) {
  ForgeQuestion question;
  question.path = "/" + path_ + std::string(upload_pack);
  question.headers = {{"Git-Protocol", "version=2"},
                      {"Content-Type", "application/x-git-upload-pack-request"},
                      {"Accept", "application/x-git-upload-pack-result"}};
  question.body = body;
  question.answer_bytes_max = answer_bytes_max;
  LEANSPEC_ASSIGN(ForgeAnswer answer, forge_.ask(question));
  if (answer.status != 200) return explain_refusal(answer, path_);
  if (answer.redirected) path_ = repository_path(answer.path);
  return std::move(answer.body);
}

Result<std::vector<GitRef>> GitProvider::refs(const std::vector<std::string>& prefixes) {
  LEANSPEC_ASSIGN(const std::string body, post(git_refs_question(*server_, prefixes), small_answer_max));
  return parse_git_refs(body);
}

Result<RepositoryFacts> GitProvider::repository() {
  const std::lock_guard lock(mutex_);
  LEANSPEC_TRY(meet());
  LEANSPEC_ASSIGN(const auto found, refs({"HEAD"}));
  RepositoryFacts facts;
  facts.full_name = path_;
  for (const GitRef& ref : found) {
    if (ref.name == "HEAD" && ref.target.starts_with(branches))
      facts.default_branch = ref.target.substr(branches.size());
  }
  if (facts.default_branch.empty())
    return Error(ErrorCode::not_found, "the repository has no commit on its default branch", path_,
                 "Name another branch, or push a first commit.");
  return facts;
}

Result<BranchHead> GitProvider::head(const std::string& branch, const std::optional<BranchHead>& known) {
  const std::lock_guard lock(mutex_);
  const bool remembered = !server_ && known && (server_ = server_of(known->tag));
  LEANSPEC_TRY(meet());
  const std::string name = std::string(branches) + branch;
  auto found = refs({name});
  if (!found && remembered && found.error().code != ErrorCode::exhausted) {
    server_.reset();  // perhaps it is another server by now
    LEANSPEC_TRY(meet());
    found = refs({name});
  }
  if (!found) return found.error();
  const auto ref = std::find_if(found->begin(), found->end(), [&](const GitRef& one) { return one.name == name; });
  if (ref == found->end())
    return Error(ErrorCode::not_found, "the repository has no such branch, or no commit on it", path_ + " " + branch,
                 "Check the name.");
  commit_ = ref->id;
  return BranchHead{ref->id, tag_of(*server_)};
}

Status GitProvider::fetch(GitFetch question, std::size_t answer_bytes_max) {
  if (!server_->filters) question.filter.clear();
  LEANSPEC_ASSIGN(const std::string body, post(git_fetch_question(*server_, question), answer_bytes_max));
  LEANSPEC_ASSIGN(const std::string pack, parse_git_fetch(body));
  LEANSPEC_ASSIGN(GitObjects received, read_git_pack(pack, server_->hash));
  objects_.merge(received);
  return {};
}

Result<const GitObject*> GitProvider::object(const GitId& id, GitKind kind) {
  const auto found = objects_.find(id);
  if (found == objects_.end() || found->second.kind != kind)
    return Error(ErrorCode::corrupt, "the git server left out what belongs to its answer", path_ + " " + id.value(),
                 "The mirror tries again by itself.");
  return &found->second;
}

Result<TreeListing> GitProvider::tree(const GitId& id, bool recursive) {
  const std::lock_guard lock(mutex_);
  LEANSPEC_TRY(meet());
  if (!objects_.contains(id)) LEANSPEC_TRY(fetch({{id}, {}, true, "blob:none"}, answer_bytes_max_));
  GitId tree = id;
  if (const auto known = objects_.find(id); known != objects_.end() && known->second.kind == GitKind::commit) {
    LEANSPEC_ASSIGN(tree, tree_of_git_commit(known->second.bytes));
  }
  if (recursive) folder_ = tree;
  return list(tree, recursive);
}

Result<TreeListing> GitProvider::list(const GitId& tree, bool recursive) {
  struct Waiting {
    std::string prefix;
    GitId id;
  };
  TreeListing listing;
  for (std::deque<Waiting> waiting{{"", tree}}; !waiting.empty();) {
    const auto [prefix, id] = std::move(waiting.front());
    waiting.pop_front();
    LEANSPEC_ASSIGN(const GitObject* folder, object(id, GitKind::tree));
    LEANSPEC_ASSIGN(TreeListing level, entries_of_git_tree(folder->bytes, server_->hash));
    for (TreeEntry& entry : level.entries) {
      // Folders are named by what is in them, so a few of them can stand for any number of files.
      if (listing.entries.size() == folder_entries_max)
        return Error(ErrorCode::too_large, "the folder is too large to be listed", path_,
                     "Choose a folder that holds specs and little else.");
      entry.path = prefix + entry.path;
      if (const auto file = objects_.find(entry.id); entry.kind == EntryKind::file && file != objects_.end())
        entry.size = file->second.bytes.size();
      if (recursive && entry.kind == EntryKind::folder) waiting.push_back({entry.path + "/", entry.id});
      listing.entries.push_back(std::move(entry));
    }
  }
  return listing;
}

/// Filters leave out what is too large under a folder, but never what is asked for by name.
Status GitProvider::fetch_folder(std::uint64_t size_max) {
  constexpr unsigned attempts_max = 2;  // bad luck, and then whoever waits for the same answer need not try it again
  if (!server_->filters) folder_.reset();
  if (!folder_) return {};
  if (folder_attempts_++ >= attempts_max) return *folder_failure_;
  GitFetch question{{*folder_}, {}, false, "blob:limit=" + std::to_string(size_max + 1)};
  if (here_) question.haves.push_back(*here_);
  auto fetched = fetch(question, answer_bytes_max_);
  // Some servers answer for commits alone.
  if (!fetched && fetched.error().code == ErrorCode::unavailable)
    fetched = fetch({{commit_}, {}, true, question.filter}, answer_bytes_max_);
  if (!fetched && fetched.error().code != ErrorCode::too_large) {
    folder_failure_ = fetched.error();
    return fetched;
  }
  folder_.reset();
  return {};
}

Result<std::string> GitProvider::blob(const GitId& id, std::uint64_t size_max) {
  const std::lock_guard lock(mutex_);
  LEANSPEC_TRY(meet());
  if (!objects_.contains(id) && folder_) LEANSPEC_TRY(fetch_folder(size_max));
  if (!objects_.contains(id)) LEANSPEC_TRY(fetch({{id}, {}, false, {}}, size_max + pack_overhead_max));
  LEANSPEC_ASSIGN(const GitObject* file, object(id, GitKind::blob));
  if (file->bytes.size() > size_max)
    return Error(ErrorCode::too_large, "the file is larger than what is taken of it", path_ + " " + id.value());
  return file->bytes;
}

}  // namespace leanspec::hub::mirrors
