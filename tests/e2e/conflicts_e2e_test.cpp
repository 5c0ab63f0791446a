// Two machines disagree; a person decides over the API, and both disks follow by themselves.
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>

#include "tests/e2e/two_machines.h"

namespace leanspec::e2e {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

class TwoOpinions : public TwoMachines {
 protected:
  const std::string path = "001-a/README.md";

  static std::string text(const std::string& first, const std::string& last = "test it") {
    return "---\nstatus: planned\ncreated: 2026-01-01\n---\n# Together\n\n" + first + "\n\n" + last + "\n";
  }

  [[nodiscard]] bool both_have(const std::string& bytes, const std::string& file) const {
    return wait_until([&] {
      return fs::exists(specs / file) && fs::exists(there / file) && tests::read_file(specs / file) == bytes &&
             tests::read_file(there / file) == bytes;
    });
  }
  [[nodiscard]] bool both_have(const std::string& bytes) const { return both_have(bytes, path); }

  /// Both save while the laptop is away: its text reaches the hub second.
  void edit_apart(const std::string& began, const std::string& here, const std::string& laptops) {
    save(path, began);
    ASSERT_TRUE(both_have(began));
    ASSERT_EQ(laptop.stop(), 0);
    save_in_place(there / path, laptops);
    save(path, here);
    ASSERT_TRUE(arrives(path));
    ASSERT_TRUE(laptop.start()) << laptop.log();
  }

  HttpResponse ask(const std::string& method, const std::string& rest, const json::object& body = {}) {
    auto client = hub.client();
    const std::string target = "/api/projects/" + project + rest;
    return method == "GET" ? client.get(target) : client.post(target, json::serialize(body));
  }
  json::object read(const std::string& rest) {
    const auto answer = ask("GET", rest);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.status == 200 ? answer.json().as_object() : json::object();
  }
  /// Waits until the laptop's text is held, and says what the API has about it.
  void disagree(json::object& conflict) {
    ASSERT_NO_FATAL_FAILURE(edit_apart(text("one"), text("ask Ada"), text("phone Grace")));
    ASSERT_TRUE(wait_until([&] { return hub.held(project).size() == 1; }));
    const auto list = read("/conflicts");
    ASSERT_EQ(list.at("total").to_number<int>(), 1);
    conflict = read("/conflicts/" + std::string(list.at("conflicts").at(0).at("conflict").as_string()));
    ASSERT_TRUE(wait_until([&] { return laptop.folder(there).held == 1; })) << laptop.command({"status"}).output;
    EXPECT_EQ(tests::read_file(there / path), text("phone Grace")) << "the machine keeps its text";
  }
  HttpResponse resolve(const json::object& conflict, json::object resolution) {
    resolution["expectedHead"] = conflict.at("head").at("version");
    return ask("POST", "/conflicts/" + std::string(conflict.at("conflict").as_string()) + "/resolve", resolution);
  }
  void settled_with(const std::string& bytes) {
    EXPECT_TRUE(both_have(bytes)) << tests::read_file(specs / path) << tests::read_file(there / path);
    EXPECT_TRUE(hub.held(project).empty());
    EXPECT_TRUE(wait_until([&] {
      const FolderState state = laptop.folder(there);
      return state.held == 0 && state.state == "live";
    })) << laptop.command({"status"}).output;
    EXPECT_EQ(laptop.command({"flush", there.string(), "--wait"}).code, 0);
  }
};

TEST_F(TwoOpinions, a_conflict_names_the_place_and_the_machines) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  json::object conflict;
  ASSERT_NO_FATAL_FAILURE(disagree(conflict));
  EXPECT_EQ(conflict.at("spec"), "001-a");
  EXPECT_EQ(conflict.at("placeNames").at(0), "line 7");
  EXPECT_EQ(conflict.at("other").at("machine").at("name"), "laptop");
  EXPECT_EQ(conflict.at("head").at("machine").at("name"), "bridge");
  EXPECT_EQ(conflict.at("places").at(0).at("ours").at("text"), "ask Ada\n");
  EXPECT_EQ(conflict.at("places").at(0).at("theirs").at("text"), "phone Grace\n");
  EXPECT_EQ(conflict.at("baseText").as_string(), text("one"));
}

struct WayOut {
  const char* name;
  json::object resolution;
  std::string first;
};

class EveryWayOut : public TwoOpinions, public testing::WithParamInterface<WayOut> {};

TEST_P(EveryWayOut, ends_with_the_decided_bytes_on_both_disks) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  json::object conflict;
  ASSERT_NO_FATAL_FAILURE(disagree(conflict));
  const auto done = resolve(conflict, GetParam().resolution);
  ASSERT_EQ(done.status, 200) << done.body;
  settled_with(text(GetParam().first));
}

json::object place(const char* take, const char* typed = nullptr) {
  json::object one{{"index", 0}, {"take", take}};
  if (typed != nullptr) one["text"] = typed;
  return {{"take", "places"}, {"places", json::array{one}}};
}

INSTANTIATE_TEST_SUITE_P(
    Conflicts, EveryWayOut,
    testing::Values(WayOut{"head", {{"take", "head"}}, "ask Ada"}, WayOut{"other", {{"take", "other"}}, "phone Grace"},
                    WayOut{"both", {{"take", "both"}}, "ask Ada\nphone Grace"},
                    WayOut{"place_theirs", place("theirs"), "phone Grace"},
                    WayOut{"place_text", place("text", "write to both"), "write to both"},
                    WayOut{"text",
                           {{"take", "text"}, {"text", "---\nstatus: planned\ncreated: 2026-01-01\n---\n# Together\n\nsleep on it\n\ntest it\n"}},
                           "sleep on it"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(TwoOpinions, put_beside_each_other_both_texts_are_on_both_disks) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  json::object conflict;
  ASSERT_NO_FATAL_FAILURE(disagree(conflict));
  const auto done = resolve(conflict, {{"take", "beside"}});
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.json().at("beside"), "001-a/README.laptop.md");
  settled_with(text("ask Ada"));
  EXPECT_TRUE(both_have(text("phone Grace"), "001-a/README.laptop.md"));
}

TEST_F(TwoOpinions, a_decision_about_a_head_that_moved_is_refused_and_changes_nothing) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  json::object conflict;
  ASSERT_NO_FATAL_FAILURE(disagree(conflict));
  save(path, text("ask Ada, tomorrow"));
  ASSERT_TRUE(arrives(path));
  // The laptop offers its text again now that the head has moved; wherever that leads, the decision was about another.
  const auto stale = resolve(conflict, {{"take", "other"}});
  ASSERT_EQ(stale.status, 409) << stale.body;
  EXPECT_EQ(stale.json().at("code"), "CONFLICT_STALE");
  EXPECT_EQ(on_disk(path), text("ask Ada, tomorrow"));
  const auto again = read("/conflicts/" + std::string(read("/conflicts").at("conflicts").at(0).at("conflict").as_string()));
  const auto done = resolve(again, {{"take", "other"}});
  ASSERT_EQ(done.status, 200) << done.body;
  settled_with(text("phone Grace"));
  EXPECT_EQ(resolve(again, {{"take", "head"}}).status, 409) << "decided already";
}

TEST_F(TwoOpinions, an_automatic_merge_is_listed_and_its_undo_reaches_both_disks) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  ASSERT_NO_FATAL_FAILURE(edit_apart(text("one"), text("one, edited here"), text("one", "test it there")));
  ASSERT_TRUE(both_have(text("one, edited here", "test it there")));
  const auto list = read("/merges");
  ASSERT_EQ(list.at("merges").as_array().size(), 1U);
  const auto& merge = list.at("merges").at(0);
  EXPECT_EQ(merge.at("automatic"), true);
  EXPECT_EQ(merge.at("second").at("machine").at("name"), "laptop");
  const auto undone =
      ask("POST", "/merges/" + std::string(merge.at("merge").as_string()) + "/undo", {{"keep", "first"}});
  ASSERT_EQ(undone.status, 200) << undone.body;
  settled_with(text("one, edited here"));
}

}  // namespace
}  // namespace leanspec::e2e
