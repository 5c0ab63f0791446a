#include "hub/render/text_shape.h"

#include <gtest/gtest.h>

#include <string>

namespace leanspec::hub::render {
namespace {

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST(TextShape, a_long_definition_with_many_uses_is_refused_wherever_it_stands) {
  const std::string url(50'000, 'x');
  const std::string uses = "\n\n" + repeated("[a]", 1000);
  EXPECT_TRUE(shape_of("[a]: " + url + uses).definitions_explode);
  EXPECT_TRUE(shape_of("> - [a]: " + url + uses).definitions_explode);
  EXPECT_TRUE(shape_of("[b]: y\n[a]: " + url + uses).definitions_explode);
  EXPECT_TRUE(shape_of("[a\n]:\n" + url + uses).definitions_explode);
  EXPECT_TRUE(shape_of("[a]: y '" + url + "'" + uses).definitions_explode);
  EXPECT_TRUE(shape_of(uses + "\n\n[a]: " + url).definitions_explode);
  EXPECT_FALSE(shape_of("[a]: " + url + repeated("[a]", 10)).definitions_explode);
  EXPECT_FALSE(shape_of(repeated("[a]: x\n", 1000) + uses).definitions_explode);
}

TEST(TextShape, tables_and_at_signs_are_counted_to_their_limits) {
  EXPECT_FALSE(shape_of("x\n" + std::string(table_columns_max, '|')).tables_too_wide);
  EXPECT_TRUE(shape_of("x\n" + std::string(table_columns_max + 1, '|') + "\ny").tables_too_wide);
  EXPECT_FALSE(shape_of(std::string(at_signs_max, '@')).too_many_at_signs);
  EXPECT_TRUE(shape_of(std::string(at_signs_max + 1, '@')).too_many_at_signs);
}

}  // namespace
}  // namespace leanspec::hub::render
