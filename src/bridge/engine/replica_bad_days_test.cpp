#include <gtest/gtest.h>

#include "digest/sha256.h"
#include "tests/fakes/replica_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::ReplicaBench;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::string text(char filling = 'x', std::size_t size = 200) {
  return std::string(size, filling);
}

void save_all(ReplicaBench& bench, int count) {
  for (int i = 0; i < count; ++i) bench.disk.write("f" + std::to_string(i) + ".md", "text number " + std::to_string(i));
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(ReplicaBench::a_while);
}

// Law 2, N01
TEST(replica_engine, an_edit_whose_answer_was_lost_is_sent_again_with_the_same_id_and_bytes) {
  ReplicaBench bench;
  bench.lose_answers = true;
  bench.save("a.md", "first text");
  bench.pass(milliseconds{10});
  ASSERT_EQ(bench.hub.pushes.size(), 1U);
  bench.save("a.md", "second text");
  bench.pass(seconds{1});
  ASSERT_EQ(bench.hub.pushes.size(), 1U) << "one change per document is on its way";
  bench.lose_answers = false;
  bench.start();  // killed, with the second text only on disk
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_FALSE(bench.hub.accepts_changed_resend);
  EXPECT_EQ(bench.hub.text_at("a.md"), "second text");
  EXPECT_EQ(bench.versions_of("a.md"), 2U) << "both texts, each once";
}

// I4
TEST(replica_engine, an_answer_that_is_older_than_what_was_read_since_takes_nothing_back) {
  ReplicaBench bench;
  const DocumentId theirs{ReplicaBench::id(77)};
  bench.hub.change(theirs, "a.md", "text");
  bench.lose_answers = true;
  bench.save("a.md", "text");
  bench.pass(milliseconds{10});
  ASSERT_EQ(bench.hub.pushes.size(), 1U);
  bench.cut();
  bench.hub.change(theirs, "a.md", std::nullopt);
  bench.lose_answers = false;
  bench.connect();
  bench.pass(milliseconds{10});
  ASSERT_GE(bench.hub.pushes.size(), 2U);
  EXPECT_EQ(bench.hub.pushes[1].change, bench.hub.pushes[0].change) << "answered word for word: unchanged";
  EXPECT_FALSE(bench.replica->state().remote.contains(theirs));
}

// I4, law 20
TEST(replica_engine, that_the_hub_had_nothing_to_delete_takes_nothing_back_that_came_there_since) {
  ReplicaBench bench;
  bench.save("a.md", "text");
  bench.pass(ReplicaBench::a_while);
  ASSERT_EQ(bench.hub.heads.size(), 1U);
  const auto document = bench.hub.heads.begin()->first;
  bench.lose_answers = true;
  bench.remove("a.md");
  bench.pass(ReplicaBench::a_while);
  ASSERT_EQ(bench.hub.pushes.size(), 2U);
  bench.cut();
  bench.hub.begin_another_life(0);
  const auto deletion = bench.hub.pushes.back();
  const auto answers = bench.hub.receive(deletion);  // sent again, and the answer is lost again
  ASSERT_EQ(std::get<wire::PushResult>(answers.front()).outcome, wire::PushOutcome::unchanged);
  bench.hub.change(document, "a.md", "text");  // another machine has it still
  bench.lose_answers = false;
  bench.connect();
  bench.pass(milliseconds{10});
  ASSERT_EQ(bench.hub.pushes.back().change, deletion.change) << "answered word for word: unchanged";
  ASSERT_TRUE(bench.replica->state().pending.empty());
  EXPECT_TRUE(bench.replica->state().remote.contains(document));
}

// Law 2
TEST(replica_engine, the_bytes_of_a_change_survive_a_crash_and_the_loss_of_the_file) {
  ReplicaBench bench;
  bench.hold_messages = true;
  bench.save("a.md", "precious");
  bench.pass(milliseconds{10});
  bench.disk.files.clear();
  bench.hold_messages = false;
  bench.start();
  bench.connect();
  EXPECT_EQ(bench.hub.text_at("a.md"), "precious");
}

TEST(replica_engine, edits_made_offline_are_kept_with_their_bytes_and_sent_once_the_hub_is_there) {
  ReplicaBench bench;
  bench.save("a.md", "one");
  bench.pass(ReplicaBench::a_while);
  bench.cut();
  EXPECT_EQ(bench.status().state, ReplicaStateName::offline);
  bench.save("a.md", "two");
  bench.save("b.md", "new");
  bench.pass(ReplicaBench::a_while);
  bench.save("a.md", "three");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.store.durable().pending.size(), 2U);
  EXPECT_EQ(bench.status().pending_count, 2U);
  bench.start();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.hub.pushes.size(), 3U) << "what was overtaken before it was sent is not sent";
}

// Law 14
TEST(replica_engine, an_edit_says_how_long_ago_it_was_made) {
  ReplicaBench bench;
  bench.cut();
  bench.save("a.md", "text");
  bench.pass(std::chrono::hours{2});
  bench.connect();
  bench.pass(milliseconds{100});
  ASSERT_EQ(bench.hub.pushes.size(), 1U);
  EXPECT_GE(bench.hub.pushes.front().age, std::chrono::hours{2});
}

// Law 5, G05
TEST(replica_engine, a_delete_is_sent_when_it_was_seen_twice_two_seconds_apart) {
  ReplicaBench bench;
  save_all(bench, 3);
  bench.remove("f1.md");
  bench.pass(milliseconds{1'900});
  EXPECT_EQ(bench.hub.live(), 3U);
  bench.pass(milliseconds{200});
  EXPECT_EQ(bench.hub.live(), 2U);
  bench.pass(seconds{60});
  bench.remove("f2.md");
  bench.pass(seconds{1});
  bench.save("f2.md", "text number 2");
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees()) << "it came back in time";
}

// G03
TEST(replica_engine, a_mass_delete_is_held_until_it_is_approved) {
  ReplicaBench bench;
  save_all(bench, 30);
  for (int i = 0; i < 15; ++i) bench.disk.files.erase("f" + std::to_string(i) + ".md");
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{30});
  EXPECT_EQ(bench.hub.live(), 30U);
  EXPECT_EQ(bench.status().state, ReplicaStateName::guard);
  EXPECT_EQ(bench.status().held_count, 15U);
  EXPECT_EQ(bench.replica->why("f3.md", bench.now()).state, FileState::guarded);
  bench.save("f20.md", "still edited");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.text_at("f20.md"), "still edited");
  bench.start();  // a restart does not approve
  bench.connect();
  bench.pass(seconds{30});
  EXPECT_EQ(bench.hub.live(), 30U);
  bench.replica->approve(bench.now());
  bench.carry_out();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
}

// G03
TEST(replica_engine, deletes_before_a_restart_count_in_the_same_minute_after_it) {
  ReplicaBench bench;
  save_all(bench, 30);
  const auto remove_five = [&bench](int first) {
    for (int i = first; i < first + 5; ++i) bench.remove("f" + std::to_string(i) + ".md");
    bench.pass(seconds{10});
  };
  remove_five(0);
  remove_five(5);
  EXPECT_EQ(bench.hub.live(), 20U);
  bench.start();
  bench.connect();
  remove_five(10);
  EXPECT_EQ(bench.hub.live(), 20U) << "fifteen in a minute are more than ten";
  EXPECT_EQ(bench.status().state, ReplicaStateName::guard);
}

// G03, N12
TEST(replica_engine, deletes_before_a_reboot_count_whatever_the_wall_clock_says_after_it) {
  ReplicaBench bench;
  save_all(bench, 30);
  for (int i = 0; i < 10; ++i) bench.remove("f" + std::to_string(i) + ".md");
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.live(), 20U);
  bench.reboot(std::chrono::hours{24});
  bench.connect();
  for (int i = 10; i < 15; ++i) bench.remove("f" + std::to_string(i) + ".md");
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.live(), 20U);
  EXPECT_EQ(bench.status().state, ReplicaStateName::guard);
}

TEST(replica_engine, a_minute_after_them_deletes_before_a_restart_count_no_more) {
  ReplicaBench bench;
  save_all(bench, 30);
  for (int i = 0; i < 10; ++i) bench.remove("f" + std::to_string(i) + ".md");
  bench.pass(seconds{70});
  bench.start();
  bench.connect();
  for (int i = 10; i < 15; ++i) bench.remove("f" + std::to_string(i) + ".md");
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.live(), 15U);
  EXPECT_TRUE(bench.agrees());
}

// G01
TEST(replica_engine, a_vanished_root_stops_everything_and_its_return_ends_that) {
  ReplicaBench bench;
  save_all(bench, 3);
  const auto files = bench.disk.files;
  bench.disk.root = RootHealth::missing;
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{30});
  EXPECT_EQ(bench.status().state, ReplicaStateName::halted);
  EXPECT_EQ(bench.hub.live(), 3U);
  bench.disk.root = RootHealth::healthy;
  bench.pass(seconds{10});
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
  EXPECT_EQ(bench.hub.pushes.size(), 3U);
}

// G02
TEST(replica_engine, an_emptied_root_stops_everything_until_approved) {
  ReplicaBench bench;
  save_all(bench, 3);
  bench.disk.files.clear();
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{30});
  EXPECT_EQ(bench.status().state, ReplicaStateName::halted);
  EXPECT_EQ(bench.hub.live(), 3U);
  bench.replica->approve(bench.now());
  bench.carry_out();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.live(), 0U);
}

TEST(replica_engine, another_folder_in_place_of_the_root_is_not_synced) {
  ReplicaBench bench;
  save_all(bench, 3);
  const auto files = bench.disk.files;
  bench.disk.files.clear();
  bench.disk.write("alien.md", "not ours");
  bench.disk.root_inode = 77;
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{30});
  EXPECT_EQ(bench.status().state, ReplicaStateName::halted);
  EXPECT_EQ(bench.hub.pushes.size(), 3U);
  bench.disk.files = files;
  bench.disk.root_inode = 2;
  bench.pass(seconds{10});
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
  EXPECT_TRUE(bench.agrees());
  bench.disk.root_inode = 78;  // copied away and back: the same files
  bench.replica->rescan(bench.now());
  bench.carry_out();
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
}

TEST(replica_engine, another_folder_in_place_of_the_root_is_looked_at_in_steps_whatever_is_saved_there) {
  ReplicaBench bench;
  save_all(bench, 3);
  bench.disk.write("f1.md", "not ours");
  bench.disk.root_inode = 77;
  bench.replica->rescan(bench.now());
  bench.carry_out();
  ASSERT_EQ(bench.status().state, ReplicaStateName::halted);
  std::size_t looks = 0;
  bench.before_scan = [&] { ++looks; };
  for (int n = 0; n < 30; ++n) {
    bench.save("f0.md", "saved " + std::to_string(n));
    bench.pass(seconds{2});
  }
  EXPECT_LE(looks, 13U) << "one each root_retry, and none for each save";
  EXPECT_GE(looks, 10U);
}

// FS19, FS22, FS23
TEST(replica_engine, what_cannot_be_read_is_unknown_and_never_absent) {
  ReplicaBench bench;
  bench.save("a/x.md", "one");
  bench.save("a/y.md", "two");
  bench.save("b.md", "three");
  bench.pass(ReplicaBench::a_while);
  bench.disk.unreadable_folders = {"a"};
  bench.disk.files["b.md"].unreadable = true;
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{30});
  EXPECT_EQ(bench.hub.live(), 3U);
  EXPECT_EQ(bench.status().problem_count, 2U);
  EXPECT_EQ(bench.replica->why("b.md", bench.now()).state, FileState::unreadable);
  bench.disk.unreadable_folders.clear();
  bench.disk.files["b.md"].unreadable = false;
  bench.pass(seconds{70});
  EXPECT_EQ(bench.status().problem_count, 0U);
  EXPECT_EQ(bench.hub.pushes.size(), 3U);
}

TEST(replica_engine, too_large_unsyncable_and_linked_files_are_listed_and_the_others_go_on) {
  ReplicaBench bench;
  bench.disk.write("huge.bin", "x");
  bench.disk.size_of["huge.bin"] = 70ULL * 1024 * 1024;
  bench.disk.write("con:a.md", "x");
  bench.disk.write("link.md", "x");
  bench.disk.files["link.md"].kind = sync::FileKind::symlink;
  bench.disk.write("fine.md", "x");
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.live(), 1U);
  EXPECT_EQ(bench.status().problem_count, 3U);
  EXPECT_EQ(bench.replica->why("huge.bin", bench.now()).state, FileState::too_large);
  EXPECT_EQ(bench.replica->why("con:a.md", bench.now()).state, FileState::unsyncable);
}

TEST(replica_engine, a_file_that_a_new_rule_keeps_out_is_not_deleted_at_the_hub) {
  ReplicaBench bench;
  bench.save("drafts/a.md", "text");
  bench.pass(ReplicaBench::a_while);
  bench.disk.rules = std::make_shared<sync::IgnoreRules>("drafts/\n");
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{30});
  EXPECT_EQ(bench.hub.live(), 1U);
  EXPECT_EQ(bench.replica->why("drafts/a.md", bench.now()).state, FileState::ignored);
}

TEST(replica_engine, a_scan_that_was_cut_short_concludes_no_absence) {
  ReplicaBench bench;
  save_all(bench, 3);
  bench.disk.truncated = true;
  bench.disk.files.erase("f1.md");
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{30});
  EXPECT_EQ(bench.hub.live(), 3U);
}

TEST(replica_engine, a_full_disk_under_the_state_database_stops_sending_and_nothing_is_lost) {
  ReplicaBench bench;
  save_all(bench, 2);
  bench.store.fail_commit = Error{ErrorCode::no_space, "disk full"};
  bench.save("f0.md", "edited while full");
  bench.pass(seconds{5});
  EXPECT_EQ(bench.hub.pushes.size(), 2U);
  EXPECT_EQ(bench.status().state, ReplicaStateName::store_error);
  bench.store.fail_commit.reset();
  bench.pass(seconds{5});
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
}

// G12, law 7
TEST(replica_engine, a_lost_state_joins_by_path_and_sends_nothing_that_is_equal) {
  ReplicaBench bench;
  save_all(bench, 5);
  bench.store = fakes::MemoryStateStore{};
  bench.disk.write("f2.md", "changed while nobody remembered");
  bench.start();
  bench.hub.pushes.clear();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.live(), 5U);
  EXPECT_EQ(bench.hub.heads.size(), 5U);
  for (const auto& push : bench.hub.pushes) {
    EXPECT_EQ(push.path, "f2.md");
    EXPECT_TRUE(push.digest);
  }
  EXPECT_EQ(bench.status().held_count, 1U);
  EXPECT_EQ(bench.status().in_sync, 4U);
}

// Law 20, N06
TEST(replica_engine, a_hub_restored_from_an_older_backup_gets_newer_documents_again_and_nothing_is_deleted) {
  ReplicaBench bench;
  save_all(bench, 4);
  bench.save("f0.md", "newer");
  bench.pass(ReplicaBench::a_while);
  bench.cut();
  bench.disk.files.erase("f1.md");
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(ReplicaBench::a_while);
  bench.hub.begin_another_life(2);
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.text_at("f2.md"), "text number 2");
  EXPECT_EQ(bench.hub.text_at("f3.md"), "text number 3");
  for (const auto& push : bench.hub.pushes)
    EXPECT_TRUE(push.digest) << "no delete is sent to a hub that lost its memory";
  EXPECT_EQ(bench.hub.text_at("f1.md"), "text number 1");
}

// Law 20
TEST(replica_engine, a_push_whose_answer_was_lost_before_a_restore_goes_through_without_another_save) {
  ReplicaBench bench;
  save_all(bench, 1);
  bench.save("f0.md", "second");
  bench.pass(ReplicaBench::a_while);
  bench.lose_answers = true;
  bench.save("f0.md", "third");
  bench.pass(ReplicaBench::a_while);
  ASSERT_EQ(bench.hub.text_at("f0.md"), "third");
  const auto before = bench.hub.pushes.back();
  bench.cut();
  bench.lose_answers = false;
  bench.hub.begin_another_life(1);
  ASSERT_EQ(bench.hub.text_at("f0.md"), "text number 0");
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.text_at("f0.md"), "third");
  EXPECT_EQ(bench.status().held_count, 0U);
  ASSERT_GE(bench.hub.pushes.size(), 2U);
  const auto& again = bench.hub.pushes[bench.hub.pushes.size() - 2];
  EXPECT_EQ(again.change, before.change) << "law 2: first as it was";
  EXPECT_EQ(again.base, before.base);
  EXPECT_EQ(bench.hub.pushes.back().base, bench.hub.feed.front().version);
}

TEST(replica_engine, a_set_aside_edit_is_offered_again_to_a_hub_that_lost_its_memory) {
  ReplicaBench bench;
  save_all(bench, 1);
  bench.cut();
  bench.hub.change(bench.hub.heads.begin()->first, "f0.md", "from elsewhere");
  bench.save("f0.md", "from here");
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  ASSERT_EQ(bench.status().held_count, 1U);
  bench.cut();
  bench.hub.begin_another_life(bench.hub.feed.size());
  const auto pushes = bench.hub.pushes.size();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  ASSERT_EQ(bench.hub.pushes.size(), pushes + 1) << "its side versions may be gone with its memory";
  EXPECT_EQ(bench.hub.pushes.back().digest, digest::sha256("from here"));
  EXPECT_EQ(bench.status().held_count, 1U);
}

TEST(replica_engine, a_push_is_in_flight_until_its_own_answer_even_if_the_feed_was_quicker) {
  ReplicaBench bench;
  bench.hold_messages = true;
  for (int i = 0; i < 600; ++i) bench.save("f" + std::to_string(i) + ".md", "text number " + std::to_string(i));
  bench.pass(ReplicaBench::a_while);
  std::vector<wire::ToBridge> answers;
  std::size_t pushes = 0;
  while (!bench.to_hub.empty()) {
    const auto message = bench.to_hub.front();
    bench.to_hub.pop_front();
    if (!std::holds_alternative<wire::Push>(message)) continue;
    ++pushes;
    for (auto& answer : bench.hub.receive(message)) answers.push_back(std::move(answer));
  }
  ASSERT_EQ(pushes, wire::limits::pushes_in_flight_max);
  // The page of changes comes first, the answers to the pushes after it.
  bench.tell_head();
  const auto pull = std::find_if(bench.to_hub.begin(), bench.to_hub.end(),
                                 [](const auto& sent) { return std::holds_alternative<wire::Pull>(sent); });
  ASSERT_NE(pull, bench.to_hub.end());
  const auto page = bench.hub.receive(*pull);
  bench.to_hub.clear();
  bench.replica->received(page.front(), bench.now());
  bench.carry_out();
  const auto sent = [&] {
    return std::count_if(bench.to_hub.begin(), bench.to_hub.end(),
                         [](const auto& message) { return std::holds_alternative<wire::Push>(message); });
  };
  EXPECT_EQ(sent(), 0) << "the hub would count too many";
  for (const auto& answer : answers) bench.replica->received(answer, bench.now());
  bench.carry_out();
  EXPECT_EQ(sent(), static_cast<std::ptrdiff_t>(wire::limits::pushes_in_flight_max));
}

TEST(replica_engine, a_set_aside_edit_is_quiet_until_it_changes_again) {
  ReplicaBench bench;
  save_all(bench, 1);
  bench.cut();
  bench.hub.change(bench.hub.heads.begin()->first, "f0.md", "from elsewhere");
  bench.save("f0.md", "from here");
  bench.pass(ReplicaBench::a_while);
  bench.connect();
  bench.pass(seconds{60});
  EXPECT_EQ(bench.status().held_count, 1U);
  const auto pushes = bench.hub.pushes.size();
  EXPECT_EQ(pushes, 2U);
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{60});
  EXPECT_EQ(bench.hub.pushes.size(), pushes);
  EXPECT_EQ(bench.replica->why("f0.md", bench.now()).state, FileState::held);
  bench.save("f0.md", "from elsewhere");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.status().held_count, 0U);
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
}

TEST(replica_engine, what_the_hub_has_newer_is_listed_and_not_written) {
  ReplicaBench bench;
  save_all(bench, 2);
  bench.hub.change(bench.hub.heads.begin()->first, "f0.md", "from elsewhere");
  bench.tell_head();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.status().incoming_count, 1U);
  EXPECT_EQ(bench.disk.files["f0.md"].text, "text number 0");
  EXPECT_EQ(bench.hub.acknowledged, bench.hub.head());
}

// Law 6
TEST(replica_engine, pages_are_taken_over_together_when_the_last_one_is_there) {
  ReplicaBench bench;
  save_all(bench, 6);
  bench.store = fakes::MemoryStateStore{};
  bench.hub.page_entries = 1;
  bench.start();
  bench.hold_messages = true;
  bench.connect();
  for (int i = 0; i < 4; ++i) {
    ASSERT_FALSE(bench.to_hub.empty());
    const auto message = bench.to_hub.front();
    bench.to_hub.pop_front();
    for (const auto& answer : bench.hub.receive(message)) bench.replica->received(answer, bench.now());
    bench.carry_out();
    EXPECT_TRUE(bench.replica->state().remote.empty());
    EXPECT_FALSE(bench.replica->state().replica.cursor);
  }
  bench.hold_messages = false;
  bench.carry_out();
  EXPECT_EQ(bench.replica->state().remote.size(), 6U);
  EXPECT_EQ(bench.hub.pushes.size(), 6U);
}

TEST(replica_engine, a_page_that_does_not_have_the_digest_it_names_is_not_taken_over) {
  ReplicaBench bench;
  bench.hub.change(DocumentId{ReplicaBench::id(7)}, "a.md", "text");
  bench.hub.feed.back().path = "b.md";
  bench.tell_head();
  EXPECT_NE(bench.last_disconnect.find("leanspec-hub doctor"), std::string::npos) << bench.last_disconnect;
  EXPECT_TRUE(bench.replica->state().remote.empty());
}

TEST(replica_engine, a_pause_sends_nothing_and_shows_what_waits) {
  ReplicaBench bench;
  bench.replica->pause(bench.now());
  bench.carry_out();
  bench.save("a.md", "text");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.live(), 0U);
  EXPECT_EQ(bench.status().state, ReplicaStateName::paused);
  EXPECT_EQ(bench.status().pending_count, 1U);
  bench.start();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.live(), 0U) << "a pause survives a restart";
  bench.replica->resume(bench.now());
  bench.carry_out();
  EXPECT_EQ(bench.hub.live(), 1U);
}

TEST(replica_engine, a_hub_that_asks_to_wait_gets_the_same_change_again_later) {
  ReplicaBench bench;
  bench.hub.retries = 1;
  bench.save("a.md", "text");
  bench.pass(milliseconds{200});
  EXPECT_EQ(bench.hub.pushes.size(), 1U);
  bench.pass(milliseconds{300});
  ASSERT_EQ(bench.hub.pushes.size(), 2U);
  EXPECT_EQ(bench.hub.pushes[0].change, bench.hub.pushes[1].change);
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_engine, a_change_that_waits_for_room_on_the_connection_wakes_nobody) {
  ReplicaBench bench;
  bench.pass(ReplicaBench::a_while);
  bench.hub.retries = 1;
  bench.save("again.md", "sent again later");
  bench.pass(milliseconds{50});
  bench.hold_messages = true;
  for (int i = 0; i < 16; ++i) bench.save("f" + std::to_string(i) + ".md", "text number " + std::to_string(i));
  bench.pass(milliseconds{100});
  const auto before = bench.wake_ups;
  bench.pass(ReplicaBench::a_while);
  EXPECT_LT(bench.wake_ups, before + 10);
  bench.hold_messages = false;
  bench.carry_out();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_engine, files_that_go_one_after_the_other_come_to_a_judgement) {
  ReplicaBench bench;
  save_all(bench, 40);
  for (int i = 0; i < 30; ++i) {
    bench.remove("f" + std::to_string(i) + ".md");
    bench.pass(milliseconds{100});
  }
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.live(), 40U);
  EXPECT_EQ(bench.status().state, ReplicaStateName::guard);
  EXPECT_EQ(bench.status().held_count, 30U);
  EXPECT_TRUE(bench.replica->quiet());
  bench.replica->approve(bench.now());
  bench.carry_out();
  bench.pass(seconds{10});
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_engine, a_rejected_file_is_held_with_the_reason_and_tried_again_on_the_next_connection) {
  ReplicaBench bench;
  bench.hub.reject = "this key may not write";
  bench.save("a.md", "text");
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.pushes.size(), 1U);
  EXPECT_EQ(bench.replica->why("a.md", bench.now()).sentence, "this key may not write");
  bench.hub.reject.reset();
  bench.cut();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_engine, a_refusal_is_shown_and_the_work_is_kept) {
  ReplicaBench bench{false};
  bench.hub.refuse = wire::Refused{wire::RefusedReason::unauthenticated, "the key was revoked", milliseconds{0}};
  bench.save("a.md", "text");
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.status().state, ReplicaStateName::refused);
  EXPECT_EQ(bench.last_disconnect, "the key was revoked");
  EXPECT_EQ(bench.status().pending_count, 1U);
  bench.hub.refuse.reset();
  bench.replica->settings_changed(bench.now());
  bench.carry_out();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
}

// N02
TEST(replica_engine, a_half_open_connection_is_given_up_after_45_seconds) {
  ReplicaBench bench;
  bench.lose_answers = true;
  bench.pass(seconds{44});
  EXPECT_TRUE(bench.online);
  bench.pass(seconds{2});
  EXPECT_FALSE(bench.online);
}

TEST(replica_engine, a_group_whose_answers_were_lost_is_sent_again_as_a_group) {
  ReplicaBench bench;
  bench.save("a/x.md", text('a'));
  bench.save("a/y.md", text('b'));
  bench.pass(ReplicaBench::a_while);
  bench.lose_answers = true;
  bench.disk.rename("a/x.md", "b/x.md");
  bench.disk.rename("a/y.md", "b/y.md");
  bench.hint({HintKind::moved_in, "b", "a", true});
  bench.pass(milliseconds{100});
  bench.lose_answers = false;
  bench.start();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.versions_of("b/x.md"), 1U);
  EXPECT_TRUE(bench.replica->quiet());
}

}  // namespace
}  // namespace leanspec::bridge::engine
