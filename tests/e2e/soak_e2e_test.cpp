// A hub that is read and written without a pause for LEANSPEC_SOAK_MINUTES once it is warm, and its memory at twelve
// marks: of an hour, every five minutes.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>

#include "tests/e2e/site.h"
#include "tests/fakes/corpus.h"

namespace leanspec::e2e {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t marks = 12;
constexpr std::size_t readers = 3;
constexpr std::chrono::milliseconds between_edits{100};
/// Warm is a hub whose bounded memory is full: of every spec each way of reading has been asked, and its text has been
/// replaced as often as makes the store's page caches (4 MiB and 1 MiB for each reader) hold nothing of before.
constexpr std::size_t warm_edits_of_each = 3;
constexpr std::size_t warm_reads_of_each = 24;  // thrice each of eight
constexpr std::chrono::minutes warm_within{20};
/// What is measured in the second half may be above the most of the first half by this, for the store's statements and
/// heaps' edges.
constexpr double growth_allowed = 1.05;
constexpr double slack_mb = 2;

[[nodiscard]] double resident_mb(pid_t pid) {
  const std::string status = tests::read_file("/proc/" + std::to_string(pid) + "/status");
  const auto at = status.find("VmRSS:");
  return at == std::string::npos ? 0 : std::atof(status.c_str() + at + 6) / 1024;
}

class Soak : public Site {
 protected:
  void read(std::size_t first) {
    HttpClient client = hub.client();
    const std::string base = "/api/projects/" + project;
    for (std::size_t turn = first; !ending_; ++turn) {
      const std::string spec = "/specs/" + percent_encoded(specs_[turn / 8 % specs_.size()]);
      const std::vector<std::string> asked{"/specs?limit=1000", spec,     spec + "/raw",    "/search?q=sync", "/stats",
                                           "/dependencies",     "/board", spec + "/history"};
      const HttpResponse answer = client.get(base + asked[turn % asked.size()]);
      failed_ += answer.status != 200 ? 1 : 0;
      ++reads_;
    }
  }
  /// Half of the edits come from the disk, half from the API, each to specs of its own.
  void write() {
    HttpClient client = hub.client();
    for (std::size_t turn = 0; !ending_; ++turn) {
      const std::string& spec = specs_[turn % specs_.size()];
      if (turn % 2 == 0) {
        const std::string path = spec + "/README.md";
        std::string text = on_disk(path);
        text.resize(std::min(text.size(), text.find("\nSoaked ")));
        save(path, text + "\nSoaked " + std::to_string(turn) + " times.\n");
      } else {
        const char* const body = turn / specs_.size() % 2 == 0 ? R"({"priority":"high"})" : R"({"priority":"low"})";
        const auto answer =
            client.request("PATCH", "/api/projects/" + project + "/specs/" + percent_encoded(spec) + "/metadata", body);
        failed_ += answer.status != 200 ? 1 : 0;
      }
      ++writes_;
      std::this_thread::sleep_for(between_edits);
    }
  }

  std::vector<std::string> specs_;
  std::atomic<bool> ending_ = false;
  std::atomic<std::size_t> reads_ = 0, writes_ = 0, failed_ = 0;
};

TEST_F(Soak, the_memory_of_a_hub_that_is_read_and_written_for_long_does_not_grow) {
  const auto corpus = tests::corpus_folder();
  if (!corpus) GTEST_SKIP() << tests::corpus_absent;
  // As fast as it goes: other tests hold the answers.
  watch_answers([](const auto&, auto, auto, const auto&) {}, [](auto, const auto&) {});
  for (const tests::CorpusFile& file : tests::corpus_files(*corpus)) save(file.path, file.bytes);
  hub.add_words({"--requests-per-second", "0"});
  ASSERT_NO_FATAL_FAILURE(start_all());
  specs_ = hub.spec_ids(project);
  std::erase_if(specs_, [&](const std::string& spec) { return !std::filesystem::exists(specs / spec / "README.md"); });
  if (specs_.size() % 2 == 0) specs_.pop_back();  // of an odd number each is edited in both ways
  ASSERT_GT(specs_.size(), 100U);

  const char* const minutes = std::getenv("LEANSPEC_SOAK_MINUTES");
  const std::chrono::duration<double> length = std::chrono::minutes(minutes == nullptr ? 60 : std::atoi(minutes));
  std::vector<std::thread> threads;
  for (std::size_t one = 0; one < readers; ++one) threads.emplace_back([this, one] { read(one * 3); });
  threads.emplace_back([this] { write(); });
  const bool warm = wait_until(
      [&] { return writes_ >= warm_edits_of_each * specs_.size() && reads_ >= warm_reads_of_each * specs_.size(); }, warm_within);
  EXPECT_TRUE(warm) << reads_ << " reads and " << writes_ << " writes are too few for a figure";
  std::cout << "warm: " << resident_mb(hub.pid()) << " MB, " << reads_ << " reads, " << writes_ << " writes" << std::endl;
  std::vector<double> resident;
  const auto begun = Clock::now();
  for (std::size_t mark = 1; warm && mark <= marks; ++mark) {
    std::this_thread::sleep_until(begun + std::chrono::duration_cast<Clock::duration>(length * mark / marks));
    resident.push_back(resident_mb(hub.pid()));
    std::cout << "after " << length.count() * static_cast<double>(mark) / marks << " s: " << resident.back() << " MB, "
              << reads_ << " reads, " << writes_ << " writes" << std::endl;
  }
  ending_ = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed_, 0U);
  if (!warm) return;
  const auto half = resident.begin() + marks / 2;
  EXPECT_LE(*std::max_element(half, resident.end()),
            *std::max_element(resident.begin(), half) * growth_allowed + slack_mb);
}

}  // namespace
}  // namespace leanspec::e2e
