#include "hub/mirrors/blob_fetch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>

namespace leanspec::hub::mirrors {
namespace {

/// Has blobs 0 to 99 in memory, and moods.
class MemoryForge final : public MirrorProvider {
 public:
  static GitId id(int number) {
    std::string text = std::to_string(number);
    return GitId{std::string(40 - text.size(), '0') + text};
  }
  Result<RepositoryFacts> repository() override { return RepositoryFacts(); }
  Result<BranchHead> head(const std::string&, const std::optional<BranchHead>&) override { return BranchHead(); }
  Result<TreeListing> tree(const GitId&, bool) override { return TreeListing(); }
  Result<std::string> blob(const GitId& wanted, std::uint64_t) override {
    const int now = ++at_once_;
    int most = most_at_once.load();
    while (now > most && !most_at_once.compare_exchange_weak(most, now)) {
    }
    Result<std::string> answer = "text " + wanted.value();
    {
      const std::lock_guard lock(mutex_);
      ++asked[wanted];
      if (const auto mood = moods.find(wanted); mood != moods.end() && mood->second.times-- > 0)
        answer = Error(mood->second.code, "mood");
    }
    --at_once_;
    return answer;
  }
  RateBudget budget() const override { return {}; }
  std::uint64_t requests() const override { return 0; }
  bool was_renamed() const override { return false; }

  struct Mood {
    ErrorCode code = ErrorCode::unavailable;
    int times = 0;
  };
  std::map<GitId, Mood> moods;
  std::map<GitId, int> asked;
  std::atomic<int> most_at_once = 0;

 private:
  std::mutex mutex_;
  std::atomic<int> at_once_ = 0;
};

class BlobFetch : public testing::Test {
 protected:
  BlobFetch() {
    for (int i = 0; i < 100; ++i) files.push_back({std::to_string(i), MemoryForge::id(i), 45});
  }
  Status fetch() {
    return fetch_blobs(forge, files, options, cancelled, [this](const std::vector<FetchedBlob>& batch) -> Status {
      for (const FetchedBlob& blob : batch) {
        EXPECT_EQ(blob.bytes, "text " + blob.id.value());
        EXPECT_TRUE(got.insert(blob.id).second);
      }
      return on_batch ? on_batch() : Status();
    });
  }

  MemoryForge forge;
  std::vector<MirroredFile> files;
  FetchOptions options;
  std::function<bool()> cancelled;
  std::function<Status()> on_batch;
  std::set<GitId> got;
};

TEST_F(BlobFetch, every_blob_comes_once_a_few_at_a_time) {
  ASSERT_TRUE(fetch());
  EXPECT_EQ(got.size(), 100U);
  EXPECT_LE(forge.most_at_once.load(), 6);
  for (const auto& [id, times] : forge.asked) EXPECT_EQ(times, 1) << id.value();
}

TEST_F(BlobFetch, bad_luck_is_tried_again_once_and_a_refusal_is_not) {
  forge.moods[MemoryForge::id(7)] = {ErrorCode::corrupt, 1};
  forge.moods[MemoryForge::id(8)] = {ErrorCode::unavailable, 1};
  ASSERT_TRUE(fetch());
  EXPECT_EQ(forge.asked[MemoryForge::id(7)], 2);
  got.clear();
  forge.asked.clear();
  forge.moods[MemoryForge::id(7)] = {ErrorCode::exhausted, 1};
  const auto refused = fetch();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::exhausted);
  EXPECT_EQ(forge.asked[MemoryForge::id(7)], 1);
}

TEST_F(BlobFetch, what_came_before_a_failure_was_handed_over) {
  forge.moods[MemoryForge::id(50)] = {ErrorCode::timeout, 2};
  EXPECT_FALSE(fetch());
  EXPECT_GE(got.size(), 40U);
  EXPECT_FALSE(got.contains(MemoryForge::id(50)));
}

TEST_F(BlobFetch, who_cannot_take_more_ends_it) {
  on_batch = [] { return Status(Error(ErrorCode::no_space, "the disk is full")); };
  const auto full = fetch();
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, ErrorCode::no_space);
}

TEST_F(BlobFetch, it_ends_between_two_requests_when_it_is_told_to) {
  cancelled = [this] { return forge.most_at_once.load() > 0; };
  const auto stopped = fetch();
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
  EXPECT_LE(got.size(), 6U);
}

TEST_F(BlobFetch, little_room_slows_it_down_and_loses_nothing) {
  options.waiting_bytes_max = 1;
  ASSERT_TRUE(fetch());
  EXPECT_EQ(got.size(), 100U);
}

TEST_F(BlobFetch, nothing_to_fetch_is_done_at_once) {
  files.clear();
  EXPECT_TRUE(fetch());
}

}  // namespace
}  // namespace leanspec::hub::mirrors
