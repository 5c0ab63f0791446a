#include "hub/engine/views.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "hub/engine/engine_test.h"

namespace leanspec::hub::engine {
namespace {

using testing::ElementsAre;

class ViewsTest : public EngineFixture {
 protected:
  static std::string spec(const std::string& title) {
    return "---\nstatus: planned\ncreated: 2026-01-01\n---\n\n# " + title + "\n";
  }
  static std::vector<std::string> ids(const ViewAt& at) {
    std::vector<std::string> all;
    for (const auto& entry : at.view->all()) all.push_back(entry->spec->id);
    return all;
  }
  VersionId add(std::uint32_t n, const std::string& path, const std::string& text) {
    const auto result = accepted(here_, text_push(doc(n), {}, path, text));
    return *result.head_version;
  }
};

TEST_F(ViewsTest, a_view_shows_the_head_and_moves_with_it) {
  Views views(*store_);
  const auto one = add(1, "001-one/README.md", spec("One"));
  auto first = views.view_at(branch_);
  ASSERT_TRUE(first.has_value()) << first.error().sentence();
  EXPECT_EQ(first->seq, Seq{1});
  EXPECT_EQ(first->epoch, store_->epoch());
  EXPECT_THAT(ids(*first), ElementsAre("001-one"));

  add(2, "002-two/README.md", spec("Two"));
  EXPECT_EQ(views.view_at(branch_)->seq, Seq{1}) << "nobody told it yet";
  views.moved(committed_.notices);
  auto second = views.view_at(branch_);
  EXPECT_EQ(second->seq, Seq{2});
  EXPECT_THAT(ids(*second), ElementsAre("002-two", "001-one"));
  EXPECT_EQ(second->view->find("001-one")->spec, first->view->find("001-one")->spec) << "what did not change is shared";

  accepted(here_, delete_push(doc(1), one, "001-one/README.md"));
  views.refresh(committed_.notices);
  store_->outage = Error(ErrorCode::unavailable, "away");
  EXPECT_THAT(ids(*views.view_at(branch_)), ElementsAre("002-two")) << "a refreshed view costs a reader nothing";
  EXPECT_THAT(ids(*first), ElementsAre("001-one")) << "who holds an old view keeps it";
}

TEST_F(ViewsTest, swapped_paths_come_out_right) {
  Views views(*store_);
  const auto a = add(1, "001-a/README.md", spec("A"));
  const auto b = add(2, "002-b/README.md", spec("B"));
  ASSERT_TRUE(views.view_at(branch_).has_value());
  commit_group(
      here_, {move_push(doc(1), a, "002-b/README.md", spec("A")), move_push(doc(2), b, "001-a/README.md", spec("B"))});
  views.moved(committed_.notices);
  const auto at = views.view_at(branch_);
  EXPECT_EQ(at->view->find("001-a")->spec->title, "B");
  EXPECT_EQ(at->view->find("002-b")->spec->title, "A");
  EXPECT_EQ(at->view->find("001-a")->spec->source.document, doc(2));
}

TEST_F(ViewsTest, a_reader_may_ask_for_its_own_write) {
  Views views(*store_);
  add(1, "001-one/README.md", spec("One"));
  ASSERT_EQ(views.view_at(branch_)->seq, Seq{1});
  add(2, "002-two/README.md", spec("Two"));
  EXPECT_EQ(views.view_at(branch_, Seq{2})->seq, Seq{2});
  EXPECT_EQ(views.view_at(branch_, Seq{3}).error().code, ErrorCode::unavailable);
}

TEST_F(ViewsTest, an_unknown_branch_is_not_found_and_a_busy_store_says_so) {
  Views views(*store_);
  EXPECT_EQ(views.view_at(BranchId{999}).error().code, ErrorCode::not_found);
  store_->outage = Error(ErrorCode::unavailable, "busy");
  EXPECT_EQ(views.view_at(branch_).error().code, ErrorCode::unavailable);
  store_->outage.reset();
  EXPECT_TRUE(views.view_at(branch_).has_value()) << "and is asked again";
  EXPECT_EQ(views.kept(), 1U);
}

TEST_F(ViewsTest, the_least_recently_read_go_when_the_bytes_are_spent) {
  ViewLimits limits;
  limits.bytes_max = 100;
  Views views(*store_, limits);
  std::vector<BranchId> branches;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(store_->write([&](store::Session& session) -> Status {
      LEANSPEC_ASSIGN(const auto branch, session.versions().create_branch(project_, "b" + std::to_string(i)));
      branches.push_back(branch.id);
      return {};
    }));
    auto origin = here_;
    origin.branch = branches.back();
    accepted(origin,
             text_push(doc(static_cast<std::uint32_t>(i)), {}, "a.md", std::string(40, static_cast<char>('a' + i))));
  }
  ASSERT_TRUE(views.view_at(branches[0]).has_value());
  ASSERT_TRUE(views.view_at(branches[1]).has_value());
  EXPECT_EQ(views.bytes(), 80U);
  ASSERT_TRUE(views.view_at(branches[0]).has_value());
  ASSERT_TRUE(views.view_at(branches[2]).has_value());
  EXPECT_EQ(views.kept(), 2U);
  store_->outage = Error(ErrorCode::unavailable, "away");
  EXPECT_TRUE(views.view_at(branches[0]).has_value()) << "the one read last but one stayed";
}

TEST_F(ViewsTest, a_document_too_large_for_the_view_is_listed_and_its_bytes_are_read_apart) {
  ViewLimits limits;
  limits.document_bytes_max = 10;
  Views views(*store_, limits);
  add(1, "001-one/README.md", "# 1");
  add(2, "001-one/large.txt", "more than ten bytes");
  const auto at = views.view_at(branch_);
  ASSERT_EQ(at->view->find("001-one")->sub_specs.size(), 1U);
  EXPECT_EQ(*at->view->find("001-one")->sub_specs[0].source.bytes, "");
  EXPECT_EQ(**views.body(digest::sha256("more than ten bytes")), "more than ten bytes");
  EXPECT_EQ((*views.head_at_path(branch_, "001-one/large.txt"))->size, 19U);
}

TEST_F(ViewsTest, readers_and_one_writer_at_once_see_whole_views_that_only_grow) {
  Views views(*store_);
  add(1, "001-one/README.md", spec("One"));
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      Seq last;
      while (!done) {
        const auto at = views.view_at(branch_);
        if (!at || at->seq < last || at->view->size() != at->seq.value()) ++wrong;
        if (at) last = at->seq;
      }
    });
  }
  for (std::uint32_t n = 2; n <= 20; ++n) {
    const std::string number = std::to_string(100 + n);
    add(n, number + "-x/README.md", spec("X"));
    views.moved(committed_.notices);
    views.refresh(committed_.notices);
  }
  done = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(views.view_at(branch_)->seq, Seq{20});
}

}  // namespace
}  // namespace leanspec::hub::engine
