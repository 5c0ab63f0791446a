#include "hub/mirrors/git_pack.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace leanspec::hub::mirrors {
namespace {

using digest::GitHash;

std::string deflated(std::string_view bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  std::string packed(size, '\0');
  EXPECT_EQ(compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
                     static_cast<uLong>(bytes.size())),
            Z_OK);
  packed.resize(size);
  return packed;
}

/// Type and size, as they stand before an object.
std::string head(unsigned type, std::size_t size) {
  std::string bytes;
  auto byte = static_cast<unsigned>(type << 4U | (size & 0xFU));
  for (size >>= 4U; size != 0; size >>= 7U) {
    bytes.push_back(static_cast<char>(byte | 0x80U));
    byte = size & 0x7FU;
  }
  bytes.push_back(static_cast<char>(byte));
  return bytes;
}

std::string object(unsigned type, std::string_view content) {
  return head(type, content.size()) + deflated(content);
}

std::string pack_of(const std::vector<std::string>& objects) {
  std::string pack("PACK\0\0\0\2", 8);
  for (const unsigned shift : {24U, 16U, 8U, 0U}) pack.push_back(static_cast<char>(objects.size() >> shift & 0xFFU));
  for (const auto& one : objects) pack += one;
  return pack + std::string(20, '\0');
}

std::string raw_id(std::string_view blob) {
  const std::string hex = digest::git_blob_id(GitHash::sha1, blob);
  std::string raw;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    raw.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return raw;
}

ErrorCode refused(std::string_view pack, const PackLimits& limits = {}) {
  const auto read = read_git_pack(pack, GitHash::sha1, limits);
  EXPECT_FALSE(read);
  return read ? ErrorCode::io : read.error().code;
}

/// "hello world" from "hello": copy five bytes, insert six.
const std::string delta("\x05\x0B\x90\x05\x06 world", 11);
constexpr unsigned blob = 3;
constexpr unsigned by_place = 6;
constexpr unsigned by_name = 7;

const GitId hello{digest::git_blob_id(GitHash::sha1, "hello")};
const GitId hello_world{digest::git_blob_id(GitHash::sha1, "hello world")};

TEST(GitPack, objects_are_found_by_the_names_that_git_gives_them) {
  const auto read = read_git_pack(
      pack_of({object(blob, "hello"), object(2, ""), object(blob, std::string(5'000, 'x'))}), GitHash::sha1);
  ASSERT_TRUE(read) << read.error().sentence();
  EXPECT_EQ(read->size(), 3U);
  EXPECT_EQ(read->at(hello).bytes, "hello");
  EXPECT_EQ(read->at(GitId{"4b825dc642cb6eb9a060e54bf8d69288fbee4904"}).kind, GitKind::tree) << "git's empty tree";
}

TEST(GitPack, a_delta_is_applied_to_its_base_before_or_behind_it) {
  const std::string base = object(blob, "hello");
  const std::string near = head(by_place, delta.size()) + static_cast<char>(base.size()) + deflated(delta);
  const std::string named = head(by_name, delta.size()) + raw_id("hello") + deflated(delta);
  for (const auto& objects : {std::vector<std::string>{base, near}, {base, named}, {named, base}}) {
    const auto read = read_git_pack(pack_of(objects), GitHash::sha1);
    ASSERT_TRUE(read) << read.error().sentence();
    EXPECT_EQ(read->at(hello_world).bytes, "hello world");
  }
}

TEST(GitPack, a_chain_of_deltas_is_followed_from_its_end_too) {
  // Were all that waits gone over for each that is found, this took hours.
  constexpr int links = 50'000;
  const auto text = [](int number) { return std::to_string(100'000 + number); };
  std::vector<std::string> objects;
  for (int number = links; number > 0; --number) {
    const std::string step = "\x06\x06\x06" + text(number);
    objects.push_back(head(by_name, step.size()) + raw_id(text(number - 1)) + deflated(step));
  }
  objects.push_back(object(blob, text(0)));
  const auto read = read_git_pack(pack_of(objects), GitHash::sha1);
  ASSERT_TRUE(read) << read.error().sentence();
  EXPECT_EQ(read->size(), std::size_t{links} + 1);
  EXPECT_EQ(read->at(GitId{digest::git_blob_id(GitHash::sha1, text(links))}).bytes, text(links));
}

TEST(GitPack, what_is_misshapen_is_refused) {
  EXPECT_EQ(refused(""), ErrorCode::corrupt);
  EXPECT_EQ(refused(std::string(32, 'P')), ErrorCode::corrupt);
  const std::string base = object(blob, "hello");
  const std::string whole = pack_of({base, head(by_name, delta.size()) + raw_id("hello") + deflated(delta)});
  for (std::size_t bytes = 0; bytes < whole.size() - 1; ++bytes)
    EXPECT_EQ(refused(whole.substr(0, bytes)), ErrorCode::corrupt) << bytes;
  EXPECT_EQ(refused(pack_of({head(blob, 4) + deflated("hello")})), ErrorCode::corrupt) << "longer than it says";
  EXPECT_EQ(refused(pack_of({head(blob, 6) + deflated("hello")})), ErrorCode::corrupt) << "shorter than it says";
  EXPECT_EQ(refused(pack_of({object(5, "hello")})), ErrorCode::corrupt) << "no such kind";
  EXPECT_EQ(refused(pack_of({head(by_name, delta.size()) + raw_id("other") + deflated(delta)})), ErrorCode::corrupt);
  EXPECT_EQ(refused(pack_of({head(by_place, delta.size()) + '\x05' + deflated(delta)})), ErrorCode::corrupt);
}

TEST(GitPack, deltas_that_leave_their_base_or_lie_about_sizes_are_refused) {
  const std::string base = object(blob, "hello");
  for (const std::string_view wrong :
       {std::string_view("\x05\x0B\x90\x06\x05 worl", 9), std::string_view("\x05\x03\x90\x05", 4),
        std::string_view("\x05\x09\x90\x05", 4), std::string_view("\x04\x05\x90\x05", 4),
        std::string_view("\x05\x01\x00", 3), std::string_view("\x05\x06\x06 wo", 6),
        std::string_view("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10)}) {
    EXPECT_EQ(refused(pack_of({base, head(by_name, wrong.size()) + raw_id("hello") + deflated(wrong)})),
              ErrorCode::corrupt);
  }
}

TEST(GitPack, no_more_is_unpacked_than_is_allowed_whatever_it_claims) {
  const std::string zeros(1'000'000, '\0');
  EXPECT_EQ(refused(pack_of({object(blob, zeros)}), {100'000, 10}), ErrorCode::too_large);
  EXPECT_EQ(refused(pack_of({object(blob, "a"), object(blob, "b"), object(blob, "c")}), {100, 2}),
            ErrorCode::too_large);
  // A delta of a few bytes that would make a gigabyte.
  const std::string bomb("\x05\x80\x80\x80\x80\x04\x90\x05", 8);
  EXPECT_EQ(refused(pack_of({object(blob, "hello"), head(by_name, bomb.size()) + raw_id("hello") + deflated(bomb)})),
            ErrorCode::too_large);
}

TEST(GitPack, commits_and_trees_are_read) {
  const std::string id(40, 'a');
  EXPECT_EQ(tree_of_git_commit("tree " + id + "\nauthor x\n")->value(), id);
  EXPECT_FALSE(tree_of_git_commit("tree abc\n"));
  EXPECT_FALSE(tree_of_git_commit(""));
  const std::string raw(20, '\xAA');
  const auto tree = entries_of_git_tree(std::string("100644 a.md\0", 12) + raw + std::string("40000 d\0", 8) + raw +
                                            std::string("120000 \xFF\0", 9) + raw + std::string("160000 m\0", 9) + raw,
                                        GitHash::sha1);
  ASSERT_TRUE(tree) << tree.error().sentence();
  const GitId same{id};
  EXPECT_EQ(tree->entries, (std::vector<TreeEntry>{{"a.md", EntryKind::file, same, {}},
                                                   {"d", EntryKind::folder, same, {}},
                                                   {"\xEF\xBF\xBD", EntryKind::symlink, same, {}},
                                                   {"m", EntryKind::submodule, same, {}}}));
  EXPECT_FALSE(entries_of_git_tree("100644 a.md", GitHash::sha1));
  EXPECT_FALSE(entries_of_git_tree(std::string("100644 a.md\0", 12) + "short", GitHash::sha1));
  EXPECT_FALSE(entries_of_git_tree(std::string("100644 ../a\0", 12) + raw, GitHash::sha1));
}

}  // namespace
}  // namespace leanspec::hub::mirrors
