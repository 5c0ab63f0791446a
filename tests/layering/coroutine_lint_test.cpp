#include "tests/layering/coroutine_lint.h"

#include <gtest/gtest.h>

namespace leanspec::layering {
namespace {

std::vector<Finding> lint(const std::string& body) {
  return lint_coroutines(
      "file.cpp", tokens_of("namespace x {\nclass Y;\nasio::awaitable<void> Y::run(int n) {\n" + body + "\n}\n}\n"));
}

struct Case {
  const char* name;
  const char* body;
};

std::string print_name(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

class Refused : public testing::TestWithParam<Case> {};

TEST_P(Refused, once) {
  const auto findings = lint(GetParam().body);
  ASSERT_EQ(findings.size(), 1U) << to_string(findings);
  EXPECT_EQ(findings[0].line, 4);
}

INSTANTIATE_TEST_SUITE_P(
    CoroutineLint, Refused,
    testing::Values(Case{"aggregate_with_members", "co_await f(Agg{1, 2});"},
                    Case{"designated_members", "co_await f({.n = 5});"},
                    Case{"empty_braces", "auto r = co_await f({});"},
                    Case{"aggregate_behind_the_await", "use(co_await f(1), Agg{1});"},
                    Case{"aggregate_inside_an_optional", "co_await f(std::optional<Agg>(Agg{}));"},
                    Case{"capturing_lambda_called_in_place",
                         "co_await [x = std::move(x)]() -> asio::awaitable<void> { co_await g(x); }();"},
                    Case{"capturing_lambda_with_co_return_only", "co_await [&] { co_return; }();"},
                    Case{"braced_list_of_strings", R"(co_await f(std::vector<std::string>{"a", "b"});)"},
                    Case{"bare_braced_list", R"(if (co_await f({"a", "b"})) { g(); })"},
                    Case{"inside_a_macro", "LEANSPEC_TRY(auto r, co_await f(Agg{1}));"},
                    Case{"inside_a_lambda", "auto g = [](int a) -> awaitable<void> { co_await f(Agg{a}); };"},
                    Case{"inside_a_block", "if (n > 2) { while (true) { co_await f(Agg{n}); } }"},
                    Case{"in_a_returned_value", "co_return Answer{co_await f(1), 2};"}),
    print_name);

class Accepted : public testing::TestWithParam<Case> {};

TEST_P(Accepted, silently) {
  const auto findings = lint(GetParam().body);
  EXPECT_TRUE(findings.empty()) << to_string(findings);
}

INSTANTIATE_TEST_SUITE_P(
    CoroutineLint, Accepted,
    testing::Values(
        Case{"constructor_with_parentheses", "co_await f(Type(5), std::string(\"{}\"));"},
        Case{"named_value_moved_in", "Agg agg{1, 2};\nco_await f(std::move(agg));"},
        Case{"awaitable_made_first", "auto waiting = f(Agg{});\nco_await std::move(waiting);"},
        Case{"named_lambda", "auto g = [x]() -> awaitable<void> { co_await h(x); };\nco_await g();"},
        Case{"lambda_without_captures_called_in_place", "co_await [](int x) -> awaitable<void> { co_await h(x); }(5);"},
        Case{"plain_lambda_in_an_await", "co_await f([&](int x) { return Agg{x}; });"},
        Case{"spawned_lambda", "co_spawn(executor, [self]() -> awaitable<void> { co_await self->run(); }, detached);"},
        Case{"blocks_after_a_condition", "if (auto r = co_await f(1); r) { g(Agg{}); } else { h({}); }"},
        Case{"loop_over_an_await", "for (auto& x : co_await f(1)) { g(Agg{x}); }"},
        Case{
            "switch_and_try",
            "switch (co_await f(1)) { case A: { g({}); break; } }\ntry { co_await f(1); } catch (const E&) { g({}); }"},
        Case{"ternary", "co_await (n > 1 ? f(1) : g(2));"},
        Case{"returned_aggregate_without_await", "co_await f(1);\nco_return Answer{1};"},
        Case{"braces_in_text", "co_await f(\"{a}\", R\"({})\");"},
        Case{"index_then_braces", "co_await f(a[1]);\nAgg b{a[1]};"}),
    print_name);

TEST(CoroutineLint, declarations_around_the_function_do_not_matter) {
  const auto tokens = tokens_of(
      "struct Limits { int n{5}; std::vector<int> list = {1, 2}; enum class Kind { a, b }; };\n"
      "class Server : public Base { public: explicit Server(int n) : n_{n}, m_(n) { g({}); } int n_{1}; };\n"
      "asio::awaitable<Result<int>> run(Limits limits = {}) { co_return co_await f(limits); }\n"
      "auto tail() -> asio::awaitable<int> { co_return co_await f(1); }\n"
      "constexpr std::array<int, 2> table{1, 2};\n");
  const auto findings = lint_coroutines("file.cpp", tokens);
  EXPECT_TRUE(findings.empty()) << to_string(findings);
}

TEST(CoroutineLint, a_file_without_co_await_has_no_findings) {
  EXPECT_TRUE(lint_coroutines("file.cpp", tokens_of("auto a = f(Agg{1}, {2});")).empty());
}

TEST(TheHouse, no_file_holds_a_coroutine_pattern_that_the_compiler_breaks) {
  std::vector<Finding> findings;
  for (const std::string_view folder : {"src", "tests"}) {
    for (const auto& file : files_below(source_root(), folder, {".h", ".cpp"})) {
      const auto found = lint_coroutines(file, tokens_of(read_source(source_root() / file)));
      findings.insert(findings.end(), found.begin(), found.end());
    }
  }
  EXPECT_TRUE(findings.empty()) << to_string(findings);
}

}  // namespace
}  // namespace leanspec::layering
