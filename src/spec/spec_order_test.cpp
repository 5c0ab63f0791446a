#include "spec/spec_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "spec/project_sample.h"

namespace leanspec::spec {
namespace {

TEST(SpecOrder, ids_go_by_number_then_name_and_those_without_a_number_last) {
  std::vector<std::string> ids{"99999999999-x", "100-a", "9-b", "009-a", "10-c"};
  std::sort(ids.begin(), ids.end(), id_before);
  EXPECT_EQ(ids, (std::vector<std::string>{"009-a", "9-b", "10-c", "100-a", "99999999999-x"}));
}

TEST(SpecOrder, every_entry_is_found_by_its_id_and_folders_of_one_name_together) {
  const auto view = sample_view({{"1-a/README.md", ""},
                                 {"x/1-a/README.md", ""},
                                 {"01-a/README.md", ""},
                                 {"2-b/README.md", ""},
                                 {"99999999999-huge/README.md", ""}});
  for (const auto& entry : view->all()) {
    ASSERT_NE(find_entry(view->all(), entry->spec->id), nullptr) << entry->spec->id;
    EXPECT_EQ(find_entry(view->all(), entry->spec->id)->spec->id, entry->spec->id);
  }
  const auto [first, last] = entries_of(view->all(), "1-a");
  ASSERT_EQ(last - first, 2);
  EXPECT_EQ((*first)->spec->folder, "1-a");
  EXPECT_EQ(find_entry(view->all(), "1-b"), nullptr);
  EXPECT_EQ(find_entry(view->all(), ""), nullptr);
}

TEST(SpecOrder, the_list_order_is_strict) {
  const auto view = sample_view(
      {{"1-a/README.md", ""}, {"x/1-a/README.md", ""}, {"2-b/README.md", ""}, {"99999999999-z/README.md", ""}});
  for (std::size_t i = 0; i < view->size(); ++i) {
    for (std::size_t j = 0; j < view->size(); ++j) {
      EXPECT_EQ(listed_before(*view->all()[i]->spec, *view->all()[j]->spec), i < j);
    }
  }
}

}  // namespace
}  // namespace leanspec::spec
