#include "net/server/request_parser.h"

#include <gtest/gtest.h>

namespace leanspec::net::server {
namespace {

constexpr std::size_t header_bytes_max = 1024;

struct Outcome {
  unsigned fault = 0;  ///< 0: the request is whole
  Request request;
  std::string rest;
};

/// Feeds `bytes` in pieces of `step`, as a connection does.
Outcome parse(std::string_view bytes, std::size_t step = 1'000'000, std::size_t body_bytes_max = 100) {
  RequestParser parser(header_bytes_max);
  std::string buffered;
  Outcome outcome;
  for (std::size_t at = 0; at < bytes.size() || at == 0; at += step) {
    buffered += bytes.substr(at, step);
    while (true) {
      const auto progress = parser.feed(buffered);
      buffered.erase(0, progress.used);
      if (progress.state == RequestParser::State::header) {
        parser.set_body_bytes_max(body_bytes_max);
        continue;
      }
      if (progress.state == RequestParser::State::complete) {
        outcome.request = parser.request();
        outcome.rest = buffered + std::string(bytes.substr(std::min(at + step, bytes.size())));
        return outcome;
      }
      if (progress.state == RequestParser::State::failed) {
        outcome.fault = parser.fault().status;
        return outcome;
      }
      break;
    }
  }
  outcome.fault = 1;  // the end came first
  return outcome;
}

TEST(RequestParser, the_same_request_comes_out_of_pieces_of_any_size) {
  const std::string bytes =
      "POST /a?b=c HTTP/1.1\r\nHost: h\r\nX-Empty:\r\nContent-Length: 5\r\n\r\nhelloGET /next HTTP/1.1\r\n\r\n";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    const Outcome outcome = parse(bytes, step);
    ASSERT_EQ(outcome.fault, 0U) << step;
    EXPECT_EQ(outcome.request.method, Method::post);
    EXPECT_EQ(outcome.request.target, "/a?b=c");
    EXPECT_EQ(outcome.request.body, "hello");
    EXPECT_EQ(outcome.request.headers.size(), 3U);
    EXPECT_EQ(outcome.rest, "GET /next HTTP/1.1\r\n\r\n");
  }
}

TEST(RequestParser, chunks_are_put_together_in_pieces_of_any_size) {
  const std::string bytes =
      "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\nrest";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    const Outcome outcome = parse(bytes, step);
    ASSERT_EQ(outcome.fault, 0U) << step;
    EXPECT_EQ(outcome.request.body, "abc0123456789");
    EXPECT_EQ(outcome.rest, "rest");
  }
}

TEST(RequestParser, refuses_every_kind_of_nonsense_with_its_status) {
  struct Row {
    std::string bytes;
    unsigned status;
  };
  const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n";
  const std::vector<Row> rows{
      {"\x16\x03\x01garbage\r\n\r\n", 400},
      {"GET\r\n\r\n", 400},
      {"GET /\r\n\r\n", 400},
      {"GET / HTTP/9.9\r\nHost: h\r\n\r\n", 505},
      {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"BREW /pot HTTP/1.1\r\nHost: h\r\n\r\n", 501},
      {"CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 501},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {get + "Host: other\r\n\r\n", 400},
      {get + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
      {get + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {get + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400},
      {get + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {get + "Transfer-Encoding: xchunked\r\n\r\n", 501},
      {"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {get + "Content-Length: -1\r\n\r\n", 400},
      {get + "Content-Length: 99999999999999999999999\r\n\r\n", 400},
      {get + "Content-Length: 0x10\r\n\r\n", 400},
      {get + "Bad Name: x\r\n\r\n", 400},
      {get + "No colon\r\n\r\n", 400},
      {get + ": nameless\r\n\r\n", 400},
      {get + std::string("X: a\0b\r\n\r\n", 10), 400},
      {get + "X: a\x01" "b\r\n\r\n", 400},
      {get + "Space : x\r\n\r\n", 400},
      {get + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {get + "Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400},
      {get + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", 400},
      {get + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcXX\r\n", 400},
      {get + "Content-Length: 101\r\n\r\n" + std::string(101, 'a'), 413},
      {get + "Transfer-Encoding: chunked\r\n\r\n65\r\n" + std::string(101, 'a') + "\r\n0\r\n\r\n", 413},
      {get + "Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n", 413},
      {get + "X: " + std::string(header_bytes_max, 'a') + "\r\n\r\n", 431},
      {"GET /" + std::string(header_bytes_max, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 431},
  };
  for (const Row& row : rows) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{1'000'000}}) {
      EXPECT_EQ(parse(row.bytes, step).fault, row.status) << row.bytes.substr(0, 120);
    }
  }
}

TEST(RequestParser, a_bare_line_feed_ends_no_line) {
  EXPECT_NE(parse("GET / HTTP/1.1\nHost: h\n\n").fault, 0U);
  EXPECT_NE(parse("GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n").fault, 0U);
}

TEST(RequestParser, takes_100_fields_and_no_more) {
  std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 99; ++i) bytes += "a:b\r\n";
  EXPECT_EQ(parse(bytes + "\r\n").request.headers.size(), 100U);
  EXPECT_EQ(parse(bytes + "a:b\r\n\r\n").fault, 431U);
}

TEST(RequestParser, a_body_at_the_limit_passes) {
  const std::string head = "PUT / HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(parse(head + "Content-Length: 100\r\n\r\n" + std::string(100, 'a')).request.body.size(), 100U);
  EXPECT_EQ(parse(head + "Transfer-Encoding: chunked\r\n\r\n64\r\n" + std::string(100, 'a') + "\r\n0\r\n\r\n").request.body.size(), 100U);
}

TEST(HasToken, finds_whole_tokens_without_case) {
  EXPECT_TRUE(has_token("keep-alive, Upgrade", "upgrade"));
  EXPECT_TRUE(has_token("\tupgrade ", "upgrade"));
  EXPECT_FALSE(has_token("upgraded", "upgrade"));
  EXPECT_FALSE(has_token(std::nullopt, "upgrade"));
}

}  // namespace
}  // namespace leanspec::net::server
