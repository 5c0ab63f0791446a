#include "hub/mirrors/github_provider.h"

#include <gtest/gtest.h>

#include <deque>

#include "hub/mirrors/folder_walk.h"
#include "tests/fakes/fixed_clock.h"

namespace leanspec::hub::mirrors {
namespace {

using namespace std::chrono_literals;

/// Answers what the test put there, in order, and takes down what was asked.
class ScriptedForge final : public ForgeTransport {
 public:
  Result<ForgeAnswer> ask(const ForgeQuestion& question) override {
    asked.push_back(question);
    if (answers.empty()) return Error(ErrorCode::unavailable, "nobody there");
    auto answer = std::move(answers.front());
    answers.pop_front();
    return answer;
  }
  void says(unsigned status, std::string body, net::Headers headers = {}) {
    answers.push_back(ForgeAnswer{status, std::move(headers), std::move(body), false});
  }
  std::deque<ForgeAnswer> answers;
  std::vector<ForgeQuestion> asked;
};

class GithubProviderTest : public testing::Test {
 protected:
  std::shared_ptr<ScriptedForge> forge = std::make_shared<ScriptedForge>();
  fakes::FixedClock clock;
  GithubProvider provider{forge, "a/b", clock};
  const GitId some{std::string(40, 'a')};

  template <typename T>
  static ErrorCode code(const Result<T>& result) {
    EXPECT_FALSE(result);
    return result ? ErrorCode::io : result.error().code;
  }
};

TEST_F(GithubProviderTest, a_head_that_did_not_move_costs_an_unchanged_answer) {
  forge->says(200, R"({"ref":"refs/heads/x/y","object":{"type":"commit","sha":")" + some.value() + R"("}})",
              {{"ETag", "\"1\""}});
  forge->says(304, "");
  const auto first = provider.head("x/y z", std::nullopt);
  ASSERT_TRUE(first) << first.error().sentence();
  EXPECT_EQ(first->commit, some);
  EXPECT_EQ(forge->asked[0].path, "/repos/a/b/git/ref/heads/x/y%20z");
  const auto second = provider.head("x/y z", *first);
  ASSERT_TRUE(second);
  EXPECT_EQ(*second, *first);
  EXPECT_EQ(net::find_header(forge->asked[1].headers, "If-None-Match"), "\"1\"");
  EXPECT_EQ(provider.requests(), 2U);
}

TEST_F(GithubProviderTest, bytes_that_do_not_have_the_name_that_was_asked_for_are_refused) {
  forge->says(200, "what is up, doc?");
  forge->says(200, "what is up, do");  // cut short
  const GitId name{"bd9dbf5aae1a3862dd1526723246b20206e5fc37"};
  const auto whole = provider.blob(name, 100);
  ASSERT_TRUE(whole) << whole.error().sentence();
  EXPECT_EQ(*whole, "what is up, doc?");
  EXPECT_EQ(code(provider.blob(name, 100)), ErrorCode::corrupt);
}

TEST_F(GithubProviderTest, every_refusal_has_its_own_words) {
  const struct {
    unsigned status;
    const char* body;
    ErrorCode expected;
  } rows[] = {{401, R"({"message":"Bad credentials"})", ErrorCode::unauthenticated},
              {403, R"({"message":"Resource not accessible"})", ErrorCode::forbidden},
              {404, R"({"message":"Not Found"})", ErrorCode::not_found},
              {409, R"({"message":"Git Repository is empty."})", ErrorCode::not_found},
              {451, "", ErrorCode::forbidden},
              {500, "", ErrorCode::unavailable},
              {502, "<html>", ErrorCode::unavailable},
              {418, "", ErrorCode::unsupported},
              {302, "", ErrorCode::unavailable},
              {200, "<html>", ErrorCode::corrupt},
              {200, "{}", ErrorCode::corrupt},
              {200, R"({"tree":[{"path":"a","mode":"100644","sha":"../../x"}]})", ErrorCode::corrupt}};
  for (const auto& row : rows) {
    forge->says(row.status, row.body);
    EXPECT_EQ(code(provider.tree(some, true)), row.expected) << row.status;
  }
}

TEST_F(GithubProviderTest, after_a_refusal_nothing_is_asked_until_its_time_has_come) {
  forge->says(403, R"({"message":"You have exceeded a secondary rate limit"})", {{"Retry-After", "30"}});
  EXPECT_EQ(code(provider.tree(some, true)), ErrorCode::exhausted);
  EXPECT_EQ(code(provider.tree(some, true)), ErrorCode::exhausted);
  EXPECT_EQ(forge->asked.size(), 1U);
  clock.advance(30s);
  forge->says(200, R"({"sha":"x","tree":[],"truncated":false})");
  EXPECT_TRUE(provider.tree(some, true));
}

TEST_F(GithubProviderTest, the_last_tenth_of_the_budget_is_not_spent) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(clock.now().time_since_epoch()) + 600s;
  const auto limits = [&](int remaining) {
    return net::Headers{{"X-RateLimit-Limit", "60"},
                        {"X-RateLimit-Remaining", std::to_string(remaining)},
                        {"X-RateLimit-Reset", std::to_string(seconds.count())}};
  };
  forge->says(200, R"({"tree":[]})", limits(7));
  EXPECT_TRUE(provider.tree(some, true));
  forge->says(200, R"({"tree":[]})", limits(6));
  EXPECT_TRUE(provider.tree(some, true));
  EXPECT_EQ(code(provider.tree(some, true)), ErrorCode::exhausted);
  EXPECT_EQ(provider.budget().resumes_at(clock.now()).time_since_epoch(), seconds);
}

std::string row(const std::string& path, const char* mode, char id) {
  return R"({"path":")" + path + R"(","mode":")" + mode + R"(","type":"x","sha":")" + std::string(40, id) + R"("})";
}

TEST_F(GithubProviderTest, a_folder_is_found_step_by_step_and_listed_in_one_request) {
  forge->says(200, R"({"tree":[)" + row("docs", "040000", 'd') + "," + row("specs", "100644", 'f') + "]}");
  forge->says(200, R"({"tree":[)" + row("specs", "040000", 'e') + "]}");
  forge->says(200, R"({"tree":[)" + row("001-a", "040000", '1') + "," + row("001-a/README.md", "100644", '2') + "," +
                       row("link", "120000", '3') + "," + row("module", "160000", '4') + "]}");
  const auto listing = list_folder(provider, some, "docs/specs", std::nullopt);
  ASSERT_TRUE(listing) << listing.error().sentence();
  EXPECT_EQ(listing->tree, GitId{std::string(40, 'e')});
  ASSERT_EQ(listing->entries.size(), 3U);
  EXPECT_EQ(listing->entries[1].kind, EntryKind::symlink);
  EXPECT_EQ(listing->entries[2].kind, EntryKind::submodule);
  EXPECT_EQ(provider.requests(), 3U);

  forge->says(200, R"({"tree":[)" + row("docs", "040000", 'd') + "]}");
  forge->says(200, R"({"tree":[)" + row("specs", "040000", 'e') + "]}");
  const auto again = list_folder(provider, some, "docs/specs", listing->tree);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->unchanged);
}

TEST_F(GithubProviderTest, a_file_where_the_folder_should_be_is_no_folder) {
  forge->says(200, R"({"tree":[)" + row("specs", "100644", 'f') + "]}");
  const auto listing = list_folder(provider, some, "specs", std::nullopt);
  ASSERT_TRUE(listing);
  EXPECT_EQ(listing->tree, std::nullopt);
}

TEST_F(GithubProviderTest, a_truncated_listing_is_walked_folder_by_folder) {
  forge->says(200, R"({"tree":[)" + row("001-a", "040000", '1') + R"(],"truncated":true})");
  forge->says(
      200, R"({"tree":[)" + row("001-a", "040000", '1') + "," + row("x.md", "100644", '5') + R"(],"truncated":false})");
  forge->says(200, R"({"tree":[)" + row("README.md", "100644", '2') + R"(],"truncated":false})");
  const auto listing = list_folder(provider, some, "", std::nullopt);
  ASSERT_TRUE(listing) << listing.error().sentence();
  ASSERT_EQ(listing->entries.size(), 2U);
  EXPECT_EQ(listing->entries[0].path, "x.md");
  EXPECT_EQ(listing->entries[1].path, "001-a/README.md");
}

}  // namespace
}  // namespace leanspec::hub::mirrors
