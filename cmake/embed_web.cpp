// Writes a C++ source that holds every file of a folder: plain, gzip and brotli, with content type and ETag.
// usage: embed_web <folder> <out.cpp>

#include <brotli/encode.h>
#include <openssl/evp.h>
#include <zlib.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream input(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(input), {}};
}

std::string gzip(const std::string& bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return result == Z_STREAM_END && out.size() < bytes.size() ? out : std::string();
}

std::string brotli(const std::string& bytes) {
  std::size_t size = BrotliEncoderMaxCompressedSize(bytes.size());
  std::string out(size, '\0');
  const bool done = size != 0 && BrotliEncoderCompress(BROTLI_MAX_QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, bytes.size(),
                                                       reinterpret_cast<const std::uint8_t*>(bytes.data()), &size,
                                                       reinterpret_cast<std::uint8_t*>(out.data())) == BROTLI_TRUE;
  out.resize(done ? size : 0);
  return out.size() < bytes.size() ? out : std::string();
}

std::string etag(const std::string& bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &length, EVP_sha256(), nullptr);
  std::string text = "\\\"";
  for (unsigned i = 0; i < 16; ++i) {
    char hex[3];
    std::snprintf(hex, sizeof hex, "%02x", digest[i]);
    text += hex;
  }
  return text + "\\\"";
}

std::string content_type(const std::filesystem::path& path) {
  static const std::map<std::string, std::string> types = {
      {".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"}, {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},             {".png", "image/png"},                     {".json", "application/json"},
      {".webmanifest", "application/manifest+json"}, {".txt", "text/plain; charset=utf-8"}};
  const auto found = types.find(path.extension().string());
  return found == types.end() ? "application/octet-stream" : found->second;
}

void write_bytes(std::FILE* out, const std::string& name, const std::string& bytes) {
  std::fprintf(out, "const unsigned char %s[] = {", name.c_str());
  for (std::size_t i = 0; i < bytes.size(); ++i) std::fprintf(out, "%s%u,", i % 32 == 0 ? "\n" : "", static_cast<unsigned char>(bytes[i]));
  std::fprintf(out, "0};\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::filesystem::path folder = argv[1];
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      // Vite's own notes are for the build, not for browsers.
      if (entry.is_regular_file() && entry.path().string().find("/.vite/") == std::string::npos) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::FILE* out = std::fopen(argv[2], "w");
  if (out == nullptr) return 1;
  std::fprintf(out, "#include \"hub/serve/web_files.h\"\n\nnamespace {\n");
  std::string table;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string bytes = read_file(files[i]);
    const std::string forms[] = {bytes, gzip(bytes), brotli(bytes)};
    table += "    {\"" + std::filesystem::relative(files[i], folder).generic_string() + "\", \"" + content_type(files[i]) + "\", \"" + etag(bytes) + "\"";
    for (int form = 0; form < 3; ++form) {
      const std::string name = "file_" + std::to_string(i) + "_" + std::to_string(form);
      write_bytes(out, name, forms[form]);
      table += ", view(" + name + ", " + std::to_string(forms[form].size()) + ")";
    }
    table += "},\n";
  }
  std::fprintf(out,
               "\n[[maybe_unused]] std::string_view view(const unsigned char* bytes, std::size_t size) { return {reinterpret_cast<const char*>(bytes), size}; "
               "}\n}  // namespace\n\nnamespace leanspec::hub::serve {\n\napi::EmbeddedFiles web_files() {\n");
  if (files.empty()) {
    std::fprintf(out, "  return {};\n");
  } else {
    std::fprintf(out, "  static const api::EmbeddedFile files[] = {\n%s  };\n  return files;\n", table.c_str());
  }
  std::fprintf(out, "}\n\n}  // namespace leanspec::hub::serve\n");
  return std::fclose(out) == 0 ? 0 : 1;
}
