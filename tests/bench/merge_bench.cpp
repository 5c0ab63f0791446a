// links: merge Boost::json
// The merge on cases whose result is known, beside `git merge-file`:
//   merge_bench --cases FILE.jsonl [--emit OUT.jsonl]      lines of {name, base, ours, theirs, expected}; theirs is the
//                                                          later side; no (or null) expected: it must be a conflict
//   merge_bench --generate N --seed S [--bodies DIR] [--git N] [--emit OUT.jsonl]
//                                                          typed edits on the Markdown files of DIR; git runs on a
//                                                          sample
// A table, then one line of JSON. Times are processor time of the merge alone. Every case is also merged with its sides
// exchanged.
#include <time.h>

#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "merge/merge_documents.h"
#include "tests/bench/git_merge_file.h"
#include "tests/bench/measured.h"
#include "tests/fakes/corpus.h"
#include "tests/fakes/merge_cases.h"
#include "tests/fakes/merge_judge.h"

namespace leanspec::bench {
namespace {

namespace json = boost::json;
using merge::Outcome;
using merge::Side;
using tests::MergeCase;
using tests::MergeJudge;
using tests::Verdict;

/// Time that this thread computed: a merge waits for nothing, and what others take on a busy machine is not its time.
double processor_milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct Options {
  std::string cases;
  std::string emit;
  std::string bodies;
  std::size_t generate = 0;
  std::uint64_t seed = 1;
  std::size_t git = 3000;
};

struct Tally {
  std::size_t cases = 0;
  std::map<Verdict, std::size_t> ours;
  std::size_t git_cases = 0;
  std::map<Verdict, std::size_t> git;
  Samples times;

  void add(const Tally& more) {
    cases += more.cases;
    for (const auto& [verdict, count] : more.ours) ours[verdict] += count;
    git_cases += more.git_cases;
    for (const auto& [verdict, count] : more.git) git[verdict] += count;
    times.add(more.times);
  }
};

Verdict judge(const MergeCase& one, bool clean, const std::string& text) {
  if (!clean) return Verdict::conflict;
  return one.expected ? MergeJudge::judge(*one.expected, text) : Verdict::wrong;
}

const char* name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::exact:
      return "exact";
    case Verdict::equivalent:
      return "equivalent";
    case Verdict::conflict:
      return "conflict";
    case Verdict::wrong:
      return "wrong";
  }
  return "";
}

/// A merge's outcome as one line of JSON: what was merged how, or the conflicts with their places.
json::object to_json(const Outcome& outcome) {
  json::object out;
  if (outcome.clean()) out["text"] = outcome.text;
  json::array merged;
  for (const auto& one : outcome.merged) {
    json::object entry;
    entry["by"] = merge::to_string(one.by);
    if (!one.field.empty()) entry["field"] = one.field;
    if (one.has_lost) entry["lost"] = one.lost;
    if (one.field.empty()) entry["lines"] = json::array{one.lines.begin, one.lines.end};
    merged.push_back(std::move(entry));
  }
  out["merged"] = std::move(merged);
  json::array conflicts;
  for (const auto& one : outcome.conflicts) {
    json::object entry;
    entry["kind"] = merge::to_string(one.kind);
    entry["why"] = one.why;
    const auto side = [](const merge::ConflictSide& of) {
      json::object place;
      place["lines"] = json::array{of.lines.begin, of.lines.end};
      place["text"] = of.text;
      return place;
    };
    entry["base"] = side(one.base);
    entry["ours"] = side(one.ours);
    entry["theirs"] = side(one.theirs);
    conflicts.push_back(std::move(entry));
  }
  out["conflicts"] = std::move(conflicts);
  return out;
}

class Bench {
 public:
  explicit Bench(const Options& options) : options_(options) {
    if (!options.emit.empty()) emit_.open(options.emit, std::ios::binary | std::ios::trunc);
  }

  void run(const MergeCase& one, const std::string& name, bool with_git) {
    Tally& tally = tallies_[one.kind];
    const double begun = processor_milliseconds();
    const Outcome outcome = merge::merge_documents(one.base, one.ours, one.theirs, Side::theirs);
    tally.times.add(processor_milliseconds() - begun);
    const Verdict verdict = judge(one, outcome.clean(), outcome.text);
    ++tally.cases;
    ++tally.ours[verdict];
    const Outcome exchanged = merge::merge_documents(one.base, one.theirs, one.ours, Side::ours);
    if (exchanged.clean() != outcome.clean() || exchanged.text != outcome.text) ++asymmetric_;
    if (with_git) {
      const auto merged = git_.merge(one.base, one.ours, one.theirs);
      if (merged.ran) {
        ++tally.git_cases;
        ++tally.git[judge(one, merged.clean, merged.text)];
      }
    }
    if (emit_.is_open()) {
      json::object line = to_json(outcome);
      line["name"] = name;
      line["result"] = name_of(verdict);
      line["kind"] = one.kind;
      if (options_.generate > 0) {
        line["base"] = one.base;
        line["ours"] = one.ours;
        line["theirs"] = one.theirs;
        line["expected"] = one.expected ? json::value(*one.expected) : json::value(nullptr);
      }
      emit_ << json::serialize(line) << '\n';
    }
  }

  void report() {
    Tally all;
    std::printf("%-36s %8s %8s %7s %10s %7s | %7s %10s %7s | %8s %8s\n", "", "cases", "exact", "equiv.", "conflict %",
                "wrong", "git", "conflict %", "wrong", "p50 ms", "p99 ms");
    for (const auto& [kind, tally] : tallies_) {
      row(kind, tally);
      all.add(tally);
    }
    row("all", all);
    std::printf("sides exchanged, another result: %zu of %zu\n", asymmetric_, all.cases);
    if (options_.generate > 0) report_size();
    const auto count = [&](Verdict verdict) { return all.ours[verdict]; };
    std::printf("{\"cases\":%zu,\"exact\":%zu,\"equivalent\":%zu,\"conflicts\":%zu,\"wrong\":%zu,\"p99_ms\":%.3f}\n",
                all.cases, count(Verdict::exact), count(Verdict::equivalent), count(Verdict::conflict),
                count(Verdict::wrong), all.times.percentile(99));
  }

  /// Time at 500 lines, the size that the budget is for.
  void add_sized(const MergeCase& one) {
    const double begun = processor_milliseconds();
    const Outcome outcome = merge::merge_documents(one.base, one.ours, one.theirs, Side::theirs);
    sized_.add(processor_milliseconds() - begun);
  }

 private:
  static double percent(std::size_t part, std::size_t of) {
    return of == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(of);
  }

  static void row(const std::string& kind, Tally tally) {
    std::printf("%-36s %8zu %8zu %7zu %10.1f %7zu | %7zu %10.1f %7zu | %8.3f %8.3f\n", kind.c_str(), tally.cases,
                tally.ours[Verdict::exact], tally.ours[Verdict::equivalent],
                percent(tally.ours[Verdict::conflict], tally.cases), tally.ours[Verdict::wrong], tally.git_cases,
                percent(tally.git[Verdict::conflict], tally.git_cases), tally.git[Verdict::wrong],
                tally.times.percentile(50), tally.times.percentile(99));
  }

  void report_size() {
    std::printf("at 500 lines, 1 to 6 edits a side: p50 %.3f ms, p99 %.3f ms over %zu merges\n", sized_.percentile(50),
                sized_.percentile(99), sized_.count());
  }

  const Options& options_;
  std::ofstream emit_;
  std::map<std::string, Tally> tallies_;
  Samples sized_;
  std::size_t asymmetric_ = 0;
  GitMergeFile git_;
};

std::string text_of(const json::object& line, const char* key) {
  const auto* const value = line.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

bool run_file(Bench& bench, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "%s: cannot be read\n", path.c_str());
    return false;
  }
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    if (line.empty()) continue;
    json::error_code error;
    const json::value parsed = json::parse(line, error);
    if (error || !parsed.is_object()) {
      std::fprintf(stderr, "%s: line %zu is no JSON object\n", path.c_str(), number);
      return false;
    }
    const json::object& object = parsed.as_object();
    MergeCase one;
    one.kind = text_of(object, "kind");
    if (one.kind.empty()) one.kind = text_of(object, "class");
    if (one.kind.empty()) one.kind = "cases";
    one.base = text_of(object, "base");
    one.ours = text_of(object, "ours");
    one.theirs = text_of(object, "theirs");
    const auto* const expected = object.if_contains("expected");
    if (expected != nullptr && expected->is_string()) one.expected = std::string(expected->as_string());
    bench.run(one, text_of(object, "name"), true);
  }
  return true;
}

/// The bodies of all Markdown files below the folder, without frontmatter.
std::vector<std::string> read_bodies(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().extension() == ".md") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> bodies;
  for (const auto& path : paths) {
    std::string text = tests::read_file(path);
    if (text.starts_with("---\n")) {
      const auto end = text.find("\n---\n", 3);
      if (end != std::string::npos) text.erase(0, end + 5);
    }
    bodies.push_back(std::move(text));
  }
  return bodies;
}

std::string with_lines(const std::vector<std::string>& bodies, std::size_t from, std::size_t lines) {
  std::string text;
  std::size_t count = 0;
  for (std::size_t i = from; count < lines; ++i) {
    const std::string& body = bodies[i % bodies.size()];
    for (std::size_t at = 0; at < body.size() && count < lines;) {
      const auto end = std::min(body.find('\n', at), body.size() - 1) + 1;
      text += body.substr(at, end - at);
      at = end;
      ++count;
    }
  }
  return text;
}

bool run_generated(Bench& bench, const Options& options) {
  std::filesystem::path folder = options.bodies;
  if (options.bodies.empty()) {
    const auto corpus = tests::corpus_folder();
    if (corpus) folder = *corpus / "leanspec" / "specs";
  }
  if (folder.empty() || !std::filesystem::is_directory(folder)) {
    std::fprintf(stderr, "No folder of Markdown files: name one with --bodies DIR\n");
    return false;
  }
  const auto bodies = read_bodies(folder);
  tests::CaseMaker maker(bodies, options.seed);
  if (!maker.has_bodies()) {
    std::fprintf(stderr, "%s: no Markdown file of more than 30 lines\n", folder.c_str());
    return false;
  }
  const std::size_t git_every = options.git == 0 ? 0 : std::max<std::size_t>(1, options.generate / options.git);
  for (std::size_t i = 0; i < options.generate; ++i)
    bench.run(maker.next(), "generated " + std::to_string(i), git_every > 0 && i % git_every == 0);
  constexpr std::size_t sized_lines = 500;
  constexpr std::size_t sized_bodies = 40;
  constexpr std::size_t sized_cases = 2000;
  std::vector<std::string> large;
  for (std::size_t i = 0; i < sized_bodies; ++i) large.push_back(with_lines(bodies, i * 7, sized_lines));
  tests::CaseMaker sized(large, options.seed);
  for (std::size_t i = 0; i < std::min(sized_cases, options.generate); ++i) bench.add_sized(sized.next());
  return true;
}

}  // namespace
}  // namespace leanspec::bench

int main(int count, char** arguments) {
  using namespace leanspec::bench;
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = arguments[i];
    const char* const value = i + 1 < count ? arguments[++i] : "";
    if (name == "--cases") {
      options.cases = value;
    } else if (name == "--emit") {
      options.emit = value;
    } else if (name == "--bodies") {
      options.bodies = value;
    } else if (name == "--generate") {
      options.generate = std::strtoull(value, nullptr, 10);
    } else if (name == "--seed") {
      options.seed = std::strtoull(value, nullptr, 10);
    } else if (name == "--git") {
      options.git = std::strtoull(value, nullptr, 10);
    } else {
      std::fprintf(
          stderr,
          "merge_bench --cases FILE.jsonl | --generate N --seed S [--bodies DIR] [--git N] [--emit OUT.jsonl]\n");
      return 2;
    }
  }
  if (options.cases.empty() == (options.generate == 0)) {
    std::fprintf(stderr, "Name either --cases FILE.jsonl or --generate N\n");
    return 2;
  }
  Bench bench(options);
  const bool ran = options.cases.empty() ? run_generated(bench, options) : run_file(bench, options.cases);
  if (!ran) return 1;
  bench.report();
  return 0;
}
