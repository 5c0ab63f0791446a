#include "sync/reconcile.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>

namespace leanspec::sync {
namespace {

DocumentId document(std::uint8_t number) {
  Uuid uuid;
  uuid.bytes[15] = number;
  return DocumentId{uuid};
}

VersionId version(std::uint32_t number) {
  Uuid uuid;
  uuid.bytes[13] = static_cast<std::uint8_t>(number >> 16U);
  uuid.bytes[14] = static_cast<std::uint8_t>(number >> 8U);
  uuid.bytes[15] = static_cast<std::uint8_t>(number);
  return VersionId{uuid};
}

Digest digest(char text) {
  Digest made;
  made.bytes[0] = static_cast<std::uint8_t>(text);
  return made;
}

/// "p:A" = at path p with text A; "" = not there. `number`: its version, 0 none.
std::optional<Node> node(std::string_view text, std::uint32_t number) {
  if (text.empty()) return std::nullopt;
  Node made;
  made.path = text.substr(0, 1);
  made.digest = digest(text[2]);
  if (number != 0) made.version = version(number);
  return made;
}

/// What the plan says of the one document, in words.
std::string in_words(const Plan& plan) {
  std::string words;
  for (const auto& adopt : plan.adopt) words += adopt.version ? "adopt " : "adopt absence ";
  for (const auto& push : plan.push) {
    words += push.digest ? std::string{"push "} + push.path + ":" + static_cast<char>(push.digest->bytes[0])
                         : "push delete of " + push.path;
    words += push.base ? " on v" + std::to_string(push.base->value().bytes[15]) : " on nothing";
    if (push.moved_only) words += " moved";
    words += " ";
  }
  for (const auto& apply : plan.apply) {
    words += "apply " + apply.from.value_or("-") + ">" + apply.to.value_or("-") + " ";
  }
  for (const auto& held : plan.held) words += "held " + held.path + " ";
  if (!words.empty()) words.pop_back();
  return words;
}

struct Row {
  const char* description;
  const char* local;
  const char* synced;  // version 1
  const char* remote;  // version 1 if equal to synced, else 2
  const char* words;
};

TEST(reconcile, every_meeting_of_the_three_trees) {
  const Row rows[] = {
      {"nothing anywhere changed", "a:A", "a:A", "a:A", ""},
      {"nothing anywhere", "", "", "", ""},
      {"created here", "a:A", "", "", "push a:A on nothing"},
      {"edited here", "a:B", "a:A", "a:A", "push a:B on v1"},
      {"renamed here", "b:A", "a:A", "a:A", "push b:A on v1 moved"},
      {"renamed and edited here", "b:B", "a:A", "a:A", "push b:B on v1"},
      {"deleted here", "", "a:A", "a:A", "push delete of a on v1"},
      {"created there", "", "", "a:A", "apply ->a"},
      {"edited there", "a:A", "a:A", "a:B", "apply a>a"},
      {"renamed there", "a:A", "a:A", "b:A", "apply a>b"},
      {"deleted there", "a:A", "a:A", "", "apply a>-"},
      {"created alike on both sides", "a:A", "", "a:A", "adopt"},
      {"created differently on both sides", "a:A", "", "a:B", "push a:A on nothing"},
      {"edited alike", "a:B", "a:A", "a:B", "adopt"},
      {"edited differently", "a:B", "a:A", "a:C", "push a:B on v1"},
      {"edited here, renamed there", "a:B", "a:A", "b:A", "push a:B on v1"},
      {"renamed here, edited there", "b:A", "a:A", "a:B", "push b:A on v1 moved"},
      {"deleted on both sides", "", "a:A", "", "adopt absence"},
      {"deleted here, edited there: the edit lives", "", "a:A", "a:B", "apply ->a"},
      {"deleted here, renamed there: the rename lives", "", "a:A", "b:A", "apply ->b"},
      {"edited here, deleted there: the edit lives", "a:B", "a:A", "", "push a:B on v1"},
      {"renamed here, deleted there: the rename lives", "b:A", "a:A", "", "push b:A on v1 moved"},
  };
  for (const auto& row : rows) {
    Tree local;
    Tree synced;
    Tree remote;
    const auto id = document(1);
    if (const auto made = node(row.local, 0)) local.emplace(id, *made);
    if (const auto made = node(row.synced, 1)) synced.emplace(id, *made);
    if (const auto made = node(row.remote, std::string_view{row.remote} == row.synced ? 1 : 2))
      remote.emplace(id, *made);
    EXPECT_EQ(in_words(reconcile(local, synced, remote, {})), row.words) << row.description;
  }
}

TEST(reconcile, a_later_version_with_the_same_state_is_the_better_base) {
  const Tree local{{document(1), *node("a:B", 0)}};
  const Tree synced{{document(1), *node("a:A", 1)}};
  const Tree remote{{document(1), *node("a:A", 5)}};
  EXPECT_EQ(in_words(reconcile(local, synced, remote, {})), "push a:B on v5");
  EXPECT_EQ(in_words(reconcile(synced, synced, remote, {})), "adopt");
}

TEST(reconcile, a_text_that_was_set_aside_is_quiet_until_it_changes) {
  const auto id = document(1);
  const Tree synced{{id, *node("a:A", 1)}};
  const Tree remote{{id, *node("a:C", 2)}};
  const Holds holds{{id, {digest('B'), "a", "edited elsewhere"}}};
  EXPECT_EQ(in_words(reconcile({{id, *node("a:B", 0)}}, synced, remote, holds)), "held a");
  EXPECT_EQ(in_words(reconcile({{id, *node("b:B", 0)}}, synced, remote, holds)), "push b:B on v1");
  EXPECT_EQ(in_words(reconcile({{id, *node("a:D", 0)}}, synced, remote, holds)), "push a:D on v1");
  EXPECT_EQ(in_words(reconcile({{id, *node("a:A", 0)}}, synced, remote, holds)), "apply a>a")
      << "the person took it back";
  EXPECT_EQ(in_words(reconcile({{id, *node("a:C", 0)}}, synced, remote, holds)), "adopt") << "the hub has it now";
}

TEST(reconcile, a_held_delete_is_quiet) {
  const auto id = document(1);
  const Tree synced{{id, *node("a:A", 1)}};
  const Holds holds{{id, {std::nullopt, "a", "not deleted: it was edited elsewhere"}}};
  EXPECT_EQ(in_words(reconcile({}, synced, synced, holds)), "held a");
}

/// A world of one disk and one hub, both perturbed; operations succeed one by one in any order (Dropbox's CanopyCheck).
struct World {
  Tree local;
  Tree synced;
  Tree remote;
  std::uint32_t next_version = 1;

  VersionId fresh() { return version(++next_version); }

  void succeed(const AdoptOperation& operation) {
    const auto there = remote.find(operation.document);
    if (there == remote.end())
      synced.erase(operation.document);
    else
      synced.insert_or_assign(operation.document, there->second);
  }
  void succeed(const ApplyOperation& operation) {
    const auto there = remote.find(operation.document);
    if (there == remote.end()) {
      local.erase(operation.document);
      synced.erase(operation.document);
      return;
    }
    synced.insert_or_assign(operation.document, there->second);
    auto written = there->second;
    written.version.reset();
    local.insert_or_assign(operation.document, written);
  }
  /// The hub: base equals head is accepted, anything else is merged: path and text separately, a new text where both
  /// changed it.
  void succeed(const PushOperation& operation) {
    const auto& id = operation.document;
    const auto head = remote.find(id);
    const auto head_version = head == remote.end() ? std::nullopt : head->second.version;
    if (!operation.digest) {
      if (head_version == operation.base) remote.erase(id);
      synced.erase(id);
      if (remote.contains(id)) synced.insert_or_assign(id, remote.at(id));
      return;
    }
    Node pushed;
    pushed.path = operation.path;
    pushed.digest = *operation.digest;
    pushed.version = fresh();
    if (head == remote.end() || head_version == operation.base) {
      remote.insert_or_assign(id, pushed);
    } else {
      const auto base = synced.find(id);
      Node merged = head->second;
      merged.version = fresh();
      if (base != synced.end() && base->second.path == merged.path) merged.path = pushed.path;
      if (base != synced.end() && base->second.digest == merged.digest)
        merged.digest = pushed.digest;
      else if (base == synced.end() || base->second.digest != pushed.digest)
        merged.digest = digest('M');
      remote.insert_or_assign(id, merged);
    }
    synced.insert_or_assign(id, pushed);
  }
};

void perturb(Tree& tree, std::mt19937& random, std::uint32_t* versions) {
  for (std::uint8_t i = 0; i < 8; ++i) {
    const auto id = document(i);
    const auto found = tree.find(id);
    switch (random() % 6) {
      case 0:
        tree.erase(id);
        break;
      case 1:
        if (found != tree.end()) {
          found->second.path = static_cast<char>('a' + random() % 12);
          if (versions != nullptr) found->second.version = version(++*versions);
        }
        break;
      case 2:
      case 3: {
        Node made;
        made.path = found == tree.end() || random() % 3 == 0 ? std::string(1, static_cast<char>('a' + random() % 12))
                                                             : found->second.path;
        made.digest = digest(static_cast<char>('A' + random() % 6));
        if (versions != nullptr) made.version = version(++*versions);
        tree.insert_or_assign(id, made);
        break;
      }
      default:
        break;
    }
  }
}

World random_world(std::uint32_t seed) {
  std::mt19937 random{seed};
  World world;
  perturb(world.synced, random, &world.next_version);
  world.local = world.synced;
  for (auto& [id, made] : world.local) made.version.reset();
  world.remote = world.synced;
  if (random() % 4 != 0) perturb(world.local, random, nullptr);
  if (random() % 4 != 0) perturb(world.remote, random, &world.next_version);
  return world;
}

Tree without_versions(Tree tree) {
  for (auto& [id, made] : tree) made.version.reset();
  return tree;
}

void run_to_rest(World& world, std::uint32_t seed) {
  std::mt19937 random{seed};
  for (std::size_t round = 0;; ++round) {
    RC_ASSERT(round <= 2U * 8U + 4U);  // I9
    const auto plan = reconcile(world.local, world.synced, world.remote, {});
    RC_ASSERT(plan == reconcile(world.local, world.synced, world.remote, {}));
    if (plan.empty()) break;
    std::vector<std::function<void()>> batch;
    batch.reserve(plan.adopt.size() + plan.push.size() + plan.apply.size());
    for (const auto& operation : plan.adopt) batch.emplace_back([&world, operation] { world.succeed(operation); });
    for (const auto& operation : plan.push) batch.emplace_back([&world, operation] { world.succeed(operation); });
    for (const auto& operation : plan.apply) batch.emplace_back([&world, operation] { world.succeed(operation); });
    std::shuffle(batch.begin(), batch.end(), random);
    for (const auto& operation : batch) operation();
  }
}

RC_GTEST_PROP(reconcile_laws, disk_and_hub_agree_after_finitely_many_rounds, (std::uint32_t seed)) {
  auto world = random_world(seed);
  run_to_rest(world, seed);
  RC_ASSERT(without_versions(world.local) == without_versions(world.remote));
  RC_ASSERT(world.synced == world.remote);
}

RC_GTEST_PROP(reconcile_laws, the_order_of_success_does_not_matter, (std::uint32_t seed, std::uint32_t order)) {
  auto one = random_world(seed);
  auto other = one;
  run_to_rest(one, order);
  run_to_rest(other, ~order);
  RC_ASSERT(without_versions(one.local) == without_versions(other.local));
}

RC_GTEST_PROP(reconcile_laws, an_untouched_disk_ends_as_the_hub_was, (std::uint32_t seed)) {
  auto world = random_world(seed);
  world.local = without_versions(world.synced);
  const auto wanted = without_versions(world.remote);
  run_to_rest(world, seed);
  RC_ASSERT(without_versions(world.local) == wanted);
}

RC_GTEST_PROP(reconcile_laws, an_untouched_hub_ends_as_the_disk_was, (std::uint32_t seed)) {
  auto world = random_world(seed);
  world.remote = world.synced;
  const auto wanted = world.local;
  run_to_rest(world, seed);
  RC_ASSERT(without_versions(world.remote) == wanted);
}

RC_GTEST_PROP(reconcile_laws, with_no_memory_nothing_is_deleted, (std::uint32_t seed)) {
  auto world = random_world(seed);
  world.synced.clear();
  const auto plan = reconcile(world.local, world.synced, world.remote, {});
  for (const auto& operation : plan.push) RC_ASSERT(operation.digest.has_value());
  for (const auto& operation : plan.apply) RC_ASSERT(operation.to.has_value());
}

TEST(reconcile, the_same_text_made_anew_at_the_hub_outlives_a_deletion_here) {
  const DocumentId one = document(1);
  const Node agreed = *node("a:A", 2);
  const Node anew = *node("a:A", 3);
  Plan plan;
  reconcile_document(one, nullptr, &agreed, &agreed, nullptr, plan);
  ASSERT_EQ(plan.push.size(), 1U) << "what was agreed on is deleted";
  plan = {};
  reconcile_document(one, nullptr, &agreed, &anew, nullptr, plan);
  EXPECT_TRUE(plan.push.empty());
  ASSERT_EQ(plan.apply.size(), 1U);
  EXPECT_EQ(plan.apply[0].to, "a");
  EXPECT_FALSE(plan.apply[0].from.has_value());
}

}  // namespace
}  // namespace leanspec::sync
