#include "spec/yaml_text.h"

#include <algorithm>
#include <cstdio>

#include "spec/timestamp.h"

namespace leanspec::spec {

namespace {

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }) ||
         text.find("\xC2\x85") != std::string_view::npos || text.find("\xE2\x80\xA8") != std::string_view::npos ||
         text.find("\xE2\x80\xA9") != std::string_view::npos || text.find("\xEF\xBB\xBF") != std::string_view::npos;
}

/// What YAML 1.1 and 1.2 readers take for something else than a text: numbers, truth values, nulls.
bool reads_as_other(std::string_view text) {
  static constexpr std::string_view words[] = {"null", "~", "true", "false", "yes", "no", "on", "off", "y", "n"};
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (std::find(std::begin(words), std::end(words), lower) != std::end(words)) return true;
  if (lower == ".nan" || lower.ends_with(".inf")) return true;
  return !text.empty() && text.find_first_not_of("0123456789+-._eExXabcdefABCDEFoO:") == std::string_view::npos &&
         text.find_first_of("0123456789") != std::string_view::npos &&
         std::string_view("0123456789+-.").find(text.front()) != std::string_view::npos;
}

bool safe_plain(std::string_view text, PlainTimes times) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ' || has_control(text)) return false;
  if (std::string_view("-?:,[]{}#&*!|>'\"%@`=").find(text.front()) != std::string_view::npos) return false;
  if (text.find_first_of(",[]{}") != std::string_view::npos) return false;  // between brackets they end the text
  if (text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos || text.ends_with(':'))
    return false;
  if (to_utc_timestamp(text)) return times == PlainTimes::allowed;
  return !reads_as_other(text);
}

std::string double_quoted(std::string_view text) {
  std::string quoted = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\t') {
      quoted += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      char code[8];
      std::snprintf(code, sizeof code, "\\x%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
      quoted += code;
    } else if (text.substr(i).starts_with("\xC2\x85")) {
      quoted += "\\N";
      i += 1;
    } else if (text.substr(i).starts_with("\xE2\x80\xA8") || text.substr(i).starts_with("\xE2\x80\xA9")) {
      quoted += text[i + 2] == '\xA8' ? "\\L" : "\\P";
      i += 2;
    } else if (text.substr(i).starts_with("\xEF\xBB\xBF")) {
      quoted += "\\uFEFF";
      i += 2;
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

void append(std::string& out, const YamlValue& value, std::size_t indent);

void append_map(std::string& out, const YamlValue& value, std::size_t indent) {
  bool first = true;
  for (const YamlEntry& entry : value.entries) {
    if (!first) out += '\n' + std::string(indent, ' ');
    first = false;
    out += to_yaml_scalar(entry.key, ScalarStyle::plain, PlainTimes::quoted) + ':';
    const bool block = (entry.value.kind == YamlKind::map && !entry.value.entries.empty()) ||
                       (entry.value.kind == YamlKind::list && !entry.value.items.empty());
    if (block) {
      out += '\n' + std::string(indent + 2, ' ');
      append(out, entry.value, indent + 2);
    } else if (entry.value.kind != YamlKind::null) {
      out += ' ';
      append(out, entry.value, indent);
    }
  }
}

void append(std::string& out, const YamlValue& value, std::size_t indent) {
  switch (value.kind) {
    case YamlKind::null:
      out += "null";
      return;
    case YamlKind::scalar:
      out += to_yaml_scalar(value.text, value.quoted ? ScalarStyle::single_quoted : ScalarStyle::plain,
                            value.quoted ? PlainTimes::quoted : PlainTimes::allowed);
      return;
    case YamlKind::list:
      if (value.items.empty()) out += "[]";
      for (std::size_t i = 0; i < value.items.size(); ++i) {
        if (i > 0) out += '\n' + std::string(indent, ' ');
        out += "- ";
        append(out, value.items[i], indent + 2);
      }
      return;
    case YamlKind::map:
      if (value.entries.empty()) out += "{}";
      append_map(out, value, indent);
      return;
  }
}

}  // namespace

std::string to_yaml_scalar(std::string_view text, ScalarStyle wanted, PlainTimes times) {
  if (wanted == ScalarStyle::plain && safe_plain(text, times)) return std::string(text);
  if (wanted == ScalarStyle::double_quoted || has_control(text)) return double_quoted(text);
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + '\'';
}

std::string to_yaml(const YamlValue& value, std::size_t indent) {
  std::string out;
  append(out, value, indent);
  return out;
}

bool same_yaml(const YamlValue& a, const YamlValue& b) {
  if (a.kind != b.kind || a.text != b.text || a.items.size() != b.items.size() || a.entries.size() != b.entries.size())
    return false;
  for (std::size_t i = 0; i < a.items.size(); ++i)
    if (!same_yaml(a.items[i], b.items[i])) return false;
  for (std::size_t i = 0; i < a.entries.size(); ++i)
    if (a.entries[i].key != b.entries[i].key || !same_yaml(a.entries[i].value, b.entries[i].value)) return false;
  return true;
}

}  // namespace leanspec::spec
