#include "hub/mirrors/git_wire.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace leanspec::hub::mirrors {
namespace {

constexpr std::size_t line_bytes_max = 65'520;  // the protocol's bound, with its length of four digits
constexpr std::size_t quoted_bytes_max = 200;   // of what a server says, to people
constexpr std::size_t refs_max = 100'000;
constexpr const char* delimiter_line = "0001";
constexpr const char* flush_line = "0000";

struct Line {
  enum class Kind { text, flush, delimiter };
  Kind kind = Kind::text;
  std::string_view text;

  /// Text lines may end with a line feed or not.
  [[nodiscard]] std::string_view words() const { return text.ends_with('\n') ? text.substr(0, text.size() - 1) : text; }
};

Error misshapen(std::string why) {
  return Error(ErrorCode::corrupt, "the git server's answer cannot be read: " + std::move(why), {},
               "The mirror tries again by itself.");
}

/// What a server says, without what would deceive who reads it.
std::string quoted(std::string_view said) {
  std::string text(said.substr(0, quoted_bytes_max));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c == 0x7F; }, ' ');
  return text;
}

Error server_error(std::string_view said) {
  return Error(ErrorCode::unavailable, "the git server says: " + quoted(said), {}, "The mirror tries again by itself.");
}

/// Takes an answer apart, line by line.
class Lines {
 public:
  explicit Lines(std::string_view body) : rest_(body) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] Result<Line> next() {
    std::size_t length = 0;
    if (rest_.size() < 4) return misshapen("it was cut short");
    for (const char c : rest_.substr(0, 4)) {
      const auto digit =
          std::string_view("0123456789abcdef").find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
      if (digit == std::string_view::npos) return misshapen("a line has no length");
      length = length * 16 + digit;
    }
    if (length < 4) {
      rest_.remove_prefix(4);
      return Line{length == 1 ? Line::Kind::delimiter : Line::Kind::flush, {}};
    }
    if (length > line_bytes_max || length > rest_.size()) return misshapen("it was cut short");
    Line line{Line::Kind::text, rest_.substr(4, length - 4)};
    rest_.remove_prefix(length);
    if (line.text.starts_with("ERR ")) return server_error(line.words().substr(4));
    return line;
  }

 private:
  std::string_view rest_;
};

std::string line_of(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  const std::size_t length = text.size() + 5;
  std::string line;
  for (const unsigned shift : {12U, 8U, 4U, 0U}) line.push_back(digits[(length >> shift) & 0xFU]);
  line += text;
  line += '\n';
  return line;
}

std::string command(const GitServer& server, std::string_view name) {
  return line_of("command=" + std::string(name)) + line_of("agent=leanspec-hub") +
         line_of(server.hash == digest::GitHash::sha1 ? "object-format=sha1" : "object-format=sha256") + delimiter_line;
}

std::optional<GitRef> parse_ref(std::string_view words) {
  const auto space = words.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto id = parse_git_id(words.substr(0, space));
  words.remove_prefix(space + 1);
  if (!id) return std::nullopt;  // "unborn": a branch without a commit
  const auto end = std::min(words.find(' '), words.size());
  GitRef ref{std::string(words.substr(0, end)), *id, {}};
  constexpr std::string_view target = " symref-target:";
  if (const auto at = words.find(target); at != std::string_view::npos) {
    const auto name = words.substr(at + target.size());
    ref.target = std::string(name.substr(0, name.find(' ')));
  }
  return ref;
}

}  // namespace

Result<GitServer> parse_git_advertisement(std::string_view body) {
  const auto no_server = [] {
    return Error(ErrorCode::not_found, "there is no git server at this address", {}, "Check the repository's address.");
  };
  Lines lines(body);
  auto line = lines.next();
  if (!line) return line.error().code == ErrorCode::corrupt ? no_server() : line.error();
  if (line->words() == "# service=git-upload-pack") {
    LEANSPEC_ASSIGN([[maybe_unused]] const Line end_of_service, lines.next());
    line = lines.next();
    if (!line) return line.error();
  }
  if (line->words() != "version 2") {
    if (line->kind != Line::Kind::text) return no_server();
    return Error(ErrorCode::unsupported, "the git server speaks an older protocol than version 2", {},
                 "It needs git 2.18 or newer, or its forge an API that this hub knows.");
  }
  GitServer server;
  bool fetches = false;
  for (;;) {
    LEANSPEC_ASSIGN(const Line capability, lines.next());
    if (capability.kind != Line::Kind::text) break;
    const std::string_view words = capability.words();
    if (words == "object-format=sha256") server.hash = digest::GitHash::sha256;
    if (words != "fetch" && !words.starts_with("fetch=")) continue;
    fetches = true;
    const std::string features = " " + std::string(words.substr(std::min<std::size_t>(6, words.size()))) + " ";
    server.filters = features.find(" filter ") != std::string::npos;
  }
  if (!fetches) return no_server();
  return server;
}

std::string git_refs_question(const GitServer& server, const std::vector<std::string>& prefixes) {
  std::string question = command(server, "ls-refs") + line_of("symrefs");
  for (const std::string& prefix : prefixes) question += line_of("ref-prefix " + prefix);
  return question + flush_line;
}

Result<std::vector<GitRef>> parse_git_refs(std::string_view body) {
  std::vector<GitRef> refs;
  for (Lines lines(body);;) {
    LEANSPEC_ASSIGN(const Line line, lines.next());
    if (line.kind != Line::Kind::text) return refs;
    if (refs.size() == refs_max) return misshapen("it names too many branches");
    if (auto ref = parse_ref(line.words())) refs.push_back(*std::move(ref));
  }
}

std::string git_fetch_question(const GitServer& server, const GitFetch& fetch) {
  std::string question = command(server, "fetch") + line_of("no-progress") + line_of("ofs-delta");
  if (fetch.shallow) question += line_of("deepen 1");
  if (!fetch.filter.empty()) question += line_of("filter " + fetch.filter);
  for (const GitId& want : fetch.wants) question += line_of("want " + want.value());
  for (const GitId& have : fetch.haves) question += line_of("have " + have.value());
  return question + line_of("done") + flush_line;
}

Result<std::string> parse_git_fetch(std::string_view body) {
  Lines lines(body);
  for (;;) {
    LEANSPEC_ASSIGN(const Line line, lines.next());
    if (line.kind == Line::Kind::text && line.words() == "packfile") break;
    if (line.kind == Line::Kind::flush) return misshapen("there is no pack in it");
  }
  std::string pack;
  for (;;) {
    LEANSPEC_ASSIGN(const Line line, lines.next());
    if (line.kind == Line::Kind::flush) return pack;
    if (line.kind == Line::Kind::delimiter || line.text.empty()) return misshapen("a line of the pack has no band");
    // Bands: 1 the pack, 2 words about the progress, 3 an error that ends it.
    if (line.text.front() == 1) pack += line.text.substr(1);
    if (line.text.front() == 3) return server_error(line.words().substr(1));
  }
}

}  // namespace leanspec::hub::mirrors
