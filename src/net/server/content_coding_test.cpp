#include "net/server/content_coding.h"

#include <brotli/encode.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "net/server/conditional.h"

namespace leanspec::net::server {
namespace {

TEST(ChooseCoding, follows_the_wishes_of_the_client) {
  struct Row {
    const char* header;
    ContentCoding chosen;
  };
  for (const Row& row :
       {Row{"gzip, deflate, br, zstd", ContentCoding::brotli}, Row{"gzip", ContentCoding::gzip},
        Row{"", ContentCoding::identity}, Row{"br;q=0, gzip", ContentCoding::gzip},
        Row{"br;q=0.5, gzip;q=0.8", ContentCoding::gzip}, Row{"*", ContentCoding::brotli},
        Row{"*;q=0", ContentCoding::identity}, Row{"gzip;q=0, *", ContentCoding::brotli},
        Row{"identity, br;q=0.5", ContentCoding::identity}, Row{"GZIP;Q=1.0", ContentCoding::gzip},
        Row{"br;q=nonsense, gzip;q=0.001", ContentCoding::gzip}, Row{"gzip;q=1.5", ContentCoding::identity},
        Row{" , ,gzip ; q=1 ,", ContentCoding::gzip}, Row{"brx, xgzip", ContentCoding::identity}}) {
    EXPECT_EQ(choose_coding(row.header, AvailableCodings()), row.chosen) << row.header;
  }
  EXPECT_EQ(choose_coding(std::nullopt, AvailableCodings()), ContentCoding::identity);
  AvailableCodings only_gzip;
  only_gzip.brotli = false;
  EXPECT_EQ(choose_coding("br, gzip", only_gzip), ContentCoding::gzip);
}

Request accepting(std::string_view codings) {
  Request request;
  request.headers.emplace_back("Accept-Encoding", std::string(codings));
  return request;
}

std::string unzip(const std::string& bytes, std::size_t size) {
  std::string out(size, '\0');
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string in = bytes;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  inflateEnd(&stream);
  return out;
}

std::string text_of(std::size_t size) {
  std::string text;
  while (text.size() < size) text += "line " + std::to_string(text.size()) + "\n";
  return text.substr(0, size);
}

TEST(ApplyCoding, compresses_text_and_weakens_its_tag) {
  const std::string text = text_of(10'000);
  Response response = text_response(200, text);
  response.with_header("ETag", "\"1.7\"").with_header("Vary", "Cookie");
  apply_coding(accepting("gzip"), response);
  EXPECT_EQ(find_header(response.headers, "Content-Encoding"), "gzip");
  EXPECT_EQ(find_header(response.headers, "Vary"), "Cookie, Accept-Encoding");
  EXPECT_EQ(find_header(response.headers, "ETag"), "W/\"1.7\"");
  EXPECT_LT(response.body->size(), text.size() / 2);
  EXPECT_EQ(unzip(*response.body, text.size()), text);
}

TEST(ApplyCoding, leaves_alone_what_is_small_huge_packed_or_forbidden) {
  const auto untouched = [](Response response) {
    const auto before = response.body;
    apply_coding(accepting("br, gzip"), response);
    return response.body == before && !find_header(response.headers, "Content-Encoding");
  };
  EXPECT_TRUE(untouched(text_response(200, text_of(1023))));
  EXPECT_FALSE(untouched(text_response(200, text_of(1024))));
  EXPECT_TRUE(untouched(text_response(200, text_of(2 * 1024 * 1024 + 1))));
  EXPECT_TRUE(untouched(text_response(200, text_of(5000), "image/png")));
  Response secret = text_response(200, text_of(5000));
  secret.no_transform = true;
  EXPECT_TRUE(untouched(secret));
}

TEST(ApplyCoding, prefers_what_was_compressed_beforehand) {
  Response response = text_response(200, "plain");
  Response::Encoded brotli;
  brotli.name = "br";
  brotli.body = std::make_shared<const std::string>("packed");
  response.encodings.push_back(brotli);
  Response for_gzip = response;
  apply_coding(accepting("gzip, br"), response);
  EXPECT_EQ(*response.body, "packed");
  EXPECT_EQ(find_header(response.headers, "Content-Encoding"), "br");
  apply_coding(accepting("gzip"), for_gzip);
  EXPECT_EQ(*for_gzip.body, "plain");
  EXPECT_EQ(find_header(for_gzip.headers, "Vary"), "Accept-Encoding");
}

TEST(NamesEtag, compares_weakly_and_takes_lists) {
  struct Row {
    const char* header;
    bool named;
  };
  for (const Row& row : {Row{"\"1.7\"", true}, Row{"W/\"1.7\"", true}, Row{"\"1.6\", \"1.7\"", true}, Row{"*", true},
                         Row{"\"1.70\"", false}, Row{"", false}, Row{"1.7", false}, Row{"\"1.7", false},
                         Row{"W/", false}, Row{"\"a,b\" , W/\"1.7\"", true}}) {
    EXPECT_EQ(names_etag(row.header, "\"1.7\""), row.named) << row.header;
    EXPECT_EQ(names_etag(row.header, "W/\"1.7\""), row.named) << row.header;
  }
}

TEST(ApplyCondition, answers_304_only_to_reads_of_the_same_version) {
  const auto status = [](Method method, const char* has, unsigned from = 200) {
    Request request;
    request.method = method;
    request.headers.emplace_back("If-None-Match", has);
    Response response = text_response(from, text_of(5000));
    response.with_header("ETag", "\"1.7\"");
    apply_condition(request, response);
    if (response.status == 304) {
      EXPECT_TRUE(response.body->empty());
      EXPECT_EQ(find_header(response.headers, "ETag"), "\"1.7\"");
      EXPECT_EQ(find_header(response.headers, "Vary"), "Accept-Encoding");
    }
    return response.status;
  };
  EXPECT_EQ(status(Method::get, "\"1.7\""), 304U);
  EXPECT_EQ(status(Method::head, "W/\"1.7\""), 304U);
  EXPECT_EQ(status(Method::get, "\"1.6\""), 200U);
  EXPECT_EQ(status(Method::post, "\"1.7\""), 200U);
  EXPECT_EQ(status(Method::get, "\"1.7\"", 404), 404U);
}

}  // namespace
}  // namespace leanspec::net::server
