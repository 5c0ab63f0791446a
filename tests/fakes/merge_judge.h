#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace leanspec::tests {

enum class Verdict { exact, equivalent, conflict, wrong };

/// Judges merged texts by what must come out, with eyes of its own: no code of the merge, the diff or the YAML reader
/// is used here. `equivalent` is equal up to derived times, the order of lists and how a value is quoted; anything else
/// that is not the expected text has an edit missing, doubled or altered.
class MergeJudge {
 public:
  static Verdict judge(const std::string& expected, const std::string& merged) {
    if (merged == expected) return Verdict::exact;
    const auto [fields, body] = split(expected);
    const auto [merged_fields, merged_body] = split(merged);
    if (!fields || !merged_fields || body != merged_body) return Verdict::wrong;
    return read(*fields) == read(*merged_fields) ? Verdict::equivalent : Verdict::wrong;
  }

 private:
  /// The lines between the first `---` and the next, and all behind it.
  static std::pair<std::optional<std::string_view>, std::string_view> split(std::string_view text) {
    if (!text.starts_with("---\n")) return {std::nullopt, text};
    const auto end = text.find("\n---\n", 3);
    if (end == std::string_view::npos) return {std::nullopt, text};
    return {text.substr(4, end + 1 - 4), text.substr(end + 5)};
  }

  static std::string bare(std::string_view value) {
    const auto begin = value.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    value = value.substr(begin, value.find_last_not_of(" \t\r") - begin + 1);
    if (value.size() >= 2 && (value.front() == '\'' || value.front() == '"') && value.back() == value.front())
      value = value.substr(1, value.size() - 2);
    return std::string(value);
  }

  /// For each key what it holds, items of lists sorted. Derived times are left out.
  static std::map<std::string, std::multiset<std::string>> read(std::string_view yaml) {
    std::map<std::string, std::multiset<std::string>> fields;
    std::string key;
    std::string item;
    const auto close = [&] {
      if (!item.empty()) fields[key].insert(item);
      item.clear();
    };
    while (!yaml.empty()) {
      const auto end = std::min(yaml.find('\n'), yaml.size());
      const std::string_view line = yaml.substr(0, end);
      yaml.remove_prefix(std::min(end + 1, yaml.size()));
      const auto first = line.find_first_not_of(' ');
      if (first == std::string_view::npos) continue;
      if (first == 0 && line[0] != '-' && line[0] != '#' && line.find(':') != std::string_view::npos) {
        close();
        key = line.substr(0, line.find(':'));
        const std::string value = bare(line.substr(line.find(':') + 1));
        fields[key];
        if (value.starts_with('[') && value.ends_with(']')) {
          add_items(fields[key], std::string_view(value).substr(1, value.size() - 2));
        } else if (!value.empty()) {
          item = value;
        }
      } else if (line[first] == '-' && line.substr(first).starts_with("- ")) {
        close();
        item = in_item(line.substr(first + 2));
      } else {
        item += "\n" + in_item(line);
      }
    }
    close();
    fields.erase("updated_at");
    fields.erase("updated");
    return fields;
  }

  /// "status: 'x'" without the quotes, or a bare text.
  static std::string in_item(std::string_view text) {
    const auto colon = text.find(": ");
    if (colon == std::string_view::npos) return bare(text);
    return bare(text.substr(0, colon)) + ": " + bare(text.substr(colon + 2));
  }

  static void add_items(std::multiset<std::string>& into, std::string_view items) {
    while (!items.empty()) {
      const auto comma = std::min(items.find(','), items.size());
      into.insert(bare(items.substr(0, comma)));
      items.remove_prefix(std::min(comma + 1, items.size()));
    }
  }
};

}  // namespace leanspec::tests
