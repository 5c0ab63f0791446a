#include <gtest/gtest.h>

#include "net/hub_url.h"

namespace leanspec::net {
namespace {

TEST(ParseHubUrl, takes_apart_what_leads_to_a_hub) {
  struct Row {
    const char* url;
    bool tls;
    const char* host;
    unsigned port;
    const char* path;
  };
  for (const Row& row : {Row{"https://hub.example.com", true, "hub.example.com", 443, "/bridge"},
                         Row{"wss://hub.example.com:8443/", true, "hub.example.com", 8443, "/bridge"},
                         Row{"HTTPS://hub.example.com/team/a/", true, "hub.example.com", 443, "/team/a/bridge"},
                         Row{"http://localhost:8420", false, "localhost", 8420, "/bridge"},
                         Row{"http://LocalHost:8420", false, "localhost", 8420, "/bridge"},
                         Row{"ws://127.0.0.1", false, "127.0.0.1", 80, "/bridge"},
                         Row{"http://127.255.1.2:65535", false, "127.255.1.2", 65535, "/bridge"},
                         Row{"http://[::1]:8420", false, "::1", 8420, "/bridge"},
                         Row{"https://[2001:db8::1]", true, "2001:db8::1", 443, "/bridge"}}) {
    const auto target = parse_hub_url(row.url, "/bridge");
    ASSERT_TRUE(target) << row.url << ": " << target.error().sentence();
    EXPECT_EQ(target->tls, row.tls) << row.url;
    EXPECT_EQ(target->host, row.host) << row.url;
    EXPECT_EQ(target->port, row.port) << row.url;
    EXPECT_EQ(target->path, row.path) << row.url;
  }
}

TEST(ParseHubUrl, refuses_plain_text_to_other_machines) {
  for (const char* url : {"http://hub.example.com", "ws://10.0.0.1:8420", "http://128.0.0.1",
                          "http://127.0.0.1.example.com", "http://127.1", "http://127.0.0.256", "http://127.0.0.0.1",
                          "http://localhost.example.com", "http://[::2]", "http://0.0.0.0"}) {
    const auto target = parse_hub_url(url, "/");
    ASSERT_FALSE(target) << url;
    EXPECT_NE(target.error().sentence().find("https://"), std::string::npos) << target.error().sentence();
  }
}

TEST(ParseHubUrl, says_which_part_is_wrong) {
  struct Row {
    const char* url;
    const char* words;
  };
  for (const Row& row :
       {Row{"", "does not begin with https://"}, Row{"hub.example.com", "does not begin with https://"},
        Row{"ftp://hub", "only https://"}, Row{"https://", "host name is missing"},
        Row{"https://:443", "host name is missing"}, Row{"https://hub:0", "port"}, Row{"https://hub:65536", "port"},
        Row{"https://hub:8x", "port"}, Row{"https://hub:", "port"}, Row{"https://[::1", "']'"},
        Row{"https://[::1]x", "port"}, Row{"https://user:secret@hub", "user name or password"},
        Row{"https://hub/?a=b", "plain path"}, Row{"https://hub#x", "plain path"}, Row{"https://hub/a b", "plain path"},
        Row{"https://hu b", "character"}, Row{"https://h\u00fcb", "character"},
        Row{"https://hub\r\nX: y", "character"}}) {
    const auto target = parse_hub_url(row.url, "/");
    ASSERT_FALSE(target) << row.url;
    EXPECT_EQ(target.error().code, ErrorCode::invalid);
    EXPECT_NE(target.error().sentence().find(row.words), std::string::npos)
        << row.url << ": " << target.error().sentence();
  }
  EXPECT_FALSE(parse_hub_url("https://" + std::string(254, 'a'), "/"));
  EXPECT_FALSE(parse_hub_url("https://hub/" + std::string(2048, 'a'), "/"));
}

TEST(ParseHubUrl, never_repeats_a_password) {
  EXPECT_EQ(parse_hub_url("https://user:secret@hub", "/").error().sentence().find("secret"), std::string::npos);
}

}  // namespace
}  // namespace leanspec::net
