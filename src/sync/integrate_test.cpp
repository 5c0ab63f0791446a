#include "sync/integrate.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <functional>
#include <map>

namespace leanspec::sync {
namespace {

Uuid uuid(std::uint8_t n) {
  Uuid made;
  made.bytes[15] = n;
  return made;
}
DocumentId doc(std::uint8_t n) {
  return DocumentId{uuid(n)};
}
VersionId ver(std::uint8_t n) {
  return VersionId{uuid(n)};
}
std::optional<Digest> text(std::uint8_t n) {
  Digest digest;
  digest.bytes[0] = n;
  return digest;
}
const std::optional<Digest> gone = std::nullopt;

IntegrateRequest push(std::optional<VersionId> base, const std::string& path, std::optional<Digest> digest) {
  IntegrateRequest request;
  request.document = doc(1);
  request.base = base;
  request.path = path;
  request.digest = digest;
  return request;
}

struct Row {
  std::string name;
  IntegrateRequest request;
  Integration expected;
};

class IntegrateTable : public testing::TestWithParam<Row> {};

TEST_P(IntegrateTable, gives_the_expected_answer) {
  const auto& row = GetParam();
  const auto answer = integrate(row.request);
  ASSERT_EQ(answer.index(), row.expected.index()) << row.name;
  if (const auto* aside = std::get_if<SetAside>(&answer)) {  // the sentence is for people; it must be there
    EXPECT_FALSE(aside->why.empty());
    const auto& expected = std::get<SetAside>(row.expected);
    EXPECT_EQ(aside->document, expected.document);
    EXPECT_EQ(aside->parent, expected.parent);
  } else {
    EXPECT_TRUE(answer == row.expected) << row.name;
  }
}

std::vector<Row> rows() {
  const Known head{doc(1), ver(3), "a.md", text(3)};
  const Known older{doc(1), ver(2), "a.md", text(2)};
  const Known tombstone{doc(1), ver(3), "a.md", gone};
  const Known other_at_path{doc(9), ver(7), "a.md", text(7)};
  const Known other_tombstone{doc(9), ver(7), "a.md", gone};
  std::vector<Row> table;
  const auto add = [&table](const std::string& name, IntegrateRequest request, Integration expected,
                            const std::function<void(IntegrateRequest&)>& around) {
    around(request);
    table.push_back({name, std::move(request), std::move(expected)});
  };

  add("first_push_of_a_new_document", push({}, "a.md", text(1)), Accept{doc(1), {}, false}, [](auto&) {});
  add("base_is_head", push(ver(3), "a.md", text(4)), Accept{doc(1), ver(3), false}, [&](auto& r) {
    r.head = head;
    r.base_version = head;
  });
  add("delete_with_base_head", push(ver(3), "a.md", gone), Accept{doc(1), ver(3), false}, [&](auto& r) {
    r.head = head;
    r.base_version = head;
  });
  add("move_with_base_head", push(ver(3), "b.md", text(3)), Accept{doc(1), ver(3), false}, [&](auto& r) {
    r.head = head;
    r.base_version = head;
  });
  add("same_bytes_and_path_as_head", push(ver(2), "a.md", text(3)), Unchanged{doc(1), ver(3)}, [&](auto& r) {
    r.head = head;
    r.base_version = older;
  });
  add("same_bytes_without_a_base", push({}, "a.md", text(3)), Unchanged{doc(1), ver(3)},
      [&](auto& r) { r.head = head; });
  add("delete_against_delete", push(ver(2), "a.md", gone), Unchanged{doc(1), ver(3)}, [&](auto& r) {
    r.head = tombstone;
    r.base_version = older;
  });
  add("delete_against_delete_elsewhere", push(ver(2), "moved.md", gone), Unchanged{doc(1), ver(3)}, [&](auto& r) {
    r.head = tombstone;
    r.base_version = older;
  });
  add("delete_of_an_unknown_document", push({}, "a.md", gone), Unchanged{doc(1), {}}, [](auto&) {});
  add("delete_of_an_unknown_document_leaves_the_one_at_the_path", push({}, "a.md", gone), Unchanged{doc(1), {}},
      [&](auto& r) { r.at_path = other_at_path; });
  // Both sides went on from version 2. What each did to the text and to the place, and what comes of it.
  const auto both = [&](const std::string& name, IntegrateRequest request, const Known& now, const std::string& path,
                        Merge::Content content) {
    add(name, std::move(request), Merge{doc(1), ver(2), ver(2), ver(3), path, content}, [&](auto& r) {
      r.head = now;
      r.base_version = older;
      r.common = older;
    });
  };
  const Known moved{doc(1), ver(3), "b.md", text(2)};
  const Known moved_and_edited{doc(1), ver(3), "b.md", text(3)};
  using enum Merge::Content;
  both("edit_against_edit", push(ver(2), "a.md", text(4)), head, "a.md", of_both);
  both("edit_against_rename", push(ver(2), "a.md", text(4)), moved, "b.md", of_push);
  both("edit_against_edit_and_rename", push(ver(2), "a.md", text(4)), moved_and_edited, "b.md", of_both);
  both("rename_against_edit", push(ver(2), "c.md", text(2)), head, "c.md", of_head);
  both("edit_and_rename_against_edit", push(ver(2), "c.md", text(4)), head, "c.md", of_both);
  both("rename_against_another_rename_the_first_stands", push(ver(2), "c.md", text(2)), moved, "b.md", of_head);
  both("same_edit_with_a_rename", push(ver(2), "c.md", text(3)), head, "c.md", of_head);
  both("edit_lives_against_delete", push(ver(2), "a.md", text(4)), tombstone, "a.md", of_push);
  both("rename_lives_against_delete", push(ver(2), "c.md", text(2)), tombstone, "c.md", of_push);
  both("delete_gives_way_to_an_edit", push(ver(2), "a.md", gone), head, "a.md", of_head);
  both("delete_gives_way_to_a_rename", push(ver(2), "a.md", gone), moved, "b.md", of_head);
  both("what_goes_back_to_an_older_text_is_an_edit", push(ver(2), "a.md", text(1)), head, "a.md", of_both);
  add("an_edit_that_was_merged_since_it_was_sent_first", push(ver(2), "a.md", text(4)),
      KnownVersion{doc(1), ver(6), ver(3)}, [&](auto& r) {
        r.head = head;
        r.base_version = older;
        r.common = older;
        r.equal_version = Known{doc(1), ver(6), "a.md", text(4)};
        r.is_in_head = true;
      });
  add("a_text_without_a_base_that_was_set_aside_before_is_no_version_to_go_on_from", push({}, "a.md", text(6)),
      SetAside{doc(9), {}, {}}, [&](auto& r) {
        r.at_path = other_at_path;
        r.equal_version = Known{doc(9), ver(6), "a.md", text(6)};
        r.is_beside_head = true;
      });
  add("base_that_was_only_set_aside", push(ver(2), "a.md", text(4)), SetAside{doc(1), ver(2), {}}, [&](auto& r) {
    r.head = head;
    r.base_version = older;
  });
  add("base_of_another_document", push(ver(2), "a.md", text(4)), SetAside{doc(1), ver(2), {}}, [&](auto& r) {
    r.head = head;
    r.base_version = Known{doc(5), ver(2), "a.md", text(2)};
    r.common = r.base_version;
  });
  add("goes_on_from_a_text_that_was_set_aside", push(ver(5), "a.md", text(4)),
      Merge{doc(1), ver(5), ver(2), ver(3), "a.md", Merge::Content::of_both}, [&](auto& r) {
        r.head = head;
        r.base_version = Known{doc(1), ver(5), "a.md", text(5)};
        r.common = older;
      });
  add("says_nothing_beyond_its_base", push(ver(2), "a.md", text(2)), KnownVersion{doc(1), ver(2), ver(3)},
      [&](auto& r) {
        r.head = head;
        r.base_version = older;
      });
  add("unknown_base", push(ver(8), "a.md", text(4)), SetAside{doc(1), {}, {}}, [&](auto& r) { r.head = head; });
  add("unknown_base_equal_to_an_older_version", push(ver(8), "a.md", text(2)), KnownVersion{doc(1), ver(2), ver(3)},
      [&](auto& r) {
        r.head = head;
        r.equal_version = older;
      });
  add("unknown_base_of_an_unknown_document", push(ver(8), "a.md", text(4)), Accept{doc(1), {}, false}, [](auto&) {});
  add("create_at_a_live_path_joins", push({}, "a.md", text(7)), Unchanged{doc(9), ver(7)},
      [&](auto& r) { r.at_path = other_at_path; });
  add("create_at_a_live_path_with_an_older_text", push({}, "a.md", text(6)), KnownVersion{doc(9), ver(6), ver(7)},
      [&](auto& r) {
        r.at_path = other_at_path;
        r.equal_version = Known{doc(9), ver(6), "a.md", text(6)};
      });
  add("create_at_a_live_path_with_another_text", push({}, "a.md", text(1)), SetAside{doc(9), {}, {}},
      [&](auto& r) { r.at_path = other_at_path; });
  add("create_at_a_tombstone_revives", push({}, "a.md", text(1)), Accept{doc(9), ver(7), true},
      [&](auto& r) { r.at_path = other_tombstone; });
  add("leftover_of_one_who_never_heard_of_the_deletion", push({}, "a.md", text(6)),
      KnownVersion{doc(9), ver(6), ver(7)}, [&](auto& r) {
        r.at_path = other_tombstone;
        r.equal_version = Known{doc(9), ver(6), "a.md", text(6)};
      });
  add("made_again_by_one_who_knows_of_the_deletion", push({}, "a.md", text(6)), Accept{doc(9), ver(7), true},
      [&](auto& r) {
        r.at_path = other_tombstone;
        r.equal_version = Known{doc(9), ver(6), "a.md", text(6)};
        r.knows_head = true;
      });
  add("edit_on_top_of_the_tombstone", push(ver(3), "a.md", text(2)), Accept{doc(1), ver(3), true}, [&](auto& r) {
    r.head = tombstone;
    r.base_version = tombstone;
  });
  return table;
}

INSTANTIATE_TEST_SUITE_P(cases, IntegrateTable, testing::ValuesIn(rows()),
                         [](const auto& row) { return row.param.name; });

// The laws, over random surroundings.

rc::Gen<std::optional<Digest>> any_text() {
  return rc::gen::map(rc::gen::inRange<int>(0, 5),
                      [](int n) { return n == 0 ? gone : text(static_cast<std::uint8_t>(n)); });
}
std::string path_of(int n) {
  return std::string(1, static_cast<char>('a' + n)) + ".md";
}

Known any_known(DocumentId document, int version) {
  return Known{document, ver(static_cast<std::uint8_t>(version)), path_of(*rc::gen::inRange(0, 3)), *any_text()};
}

IntegrateRequest any_request() {
  IntegrateRequest request = push({}, path_of(*rc::gen::inRange(0, 3)), *any_text());
  if (*rc::gen::arbitrary<bool>()) request.head = any_known(doc(1), 30);
  if (*rc::gen::arbitrary<bool>()) request.at_path = any_known(doc(9), 31);
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      break;
    case 1:
      request.base = ver(99);
      break;  // of another life of the hub
    case 2:
      request.base_version = any_known(request.head ? doc(1) : doc(9), 20);
      request.base = request.base_version->version;
      break;
    default:
      if (request.head) {
        request.base = request.head->version;
        request.base_version = request.head;
      }
  }
  if (request.digest && *rc::gen::arbitrary<bool>()) {
    request.equal_version = Known{request.head ? doc(1) : doc(9), ver(10), path_of(0), request.digest};
  }
  request.knows_head = *rc::gen::arbitrary<bool>();
  request.is_in_head = *rc::gen::arbitrary<bool>();
  request.is_beside_head = !request.is_in_head && *rc::gen::arbitrary<bool>();
  if (request.base_version && *rc::gen::arbitrary<bool>()) request.common = request.base_version;
  return request;
}

TEST(integrate_laws, hold_for_any_surroundings) {
  EXPECT_TRUE(rc::check("integrate", [] {
    const auto request = any_request();
    const auto answer = integrate(request);
    RC_ASSERT(answer == integrate(request));  // pure

    const auto meets = request.head ? request.head : (request.digest ? request.at_path : std::nullopt);
    if (const auto* accept = std::get_if<Accept>(&answer)) {
      // Nothing is overwritten by one who did not see it: a live head is replaced only on its own base.
      if (meets && meets->digest) RC_ASSERT(request.base == meets->version);
      RC_ASSERT(accept->parent == (meets ? std::optional(meets->version) : std::nullopt));
      RC_ASSERT(accept->revives == (meets.has_value() && !meets->digest.has_value()));
    } else if (const auto* unchanged = std::get_if<Unchanged>(&answer)) {
      if (meets) RC_ASSERT(request.digest == meets->digest);
      if (!meets) RC_ASSERT((!request.digest && !unchanged->head));
    } else if (const auto* known = std::get_if<KnownVersion>(&answer)) {
      // Nothing is dropped as known unless the hub has exactly these bytes.
      const bool is_base = request.base_version && known->version == request.base_version->version;
      RC_ASSERT(
          (is_base ? request.base_version->digest == request.digest : request.equal_version->digest == request.digest));
    } else if (const auto* merge = std::get_if<Merge>(&answer)) {
      RC_ASSERT(request.common.has_value());
      RC_ASSERT(request.base == merge->parent);
      RC_ASSERT(meets->version == merge->head);
      // Nothing that lives on either side is deleted by the other, and no place is invented.
      if (merge->content == Merge::Content::of_head) RC_ASSERT(meets->digest.has_value());
      if (merge->content == Merge::Content::of_push) RC_ASSERT(request.digest.has_value());
      if (merge->content == Merge::Content::of_both) RC_ASSERT((meets->digest && request.digest));
      RC_ASSERT((merge->path == meets->path || merge->path == request.path));
    } else {
      RC_ASSERT(!std::get<SetAside>(answer).why.empty());
    }
    // A canonical document is one that exists, or the pushed one.
    std::visit([&](const auto& a) { RC_ASSERT(a.document == (meets ? meets->document : request.document)); }, answer);
  }));
}

}  // namespace
}  // namespace leanspec::sync
