#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tests/fakes/replica_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::ReplicaBench;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// One life of a replica: saves, moves and deletes, crashes at any commit, cuts, lost answers and lost events. Each
/// step is one number and means the same wherever it stands, so that a failing life shrinks to the steps that matter.
class Life {
 public:
  void live(const std::vector<std::uint32_t>& steps) {
    for (const auto step : steps) {
      chance_ = step;
      happen();
      bench.pass(milliseconds{below(3) == 0 ? below(3000) : below(30)});
      if (bench.store.crash_after_commits && *bench.store.crash_after_commits == 0) revive();
    }
  }

  /// Faults end, the user rests.
  void heal() {
    bench.lose_answers = false;
    bench.hub.retries = 0;
    revive();
    for (int i = 0; i < 4; ++i) {
      bench.replica->rescan(bench.now());
      bench.carry_out();
      bench.pass(seconds{10});
      bench.replica->approve(bench.now());
      bench.carry_out();
    }
  }

  ReplicaBench bench;
  std::set<std::string> saved;

 private:
  /// Splitmix64, seeded by the step.
  std::uint64_t below(std::uint64_t end) {
    auto mixed = (chance_ += 0x9e3779b97f4a7c15ULL);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
    return (mixed ^ (mixed >> 31)) % end;
  }

  std::string path() {
    static const char* const folders[] = {"", "001-a/", "002-b/", "003-c/"};
    static const char* const names[] = {"README.md", "PLAN.md", "x.md"};
    const std::string folder = folders[below(4)];
    return folder + names[below(3)];
  }

  std::string text() {
    std::string made = "text " + std::to_string(++texts_) + " ";
    made += std::string(below(3) == 0 ? 0 : 80, static_cast<char>('a' + below(26)));
    saved.insert(made);
    return made;
  }

  /// Events get lost; the look that heal() asks for finds what they would have told.
  void hint(const Hint& hint) {
    if (below(8) != 0) bench.hint(hint);
  }

  void revive() {
    bench.store.crash_after_commits.reset();
    bench.start();
    bench.connect();
  }

  void happen() {
    const auto at = path();
    switch (below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
        bench.disk.write(at, text());
        hint({HintKind::closed, at, std::nullopt, false});
        return;
      case 4:
      case 5:
        bench.disk.replace(at, text());
        hint({HintKind::moved_in, at, std::nullopt, false});
        return;
      case 6:
        if (bench.disk.files.erase(at) != 0) hint({HintKind::removed, at, std::nullopt, false});
        return;
      case 7:
      case 8:
        return move_file(at, path());
      case 9:
        return move_folder();
      case 10:
        return bench.online ? bench.cut() : bench.connect();
      case 11:
        bench.lose_answers = !bench.lose_answers;
        return;
      case 12:
        bench.store.crash_after_commits = below(3);
        return;
      case 13:
        bench.hub.retries = below(3);
        return;
      case 14:
        bench.hub.forgets_bases = !bench.hub.forgets_bases;
        return;
      default:
        return revive();
    }
  }

  void move_file(const std::string& from, const std::string& to) {
    if (to == from || !bench.disk.files.contains(from)) return;
    bench.disk.rename(from, to);
    hint({HintKind::moved_in, to, from, false});
  }

  void move_folder() {
    static const char* const folders[] = {"001-a", "002-b", "003-c", "004-d"};
    const std::string from = folders[below(4)];
    const std::string to = folders[below(4)];
    std::vector<std::string> moving;
    for (const auto& [path, file] : bench.disk.files) {
      if (path.starts_with(to + "/")) return;
      if (path.starts_with(from + "/")) moving.push_back(path);
    }
    if (moving.empty() || from == to) return;
    for (const auto& path : moving) bench.disk.rename(path, to + path.substr(from.size()));
    hint({HintKind::moved_in, to, from, true});
  }

  std::uint64_t chance_ = 0;
  std::size_t texts_ = 0;
};

rc::Gen<std::vector<std::uint32_t>> lives() {
  return rc::gen::container<std::vector<std::uint32_t>>(
      rc::gen::resize(rc::kNominalSize, rc::gen::noShrink(rc::gen::arbitrary<std::uint32_t>())));
}

RC_GTEST_PROP(replica_laws, when_faults_end_the_hub_has_exactly_what_is_on_disk, ()) {
  const auto steps = *lives();
  Life life;
  life.live(steps);
  life.heal();
  RC_ASSERT(!life.bench.hub.accepts_changed_resend);
  const auto status = life.bench.status();
  for (const auto& held : status.held) RC_LOG() << "held " << held.path << ": " << held.why << "\n";
  for (const auto& item : status.incoming) RC_LOG() << "incoming " << item.path << ": " << item.why << "\n";
  for (const auto& item : status.pending) RC_LOG() << "pending " << item.path << ": " << item.why << "\n";
  RC_ASSERT(life.bench.agrees());
  RC_ASSERT(life.bench.replica->quiet());
  RC_ASSERT(status.state == ReplicaStateName::live);
  RC_ASSERT(status.held_count + status.incoming_count + status.pending_count == 0U);
  for (const auto& [digest, text] : life.bench.hub.bodies) RC_ASSERT(life.saved.contains(text));
}

}  // namespace
}  // namespace leanspec::bridge::engine
