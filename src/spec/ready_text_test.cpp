#include "spec/ready_text.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "spec/project_sample.h"

namespace leanspec::spec {
namespace {

TEST(ReadyText, is_kept_once_and_up_to_its_limit) {
  const ReadyText text;
  EXPECT_EQ(text.kept(), nullptr);
  text.keep(std::string(ReadyText::bytes_max + 1, 'x'));
  EXPECT_EQ(text.kept(), nullptr);
  text.keep(std::string(ReadyText::bytes_max, 'x'));
  ASSERT_NE(text.kept(), nullptr);
  EXPECT_EQ(text.kept()->size(), ReadyText::bytes_max);
}

TEST(ReadyText, a_copy_starts_without_it) {
  ReadyText text;
  text.keep("a");
  const ReadyText copy = text;
  EXPECT_EQ(copy.kept(), nullptr);
  ReadyText assigned;
  assigned.keep("b");
  assigned = copy;
  EXPECT_EQ(assigned.kept(), nullptr);
  EXPECT_EQ(*text.kept(), "a");
}

TEST(ReadyText, of_readers_at_the_same_time_one_wins_and_its_text_stays) {
  const ReadyText text;
  std::vector<std::thread> readers;
  std::vector<const std::string*> seen(4);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    readers.emplace_back([&, i] {
      text.keep("the same");
      seen[i] = text.kept();
    });
  }
  for (std::thread& reader : readers) reader.join();
  for (const std::string* one : seen) EXPECT_EQ(one, text.kept());
}

TEST(ReadyText, an_entry_whose_neighbours_changed_is_another_entry_without_it) {
  const auto before =
      sample_view({{"001-a/README.md", sample_readme("planned")}, {"002-b/README.md", sample_readme("planned")}});
  for (const auto& entry : before->all()) entry->row.keep(entry->spec->id);
  const std::vector<FileChange> changes = {
      sample_change("003-c/README.md", sample_readme("planned", "depends_on: [001-a]\n"))};
  const auto after = before->with(changes);
  EXPECT_EQ(after->find("001-a")->row.kept(), nullptr) << "003-c requires it now";
  ASSERT_NE(after->find("002-b")->row.kept(), nullptr) << "nothing of it changed";
  EXPECT_EQ(*after->find("002-b")->row.kept(), "002-b");
}

}  // namespace
}  // namespace leanspec::spec
