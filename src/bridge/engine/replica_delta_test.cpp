#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "digest/sha256.h"
#include "tests/fakes/replica_bench.h"

// What others wrote comes as what is new against the text that stands here.

namespace leanspec::bridge::engine {
namespace {

using fakes::ReplicaBench;
using std::chrono::seconds;

/// Text that no compressor makes much smaller.
std::string numbers(std::size_t size) {
  std::string text;
  for (unsigned number = 7; text.size() < size; number = number * 1'664'525U + 1'013'904'223U)
    text += std::to_string(number) + "\n";
  return text;
}

struct DeltaBench : ReplicaBench {
  DeltaBench() : ReplicaBench(false) {
    mode = SyncMode::two_way;
    start();
    connect();
    elsewhere("a.md", before);
  }
  void elsewhere(const std::string& path, const std::string& text) {
    hub.change(document, path, text);
    tell_head();
    pass(a_while);
  }
  std::string on_disk(const std::string& path) {
    return disk.files.contains(path) ? disk.files.at(path).text : "(none)";
  }

  const DocumentId document{id(77)};
  const std::string before = numbers(20'000);
  const std::string after = before.substr(0, 9'000) + "an edit\n" + before.substr(9'000);
};

TEST(replica_delta, an_edit_made_elsewhere_comes_as_a_delta_against_what_stands_here) {
  DeltaBench bench;
  EXPECT_EQ(bench.hub.deltas_sent, 0U) << "nothing stood there";
  bench.elsewhere("a.md", bench.after);
  EXPECT_EQ(bench.on_disk("a.md"), bench.after);
  EXPECT_EQ(bench.hub.deltas_sent, 1U);
  EXPECT_EQ(bench.hub.fetches, 2U);
  bench.elsewhere("renamed/a.md", bench.after + "and another\n");
  EXPECT_EQ(bench.on_disk("renamed/a.md"), bench.after + "and another\n");
  EXPECT_EQ(bench.hub.deltas_sent, 2U);
  EXPECT_TRUE(bench.agrees());
  EXPECT_TRUE(bench.replica->quiet());
  EXPECT_TRUE(bench.hub.pushes.empty()) << "I8";
}

TEST(replica_delta, an_older_hub_sends_it_whole) {
  DeltaBench bench;
  bench.hub.sends_deltas = false;
  bench.elsewhere("a.md", bench.after);
  EXPECT_EQ(bench.on_disk("a.md"), bench.after);
  EXPECT_EQ(bench.hub.fetches, 2U);
}

TEST(replica_delta, a_delta_that_does_not_give_the_text_is_followed_by_the_whole) {
  DeltaBench bench;
  bench.hub.spoils_deltas = true;
  bench.elsewhere("a.md", bench.after);
  EXPECT_EQ(bench.on_disk("a.md"), bench.after);
  EXPECT_EQ(bench.hub.deltas_sent, 1U);
  EXPECT_EQ(bench.hub.fetches, 3U);
  bench.pass(seconds{60});
  EXPECT_EQ(bench.hub.fetches, 3U);
}

TEST(replica_delta, a_file_that_was_edited_here_meanwhile_keeps_its_edit) {
  DeltaBench bench;
  bench.disk.before_exchange = [&] { bench.disk.write("a.md", bench.before + "typed here\n"); };
  bench.elsewhere("a.md", bench.after);
  bench.disk.before_exchange = nullptr;
  bench.pass(seconds{30});
  EXPECT_FALSE(bench.hub.pushes.empty()) << "the hub has it, to merge or to keep beside";
  EXPECT_EQ(bench.hub.bodies.contains(digest::sha256(bench.before + "typed here\n")), true);
}

TEST(replica_delta, a_file_that_cannot_be_read_here_is_no_base) {
  DeltaBench bench;
  bench.disk.files.at("a.md").unreadable = true;
  bench.hint({HintKind::modified, "a.md", std::nullopt, false});
  bench.elsewhere("a.md", bench.after);
  bench.disk.files.at("a.md").unreadable = false;
  bench.pass(seconds{120});
  EXPECT_EQ(bench.on_disk("a.md"), bench.after);
}

}  // namespace
}  // namespace leanspec::bridge::engine
