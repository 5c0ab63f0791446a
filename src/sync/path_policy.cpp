#include "sync/path_policy.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "sync/normal_form.h"
#include "text/utf8.h"

namespace leanspec::sync {

namespace {

/// NAME_MAX of every file system in use.
constexpr std::size_t component_bytes_max = 255;
constexpr std::string_view staging_folder = ".leanspec-sync";

struct Range {
  char32_t from;
  char32_t to;
};

bool within(char32_t point, const auto& ranges) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [point](const Range& r) { return point >= r.from && point <= r.to; });
}

/// Invisible or order-changing: two names that look the same must be the same.
constexpr std::array<Range, 10> deceiving = {{
    {0x00AD, 0x00AD},    // soft hyphen
    {0x061C, 0x061C},    // Arabic letter mark
    {0x180E, 0x180E},    // Mongolian vowel separator
    {0x200B, 0x200F},    // zero-width and direction marks
    {0x2028, 0x202E},    // line and paragraph separator, embeddings, overrides
    {0x2060, 0x2069},    // invisible operators, isolates
    {0xFEFF, 0xFEFF},    // byte order mark
    {0xFFF9, 0xFFFB},    // interlinear annotation
    {0xFFFE, 0xFFFF},    // not characters
    {0xE0000, 0xE007F},  // tags
}};

/// Simple case folding (Unicode CaseFolding.txt, status C and S) for the scripts that have case and occur in file
/// names. What is missing here merely fails to warn of a collision that is rare twice over.
char32_t fold(char32_t c) {
  const auto odd_is_lower = [c] { return c | 1U; };
  const auto even_is_lower = [c] { return (c & 1U) != 0 ? c + 1 : c; };
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  if (c == 0x00B5) return 0x03BC;
  if (c >= 0x00C0 && c <= 0x00DE && c != 0x00D7) return c + 32;
  if ((c >= 0x0100 && c <= 0x012F) || (c >= 0x0132 && c <= 0x0137) || (c >= 0x014A && c <= 0x0177))
    return odd_is_lower();
  if ((c >= 0x0139 && c <= 0x0148) || (c >= 0x0179 && c <= 0x017E)) return even_is_lower();
  if (c == 0x0178) return 0x00FF;
  if (c == 0x017F) return 's';
  if (c >= 0x01CD && c <= 0x01DC) return even_is_lower();
  if ((c >= 0x01DE && c <= 0x01EF) || (c >= 0x01F8 && c <= 0x021F) || (c >= 0x0222 && c <= 0x0233))
    return odd_is_lower();
  if (c == 0x0386) return 0x03AC;
  if (c >= 0x0388 && c <= 0x038A) return c + 37;
  if (c == 0x038C) return 0x03CC;
  if (c == 0x038E || c == 0x038F) return c + 63;
  if (c >= 0x0391 && c <= 0x03AB && c != 0x03A2) return c + 32;
  if (c == 0x03C2) return 0x03C3;  // final sigma
  if (c >= 0x0400 && c <= 0x040F) return c + 80;
  if (c >= 0x0410 && c <= 0x042F) return c + 32;
  if ((c >= 0x0460 && c <= 0x0481) || (c >= 0x048A && c <= 0x04BF) || (c >= 0x04D0 && c <= 0x052F))
    return odd_is_lower();
  if (c == 0x04C0) return 0x04CF;
  if (c >= 0x04C1 && c <= 0x04CE) return even_is_lower();
  if (c >= 0x0531 && c <= 0x0556) return c + 48;
  if ((c >= 0x1E00 && c <= 0x1E95) || (c >= 0x1EA0 && c <= 0x1EFF)) return odd_is_lower();
  if (c == 0x1E9E) return 0x00DF;
  if (c >= 0x2160 && c <= 0x216F) return c + 16;
  if (c >= 0x24B6 && c <= 0x24CF) return c + 26;
  if (c >= 0xFF21 && c <= 0xFF3A) return c + 32;
  return c;
}

/// Printable, and none that Windows cannot hold.
constexpr auto plain_ascii = [] {
  std::array<bool, 128> plain{};
  for (std::size_t c = 0x20; c < 0x7F; ++c) plain.at(c) = true;
  for (const char c : std::string_view("<>:\"|?*\\")) plain.at(static_cast<std::size_t>(c)) = false;
  return plain;
}();

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<std::uint8_t>(c) < 0x80; });
}

std::string lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return lower;
}

/// CON, COM1, "nul.txt", "aux .md": Windows opens the device whatever follows the first dot.
bool is_windows_device(std::string_view component) {
  auto stem = component.substr(0, component.find('.'));
  while (!stem.empty() && stem.back() == ' ') stem.remove_suffix(1);
  const std::string name = lower_ascii(stem);
  static constexpr std::array<std::string_view, 6> names = {"con", "prn", "aux", "nul", "conin$", "conout$"};
  if (std::find(names.begin(), names.end(), name) != names.end()) return true;
  if (name.size() < 4 || (name.compare(0, 3, "com") != 0 && name.compare(0, 3, "lpt") != 0)) return false;
  const std::string_view number = std::string_view(name).substr(3);
  const bool digit = number.size() == 1 && number[0] >= '0' && number[0] <= '9';
  return digit || number == "\u00B9" || number == "\u00B2" || number == "\u00B3";
}

Error refused(std::string_view path, std::string why) {
  return Error(ErrorCode::invalid, std::move(why), std::string(path.substr(0, path_bytes_max)), "Rename the file.");
}

Status check_component(std::string_view path, std::string_view component) {
  if (component.empty()) return refused(path, "the path has an empty part");
  if (component == "." || component == "..") return refused(path, "a path may not contain \".\" or \"..\"");
  if (component.size() > component_bytes_max) return refused(path, "a name may have at most 255 bytes");
  if (component.back() == '.' || component.back() == ' ') {
    return refused(path, "a name that ends with a dot or a space cannot exist on Windows");
  }
  // All names below begin with one of these.
  if (std::string_view(".gGcCpPaAnNlL").find(component.front()) == std::string_view::npos) return {};
  const std::string lower = lower_ascii(component);
  if (lower == staging_folder) return refused(path, "this folder is where the bridge prepares files");
  // "git~1" is the short name under which Windows would open .git.
  for (const std::string_view internal : {".git", ".hg", ".svn", ".jj", "git~1"}) {
    if (lower == internal) return refused(path, "the inside of a version control folder is never synced");
  }
  if (is_windows_device(component)) return refused(path, "this name is a device on Windows");
  return {};
}

}  // namespace

Status check_path(std::string_view path) {
  if (path.empty()) return refused(path, "the path is empty");
  if (path.size() > path_bytes_max) return refused(path, "the path is longer than 1,024 bytes");
  for (std::size_t at = 0; at < path.size();) {
    if (const auto byte = static_cast<std::uint8_t>(path[at]); byte < plain_ascii.size() && plain_ascii[byte]) {
      ++at;
      continue;
    }
    const auto point = text::next_code_point(path, at);
    if (!point) return refused({}, "the path is not valid UTF-8");
    if (*point < 0x20 || (*point >= 0x7F && *point <= 0x9F))
      return refused({}, "the path contains a control character");
    if (within(*point, deceiving)) return refused({}, "the path contains an invisible or direction-changing character");
    if (*point < 0x80 && std::string_view("<>:\"|?*\\").find(static_cast<char>(*point)) != std::string_view::npos) {
      return refused(path, "the path contains one of < > : \" | ? * \\ which Windows cannot hold");
    }
  }
  std::size_t folders = 0;
  for (std::size_t from = 0;;) {
    const std::size_t slash = path.find('/', from);
    LEANSPEC_TRY(check_component(path, path.substr(from, slash == std::string_view::npos ? slash : slash - from)));
    if (slash == std::string_view::npos) break;
    if (++folders > path_depth_max) return refused(path, "the path is more than 16 folders deep");
    from = slash + 1;
  }
  return {};
}

std::string fold_case(std::string_view path) {
  if (is_ascii(path)) return lower_ascii(path);
  std::string key;
  key.reserve(path.size());
  for (std::size_t at = 0; at < path.size();) {
    if (const auto point = text::next_code_point(path, at))
      text::append_code_point(key, fold(*point));
    else
      key.push_back(path[at++]);
  }
  return key;
}

std::string collision_key(std::string_view path) {
  return is_ascii(path) ? lower_ascii(path) : fold_case(taken_apart(path));
}

}  // namespace leanspec::sync
