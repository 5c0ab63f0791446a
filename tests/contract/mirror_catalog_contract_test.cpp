#include "tests/contract/store_contract.h"

namespace leanspec::store {
namespace {

class MirrorCatalogContract : public StoreContract {
 protected:
  Mirror add_mirror(const std::string& id) {
    (void)make_branch(id);
    Mirror mirror;
    mirror.project = ProjectId{id};
    mirror.web_url = "https://github.com/ada/" + id;
    mirror.api_url = "https://api.github.com";
    mirror.full_name = "ada/" + id;
    mirror.repository = "7";
    mirror.branch = "main";
    mirror.folder = "specs";
    mirror.sealed_token = "sealed";
    mirror.sealed_secret = "sealed too";
    mirror.created_at = now();
    write([&](Session& session) { must(session.mirrors().save(mirror)); });
    return mirror;
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, MirrorCatalogContract, testing::ValuesIn(all_stores()),
                         [](const auto& row) { return row.param.name; });

TEST_P(MirrorCatalogContract, a_mirror_comes_back_as_it_was_last_saved) {
  Mirror mirror = add_mirror("alpha");
  mirror.paused = true;
  mirror.public_reading = true;
  mirror.interval = std::chrono::minutes(5);
  mirror.commit = "c";
  mirror.tree = "t";
  mirror.head_tag = "\"tag\"";
  mirror.problem = "the forge has trouble";
  mirror.problem_kind = "unavailable";
  mirror.failures = 3;
  mirror.last_synced_at = now();
  mirror.next_sync_at = now() + std::chrono::hours(1);
  write([&](Session& session) {
    must(session.mirrors().save(mirror));
    Mirror nowhere = mirror;
    nowhere.project = ProjectId{"nowhere"};
    EXPECT_FALSE(session.savepoint([&] { return session.mirrors().save(nowhere); }));
  });
  reopen();
  read([&](Session& session) {
    EXPECT_EQ(must(session.mirrors().find(mirror.project)), mirror);
    EXPECT_EQ(must(session.mirrors().find(ProjectId{"beta"})), std::nullopt);
    EXPECT_EQ(must(session.mirrors().list()), std::vector<Mirror>{mirror});
  });
}

TEST_P(MirrorCatalogContract, what_was_fetched_is_known_to_its_own_project_alone) {
  const Mirror alpha = add_mirror("alpha");
  const Mirror beta = add_mirror("beta");
  MirrorBlob blob;
  blob.git_id = std::string(40, 'a');
  blob.digest = digest::sha256("text");
  blob.size = 4;
  blob.pointer = true;
  write([&](Session& session) {
    must(session.bodies().put(blob.digest, "text"));
    must(session.mirrors().add_blob(alpha.project, blob));
    must(session.mirrors().add_blob(alpha.project, blob));
  });
  reopen();
  read([&](Session& session) {
    EXPECT_EQ(must(session.mirrors().blobs(alpha.project)), std::vector<MirrorBlob>{blob});
    EXPECT_TRUE(must(session.mirrors().blobs(beta.project)).empty());
  });
}

TEST_P(MirrorCatalogContract, skipped_files_are_those_of_the_last_look) {
  const Mirror mirror = add_mirror("alpha");
  write([&](Session& session) {
    must(session.mirrors().set_skipped(mirror.project, {{"b", "a link"}, {"a", "too large"}}));
  });
  read([&](Session& session) {
    EXPECT_EQ(must(session.mirrors().skipped(mirror.project)),
              (std::vector<MirrorSkipped>{{"a", "too large"}, {"b", "a link"}}));
  });
  write([&](Session& session) { must(session.mirrors().set_skipped(mirror.project, {{"c", "a link"}})); });
  read([&](Session& session) {
    EXPECT_EQ(must(session.mirrors().skipped(mirror.project)), (std::vector<MirrorSkipped>{{"c", "a link"}}));
  });
}

TEST_P(MirrorCatalogContract, the_log_of_syncs_is_newest_first_and_keeps_the_last_500) {
  const Mirror mirror = add_mirror("alpha");
  write([&](Session& session) {
    for (std::uint64_t i = 0; i < mirror_syncs_kept + 3; ++i) {
      MirrorSync sync;
      sync.started_at = now() + std::chrono::seconds(i);
      sync.took = std::chrono::milliseconds(12);
      sync.cause = "schedule";
      sync.outcome = "synced";
      sync.commit = "c";
      sync.added = i;
      sync.updated = 2;
      sync.moved = 3;
      sync.deleted = 4;
      sync.skipped = 5;
      sync.fetched = 6;
      sync.requests = 7;
      sync.problem = "none";
      must(session.mirrors().add_sync(mirror.project, sync));
    }
  });
  reopen();
  read([&](Session& session) {
    const auto all = must(session.mirrors().syncs(mirror.project, 10'000));
    ASSERT_EQ(all.size(), mirror_syncs_kept);
    EXPECT_EQ(all.front().added, mirror_syncs_kept + 2);
    EXPECT_EQ(all.front().requests, 7U);
    EXPECT_EQ(all.front().took, std::chrono::milliseconds(12));
    EXPECT_EQ(all.back().added, 3U);
    EXPECT_EQ(must(session.mirrors().syncs(mirror.project, 2)).size(), 2U);
  });
}

TEST_P(MirrorCatalogContract, a_delivery_is_remembered_by_the_id_that_its_forge_gave_it) {
  const Mirror mirror = add_mirror("alpha");
  WebhookDelivery first{"one", now(), "push", "waits", false};
  const WebhookDelivery second{"two", now() + std::chrono::seconds(1), "ping", "heard", true};
  write([&](Session& session) {
    must(session.mirrors().save_delivery(mirror.project, first));
    must(session.mirrors().save_delivery(mirror.project, second));
    first.outcome = "synced";
    first.settled = true;
    must(session.mirrors().save_delivery(mirror.project, first));
  });
  reopen();
  write([&](Session& session) {
    EXPECT_EQ(must(session.mirrors().find_delivery(mirror.project, "one")), first);
    EXPECT_EQ(must(session.mirrors().find_delivery(mirror.project, "three")), std::nullopt);
    EXPECT_EQ(must(session.mirrors().deliveries(mirror.project, 10)), (std::vector<WebhookDelivery>{second, first}));
    must(session.mirrors().drop_deliveries(second.at));
    EXPECT_EQ(must(session.mirrors().deliveries(mirror.project, 10)), (std::vector<WebhookDelivery>{second}));
  });
}

TEST_P(MirrorCatalogContract, a_removed_mirror_takes_along_what_was_remembered_with_it_and_leaves_the_project) {
  const Mirror mirror = add_mirror("alpha");
  write([&](Session& session) {
    must(session.mirrors().set_skipped(mirror.project, {{"a", "a link"}}));
    must(session.mirrors().add_sync(mirror.project, MirrorSync()));
    must(session.mirrors().save_delivery(mirror.project, {"one", now(), "push", "", true}));
    must(session.mirrors().remove(mirror.project));
  });
  reopen();
  read([&](Session& session) {
    EXPECT_EQ(must(session.mirrors().find(mirror.project)), std::nullopt);
    EXPECT_TRUE(must(session.mirrors().skipped(mirror.project)).empty());
    EXPECT_TRUE(must(session.mirrors().syncs(mirror.project, 10)).empty());
    EXPECT_TRUE(must(session.mirrors().deliveries(mirror.project, 10)).empty());
    EXPECT_TRUE(must(session.projects().find(mirror.project)));
  });
}

}  // namespace
}  // namespace leanspec::store
