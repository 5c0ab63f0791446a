#include "bridge/run/settings_file.h"

#include <algorithm>

namespace leanspec::bridge::run {
namespace {

[[nodiscard]] std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

[[nodiscard]] Error wrong(const std::string& file, std::size_t line, std::string what) {
  return Error(ErrorCode::invalid, std::move(what), file + ":" + std::to_string(line), "Write it as: key = \"value\"");
}

[[nodiscard]] bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

[[nodiscard]] Result<std::string> unquoted(std::string_view text, const std::string& file, std::size_t line) {
  std::string value;
  std::size_t at = 1;
  for (; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] != '\\') {
      value += text[at];
      continue;
    }
    const char escaped = ++at < text.size() ? text[at] : '\0';
    if (escaped == '"' || escaped == '\\') {
      value += escaped;
    } else if (escaped == 'n') {
      value += '\n';
    } else if (escaped == 't') {
      value += '\t';
    } else {
      return wrong(file, line, "an escape other than \\\" \\\\ \\n \\t");
    }
  }
  if (at >= text.size()) return wrong(file, line, "the closing \" is missing");
  const std::string_view rest = trimmed(text.substr(at + 1));
  if (!rest.empty() && rest.front() != '#') return wrong(file, line, "something follows the value");
  return value;
}

}  // namespace

std::string_view SettingsSection::value(std::string_view key) const {
  const auto found =
      std::find_if(settings.begin(), settings.end(), [&](const Setting& setting) { return setting.key == key; });
  return found == settings.end() ? std::string_view() : std::string_view(found->value);
}

Result<std::vector<SettingsSection>> parse_settings(std::string_view text, const std::string& file) {
  std::vector<SettingsSection> sections(1);
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[') {
      std::string_view name = trimmed(line.substr(0, line.find('#')));
      const std::size_t brackets = name.starts_with("[[") ? 2 : 1;
      if (!name.ends_with(brackets == 2 ? "]]" : "]")) return wrong(file, number, "a section is not closed");
      name = trimmed(name.substr(brackets, name.size() - 2 * brackets));
      if (!is_name(name)) return wrong(file, number, "a section has no proper name");
      sections.push_back(SettingsSection{std::string(name), {}});
      continue;
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return wrong(file, number, "is no setting");
    const std::string_view key = trimmed(line.substr(0, equals));
    std::string_view value = trimmed(line.substr(equals + 1));
    if (!is_name(key)) return wrong(file, number, "the key is no plain name");
    Setting setting{std::string(key), {}, number};
    if (!value.empty() && value.front() == '"') {
      LEANSPEC_ASSIGN(setting.value, unquoted(value, file, number));
    } else {
      value = trimmed(value.substr(0, value.find('#')));
      if (!is_name(value)) return wrong(file, number, "the value of " + setting.key + " is not in quotes");
      setting.value = value;
    }
    sections.back().settings.push_back(std::move(setting));
  }
  return sections;
}

std::string print_settings(const std::vector<SettingsSection>& sections) {
  std::string out;
  for (const SettingsSection& section : sections) {
    if (!section.name.empty()) out += (out.empty() ? "[[" : "\n[[") + section.name + "]]\n";
    for (const Setting& setting : section.settings) {
      out += setting.key + " = \"";
      for (const char c : setting.value) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n' || c == '\t') {
          out += c == '\n' ? "\\n" : "\\t";
        } else {
          out += c;
        }
      }
      out += "\"\n";
    }
  }
  return out;
}

}  // namespace leanspec::bridge::run
