// links: github/rig hub/mirrors hub/engine store/sqlite host
// Seconds and requests of a mirror's syncs, of 50 and 300 specs of 7 KB: the import, nothing new, one and ten changed
// files, by GitHub's API and by git's own protocol. Both forges answer each request 150 ms late, as a far one does; git
// itself serves them, from real repositories.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "host/clock.h"
#include "host/entropy.h"
#include "host/log.h"
#include "hub/engine/sequencer.h"
#include "hub/mirrors/git_provider.h"
#include "hub/mirrors/github_provider.h"
#include "hub/mirrors/http_transport.h"
#include "hub/mirrors/mirror_sync.h"
#include "store/sqlite/open.h"
#include "tests/bench/measured.h"
#include "tests/github/git_forge.h"
#include "tests/github/git_server.h"

namespace leanspec::bench {
namespace {

using namespace hub::mirrors;

constexpr std::chrono::milliseconds latency{150};
constexpr std::size_t spec_bytes = 7 * 1024;

/// Different for each number, and about as compressible as prose.
std::string spec_text(std::uint64_t number) {
  std::string text = "---\nstatus: planned\n---\n# Spec " + std::to_string(number) + "\n\n";
  for (std::uint64_t word = number * 7919; text.size() < spec_bytes; word = word * 6364136223846793005U + 1)
    text += std::to_string(word >> 48U) + (word % 11 == 0 ? '\n' : ' ');
  return text;
}

std::string path_of(std::size_t number) {
  return "specs/" + std::to_string(1000 + number) + "-spec/README.md";
}

template <typename T>
T must(Result<T> result) {
  if (result) return std::move(result).value();
  std::fprintf(stderr, "%s\n", result.error().sentence().c_str());
  std::exit(1);
}

/// A mirror in a database of its own.
class Bench {
 public:
  explicit Bench(bool git)
      : git_(git),
        folder_(std::filesystem::temp_directory_path() / ("leanspec-mirror-bench-" + std::to_string(::getpid()))),
        store_(must(
            store::sqlite::open_sqlite(folder_, host::system_clock(), host::system_entropy(), host::silent_log()))) {
    forge_.answer_after(latency);
    server_.answer_after(latency);
    const Status made = store_->write([&](store::Session& session) -> Status {
      store::Project project;
      project.id = ProjectId{"specs"};
      project.name = "specs";
      project.source = "github";
      LEANSPEC_TRY(session.projects().create(project));
      LEANSPEC_ASSIGN([[maybe_unused]] const auto branch, session.versions().create_branch(project.id, "main"));
      store::Mirror mirror;
      mirror.project = project.id;
      mirror.branch = "main";
      mirror.folder = "specs";
      return session.mirrors().save(mirror);
    });
    if (!made) std::exit(1);
  }
  ~Bench() {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  github_rig::GitRepository& repository() {
    return git_ ? server_.host("ada/specs.git") : forge_.host("ada/specs").git;
  }

  void sync(Figures& figures, const std::string& name) {
    store::Mirror mirror;
    (void)store_->read([&](store::Session& session) -> Status {
      LEANSPEC_ASSIGN(const auto found, session.mirrors().find(ProjectId{"specs"}));
      mirror = *found;
      return {};
    });
    HttpTransportOptions options;
    options.api_url = git_ ? server_.url() : forge_.api_url();
    options.host_is_allowed = true;
    const std::shared_ptr<ForgeTransport> transport = must(HttpTransport::make(std::move(options)));
    std::unique_ptr<MirrorProvider> provider;
    if (git_) {
      const auto here = parse_git_id(mirror.tree);
      provider = std::make_unique<GitProvider>(transport, "ada/specs.git", host::system_clock(), here);
    } else {
      provider = std::make_unique<GithubProvider>(transport, "ada/specs", host::system_clock());
    }
    const SyncSurroundings at{*store_, host::system_clock(), [&](hub::engine::MirrorRevision revision) {
                                std::vector<hub::engine::FeedNotice> notices;
                                return sequencer_.revise(revision, host::system_clock().now(), notices);
                              }};
    const auto begun = Stopwatch::now();
    const auto done = must(sync_mirror(mirror, *provider, at));
    figures.add(name + "_s", milliseconds_since(begun) / 1000, "s");
    figures.add(name + "_requests", static_cast<double>(provider->requests()), "requests");
    figures.add(name + "_files", static_cast<double>(done.counts.changes()), "files");
  }

 private:
  const bool git_;
  const std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
  hub::engine::Sequencer sequencer_{*store_, [](Instant now) { return host::system_entropy().uuid7(now); }};
  github_rig::GitForge forge_;
  github_rig::GitServer server_;
};

void measure(Figures& figures, bool git, std::size_t specs) {
  Bench bench(git);
  auto& repository = bench.repository();
  std::map<std::string, std::optional<std::string>> files;
  for (std::size_t i = 0; i < specs; ++i) files[path_of(i)] = spec_text(i);
  for (std::size_t i = 0; i < 400; ++i) files["code/" + std::to_string(i) + ".c"] = spec_text(10'000 + i);
  repository.commit(files);
  const std::string name = std::string(git ? "git" : "github") + "_" + std::to_string(specs) + "_";
  bench.sync(figures, name + "import");
  bench.sync(figures, name + "unchanged");
  repository.commit({{path_of(1), spec_text(20'000)}});
  bench.sync(figures, name + "one_changed");
  files.clear();
  for (std::size_t i = 10; i < 20; ++i) files[path_of(i)] = spec_text(30'000 + i);
  repository.commit(files);
  bench.sync(figures, name + "ten_changed");
}

}  // namespace
}  // namespace leanspec::bench

int main() {
  leanspec::bench::Figures figures("mirror");
  for (const bool git : {false, true}) {
    for (const std::size_t specs : {50U, 300U}) leanspec::bench::measure(figures, git, specs);
  }
  figures.finish();
  return 0;
}
