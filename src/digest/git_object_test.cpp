#include "digest/git_object.h"

#include <gtest/gtest.h>

namespace leanspec::digest {
namespace {

TEST(GitObject, a_blob_has_the_name_that_git_gives_it) {
  EXPECT_EQ(git_blob_id(GitHash::sha1, ""), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  EXPECT_EQ(git_blob_id(GitHash::sha1, "what is up, doc?"), "bd9dbf5aae1a3862dd1526723246b20206e5fc37");
  EXPECT_EQ(git_blob_id(GitHash::sha256, ""), "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813");
}

}  // namespace
}  // namespace leanspec::digest
