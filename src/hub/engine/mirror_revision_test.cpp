#include "hub/engine/mirror_revision.h"

#include <map>

#include "hub/engine/engine_test.h"

namespace leanspec::hub::engine {
namespace {

using Files = std::map<std::string, std::string>;

const std::string long_text(200, 'x');

class MirrorRevisions : public EngineFixture {
 protected:
  Result<MirrorRevisionDone> try_revise(const Files& files, std::function<Status(store::Session&)> also = {}) {
    clock_.advance(std::chrono::milliseconds(10));
    notices_.clear();
    MirrorRevision revision;
    revision.project = project_;
    revision.branch = branch_;
    revision.commit = "c" + std::to_string(++commits_);
    revision.also = std::move(also);
    EXPECT_TRUE(store_->write([&](store::Session& session) -> Status {
      for (const auto& [path, text] : files) LEANSPEC_TRY(session.bodies().put(digest::sha256(text), text));
      return {};
    }));
    for (const auto& [path, text] : files) revision.files.push_back({path, digest::sha256(text), text.size()});
    return sequencer_->revise(revision, clock_.now(), notices_);
  }
  MirrorRevisionDone revise(const Files& files) {
    auto done = try_revise(files);
    EXPECT_TRUE(done) << done.error().sentence();
    return done ? *done : MirrorRevisionDone();
  }
  Files files() {
    Files all;
    for (const std::string& path : live_paths()) all[path] = *text_at(path);
    return all;
  }
  DocumentId document_at(const std::string& path) {
    DocumentId document;
    look([&](store::Session& session) { document = (*session.versions().head_at_path(branch_, path))->document; });
    return document;
  }

  std::vector<FeedNotice> notices_;
  int commits_ = 0;
};

TEST_F(MirrorRevisions, a_branch_becomes_what_the_revision_says) {
  EXPECT_EQ(revise({{"a.md", "one"}, {"b.md", "two"}}).added, 2U);
  const auto done = revise({{"b.md", "changed"}, {"c.md", "three"}});
  EXPECT_EQ(done.added, 1U);
  EXPECT_EQ(done.updated, 1U);
  EXPECT_EQ(done.deleted, 1U);
  EXPECT_EQ(files(), (Files{{"b.md", "changed"}, {"c.md", "three"}}));
  ASSERT_EQ(notices_.size(), 1U);
  EXPECT_EQ(notices_[0].head, Seq{5});
}

TEST_F(MirrorRevisions, what_is_the_same_makes_no_version) {
  revise({{"a.md", "one"}});
  EXPECT_EQ(revise({{"a.md", "one"}}).changes(), 0U);
  EXPECT_EQ(head(), Seq{1});
  EXPECT_TRUE(notices_.empty());
}

TEST_F(MirrorRevisions, a_file_that_moved_is_the_same_document) {
  revise({{"a/README.md", long_text}, {"b.md", "two"}});
  const auto document = document_at("a/README.md");
  const auto done = revise({{"archived/a/README.md", long_text}, {"b.md", "two"}});
  EXPECT_EQ(done.moved, 1U);
  EXPECT_EQ(done.changes(), 1U);
  EXPECT_EQ(document_at("archived/a/README.md"), document);
  EXPECT_EQ(files(), (Files{{"archived/a/README.md", long_text}, {"b.md", "two"}}));
}

TEST_F(MirrorRevisions, texts_that_are_alike_by_chance_or_twice_did_not_move) {
  revise({{"a.md", "short"}, {"b.md", long_text}, {"c.md", long_text}});
  const auto done = revise({{"x.md", "short"}, {"y.md", long_text}, {"z.md", long_text}});
  EXPECT_EQ(done.moved, 0U);
  EXPECT_EQ(done.added, 3U);
  EXPECT_EQ(done.deleted, 3U);
}

TEST_F(MirrorRevisions, a_file_that_comes_back_revives_its_document) {
  revise({{"a.md", "one"}, {"b.md", "two"}});
  const auto document = document_at("a.md");
  revise({{"b.md", "two"}});
  revise({{"a.md", "again"}, {"b.md", "two"}});
  EXPECT_EQ(document_at("a.md"), document);
  look([&](store::Session& session) {
    const auto history = session.versions().history(branch_, document, std::nullopt, 10);
    ASSERT_TRUE(history);
    EXPECT_EQ(history->size(), 3U);
    EXPECT_EQ(history->front().commit, "c3");
  });
}

TEST_F(MirrorRevisions, all_of_it_is_one_group_and_one_transaction) {
  const auto before = store_->commits;
  revise({{"a.md", "one"}, {"b.md", "two"}, {"c.md", "three"}});
  EXPECT_EQ(store_->commits, before + 2);  // the bodies, then the revision
  look([&](store::Session& session) {
    const auto feed = session.versions().feed(branch_, Seq{}, 10);
    ASSERT_TRUE(feed);
    ASSERT_EQ(feed->size(), 3U);
    EXPECT_TRUE(feed->front().group);
    EXPECT_EQ(feed->front().group, feed->back().group);
  });
}

TEST_F(MirrorRevisions, nothing_of_it_happens_when_any_of_it_fails) {
  revise({{"a.md", "one"}, {"b.md", "two"}});
  for (const bool by_also : {true, false}) {
    if (!by_also)
      store_->on_commit = [n = 0]() mutable {
        return ++n == 2 ? fakes::CommitFault::no_space : fakes::CommitFault::none;
      };
    const auto done = try_revise({{"a.md", "changed"}, {"c.md", "three"}}, [&](store::Session&) -> Status {
      if (by_also) return Error(ErrorCode::conflict, "moved on");
      return {};
    });
    ASSERT_FALSE(done);
    store_->on_commit = nullptr;
    EXPECT_EQ(files(), (Files{{"a.md", "one"}, {"b.md", "two"}}));
    EXPECT_EQ(head(), Seq{2});
    EXPECT_TRUE(notices_.empty());
  }
  EXPECT_EQ(revise({{"a.md", "changed"}, {"c.md", "three"}}).changes(), 3U);
}

TEST_F(MirrorRevisions, a_branch_that_is_not_there_is_named) {
  branch_ = BranchId{99};
  const auto done = try_revise({{"a.md", "one"}});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace leanspec::hub::engine
