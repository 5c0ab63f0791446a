// What the bridge replaces or removes is kept for 30 days, and people get it back.
#include <filesystem>

#include "tests/e2e/site.h"

namespace leanspec::e2e {
namespace {

namespace fs = std::filesystem;

class KeptTexts : public Site {
 protected:
  const std::string path = "001-a/README.md";
  fs::path there = scratch / "laptop/specs";
  BridgeProcess laptop{scratch, "laptop"};

  void start_both() {
    fs::create_directories(there);
    ASSERT_TRUE(hub.start()) << hub.errors();
    const MintedKey key = hub.make_key();
    for (auto [one, folder] : {std::pair(&bridge, &specs), std::pair(&laptop, &there)}) {
      ASSERT_EQ(one->login(hub.url(), key.secret).code, 0);
      const Finished added = one->command({"add", folder->string(), "--project", project, "--mode", "two-way"});
      ASSERT_EQ(added.code, 0) << added.errors;
      ASSERT_TRUE(one->start()) << one->log();
    }
  }

  [[nodiscard]] bool laptop_has(const std::string& bytes) const {
    return wait_until([&] { return fs::exists(there / path) && tests::read_file(there / path) == bytes; });
  }
  /// `history` says so much of it, once the laptop is through with it.
  [[nodiscard]] bool laptop_says(const std::string& words) const {
    return wait_until([&] {
      return laptop.command({"history", (there / path).string()}).output.find(words) != std::string::npos;
    });
  }
};

TEST_F(KeptTexts, what_was_replaced_and_deleted_is_listed_and_comes_back_as_a_file) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  save(path, spec_text("One"));
  ASSERT_TRUE(laptop_has(spec_text("One")));
  save(path, spec_text("Two"));
  ASSERT_TRUE(laptop_has(spec_text("Two")));
  ASSERT_TRUE(laptop_says("copy 1 ")) << laptop.command({"history", (there / path).string()}).output;
  const Finished why = laptop.command({"why", (there / path).string()});
  EXPECT_THAT(why.output, testing::HasSubstr("1 earlier text of it is kept on this machine"));

  const fs::path aside = scratch / "aside.md";
  const Finished copied = laptop.command({"restore", (there / path).string(), "--copy", "1", "--to", aside.string()});
  ASSERT_EQ(copied.code, 0) << copied.errors;
  EXPECT_EQ(tests::read_file(aside), spec_text("One"));
  EXPECT_NE(laptop.command({"restore", (there / path).string(), "--copy", "1", "--to", aside.string()}).code, 0)
      << "nothing is written over";

  fs::remove_all(specs / "001-a");
  ASSERT_TRUE(wait_until([&] { return !fs::exists(there / path); }));
  ASSERT_TRUE(laptop_says("deleted"));
  const Finished back = laptop.command({"restore", (there / path).string(), "--copy", "2"});
  ASSERT_EQ(back.code, 0) << back.errors;
  EXPECT_EQ(tests::read_file(there / path), spec_text("Two"));
  ASSERT_TRUE(wait_until([&] { return fs::exists(specs / path) && on_disk(path) == spec_text("Two"); }))
      << "it is an edit like any other";
}

TEST_F(KeptTexts, a_copy_that_is_restored_over_another_text_makes_a_copy_of_that) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  save(path, spec_text("One"));
  ASSERT_TRUE(laptop_has(spec_text("One")));
  save(path, spec_text("Two"));
  ASSERT_TRUE(laptop_has(spec_text("Two")));
  ASSERT_TRUE(laptop_says("copy 1 "));
  const Finished back = laptop.command({"restore", (there / path).string(), "--copy", "1"});
  ASSERT_EQ(back.code, 0) << back.errors;
  EXPECT_EQ(tests::read_file(there / path), spec_text("One"));
  ASSERT_TRUE(wait_until([&] { return on_disk(path) == spec_text("One"); }));
  EXPECT_THAT(laptop.command({"history", (there / path).string()}).output, testing::HasSubstr("restored over"));
}

TEST_F(KeptTexts, a_version_of_the_hub_is_made_the_newest_again_everywhere) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  save(path, spec_text("One"));
  ASSERT_TRUE(arrives(path));
  const std::string first = hub.history(project, path).front().id;
  save(path, spec_text("Two"));
  ASSERT_TRUE(laptop_has(spec_text("Two")));
  EXPECT_THAT(bridge.command({"history", (specs / path).string()}).output, testing::HasSubstr(first));
  EXPECT_THAT(bridge.command({"history", (specs / path).string(), "--json"}).output,
              testing::HasSubstr("\"copies\":[]"));
  const Finished restored = bridge.command({"restore", (specs / path).string(), "--version", first});
  ASSERT_EQ(restored.code, 0) << restored.errors;
  EXPECT_TRUE(laptop_has(spec_text("One")));
  EXPECT_TRUE(wait_until([&] { return on_disk(path) == spec_text("One"); }));
}

}  // namespace
}  // namespace leanspec::e2e
