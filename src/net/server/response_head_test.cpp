#include "net/server/response_head.h"

#include <gtest/gtest.h>

#include "net/server/request_origin.h"

namespace leanspec::net::server {
namespace {

TEST(HttpDate, is_written_as_the_standard_writes_it) {
  EXPECT_EQ(http_date(Instant(std::chrono::milliseconds(784'111'777'999))), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(EncodeHead, nothing_that_a_handler_quotes_can_add_a_header) {
  Response response = text_response(200, "x");
  response.with_header("X-Quoted", "a\r\nSet-Cookie: stolen")
      .with_header("Bad\r\nName", "x")
      .with_header("Content-Length", "999");
  const ResponseHead head(response, "id-1", Instant());
  const std::string text = encode_head(head);
  EXPECT_EQ(text.find("stolen"), std::string::npos);
  EXPECT_EQ(text.find("Bad"), std::string::npos);
  EXPECT_NE(text.find("\r\nContent-Length: 1\r\n"), std::string::npos);
  EXPECT_EQ(text.find("999"), std::string::npos);
  EXPECT_NE(text.find("\r\nX-Request-Id: id-1\r\n"), std::string::npos);
}

TEST(EncodeEvent, every_line_of_data_gets_its_own_field) {
  EXPECT_EQ(encode_event("1.7", "moved", "a\nb\r\nc\rd"),
            "id: 1.7\nevent: moved\ndata: a\ndata: b\ndata: c\ndata: d\n\n");
  EXPECT_EQ(encode_event("", "", ""), "data: \n\n");
  EXPECT_EQ(encode_event("1\ndata: x", "e\r\nv", "d"), "id: 1data: x\nevent: ev\ndata: d\n\n");
}

TEST(RequestOrigin, only_what_the_proxy_appended_is_believed) {
  Request request;
  request.peer_address = "127.0.0.1";
  request.headers.emplace_back("X-Forwarded-For", "6.6.6.6, 10.0.0.1, 192.0.2.7");
  request.headers.emplace_back("X-Forwarded-Proto", "https");
  believe_proxy(request);
  EXPECT_EQ(request.peer_address, "192.0.2.7");
  EXPECT_TRUE(request.secure);
  request.headers.emplace_back("X-Forwarded-For", "<script>");
  believe_proxy(request);
  EXPECT_EQ(request.peer_address, "192.0.2.7");
}

TEST(RequestOrigin, a_request_id_is_short_and_plain) {
  EXPECT_TRUE(is_sane_request_id("0192f3a0-7c1e.A_b"));
  EXPECT_TRUE(is_sane_request_id(std::string(64, 'a')));
  for (const std::string& id :
       {std::string(), std::string(65, 'a'), std::string("a b"), std::string("a\"b"), std::string("é")}) {
    EXPECT_FALSE(is_sane_request_id(id)) << id;
  }
}

TEST(RequestOrigin, allow_lists_each_method_once) {
  EXPECT_EQ(allow_header({Method::get, Method::patch, Method::get}), "OPTIONS, GET, HEAD, PATCH");
}

}  // namespace
}  // namespace leanspec::net::server
