#include "hub/engine/branch_opening.h"

#include "hub/engine/bridge_session_for_test.h"

namespace leanspec::hub::engine {
namespace {

/// The branch "main" is there, with what here_ pushes to it.
class BranchOpening : public BridgeSessionTest {
 protected:
  wire::Welcome come(std::uint32_t n, const std::string& branch, std::optional<wire::Fork> fork = std::nullopt) {
    auto says = hello(n);
    says.branch = branch;
    says.fork = std::move(fork);
    last_ = bridge(std::move(says));
    say(*last_, last_->hello);
    EXPECT_TRUE(last_->output.last<wire::Welcome>().has_value()) << last_->output.reason;
    return last_->output.last<wire::Welcome>().value_or(wire::Welcome{});
  }
  static wire::Fork fork_of(const std::string& of, std::uint64_t seq) {
    wire::Fork fork;
    fork.of = of;
    fork.seq = Seq{seq};
    fork.commit = "c0ffee";
    return fork;
  }
  store::Branch branch_named(const std::string& name) {
    std::optional<store::Branch> found;
    look([&](store::Session& session) { found = *session.versions().find_branch(project_, name); });
    return found.value_or(store::Branch{});
  }
  PushOrigin on(PushOrigin origin, const std::string& name) {
    origin.branch = branch_named(name).id;
    return origin;
  }
  std::vector<store::Version> heads_of(const std::string& name) {
    std::vector<store::Version> heads;
    const auto branch = branch_named(name).id;
    look([&](store::Session& session) { heads = *session.versions().heads(branch); });
    return heads;
  }
  void set_default(const std::string& name) {
    ASSERT_TRUE(store_->write([&](store::Session& session) -> Status {
      auto project = **session.projects().find(project_);
      project.default_branch = name;
      return session.projects().update(project);
    }));
  }
  std::unique_ptr<Bridge> last_;
};

// Law 28
TEST_F(BranchOpening, a_fork_begins_with_the_heads_of_its_fork_point_under_the_same_documents) {
  const auto one = accepted(here_, text_push(doc(1), {}, "a.md", "A"));
  accepted(here_, text_push(doc(2), {}, "b.md", "B"));
  accepted(here_, delete_push(doc(2), committed_.done.at(0).results.at(0).head_version, "b.md"));
  accepted(here_, text_push(doc(3), {}, "c.md", "later"));
  const auto welcome = come(1, "topic", fork_of("main", 2));
  EXPECT_TRUE(welcome.opened);
  EXPECT_EQ(welcome.branch, "topic");
  EXPECT_FALSE(welcome.resume);
  EXPECT_EQ(welcome.head, Seq{2});
  const auto heads = heads_of("topic");
  ASSERT_EQ(heads.size(), 2U);
  EXPECT_EQ(heads[0].document, doc(1));
  EXPECT_EQ(heads[0].parent, one.head_version);
  EXPECT_NE(heads[0].id, one.head_version) << "a version of its own";
  EXPECT_FALSE(heads[0].replica.has_value()) << "and nobody's change";
  EXPECT_EQ(heads[1].path, "b.md");
  const auto branch = branch_named("topic");
  EXPECT_EQ(branch.fork.of, branch_);
  EXPECT_EQ(branch.fork.seq, Seq{2});
  EXPECT_EQ(branch.fork.commit, "c0ffee");
  EXPECT_EQ(branch.copied, Seq{2});
  EXPECT_EQ(live_paths(), (std::vector<std::string>{"a.md", "c.md"})) << "the other branch is as it was";
}

TEST_F(BranchOpening, the_first_one_to_name_a_branch_opens_it) {
  accepted(here_, text_push(doc(1), {}, "a.md", "A"));
  EXPECT_TRUE(come(1, "topic", fork_of("main", 1)).opened);
  const auto second = come(2, "topic");
  EXPECT_FALSE(second.opened);
  EXPECT_EQ(second.head, Seq{1});
  EXPECT_TRUE(come(1, "topic", fork_of("main", 1)).opened) << "also where the first welcome was lost";
  EXPECT_EQ(heads_of("topic").size(), 1U);
  EXPECT_FALSE(come(1, "main").opened) << "nobody opened what was always there";
}

TEST_F(BranchOpening, a_fork_of_what_is_not_there_begins_empty_and_one_beyond_the_head_with_the_head) {
  accepted(here_, text_push(doc(1), {}, "a.md", "A"));
  EXPECT_EQ(come(1, "stray", fork_of("nothing", 7)).head, Seq{});
  EXPECT_FALSE(branch_named("stray").fork.of.has_value());
  EXPECT_EQ(come(1, "ahead", fork_of("main", 7)).head, Seq{1});
  EXPECT_EQ(branch_named("ahead").fork.seq, Seq{1});
  EXPECT_EQ(come(1, "plain").head, Seq{});
}

TEST_F(BranchOpening, when_the_commit_of_it_fails_there_is_no_branch) {
  accepted(here_, text_push(doc(1), {}, "a.md", "A"));
  auto says = hello(1);
  says.branch = "topic";
  says.fork = fork_of("main", 1);
  auto b = bridge(says);
  fault(fakes::CommitFault::fails);
  say(*b, b->hello);
  EXPECT_EQ(b->output.code, CloseCode::try_later);
  EXPECT_EQ(branch_named("topic").name, "");
  EXPECT_EQ(come(1, "topic", fork_of("main", 1)).head, Seq{1});
}

TEST_F(BranchOpening, what_it_began_with_is_told_without_texts_and_what_came_later_with_them) {
  accepted(here_, text_push(doc(1), {}, "a.md", "A"));
  come(1, "topic", fork_of("main", 1));
  accepted(on(here_, "topic"), text_push(doc(2), {}, "b.md", "B"));
  say(*last_, wire::Pull{});
  const auto page = last_->output.last<wire::Changes>();
  ASSERT_TRUE(page.has_value());
  ASSERT_EQ(page->entries.size(), 2U);
  EXPECT_FALSE(page->entries[0].body.has_value());
  EXPECT_EQ(page->entries[1].body, "B");
}

// Law 3: any version may be named
TEST_F(BranchOpening, an_edit_may_be_based_on_a_version_of_another_branch) {
  const auto one = accepted(here_, text_push(doc(1), {}, "a.md", "one\n\ntwo\n\nthree\n"));
  come(1, "topic", fork_of("main", 1));
  const auto topic = on(here_, "topic");
  const auto direct = accepted(topic, text_push(doc(1), one.head_version, "a.md", "ONE\n\ntwo\n\nthree\n"));
  EXPECT_EQ(heads_of("topic").at(0).digest, digest::sha256("ONE\n\ntwo\n\nthree\n"));
  // Its copy is no head any more: both went on from the same text.
  const auto merged = commit(on(there_, "topic"), text_push(doc(1), one.head_version, "a.md", "one\n\ntwo\n\nTHREE\n"));
  EXPECT_EQ(merged.outcome, wire::PushOutcome::known) << merged.why;
  EXPECT_EQ(heads_of("topic").at(0).digest, digest::sha256("ONE\n\ntwo\n\nTHREE\n"));
  // A later version of the other branch that this one never had.
  const auto later = accepted(here_, text_push(doc(1), one.head_version, "a.md", "one\n\ntwo\n\nthree\n\nfour\n"));
  const auto carried =
      commit(on(there_, "topic"), text_push(doc(1), later.head_version, "a.md", "one\n\nTWO\n\nthree\n\nfour\n"));
  EXPECT_EQ(carried.outcome, wire::PushOutcome::known) << carried.why;
  EXPECT_EQ(heads_of("topic").at(0).digest, digest::sha256("ONE\n\nTWO\n\nTHREE\n")) << "only what was edited";
  EXPECT_EQ(text_at("a.md"), "one\n\ntwo\n\nthree\n\nfour\n");
  // And one that this branch never had comes with its history.
  const auto other = accepted(here_, text_push(doc(5), {}, "e.md", "E"));
  accepted(on(here_, "topic"), text_push(doc(5), other.head_version, "e.md", "EE"));
  EXPECT_EQ(heads_of("topic").at(1).parent, other.head_version);
}

TEST_F(BranchOpening, a_base_of_another_project_is_none) {
  const auto one = accepted(here_, text_push(doc(1), {}, "a.md", "A"));
  PushOrigin elsewhere = here_;
  ASSERT_TRUE(store_->write([&](store::Session& session) -> Status {
    store::Project project;
    project.id = ProjectId{"other"};
    LEANSPEC_TRY(session.projects().create(project));
    LEANSPEC_ASSIGN(const auto branch, session.versions().create_branch(project.id, "main"));
    elsewhere.project = project.id;
    elsewhere.branch = branch.id;
    return {};
  }));
  const auto made = accepted(elsewhere, text_push(doc(1), one.head_version, "a.md", "B"));
  look([&](store::Session& session) {
    EXPECT_EQ((*session.versions().version(*made.head_version))->parent, std::nullopt);
  });
}

// Which branch a name means
TEST_F(BranchOpening, a_folder_without_git_holds_the_default_branch) {
  set_default("main");
  accepted(here_, text_push(doc(1), {}, "a.md", "A"));
  const auto welcome = come(2, "");
  EXPECT_EQ(welcome.branch, "main");
  EXPECT_EQ(welcome.head, Seq{1});
  EXPECT_FALSE(welcome.opened);
}

TEST_F(BranchOpening, a_branch_without_a_name_gets_that_of_the_first_bridge_on_the_same_line) {
  auto says = hello(1);
  says.project = "begun without git";
  says.create_project = true;
  says.branch = "";
  auto first = bridge(says);
  say(*first, first->hello);
  const ProjectId begun{first->output.last<wire::Welcome>()->project};
  const auto branch_in = [&](const std::string& name) {
    std::optional<store::Branch> found;
    look([&](store::Session& session) { found = *session.versions().find_branch(begun, name); });
    return found;
  };
  const auto unnamed = branch_in("");
  ASSERT_TRUE(unnamed.has_value());
  PushOrigin origin = here_;
  origin.project = begun;
  origin.branch = unnamed->id;
  accepted(origin, text_push(doc(1), {}, "a.md", "A"));
  const auto arrive = [&](std::uint32_t n, const std::string& name, std::optional<Cursor> cursor) {
    auto message = hello(n);
    message.project = begun.value();
    message.branch = name;
    message.cursor = cursor;
    message.head_digest = branch_in("")->head_digest;
    auto b = bridge(message);
    say(*b, b->hello);
    return b->output.last<wire::Welcome>()->head;
  };
  EXPECT_EQ(arrive(2, "topic", std::nullopt), Seq{}) << "who knows whether that is the same line";
  EXPECT_EQ(arrive(3, "v2", Cursor{store_->epoch(), Seq{1}}), Seq{1}) << "its cursor says so";
  EXPECT_EQ(branch_in("v2")->id, unnamed->id);
  EXPECT_FALSE(branch_in("").has_value());
  look([&](store::Session& session) { EXPECT_EQ((**session.projects().find(begun)).default_branch, "v2"); });
}

// Law 24
TEST_F(BranchOpening, one_folder_may_be_connected_on_two_branches_at_once) {
  auto on_main = welcomed(1);
  come(1, "topic", fork_of("main", 0));
  pass(*on_main, std::chrono::seconds(2));
  EXPECT_FALSE(on_main->output.code.has_value()) << on_main->output.reason;
  EXPECT_EQ(roster_.size(), 2U);
}

}  // namespace
}  // namespace leanspec::hub::engine
