#include "tests/e2e/spec_history.h"

#include <stdexcept>
#include <string_view>

#include "tests/e2e/process.h"

namespace leanspec::e2e {
namespace {

constexpr std::string_view root = "specs/";

/// Reads what `git fast-export` writes (its grammar is in git-fast-import(1)): texts under marks, and commits that name
/// them.
class ExportReader {
 public:
  explicit ExportReader(std::string_view stream) : rest_(stream) {}

  [[nodiscard]] std::vector<SpecCommit> commits() {
    while (!rest_.empty()) take(line());
    return std::move(commits_);
  }

 private:
  [[nodiscard]] std::string_view line() {
    const auto end = rest_.find('\n');
    const std::string_view found = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return found;
  }
  [[nodiscard]] std::string_view bytes(std::string_view size) {
    const std::size_t count = std::stoul(std::string(size));
    if (count > rest_.size()) throw std::runtime_error("git's export ends in the middle of a text");
    const std::string_view found = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return found;
  }

  void take(std::string_view words) {
    if (words == "blob") {
      in_text_ = true;
    } else if (words.starts_with("commit ")) {
      in_text_ = false;
      commits_.emplace_back();
    } else if (words.starts_with("mark ")) {
      mark_ = std::string(words.substr(5));
    } else if (words.starts_with("data ")) {
      const std::string_view data = bytes(words.substr(5));
      if (in_text_) texts_[mark_] = data;
    } else if (words.starts_with("M ")) {
      const auto mark = words.find(' ', 2) + 1;
      const auto path = words.find(' ', mark) + 1;
      add({FileChange::Kind::write,
           std::string(words.substr(path)),
           {},
           std::string(texts_.at(std::string(words.substr(mark, path - mark - 1))))});
    } else if (words.starts_with("D ")) {
      add({FileChange::Kind::remove, std::string(words.substr(2)), {}, {}});
    } else if (words.starts_with("R ")) {
      const auto to = words.find(' ', 2) + 1;
      add({FileChange::Kind::rename, std::string(words.substr(to)), std::string(words.substr(2, to - 3)), {}});
    }
  }

  void add(FileChange change) {
    for (std::string* path : {&change.path, &change.old_path}) {
      if (path->empty()) continue;
      if (path->front() == '"' || !path->starts_with(root)) return;  // none of ours
      path->erase(0, root.size());
    }
    if (change.path.ends_with(".md")) commits_.back().changes.push_back(std::move(change));
  }

  std::string_view rest_;
  bool in_text_ = false;
  std::string mark_;
  std::map<std::string, std::string_view> texts_;
  std::vector<SpecCommit> commits_;
};

/// And tells of each write whether the file was there.
void replay(SpecCommit& commit, std::map<std::string, std::string>& files) {
  for (FileChange& change : commit.changes) {
    switch (change.kind) {
      case FileChange::Kind::write:
        change.is_new = !files.contains(change.path);
        files[change.path] = change.text;
        break;
      case FileChange::Kind::remove:
        files.erase(change.path);
        break;
      case FileChange::Kind::rename:
        files[change.path] = files[change.old_path];
        files.erase(change.old_path);
        break;
    }
  }
}

[[nodiscard]] std::string git(const Scratch& scratch, std::vector<std::string> words) {
  words.insert(words.begin(), "/usr/bin/git");
  SpawnOptions options;
  options.output_folder = scratch.path();
  options.name = "git";
  const Finished done = run_program(std::move(words), options, std::chrono::minutes(2));
  if (done.code != 0) throw std::runtime_error("git cannot read the history: " + done.errors);
  return done.output;
}

}  // namespace

SpecHistory read_spec_history(const Scratch& scratch, const std::filesystem::path& bundle, std::size_t skip,
                              std::size_t count) {
  const std::string clone = (scratch / "history").string();
  (void)git(scratch, {"clone", "-q", "--bare", "-b", "shared", bundle.string(), clone});
  const std::string stream = git(scratch, {"-C", clone, "fast-export", "-M", "shared"});
  std::filesystem::remove_all(clone);
  std::vector<SpecCommit> all = ExportReader(stream).commits();
  SpecHistory history;
  std::map<std::string, std::string> files;
  for (std::size_t at = 0; at < all.size() && at < skip + count; ++at) {
    if (at == skip) history.before = files;
    replay(all[at], files);
    if (at >= skip) history.commits.push_back(std::move(all[at]));
  }
  return history;
}

}  // namespace leanspec::e2e
