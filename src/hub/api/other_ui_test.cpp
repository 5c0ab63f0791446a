#include "hub/api/other_ui.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "hub/api/api_for_test.h"

namespace leanspec::hub::api {
namespace {

namespace files = std::filesystem;
using net::Method;

class OtherUiTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (files::temp_directory_path() / "leanspec-ui-XXXXXX").string();
    folder = mkdtemp(name.data());
    files::create_directories(folder / "assets");
    std::ofstream(folder / "index.html") << "<html>theirs</html>";
    std::ofstream(folder / "assets/app.js") << "let theirs";
    std::ofstream(folder.parent_path() / (folder.filename().string() + ".secret")) << "outside";
    auto opened = OtherUi::open(folder.string());
    ASSERT_TRUE(opened) << opened.error().sentence();
    ui = *std::move(opened);
  }
  void TearDown() override {
    files::remove_all(folder);
    files::remove(folder.parent_path() / (folder.filename().string() + ".secret"));
  }

  files::path folder;
  std::shared_ptr<OtherUi> ui;
};

TEST_F(OtherUiTest, files_of_the_folder_are_served_and_nothing_outside_it) {
  const auto script = ui->file("/assets/app.js");
  ASSERT_TRUE(script);
  EXPECT_EQ(*script->body, "let theirs");
  EXPECT_EQ(net::find_header(script->headers, "Content-Type"), "text/javascript; charset=utf-8");
  const std::string secret = folder.filename().string() + ".secret";
  files::create_symlink(folder.parent_path() / secret, folder / "link");
  for (const std::string& path :
       {std::string("/nope.js"), std::string("/assets"), "/../" + secret,
        "/" + (folder.parent_path() / secret).string(), std::string("/link"), std::string("")}) {
    EXPECT_FALSE(ui->file(path)) << path;
  }
}

TEST_F(OtherUiTest, a_folder_without_a_page_is_refused_by_name) {
  const auto refused = OtherUi::open((folder / "assets").string());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().sentence().find("index.html"), std::string::npos);
}

TEST_F(OtherUiTest, who_is_not_signed_in_is_led_to_the_page_for_that) {
  ApiForTest api(ui);
  const std::string ada = api.sign_in("ada", true);
  const auto led = api.get("/projects/demo/specs", {});
  EXPECT_EQ(led.status, 302U);
  EXPECT_EQ(net::find_header(led.headers, "Location"), "/login");
  EXPECT_EQ(*api.get("/projects/demo/specs", {.cookie = ada}).body, "<html>theirs</html>");
  EXPECT_NE(api.get("/login", {}).body->find("<form"), std::string::npos);
  EXPECT_EQ(api.get("/assets/app.js", {}).status, 200U);
  EXPECT_EQ(api.get("/api/nowhere", {.cookie = ada}).status, 404U);
}

TEST_F(OtherUiTest, what_its_pages_send_needs_no_token_and_what_others_send_does) {
  ApiForTest api(ui);
  api.add_project("demo");
  const std::string ada = api.sign_in("ada", true);
  const auto status = [&](net::Headers headers) {
    return api
        .ask(Method::patch, "/api/projects/demo", R"({"favorite":true})",
             {.cookie = ada, .csrf = false, .headers = std::move(headers)})
        .status;
  };
  EXPECT_EQ(status({{"Sec-Fetch-Site", "same-origin"}}), 200U);
  for (const char* site : {"cross-site", "same-site", "none", ""})
    EXPECT_EQ(status({{"Sec-Fetch-Site", site}}), 403U) << site;
  EXPECT_EQ(status({}), 403U);
  EXPECT_EQ(status({{"Origin", "http://evil"}, {"Host", "hub"}}), 403U);
}

}  // namespace
}  // namespace leanspec::hub::api
