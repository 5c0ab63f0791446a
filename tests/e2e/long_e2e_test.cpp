#include <signal.h>

#include "tests/e2e/cut_proxy.h"
#include "tests/e2e/site.h"
#include "tests/e2e/strange_hub.h"

namespace leanspec::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class LongDays : public Site {};

TEST_F(LongDays, of_twenty_five_thousand_files_twenty_thousand_are_synced_and_the_rest_is_named) {
  for (int number = 0; number < 25'000; ++number) {
    const std::string folder = std::to_string(100 + number / 100) + "-spec/";
    save(folder + (number % 100 == 0 ? "README" : "note-" + std::to_string(number)) + ".md",
         spec_text("File " + std::to_string(number)));
  }
  ASSERT_NO_FATAL_FAILURE(prepare());
  ASSERT_TRUE(bridge.start());
  // The log, and not the status: asking about twenty thousand files all the time would take the bridge's own.
  const auto synced = [&] { return bridge.log().find("in_sync=20000") != std::string::npos; };
  ASSERT_TRUE(wait_until(synced, std::chrono::minutes(5))) << state().words;
  EXPECT_EQ(state().problems, 5'000U);
  EXPECT_THAT(shown(), AllOf(HasSubstr("more than 20000 files"), HasSubstr(".leanspecignore")));
  save_in_place(specs / ".leanspecignore", "3[0-9][0-9]-spec/\n");
  EXPECT_TRUE(wait_until([&] { return state().problems == 0; }, std::chrono::minutes(3))) << state().words;
}

TEST_F(LongDays, a_line_that_is_open_and_silent_is_noticed_within_forty_five_seconds) {
  save("001-a/README.md", spec_text("A"));
  ASSERT_TRUE(hub.start());
  CutProxy line(hub.port());
  ASSERT_NO_FATAL_FAILURE(join(bridge, line.url(), hub.make_key().secret));
  ASSERT_TRUE(bridge.start());
  ASSERT_TRUE(lives());
  line.set(CutProxy::Line::half_open);
  save("001-a/README.md", spec_text("A", "Edited into the silence.\n"));
  ASSERT_TRUE(wait_until([&] { return state().state == "offline"; }, std::chrono::seconds(60))) << shown();
  line.set(CutProxy::Line::cut);
  line.set(CutProxy::Line::whole);
  EXPECT_TRUE(arrives("001-a/README.md")) << shown();
}

TEST_F(LongDays, a_frame_that_never_ends_is_given_up_within_forty_five_seconds) {
  save("001-a/README.md", spec_text("A"));
  ASSERT_TRUE(hub.start());
  CutProxy line(hub.port());
  ASSERT_NO_FATAL_FAILURE(join(bridge, line.url(), hub.make_key().secret));
  ASSERT_TRUE(bridge.start());
  ASSERT_TRUE(lives());
  StrangeHub strange(StrangeHub::Manner::trickling);
  line.set_target(strange.port());
  line.set(CutProxy::Line::cut);
  ASSERT_TRUE(wait_until([&] { return state().state == "offline"; }));
  save("001-a/README.md", spec_text("A", "While a frame trickles in.\n"));
  line.set(CutProxy::Line::whole);
  ASSERT_TRUE(says("has not answered for 45 seconds", std::chrono::seconds(90))) << shown();
  line.set_target(hub.port());
  line.set(CutProxy::Line::cut);
  line.set(CutProxy::Line::whole);
  EXPECT_TRUE(arrives("001-a/README.md")) << shown();
}

TEST_F(LongDays, a_hub_that_stands_still_for_a_minute_goes_on_and_has_everything) {
  save("001-a/README.md", spec_text("A"));
  ASSERT_NO_FATAL_FAILURE(start_all());
  hub.signal(SIGSTOP);
  save("001-a/README.md", spec_text("A", "Edited while the hub stood still.\n"));
  EXPECT_TRUE(wait_until([&] { return state().state == "offline"; }, std::chrono::seconds(60))) << shown();
  hub.signal(SIGCONT);
  EXPECT_TRUE(arrives("001-a/README.md")) << shown();
  EXPECT_TRUE(lives());
}

TEST_F(LongDays, a_file_of_sixty_megabytes_arrives_whole) {
  std::string text = spec_text("Long");
  for (std::uint64_t line = 1; text.size() < 60U * 1024 * 1024; ++line)
    text += "Line " + std::to_string(line * 0x9E3779B97F4A7C15ULL) + "\n";
  save("001-long/README.md", text);
  ASSERT_NO_FATAL_FAILURE(prepare());
  ASSERT_TRUE(bridge.start());
  const auto arrived = [&] {
    const auto versions = hub.history(project, "001-long/README.md");
    return !versions.empty() && versions.front().hash == sha256_hex(text);
  };
  EXPECT_TRUE(wait_until(arrived, std::chrono::minutes(5))) << shown();
}

}  // namespace
}  // namespace leanspec::e2e
