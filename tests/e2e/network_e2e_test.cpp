#include <signal.h>

#include <fstream>
#include <random>
#include <thread>

#include "tests/e2e/cut_proxy.h"
#include "tests/e2e/site.h"
#include "tests/e2e/strange_hub.h"

namespace leanspec::e2e {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using Line = CutProxy::Line;

class Network : public Site {
 protected:
  std::unique_ptr<CutProxy> line;

  [[nodiscard]] static std::size_t peak_memory_kibibytes(pid_t process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string word; status >> word;) {
      std::size_t number = 0;
      if (word == "VmHWM:" && status >> number) return number;
    }
    return ~std::size_t{0};
  }

  /// What the bridge has seen of a file that it does not take yet.
  [[nodiscard]] bool why_says(const std::string& path, std::string_view words) const {
    return wait_until([&] { return bridge.why(specs / path).find(words) != std::string::npos; });
  }

  /// As start_all, with the line between the two.
  void start_through_line() {
    ASSERT_TRUE(hub.start());
    line = std::make_unique<CutProxy>(hub.port());
    const MintedKey key = hub.make_key();
    ASSERT_NO_FATAL_FAILURE(join(bridge, line->url(), key.secret));
    ASSERT_TRUE(bridge.start());
    ASSERT_TRUE(lives()) << shown();
  }
};

TEST_F(Network, after_a_cut_line_is_whole_again_everything_arrives_within_five_seconds) {
  save("001-a/README.md", spec_text("A"));
  ASSERT_NO_FATAL_FAILURE(start_through_line());
  for (int round = 0; round < 3; ++round) {
    line->set(Line::cut);
    ASSERT_TRUE(wait_until([&] { return state().state == "offline"; })) << shown();
    save("001-a/README.md", spec_text("A", "Round " + std::to_string(round)));
    save(numbered_path(10 + round), spec_text("New while offline"));
    ASSERT_TRUE(wait_until([&] { return state().pending == 2; })) << shown();
    line->set(Line::whole);
    EXPECT_TRUE(arrives("001-a/README.md", std::chrono::seconds(5))) << shown();
    EXPECT_TRUE(arrives(numbered_path(10 + round), std::chrono::seconds(5)));
  }
  EXPECT_THAT(hub.held(project), SizeIs(0));
}

TEST_F(Network, answers_that_are_lost_make_no_second_version) {
  save("001-a/README.md", spec_text("A"));
  ASSERT_NO_FATAL_FAILURE(start_through_line());
  line->set(Line::answers_lost);
  save("001-a/README.md", spec_text("A", "The hub has it, and nobody knows here.\n"));
  ASSERT_TRUE(arrives("001-a/README.md")) << shown();
  ASSERT_EQ(state().pending, 1U);
  line->set(Line::cut);
  ASSERT_TRUE(wait_until([&] { return state().state == "offline"; }));
  save("001-a/README.md", spec_text("A", "A second edit, before the first was acknowledged.\n"));
  line->set(Line::whole);
  ASSERT_TRUE(arrives("001-a/README.md"));
  ASSERT_TRUE(lives());
  EXPECT_THAT(hub.history(project, "001-a/README.md"), SizeIs(3));
  EXPECT_THAT(hub.held(project), SizeIs(0));
}

TEST_F(Network, on_a_slow_line_with_a_large_file_under_way_it_stays_connected_and_everything_arrives) {
  save("001-a/README.md", spec_text("A"));
  ASSERT_NO_FATAL_FAILURE(start_through_line());
  const auto connections = line->connections_made();
  line->throttle(400'000);
  std::mt19937_64 random(3);
  std::string large;
  while (large.size() < 3'000'000) large += std::to_string(random()) + "\n";
  save("002-large/README.md", spec_text("Large", large));
  ASSERT_TRUE(wait_until([&] { return state().pending > 0; }));
  save("001-a/README.md", spec_text("A", "A small edit beside it.\n"));
  EXPECT_TRUE(arrives("001-a/README.md"));
  EXPECT_TRUE(wait_until([&] { return same("002-large/README.md") && state().live(); })) << shown();
  EXPECT_EQ(line->connections_made(), connections);
}

TEST_F(Network, a_large_upload_that_is_cut_goes_on_where_it_was) {
  save("001-a/README.md", spec_text("A"));
  ASSERT_NO_FATAL_FAILURE(start_through_line());
  std::mt19937_64 random(4);
  std::string large;
  while (large.size() < 6'000'000) large += std::to_string(random()) + "\n";
  const auto before = line->bytes_to_hub();
  line->throttle(1'500'000);
  save("002-large/README.md", spec_text("Large", large));
  ASSERT_TRUE(wait_until([&] { return line->bytes_to_hub() - before > 2'000'000; })) << shown();
  line->set(Line::cut);
  ASSERT_TRUE(wait_until([&] { return state().state == "offline"; }));
  line->set(Line::whole);
  line->throttle(0);
  ASSERT_TRUE(arrives("002-large/README.md")) << shown();
  // Digits compress to less than half, so the text twice over would show.
  EXPECT_LT(line->bytes_to_hub() - before, 6'000'000U + 1'500'000U);
}

TEST_F(Network, a_hub_that_answers_with_garbage_is_named_and_does_no_harm) {
  save("001-a/README.md", spec_text("A"));
  ASSERT_NO_FATAL_FAILURE(start_through_line());
  line->set(Line::cut);
  ASSERT_TRUE(wait_until([&] { return state().state == "offline"; }));
  line->set(Line::garbage_to_bridge);
  save("001-a/README.md", spec_text("A", "While nonsense comes.\n"));
  const auto connections = line->connections_made();
  ASSERT_TRUE(wait_until([&] { return line->connections_made() >= connections + 2; }));
  EXPECT_FALSE(state().words.empty());
  EXPECT_TRUE(bridge.running());
  line->set(Line::cut);
  line->set(Line::whole);
  EXPECT_TRUE(arrives("001-a/README.md")) << shown();
}

TEST_F(Network, a_frame_beyond_the_limit_is_named_and_never_taken_in) {
  save("001-a/README.md", spec_text("A"));
  ASSERT_NO_FATAL_FAILURE(start_through_line());
  StrangeHub strange(StrangeHub::Manner::oversized);
  line->set_target(strange.port());
  line->set(Line::cut);
  ASSERT_TRUE(wait_until([&] { return state().state == "offline"; }));
  save("001-a/README.md", spec_text("A", "While something strange answers.\n"));
  line->set(Line::whole);
  ASSERT_TRUE(says("larger than is allowed")) << shown();
  ASSERT_TRUE(wait_until([&] { return strange.connections() >= 2; })) << "it tries again";
  EXPECT_LT(strange.bytes_taken(), strange.connections() * 32U * 1024 * 1024) << "what the system buffers";
  EXPECT_LT(peak_memory_kibibytes(bridge.pid()), 100'000U);
  EXPECT_EQ(state().pending, 1U);
  line->set_target(hub.port());
  line->set(Line::cut);
  line->set(Line::whole);
  EXPECT_TRUE(arrives("001-a/README.md")) << shown();
  EXPECT_TRUE(lives());
}

TEST_F(Network, something_that_takes_the_connection_and_says_nothing_is_named) {
  save("001-a/README.md", spec_text("A"));
  ASSERT_NO_FATAL_FAILURE(start_through_line());
  StrangeHub strange(StrangeHub::Manner::silent);
  line->set_target(strange.port());
  line->set(Line::cut);
  ASSERT_TRUE(wait_until([&] { return state().state == "offline"; }));
  save("001-a/README.md", spec_text("A", "Into the silence.\n"));
  line->set(Line::whole);
  ASSERT_TRUE(says("no answer in time")) << shown();
  line->set_target(hub.port());
  line->set(Line::cut);
  line->set(Line::whole);
  EXPECT_TRUE(arrives("001-a/README.md")) << shown();
}

TEST_F(Network, two_machines_that_edit_one_file_apart_lose_neither_text_and_the_second_is_shown_as_held) {
  save("001-a/README.md", spec_text("A"));
  save("002-b/README.md", spec_text("B"));
  ASSERT_NO_FATAL_FAILURE(start_all());
  BridgeProcess second(scratch, "second");
  const fs::path clone = scratch / "clone/specs";
  fs::create_directories(clone.parent_path());
  fs::copy(specs, clone, fs::copy_options::recursive);
  ASSERT_EQ(second.login(hub.url(), hub.key()).code, 0);
  ASSERT_EQ(second.add(clone, project).code, 0);
  ASSERT_TRUE(second.start());
  ASSERT_TRUE(wait_until([&] { return second.folder(clone).live() && second.folder(clone).in_sync == 2; }));
  EXPECT_THAT(hub.history(project, "001-a/README.md"), SizeIs(1)) << "equal texts are adopted";

  ASSERT_EQ(second.command({"pause"}).code, 0);
  const std::string first_text = spec_text("A", "By the first machine.\n");
  const std::string second_text = spec_text("A", "By the second machine.\n");
  save("001-a/README.md", first_text);
  ASSERT_TRUE(arrives("001-a/README.md"));
  save_in_place(clone / "001-a/README.md", second_text);
  ASSERT_EQ(second.command({"resume"}).code, 0);
  ASSERT_TRUE(wait_until([&] { return hub.held(project).size() == 1; })) << second.command({"status"}).output;
  const HubVersion held = hub.held(project)[0];
  EXPECT_EQ(hub.version_text(project, "001-a/README.md", held), second_text);
  EXPECT_EQ(hub.file(project, "001-a/README.md")->content, first_text) << "the head stays";
  EXPECT_TRUE(wait_until([&] { return second.folder(clone).held == 1; }));
  EXPECT_THAT(second.command({"status"}).output, HasSubstr("001-a/README.md"));
  EXPECT_EQ(tests::read_file(clone / "001-a/README.md"), second_text) << "nothing is written into the folder";
  EXPECT_EQ(on_disk("001-a/README.md"), first_text);

  save_in_place(clone / "002-b/README.md", spec_text("B", "Another file goes through.\n"));
  EXPECT_TRUE(wait_until([&] {
    return hub.hash(project, "002-b/README.md") == sha256_hex(tests::read_file(clone / "002-b/README.md"));
  }));
  EXPECT_TRUE(wait_until([&] { return state().incoming == 1; })) << shown();
}

TEST_F(Network, torn_and_slow_saves_arrive_as_whole_versions_only) {
  const std::string before = spec_text("A", std::string(20'000, 'a') + "\n");
  const std::string after = spec_text("A", std::string(30'000, 'b') + "\n");
  save("001-a/README.md", before);
  ASSERT_NO_FATAL_FAILURE(start_all());
  {
    std::ofstream slow(specs / "001-a/README.md", std::ios::binary | std::ios::trunc);
    slow.flush();
    ASSERT_TRUE(why_says("001-a/README.md", "open for writing")) << shown();
    for (std::size_t at = 0; at < after.size(); at += 10'000) {
      slow << after.substr(at, 10'000) << std::flush;
      // A slow writer has to be slow: nobody outside sees the bridge look at a state that it does not take.
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
    }
  }
  ASSERT_TRUE(arrives("001-a/README.md"));
  EXPECT_THAT(texts("001-a/README.md"), ElementsAre(before, after));
}

TEST_F(Network, a_file_that_is_emptied_and_written_again_is_never_empty_at_the_hub) {
  const std::string before = spec_text("A", "Before.\n");
  const std::string after = spec_text("A", "After.\n");
  save("001-a/README.md", before);
  ASSERT_NO_FATAL_FAILURE(start_all());
  save("001-a/README.md", "");
  ASSERT_TRUE(why_says("001-a/README.md", "became empty")) << shown();
  save("001-a/README.md", after);
  ASSERT_TRUE(arrives("001-a/README.md"));
  EXPECT_THAT(texts("001-a/README.md"), ElementsAre(before, after));
}

TEST_F(Network, a_file_that_changes_while_it_is_read_arrives_as_one_of_its_states) {
  const auto state_of_file = [](char letter) { return spec_text("A", std::string(2'000'000, letter) + "\n"); };
  save("001-a/README.md", state_of_file('a'));
  ASSERT_NO_FATAL_FAILURE(start_all());
  for (char letter = 'b'; letter <= 'i'; ++letter) {
    save("001-a/README.md", state_of_file(letter));
    // No event to wait for: the next save is to fall into the reading of this one, which nobody outside can see.
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
  }
  ASSERT_TRUE(wait_until([&] {
    const auto versions = hub.history(project, "001-a/README.md");
    return !versions.empty() && versions.front().hash == sha256_hex(state_of_file('i'));
  })) << shown();
  std::vector<std::string> whole;
  for (char letter = 'a'; letter <= 'i'; ++letter) whole.push_back(sha256_hex(state_of_file(letter)));
  for (const HubVersion& version : hub.history(project, "001-a/README.md")) EXPECT_THAT(whole, Contains(version.hash));
}

TEST_F(Network, a_hundred_saves_in_a_second_make_at_most_four_versions_and_the_last_bytes_are_exact) {
  save("001-a/README.md", spec_text("A"));
  ASSERT_NO_FATAL_FAILURE(start_all());
  const auto begun = std::chrono::steady_clock::now();
  for (int number = 0; number < 100; ++number) {
    save("001-a/README.md", spec_text("A", "Save " + std::to_string(number) + "\n"));
    // The pace is the case: a hundred in a second.
    std::this_thread::sleep_until(begun + std::chrono::milliseconds(10 * number));
  }
  const auto took = std::chrono::steady_clock::now() - begun;
  ASSERT_TRUE(arrives("001-a/README.md"));
  const auto allowed = 4 + 2 * std::chrono::duration_cast<std::chrono::seconds>(took - std::chrono::seconds(1)).count();
  EXPECT_LE(hub.history(project, "001-a/README.md").size() - 1, static_cast<std::size_t>(allowed));
}

}  // namespace
}  // namespace leanspec::e2e
