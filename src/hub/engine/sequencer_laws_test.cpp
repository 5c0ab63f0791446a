#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <set>

#include "hub/engine/engine_test.h"

namespace leanspec::hub::engine {
namespace {

using wire::PushOutcome;

/// Two replicas that push at random, some of it twice, over a store that fails at random; what they know is what the
/// answers said.
class RandomPushes : public EngineFixture {
 public:
  void TestBody() override {}

  void run(int steps) {
    for (int i = 0; i < steps; ++i) step();
    check();
  }

 private:
  struct Sent {
    PushOrigin origin;
    wire::Push push;
    wire::PushResult result;
  };

  void step() {
    const auto& origin = *rc::gen::arbitrary<bool>() ? here_ : there_;
    if (!sent_.empty() && *rc::gen::inRange(0, 5) == 0) {  // resent word for word
      const auto& earlier = sent_[*rc::gen::inRange<std::size_t>(0, sent_.size())];
      RC_ASSERT(commit(earlier.origin, earlier.push) == earlier.result);
      return;
    }
    const auto group_size = *rc::gen::element(1, 1, 1, 2, 3);
    std::vector<wire::Push> members;
    for (int i = 0; i < group_size; ++i) members.push_back(random_push(origin));
    maybe_break();
    auto results = commit_group(origin, members);
    store_->on_commit = nullptr;
    check_moved();
    check_together(results);
    for (std::size_t i = 0; i < members.size(); ++i) learn(origin, members[i], results[i]);
  }

  wire::Push random_push(const PushOrigin& origin) {
    const auto document = doc(*rc::gen::inRange(1U, 5U));
    const std::string path(1, *rc::gen::element('a', 'b', 'c', 'A'));
    std::optional<VersionId> base;
    const auto known = known_.find({origin.replica, document});
    if (known != known_.end() && *rc::gen::inRange(0, 4) != 0) base = known->second;
    if (*rc::gen::inRange(0, 5) == 0) return delete_push(document, base, path);
    return text_push(document, base, path, std::string(1, *rc::gen::element('x', 'y', 'z', 'w')));
  }

  void maybe_break() {
    switch (*rc::gen::inRange(0, 12)) {
      case 0:
        fault(fakes::CommitFault::fails);
        break;
      case 1:
        fault(fakes::CommitFault::reply_lost);
        break;
      case 2:
        fault(fakes::CommitFault::lost);
        break;
      default:
        break;
    }
  }

  /// A notice says exactly where the branch is.
  void check_moved() {
    const Seq now = head();
    RC_ASSERT(now >= last_head_);
    if (now > last_head_) RC_ASSERT(committed_.notices.size() == 1U);
    for (const auto& notice : committed_.notices) RC_ASSERT(notice.head == now);
    last_head_ = now;
  }

  static void check_together(const std::vector<wire::PushResult>& results) {
    std::set<PushOutcome> outcomes;
    for (const auto& result : results) outcomes.insert(result.outcome);
    if (outcomes.contains(PushOutcome::accepted)) {
      RC_ASSERT(!outcomes.contains(PushOutcome::held));
      RC_ASSERT(!outcomes.contains(PushOutcome::rejected));
    }
  }

  void learn(const PushOrigin& origin, const wire::Push& push, const wire::PushResult& result) {
    RC_ASSERT(result.change == push.change);
    switch (result.outcome) {
      case PushOutcome::accepted:
      case PushOutcome::unchanged:
        if (result.head_version) known_[{origin.replica, push.document}] = *result.head_version;
        break;
      case PushOutcome::known:
        known_[{origin.replica, push.document}] = *result.known_version;
        break;
      case PushOutcome::held:
        known_[{origin.replica, push.document}] = *result.side_version;
        break;
      case PushOutcome::rejected:
      case PushOutcome::retry:
      case PushOutcome::need_body:
        return;
    }
    sent_.push_back(Sent{origin, push, result});
  }

  void check() {
    look([&](store::Session& session) {
      auto& versions = session.versions();
      const auto feed = *versions.feed(branch_, Seq{}, 10'000);
      for (std::size_t i = 0; i < feed.size(); ++i) RC_ASSERT(feed[i].seq == Seq{i + 1});  // gap-free
      std::set<std::string> places;
      const auto heads = versions.heads(branch_);
      for (const auto& live : *heads) {
        std::string key = live.path;
        if (key == "A") key = "a";
        RC_ASSERT(places.insert(key).second);  // one document per place, in any spelling
      }
      // Nothing that was answered is lost, and nothing was overwritten by one who had not seen it.
      for (const auto& sent : sent_) {
        if (sent.push.digest) RC_ASSERT(*session.bodies().has(*sent.push.digest));
        if (sent.result.outcome == PushOutcome::accepted) {
          const auto made = **versions.version(*sent.result.head_version);
          RC_ASSERT(made.digest == sent.push.digest);
          if (!made.parent) continue;
          const auto parent = **versions.version(*made.parent);
          RC_ASSERT((!parent.digest.has_value() || sent.push.base == made.parent));
        }
      }
    });
  }

  std::map<std::pair<ReplicaId, DocumentId>, VersionId> known_;
  std::vector<Sent> sent_;
  Seq last_head_;
};

TEST(SequencerLaws, hold_for_random_pushes_resends_groups_and_failing_commits) {
  EXPECT_TRUE(rc::check("sequencer", [] {
    RandomPushes pushes;
    pushes.run(40);
  }));
}

}  // namespace
}  // namespace leanspec::hub::engine
