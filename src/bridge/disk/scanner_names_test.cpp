// The scanner on disks that do not keep all names apart.
#include <gtest/gtest.h>

#include <algorithm>

#include "bridge/disk/scanner.h"
#include "digest/sha256.h"
#include "tests/fakes/memory_file_tree.h"

namespace leanspec::bridge::disk {
namespace {

using engine::Presence;
using engine::ScanRequest;
using engine::ScanResult;

class ScannedNames : public testing::Test {
 protected:
  void fold(bool letters, bool accents, bool takes_apart = false) {
    fakes::DiskFolding folding;
    folding.letters = letters;
    folding.accents = accents;
    folding.takes_apart = takes_apart;
    tree_.set_folding(folding);
  }
  void know(std::initializer_list<std::string_view> paths, sync::Folding folding = {true, true}) {
    auto known = std::make_shared<sync::Spellings>(folding);
    for (const auto path : paths) known->add(path);
    spellings_ = std::move(known);
  }
  ScanResult scan(std::vector<std::string> paths = {}) {
    ScanRequest request;
    request.id = ++id_;
    request.everything = paths.empty();
    request.paths = std::move(paths);
    request.file_bytes_max = 1000;
    request.files_max = 1000;
    request.spellings = spellings_;
    scanner_.begin(request);
    for (;;) {
      if (auto result = scanner_.step({})) return *std::move(result);
    }
  }
  static std::vector<std::string> there(const ScanResult& result) {
    std::vector<std::string> paths;
    for (const auto& seen : result.observations) {
      if (seen.presence == Presence::present) paths.push_back(seen.path);
    }
    std::sort(paths.begin(), paths.end());
    return paths;
  }
  static bool is_absent(const ScanResult& result, const std::string& path) {
    return std::any_of(result.observations.begin(), result.observations.end(),
                       [&](const auto& seen) { return seen.path == path && seen.presence == Presence::absent; });
  }

  fakes::MemoryFileTree tree_;
  Scanner scanner_{tree_, host::system_clock()};
  std::shared_ptr<const sync::Spellings> spellings_;
  std::uint64_t id_ = 0;
};

using Paths = std::vector<std::string>;

TEST_F(ScannedNames, what_the_disk_folds_is_found_out_from_the_names_on_it) {
  EXPECT_EQ(scan().folding, sync::Folding()) << "nothing to tell from";
  tree_.write("a.md", "x");
  tree_.write("caf\u00E9.md", "y");
  EXPECT_EQ(scan().folding, sync::Folding()) << "it keeps all names apart";
}

TEST_F(ScannedNames, letters_are_known_from_the_first_name_and_accents_from_the_first_that_has_some) {
  fold(true, true);
  tree_.write("a.md", "x");
  EXPECT_EQ(scan().folding, (sync::Folding{true, false}));
  tree_.write("caf\u00E9.md", "y");
  EXPECT_EQ(scan({"caf\u00E9.md"}).folding, (sync::Folding{true, true}));
}

TEST_F(ScannedNames, a_disk_of_letters_alone_and_two_links_to_one_file_are_told_apart) {
  fold(true, false);
  tree_.write("caf\u00E9.md", "y");
  tree_.write("cafe\u0301.md", "z");
  EXPECT_EQ(scan().folding, (sync::Folding{true, false}));
  fakes::MemoryFileTree apart;
  apart.write("a.md", "x");
  ASSERT_TRUE(apart.link("a.md", "A.MD"));
  Scanner scanner(apart, host::system_clock());
  ScanRequest request;
  request.everything = true;
  request.files_max = 10;
  scanner.begin(request);
  EXPECT_EQ(scanner.step({})->folding, sync::Folding());
}

// FS09
TEST_F(ScannedNames, a_decomposing_disk_shows_the_documents_that_are_known) {
  fold(true, true, true);
  tree_.write("caf\u00E9/d\u00E9j\u00E0.md", "x");
  tree_.write("caf\u00E9/new-\u00FC.md", "y");
  know({"caf\u00E9/d\u00E9j\u00E0.md"});
  EXPECT_EQ(there(scan()), (Paths{"caf\u00E9/d\u00E9j\u00E0.md", "caf\u00E9/new-\u00FC.md"}));
  know({"cafe\u0301/d\u00E9j\u00E0.md"});
  EXPECT_EQ(there(scan()), (Paths{"cafe\u0301/d\u00E9j\u00E0.md", "cafe\u0301/new-\u00FC.md"}));
}

// FS07
TEST_F(ScannedNames, a_file_is_there_in_the_case_that_the_disk_shows_and_in_no_other) {
  fold(true, true);
  tree_.write("Foo.md", "x");
  know({"Foo.md"});
  (void)scan();
  tree_.rename("Foo.md", "foo.md");
  const auto seen = scan({"Foo.md", "foo.md"});
  EXPECT_EQ(there(seen), Paths{"foo.md"});
  EXPECT_TRUE(is_absent(seen, "Foo.md"));
  EXPECT_EQ(there(scan()), Paths{"foo.md"});
}

TEST_F(ScannedNames, the_case_of_a_folder_is_the_known_one) {
  fold(true, true);
  tree_.write("Plan/a.md", "x");
  tree_.write("Plan/new.md", "y");
  know({"plan/a.md"});
  EXPECT_EQ(there(scan()), (Paths{"plan/a.md", "plan/new.md"}));
  EXPECT_EQ(there(scan({"plan/a.md"})), Paths{"plan/a.md"});
  EXPECT_EQ(there(scan({"Plan/a.md", "plan/a.md"})), Paths{"plan/a.md"}) << "once";
}

// Folders of one tree may differ in what they keep apart.
TEST_F(ScannedNames, two_files_that_the_disk_does_keep_apart_are_two) {
  tree_.write("Plan/a.md", "x");
  tree_.write("plan/a.md", "y");
  know({"plan/a.md"});
  EXPECT_EQ(there(scan()), (Paths{"Plan/a.md", "plan/a.md"}));
}

}  // namespace
}  // namespace leanspec::bridge::disk
