#include "bridge/run/conflict_text.h"

#include <algorithm>

namespace leanspec::bridge::run {
namespace {

constexpr std::string_view red = "\033[31m";
constexpr std::string_view green = "\033[32m";
constexpr std::string_view plain = "\033[0m";
/// A place with more lines is cut: the file itself and the web app show the rest.
constexpr std::size_t lines_shown_max = 60;

/// "22 Nov 2026 ..." would need a locale: RFC 3339 to the minute, in UTC as the hub says it.
[[nodiscard]] std::string moment(const JsonValue& version) {
  std::string at = version.at("effectiveAt").text();
  if (at.size() < 16) return at;
  at.resize(16);
  at[10] = ' ';
  return at + " UTC";
}

[[nodiscard]] std::string who(const JsonValue& version) {
  const std::string user = version.at("user").is_object() ? version.at("user").at("name").text() : "";
  const std::string machine = version.at("machine").is_object() ? version.at("machine").at("name").text() : "";
  std::string both = user;
  if (!machine.empty()) both += (both.empty() ? "" : " on ") + machine;
  return both.empty() ? "" : ", " + both;
}

[[nodiscard]] std::string version_line(const JsonValue& version) {
  if (!version.is_object()) return "nothing";
  return (version.at("deleted").is_true() ? "deleted, " : "") + moment(version) + who(version);
}

[[nodiscard]] std::string shown_path(const JsonValue& conflict, const std::string& root) {
  return root + "/" + conflict.at("path").text();
}

void add_lines(std::string& out, std::string_view label, std::string_view colour, std::string_view text,
               bool coloured) {
  std::size_t shown = 0;
  if (text.empty()) {
    out += "    " + std::string(label) + "  (nothing)\n";
    return;
  }
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (++shown > lines_shown_max) {
      out += "    " + std::string(label) + "  … and more lines\n";
      return;
    }
    out += "    " + std::string(label) + "  " + std::string(coloured ? colour : std::string_view()) +
           std::string(line) + std::string(coloured ? plain : std::string_view()) + "\n";
  }
}

[[nodiscard]] std::string ways_out(const JsonValue& conflict) {
  std::string ways;
  for (const JsonValue& take : conflict.at("takes").items()) ways += (ways.empty() ? "" : ", ") + take.text();
  return ways;
}

}  // namespace

std::string harmless(std::string text) {
  std::erase_if(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
  });
  return text;
}

std::string conflict_row_text(const JsonValue& conflict, const std::string& root) {
  std::string out = shown_path(conflict, root) + "\n";
  out += "  the hub has  " + version_line(conflict.at("head")) + "\n";
  out += "  set aside    " + version_line(conflict.at("other")) + "\n";
  std::string places;
  for (const JsonValue& place : conflict.at("placeNames").items())
    places += (places.empty() ? "" : ", ") + place.text();
  if (!places.empty()) out += "  they differ in " + places + "\n";
  if (const std::string why = conflict.at("why").text(); !why.empty()) out += "  " + why + "\n";
  return harmless(std::move(out));
}

std::string conflict_text(const JsonValue& conflict, const std::string& root, bool colour) {
  std::string out = harmless(conflict_row_text(conflict, root));
  if (conflict.at("base").is_object())
    out += "  both go on from  " + harmless(version_line(conflict.at("base"))) + "\n";
  std::size_t number = 0;
  for (const JsonValue& place : conflict.at("places").items()) {
    out += "\n  place " + std::to_string(++number) + ": " + harmless(place.at("name").text());
    if (const std::string why = place.at("why").text(); !why.empty()) out += " (" + harmless(why) + ")";
    out += "\n";
    if (!place.at("ours").is_object()) continue;
    add_lines(out, "before", {}, harmless(place.at("base").at("text").text()), colour);
    add_lines(out, "head  ", red, harmless(place.at("ours").at("text").text()), colour);
    add_lines(out, "other ", green, harmless(place.at("theirs").at("text").text()), colour);
  }
  const JsonValue occupant = conflict.at("occupant");
  if (!occupant.is_null()) out += "\n  another document stands there: " + harmless(occupant.text()) + "\n";
  out += "\n  decide: leanspec-bridge resolve " + harmless(shown_path(conflict, root)) +
         " --take WAY, where WAY is one of " + harmless(ways_out(conflict)) + "\n";
  return out;
}

}  // namespace leanspec::bridge::run
