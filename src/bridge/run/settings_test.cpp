#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "bridge/run/command_line.h"
#include "bridge/run/commands.h"
#include "bridge/run/find_specs.h"
#include "bridge/run/settings_file.h"
#include "bridge/run/state_folder.h"
#include "host/durable_file.h"

namespace leanspec::bridge::run {
namespace {

class SettingsTest : public testing::Test {
 protected:
  SettingsTest() {
    char name[] = "/tmp/leanspec-settings-XXXXXX";
    folder_ = ::mkdtemp(name);
  }
  ~SettingsTest() override { EXPECT_EQ(::system(("rm -rf '" + folder_ + "'").c_str()), 0); }

  [[nodiscard]] std::string make(const std::string& path) const {
    EXPECT_TRUE(host::make_private_folder(folder_ + "/" + path));
    return folder_ + "/" + path;
  }
  void write(const std::string& path, const std::string& text) const {
    EXPECT_TRUE(host::write_durable_file(folder_ + "/" + path, text));
  }

  std::string folder_;
};

TEST(SettingsFile, reads_keys_sections_comments_and_escapes) {
  const auto sections =
      parse_settings("# mine\nname = \"a \\\"b\\\" \\\\\" # end\non = true\n\n[[folder]]\nroot=\"/x\"\n", "f");
  ASSERT_TRUE(sections);
  ASSERT_EQ(sections->size(), 2U);
  EXPECT_EQ((*sections)[0].value("name"), "a \"b\" \\");
  EXPECT_EQ((*sections)[0].value("on"), "true");
  EXPECT_EQ((*sections)[1].value("root"), "/x");
  EXPECT_EQ((*sections)[1].value("none"), "");
}

TEST(SettingsFile, names_file_and_line_of_what_is_wrong) {
  for (const char* text :
       {"a = \"x\nb = 1", "\nnonsense", "a b = 1", "a = [1]", "a = \"x\" y", "[open", "a = \"\\q\""}) {
    const auto sections = parse_settings(text, "file.toml");
    ASSERT_FALSE(sections) << text;
    EXPECT_EQ(sections.error().subject.substr(0, 10), "file.toml:") << text;
  }
}

TEST(SettingsFile, what_is_printed_is_read_again) {
  SettingsSection section;
  section.name = "folder";
  section.settings.push_back(Setting{"root", "/a \"b\"\\c\n\té"});
  const auto again = parse_settings(print_settings({section, section}), "f");
  ASSERT_EQ(again->size(), 3U);
  EXPECT_EQ((*again)[2].value("root"), section.settings[0].value);
}

TEST_F(SettingsTest, the_machine_is_made_once_and_keeps_its_name) {
  const auto state = StateFolder::open(folder_ + "/state");
  ASSERT_TRUE(state);
  const auto first = state->machine(host::system_entropy(), Instant(), "desk");
  const auto again = state->machine(host::system_entropy(), Instant(), "other");
  EXPECT_EQ(first->id, again->id);
  EXPECT_EQ(again->name, "desk");
}

// G11
TEST_F(SettingsTest, a_state_folder_that_was_copied_to_another_machine_gets_identities_of_its_own) {
  const std::string here = folder_ + "/machine-id";
  const std::string there = folder_ + "/other-machine-id";
  ASSERT_TRUE(host::write_durable_file(here, "11111111111111111111111111111111\n"));
  ASSERT_TRUE(host::write_durable_file(there, "22222222222222222222222222222222\n"));
  const auto state = StateFolder::open(folder_ + "/state", here);
  const auto first = state->machine(host::system_entropy(), Instant(), "desk");
  FolderSettings folder;
  folder.replica = ReplicaId{host::system_entropy().uuid7(Instant())};
  folder.root = "/specs";
  folder.project = "mine";
  ASSERT_TRUE(state->save_folders({folder}));
  EXPECT_EQ(StateFolder::open(folder_ + "/state", here)->machine(host::system_entropy(), Instant(), "")->id, first->id);
  EXPECT_EQ(
      StateFolder::open(folder_ + "/state", folder_ + "/none")->machine(host::system_entropy(), Instant(), "")->id,
      first->id)
      << "where systems cannot be told apart";

  const auto copy = StateFolder::open(folder_ + "/state", there);
  const auto second = copy->machine(host::system_entropy(), Instant(), "laptop");
  EXPECT_NE(second->id, first->id);
  EXPECT_EQ(second->name, "laptop");
  ASSERT_EQ(copy->folders()->size(), 1U);
  EXPECT_NE(copy->folders()->front().replica, folder.replica);
  EXPECT_EQ(copy->folders()->front().project, "mine");
  EXPECT_EQ(copy->machine(host::system_entropy(), Instant(), "")->id, second->id) << "once";
}

TEST_F(SettingsTest, folders_come_back_as_they_were_saved) {
  const auto state = StateFolder::open(folder_ + "/state");
  FolderSettings folder;
  folder.replica = ReplicaId{host::system_entropy().uuid7(Instant())};
  folder.root = "/home/me/sp \"ecs";
  folder.project = "mine";
  folder.create_project = true;
  folder.mode = engine::SyncMode::two_way;
  ASSERT_TRUE(state->save_folders({folder}));
  const auto again = state->folders();
  ASSERT_EQ(again->size(), 1U);
  EXPECT_EQ((*again)[0].root, folder.root);
  EXPECT_EQ((*again)[0].replica, folder.replica);
  EXPECT_TRUE((*again)[0].create_project);
  EXPECT_EQ((*again)[0].mode, engine::SyncMode::two_way);
  EXPECT_EQ(check_new_root(*again, folder.root).error().code, ErrorCode::already_exists);
  EXPECT_EQ(check_new_root(*again, folder.root + "/in").error().code, ErrorCode::conflict);
  EXPECT_EQ(check_new_root(*again, "/home/me").error().code, ErrorCode::conflict);
  EXPECT_TRUE(check_new_root(*again, folder.root + "2"));
}

TEST_F(SettingsTest, a_state_folder_that_others_can_read_is_refused) {
  ASSERT_TRUE(StateFolder::open(folder_ + "/state"));
  ASSERT_EQ(::chmod((folder_ + "/state").c_str(), 0755), 0);
  EXPECT_EQ(StateFolder::open(folder_ + "/state").error().code, ErrorCode::forbidden);
}

TEST_F(SettingsTest, a_key_is_the_first_line_of_its_file) {
  write("key", "lsk_abc\nmore\n");
  EXPECT_EQ(*read_key(folder_ + "/key", true), "lsk_abc");
  ASSERT_EQ(::chmod((folder_ + "/key").c_str(), 0644), 0);
  EXPECT_FALSE(read_key(folder_ + "/key", true));
  EXPECT_TRUE(read_key(folder_ + "/key", false));
  write("key", "");
  EXPECT_FALSE(read_key(folder_ + "/key", false));
  write("key", "two words");
  EXPECT_FALSE(read_key(folder_ + "/key", false));
}

TEST_F(SettingsTest, the_config_names_the_specs_before_the_usual_places) {
  (void)make("p/specs");
  (void)make("p/my/specs here");
  (void)make("p/.lean-spec");
  write("p/.lean-spec/config.json", R"({"a":{"specsDir":"wrong"},"b":["]}\"",1],"specsDir":"my/specs here"})");
  EXPECT_EQ(find_specs(folder_ + "/p")->root, folder_ + "/p/my/specs here");
  EXPECT_EQ(find_specs(folder_ + "/p")->project_name, "p");
  write("p/.lean-spec/config.json", R"({"specsDir":"gone"})");
  EXPECT_EQ(find_specs(folder_ + "/p").error().code, ErrorCode::not_found);
  write("p/.lean-spec/config.json", "no json at all");
  EXPECT_EQ(find_specs(folder_ + "/p")->root, folder_ + "/p/specs");
}

TEST_F(SettingsTest, specs_are_found_in_the_usual_places_or_named_themselves) {
  (void)make("p/docs/specs");
  EXPECT_EQ(find_specs(folder_ + "/p")->root, folder_ + "/p/docs/specs");
  EXPECT_EQ(find_specs(folder_ + "/p/docs/specs")->root, folder_ + "/p/docs/specs");
  (void)make("other/001-first");
  EXPECT_EQ(find_specs(folder_ + "/other").error().code, ErrorCode::not_found);
  write("other/001-first/README.md", "x");
  EXPECT_EQ(find_specs(folder_ + "/other")->root, folder_ + "/other");
  EXPECT_EQ(find_specs(folder_ + "/none").error().code, ErrorCode::not_found);
}

TEST_F(SettingsTest, a_flag_beats_the_environment_and_the_environment_beats_the_file) {
  write("config", "name = \"from file\"\nhub_url = \"https://file\"\nlog-level = \"debug\"\n");
  ::setenv("LEANSPEC_BRIDGE_NAME", "from environment", 1);
  ::setenv("LEANSPEC_HUB_URL", "https://environment", 1);
  const auto line = parse_command_line({"run", "--hub-url=https://flag", "--config", folder_ + "/config"});
  ::unsetenv("LEANSPEC_BRIDGE_NAME");
  ::unsetenv("LEANSPEC_HUB_URL");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->value("hub-url"), "https://flag");
  EXPECT_EQ(line->value("name"), "from environment");
  EXPECT_EQ(line->value("log-level"), "debug");
  write("config", "nmae = \"x\"\n");
  EXPECT_FALSE(parse_command_line({"run", "--config", folder_ + "/config"}));
}

TEST(CommandLine, what_is_wrong_is_said_with_an_example) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{{},
                                                                                         {"fly"},
                                                                                         {"run", "--fast"},
                                                                                         {"why"},
                                                                                         {"run", "--name"},
                                                                                         {"run", "too", "much"},
                                                                                         {"status", "--json=1"}}) {
    EXPECT_FALSE(parse_command_line(arguments));
  }
  const auto line = parse_command_line({"why", "--json", "--", "--odd-name.md"});
  ASSERT_TRUE(line);
  EXPECT_EQ(line->words[0], "--odd-name.md");
  EXPECT_TRUE(line->has("json"));
}

TEST(CommandLine, every_command_has_a_page_with_an_example) {
  const std::string all = help_text("");
  for (const char* command : {"login", "add", "remove", "run", "status", "why", "pause", "resume", "approve", "flush",
                              "rename", "doctor", "service"}) {
    EXPECT_NE(all.find(std::string("\n  ") + command), std::string::npos) << command;
    EXPECT_NE(help_text(command).find("Example:\n  leanspec-bridge " + std::string(command)), std::string::npos)
        << command;
  }
  EXPECT_EQ(parse_command_line({"help", "add"})->command, "add");
}

TEST_F(SettingsTest, the_service_unit_passes_systemds_own_check) {
  if (::system("command -v systemd-analyze >/dev/null") != 0) GTEST_SKIP() << "systemd-analyze is not installed";
  const std::string unit = service_unit("/bin/true", folder_ + "/state %h", {folder_ + "/sp ecs"});
  EXPECT_NE(unit.find("ReadWritePaths="), std::string::npos);
  write("leanspec-bridge.service", unit);
  EXPECT_EQ(::system(("systemd-analyze --man=no verify '" + folder_ + "/leanspec-bridge.service'").c_str()), 0);
}

}  // namespace
}  // namespace leanspec::bridge::run
