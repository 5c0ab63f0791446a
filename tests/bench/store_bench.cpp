// links: store/sqlite host
// Pushes per second that the embedded database takes, at several sizes of the group that is committed as one: what the
// sequencer does per push (body, version, feed, head, outcome of the change) with bodies of 7 KB, which is what a spec
// weighs.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "digest/sha256.h"
#include "host/clock.h"
#include "host/entropy.h"
#include "host/log.h"
#include "store/sqlite/open.h"

namespace leanspec::store {
namespace {

constexpr std::size_t body_bytes = 7 * 1024;
constexpr std::size_t documents = 500;
constexpr auto time_per_size = std::chrono::seconds(3);

using Stopwatch = std::chrono::steady_clock;

/// Text of letters and spaces, as compressible as prose, different for each number.
std::string prose(std::uint64_t number) {
  static constexpr const char* words[] = {"spec",     "status", "the",    "bridge", "keeps",  "every",    "edit",
                                          "and",      "hub",    "merges", "it",     "in",     "progress", "planned",
                                          "complete", "plan",   "test",   "notes",  "design", "overview"};
  std::string text = "# Spec " + std::to_string(number) + "\n\n";
  std::uint64_t state = number * 0x9E3779B97F4A7C15ULL + 1;
  while (text.size() < body_bytes) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    text += words[state % 20];
    text += state % 11 == 0 ? '\n' : ' ';
  }
  text.resize(body_bytes);
  return text;
}

struct Measured {
  std::size_t group = 0;
  double per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double cpu_us = 0;  ///< of this process per push: what remains comparable on a busy machine
};

void must(const Status& status) {
  if (status) return;
  std::fprintf(stderr, "%s\n", status.error().sentence().c_str());
  std::exit(1);
}

Status push(Session& session, BranchId branch, std::size_t number, std::string_view body, Instant now) {
  host::Entropy& entropy = host::system_entropy();
  return session.savepoint([&]() -> Status {
    ChangeOutcome outcome;
    outcome.replica = ReplicaId{Uuid{{1}}};
    outcome.change = ChangeId{entropy.uuid7(now)};
    outcome.result = std::string(60, 'r');
    outcome.at = now;
    LEANSPEC_TRY(session.versions().change_outcome(outcome.replica, outcome.change));
    Version version;
    Uuid document;
    document.bytes[14] = static_cast<std::uint8_t>(number % documents >> 8U);
    document.bytes[15] = static_cast<std::uint8_t>(number % documents);
    version.id = VersionId{entropy.uuid7(now)};
    version.branch = branch;
    version.document = DocumentId{document};
    version.path = std::to_string(number % documents) + "-some-spec/README.md";
    version.digest = digest::sha256(body);
    version.size = body.size();
    version.change = outcome.change;
    version.accepted_at = now;
    version.effective_at = now;
    LEANSPEC_ASSIGN(const std::optional<Version> head, session.versions().head(branch, version.document));
    if (head) version.parent = head->id;
    LEANSPEC_TRY(session.bodies().put(*version.digest, body));
    LEANSPEC_TRY(session.versions().append(version));
    return session.versions().record_change(outcome);
  });
}

Measured measure(Store& store, BranchId branch, std::size_t group, std::size_t& number) {
  std::vector<double> milliseconds;
  Stopwatch::duration storing{};
  std::clock_t cpu = 0;
  std::size_t pushes = 0;
  while (storing < time_per_size) {
    std::vector<std::string> bodies;
    for (std::size_t i = 0; i < group; ++i) bodies.push_back(prose(number + i));
    const std::clock_t cpu_before = std::clock();
    const auto before = Stopwatch::now();
    must(store.write([&](Session& session) -> Status {
      for (const std::string& body : bodies)
        LEANSPEC_TRY(push(session, branch, number++, body, host::system_clock().now()));
      return {};
    }));
    const auto took = Stopwatch::now() - before;
    storing += took;
    cpu += std::clock() - cpu_before;
    milliseconds.push_back(std::chrono::duration<double, std::milli>(took).count());
    pushes += group;
  }
  std::sort(milliseconds.begin(), milliseconds.end());
  Measured measured;
  measured.group = group;
  measured.per_second = static_cast<double>(pushes) / std::chrono::duration<double>(storing).count();
  measured.p50_ms = milliseconds[milliseconds.size() / 2];
  measured.p99_ms = milliseconds[milliseconds.size() * 99 / 100];
  measured.cpu_us = 1e6 * static_cast<double>(cpu) / CLOCKS_PER_SEC / static_cast<double>(pushes);
  return measured;
}

int run() {
  std::string name = (std::filesystem::current_path() / "store-bench-XXXXXX").string();
  const char* const made = ::mkdtemp(name.data());
  if (made == nullptr) return 1;
  const std::filesystem::path folder = made;
  std::vector<Measured> rows;
  {
    auto opened = sqlite::open_sqlite(folder, host::system_clock(), host::system_entropy(), host::silent_log());
    if (!opened) {
      std::fprintf(stderr, "%s\n", opened.error().sentence().c_str());
      return 1;
    }
    Store& store = **opened;
    BranchId branch;
    must(store.write([&](Session& session) -> Status {
      Project project;
      project.id = ProjectId{"bench"};
      LEANSPEC_TRY(session.projects().create(project));
      LEANSPEC_ASSIGN(const Branch made_branch, session.versions().create_branch(project.id, "main"));
      branch = made_branch.id;
      return {};
    }));
    std::size_t number = 0;
    std::printf("%8s %12s %10s %10s %14s\n", "group", "pushes/s", "p50 ms", "p99 ms", "CPU us/push");
    for (const std::size_t group : {1U, 10U, 50U, 128U}) {  // the last is what the hub takes at most
      rows.push_back(measure(store, branch, group, number));
      std::printf("%8zu %12.0f %10.2f %10.2f %14.0f\n", group, rows.back().per_second, rows.back().p50_ms,
                  rows.back().p99_ms, rows.back().cpu_us);
    }
  }
  std::filesystem::remove_all(folder);
  std::printf("{\"bench\":\"store\",\"bodyBytes\":%zu,\"groups\":[", body_bytes);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::printf("%s{\"group\":%zu,\"pushesPerSecond\":%.0f,\"p50Ms\":%.3f,\"p99Ms\":%.3f,\"cpuUs\":%.0f}",
                i == 0 ? "" : ",", rows[i].group, rows[i].per_second, rows[i].p50_ms, rows[i].p99_ms, rows[i].cpu_us);
  }
  std::printf("]}\n");
  return 0;
}

}  // namespace
}  // namespace leanspec::store

int main() {
  return leanspec::store::run();
}
