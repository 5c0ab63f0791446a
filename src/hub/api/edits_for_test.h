#pragma once

#include <gtest/gtest.h>

#include <string>

#include "digest/sha256.h"
#include "hub/api/api_for_test.h"

namespace leanspec::hub::api {

/// The README that every test of edits begins with.
inline const std::string readme =
    "---\nstatus: planned\ncreated: '2026-01-02'  # by hand\npriority: high\ntags: [web, sync]\nsprint: 42\n---\n\n"
    "# First spec\n\n- [ ] **Write** it\n- [x] Read it\n";

/// A project with one spec, and Ada who may write.
class Edits : public ::testing::Test {
 protected:
  void SetUp() override {
    api.add_project("demo");
    ada = {.cookie = api.sign_in("ada", true)};
    first = api.push("demo", "001-first/README.md", readme);
    ASSERT_EQ(first.outcome, wire::PushOutcome::accepted);
  }

  /// The answer's object, and its status in `status`.
  boost::json::object ask(net::Method method, const std::string& path, const std::string& body) {
    const auto response = api.ask(method, "/api/projects/demo" + path, body, ada);
    status = response.status;
    return ApiForTest::json(response);
  }
  boost::json::object patch(const std::string& body) {
    return ask(net::Method::patch, "/specs/001-first/metadata", body);
  }
  std::string raw(const std::string& file = "/specs/001-first/raw") {
    return std::string(ApiForTest::json(api.get("/api/projects/demo" + file, ada)).at("content").as_string());
  }
  boost::json::array history() {
    return ApiForTest::json(api.get("/api/projects/demo/specs/001-first/history", ada)).at("versions").as_array();
  }
  static std::string text(const boost::json::value& value) { return std::string(value.as_string()); }
  static std::string file_hash(const std::string& file) { return to_hex(digest::sha256(file)); }

  ApiForTest api;
  Asked ada;
  wire::PushResult first;
  unsigned status = 0;
};

}  // namespace leanspec::hub::api
