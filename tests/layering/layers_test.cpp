#include "tests/layering/layers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace leanspec::layering {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Layers house = parse_layers(
    "vocabulary:  | \n"
    "spec: vocabulary |  \n"
    "net: vocabulary host | spec\n"
    "host: vocabulary | \n");

std::vector<Finding> check(const std::string& path, const std::string& source) {
  return check_includes(house, path, tokens_of(source));
}

TEST(Layers, reads_what_each_folder_and_its_tests_may_use) {
  EXPECT_THAT(house.at("net").uses, ElementsAre("host", "vocabulary"));
  EXPECT_THAT(house.at("net").test_uses, ElementsAre("spec"));
  EXPECT_THAT(house.at("vocabulary").uses, IsEmpty());
}

TEST(Layers, an_include_of_a_listed_folder_or_of_its_own_passes) {
  EXPECT_THAT(check("net/tls.cpp", "#include \"net/tls.h\"\n#include \"host/clock.h\"\n#include <vector>\n"),
              IsEmpty());
}

TEST(Layers, an_include_of_an_unlisted_folder_is_named_with_its_line) {
  const auto findings = check("spec/spec.cpp", "#include <vector>\n#include \"host/clock.h\"\n");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].line, 2);
  EXPECT_THAT(findings[0].message, HasSubstr("does not list host"));
}

TEST(Layers, vocabulary_must_be_listed_like_any_other_folder) {
  const auto bare = parse_layers("spec: |\nvocabulary: |\n");
  EXPECT_EQ(check_includes(bare, "spec/spec.h", tokens_of("#include \"vocabulary/result.h\"\n")).size(), 1U);
}

TEST(Layers, what_only_tests_may_use_is_refused_in_the_product) {
  EXPECT_THAT(check("net/router_test.cpp", "#include \"spec/spec.h\"\n"), IsEmpty());
  EXPECT_EQ(check("net/router.cpp", "#include \"spec/spec.h\"\n").size(), 1U);
}

TEST(Layers, a_folder_without_a_line_of_its_own_is_refused) {
  EXPECT_EQ(check("stray/file.cpp", "").size(), 1U);
}

TEST(Layers, an_outside_library_away_from_its_home_is_refused) {
  EXPECT_THAT(check("net/server.cpp", "#include <boost/beast/http.hpp>\n"), IsEmpty());
  for (const char* header :
       {"boost/beast/http.hpp", "openssl/ssl.h", "sqlite3.h", "libpq-fe.h", "google/protobuf/message_lite.h"}) {
    EXPECT_EQ(check("host/clock.cpp", std::string("#include <") + header + ">\n").size(), 1U) << header;
  }
}

TEST(Layers, a_pure_folder_that_does_io_is_refused) {
  EXPECT_EQ(check("spec/spec.cpp", "#include <fstream>\n").size(), 1U);
  EXPECT_EQ(check("spec/spec.cpp", "#include <boost/json.hpp>\n").size(), 1U);
  EXPECT_THAT(check("host/files.cpp", "#include <fstream>\n"), IsEmpty());
}

TEST(Layers, a_pure_folder_that_asks_for_the_time_is_refused) {
  EXPECT_EQ(check_purity("spec/spec.cpp", tokens_of("auto t = std::chrono::system_clock::now();")).size(), 1U);
  EXPECT_THAT(check_purity("host/clock.cpp", tokens_of("auto t = std::chrono::system_clock::now();")), IsEmpty());
}

TEST(Layers, an_include_inside_a_comment_or_a_string_does_not_count) {
  EXPECT_THAT(
      check("spec/spec.cpp",
            "// #include \"net/tls.h\"\n/*\n#include \"net/tls.h\"\n*/ auto s = R\"(\n#include \"net/tls.h\"\n)\";\n"),
      IsEmpty());
}

TEST(Layers, a_circle_is_found_and_named_once) {
  EXPECT_THAT(find_circles(parse_layers("a: b |\nb: c |\nc: a |\nd: a |\n")), ElementsAre("a -> b -> c -> a"));
  EXPECT_THAT(find_circles(house), IsEmpty());
}

class LayersOfTheHouse : public testing::Test {
 protected:
  Layers layers = parse_layers(read_source(LEANSPEC_LAYERS_FILE));
  std::vector<std::string> files = files_below(source_root() / "src", "", {".h", ".cpp"});
};

TEST_F(LayersOfTheHouse, every_include_is_allowed) {
  ASSERT_FALSE(layers.empty());
  ASSERT_FALSE(files.empty());
  std::vector<Finding> findings;
  for (const auto& file : files) {
    const auto tokens = tokens_of(read_source(source_root() / "src" / file));
    for (const auto& list : {check_includes(layers, file, tokens), check_purity(file, tokens)}) {
      findings.insert(findings.end(), list.begin(), list.end());
    }
  }
  EXPECT_TRUE(findings.empty()) << to_string(findings);
}

TEST_F(LayersOfTheHouse, no_folders_use_each_other_in_a_circle) {
  EXPECT_THAT(find_circles(layers), IsEmpty());
}

TEST_F(LayersOfTheHouse, beast_is_included_by_at_most_four_files) {
  std::vector<std::string> found;
  for (const auto& file : files) {
    if (includes_beast(tokens_of(read_source(source_root() / "src" / file)))) {
      found.push_back(file);
    }
  }
  EXPECT_LE(found.size(), 4U) << testing::PrintToString(found);
}

}  // namespace
}  // namespace leanspec::layering
