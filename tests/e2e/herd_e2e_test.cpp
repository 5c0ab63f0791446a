#include <algorithm>
#include <iostream>

#include "tests/e2e/herd.h"
#include "tests/e2e/site.h"

namespace leanspec::e2e {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

/// As many as sync.md's N03 asks for.
constexpr std::size_t many = 5'000;
constexpr std::chrono::minutes long_patience{5};

class Herds : public Site {
 protected:
  /// Milliseconds after `begin` within which half, 99 % and all came.
  static void show(const std::string& what, std::vector<Clock::time_point> when, Clock::time_point begin) {
    std::sort(when.begin(), when.end());
    const auto at = [&](std::size_t index) { return duration_cast<milliseconds>(when[index] - begin).count(); };
    std::cout << what << ": " << when.size() << ", p50/p99/max " << at(when.size() / 2) << "/"
              << at(when.size() * 99 / 100) << "/" << at(when.size() - 1) << " ms" << std::endl;
  }
};

// N03
TEST_F(Herds, five_thousand_bridges_are_all_back_soon_after_the_hub_was_killed_or_stopped) {
  for (int number = 100; number < 150; ++number) save(std::to_string(number) + "-spec/README.md", spec_text("A"));
  hub.add_words({"--requests-per-second", "0"});
  ASSERT_NO_FATAL_FAILURE(start_all());
  auto begin = Clock::now();
  Herd herd({hub.url(), hub.key(), project}, many);
  ASSERT_TRUE(herd.wait_until_live(many, long_patience)) << herd.live() << " " << herd.refusal();
  show("first connection", herd.live_since(), begin);

  int edit = 0;
  const auto all_hear = [&] {
    const std::string path = "200-spec-" + std::to_string(++edit) + "/README.md";
    const auto saved = Clock::now();
    save(path, spec_text("New"));
    const bool heard = herd.wait_until_all_know(path, long_patience);
    std::cout << "a new file is known to all after " << duration_cast<milliseconds>(Clock::now() - saved).count()
              << " ms" << std::endl;
    return heard;
  };
  EXPECT_TRUE(all_hear());

  for (const bool killed : {true, false}) {
    begin = Clock::now();
    const auto attempts = herd.attempts();
    if (killed) {
      hub.kill_now();
      save("100-spec/README.md", spec_text("A", "Edited while the hub was away.\n"));
    } else {
      ASSERT_TRUE(hub.stop().has_value());
    }
    ASSERT_TRUE(herd.wait_until_live(0, long_patience)) << herd.live();
    const auto up = Clock::now();
    ASSERT_TRUE(hub.start());
    ASSERT_TRUE(herd.wait_until_live(many, long_patience)) << herd.live() << " " << herd.refusal();
    show(killed ? "first attempts after a kill" : "first attempts after a stop", herd.first_attempts(begin), begin);
    show("live again since it was started", herd.live_since(), up);
    std::cout << "attempts: " << herd.attempts() - attempts << std::endl;
    EXPECT_TRUE(all_hear());
  }
}

}  // namespace
}  // namespace leanspec::e2e
