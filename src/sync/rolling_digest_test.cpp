#include "sync/rolling_digest.h"

#include <gtest/gtest.h>

#include <set>

#include "digest/sha256.h"

namespace leanspec::sync {
namespace {

TEST(RollingDigest, is_the_hash_of_the_documented_bytes) {
  Digest previous;
  previous.bytes.fill(0xAA);
  const DocumentId document{Uuid{{1, 2, 3}}};
  const VersionId version{Uuid{{4, 5, 6}}};
  const Digest digest = digest::sha256("text");
  const auto text = [](const auto& bytes) { return std::string(bytes.begin(), bytes.end()); };
  const std::string start = text(previous.bytes) + std::string("\0\0\0\0\0\0\1\2", 8) + text(document.value().bytes) +
                            text(version.value().bytes) + std::string("\0\0\0\3a/b", 7);
  EXPECT_EQ(roll(previous, {Seq{258}, document, version, "a/b", digest}),
            digest::sha256(start + '\1' + text(digest.bytes)));
  EXPECT_EQ(roll(previous, {Seq{258}, document, version, "a/b", std::nullopt}), digest::sha256(start + '\0'));
}

TEST(RollingDigest, every_field_counts) {
  const DocumentId document{Uuid{{1}}};
  const VersionId version{Uuid{{2}}};
  const Digest digest = digest::sha256("text");
  Digest other;
  other.bytes[31] = 1;
  std::set<Digest> seen;
  seen.insert(roll({}, {Seq{1}, document, version, "p", digest}));
  seen.insert(roll(other, {Seq{1}, document, version, "p", digest}));
  seen.insert(roll({}, {Seq{2}, document, version, "p", digest}));
  seen.insert(roll({}, {Seq{1}, DocumentId{Uuid{{9}}}, version, "p", digest}));
  seen.insert(roll({}, {Seq{1}, document, VersionId{Uuid{{9}}}, "p", digest}));
  seen.insert(roll({}, {Seq{1}, document, version, "q", digest}));
  seen.insert(roll({}, {Seq{1}, document, version, "p", other}));
  seen.insert(roll({}, {Seq{1}, document, version, "p", std::nullopt}));
  EXPECT_EQ(seen.size(), 8U);
}

}  // namespace
}  // namespace leanspec::sync
