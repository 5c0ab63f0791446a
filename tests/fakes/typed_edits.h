#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leanspec::tests {

/// Numbers from a seed, the same on every machine (SplitMix64).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }
  /// One of 0 … count-1.
  std::size_t pick(std::size_t count) { return static_cast<std::size_t>(next() % count); }
  bool chance(std::size_t percent) { return pick(100) < percent; }

 private:
  std::uint64_t state_;
};

enum class LineKind { blank, prose, item, checkbox, row, heading, fence, rule };

/// A body as its lines, each with what a person would take it for. The text after the last line break is a line too, so
/// that joining gives the same bytes.
struct TypedBody {
  std::vector<std::string> lines;
  std::vector<LineKind> kinds;

  [[nodiscard]] std::size_t size() const { return lines.size(); }
  [[nodiscard]] bool editable(std::size_t i) const {
    return kinds[i] == LineKind::prose || kinds[i] == LineKind::item || kinds[i] == LineKind::checkbox ||
           kinds[i] == LineKind::row;
  }
};

inline std::string join(const std::vector<std::string>& lines) {
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) text += (i > 0 ? "\n" : "") + lines[i];
  return text;
}

inline TypedBody read_typed(std::string_view text) {
  TypedBody body;
  std::size_t fence = 0;  // length of the delimiter that is open
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const std::string line(text.substr(at, end - at));
    const auto begin = line.find_first_not_of(" \t\r");
    const std::string_view trimmed =
        begin == std::string::npos ? std::string_view() : std::string_view(line).substr(begin);
    LineKind kind = LineKind::prose;
    const auto marks = std::min(trimmed.find_first_not_of(trimmed.starts_with('~') ? '~' : '`'), trimmed.size());
    if (fence > 0 || marks >= 3) {
      kind = LineKind::fence;
      const bool closes = marks >= fence && marks == trimmed.size();
      fence = fence == 0 ? marks : closes ? 0 : fence;
    } else if (trimmed.empty()) {
      kind = LineKind::blank;
    } else if (trimmed.starts_with('#')) {
      kind = LineKind::heading;
    } else if (trimmed.find_first_not_of("-=*_| :") == std::string_view::npos) {
      kind = LineKind::rule;
    } else if (trimmed.starts_with("- [ ] ") || trimmed.starts_with("- [x] ")) {
      kind = LineKind::checkbox;
    } else if (trimmed.starts_with("- ") || trimmed.starts_with("* ")) {
      kind = LineKind::item;
    } else if (trimmed.starts_with('|')) {
      kind = LineKind::row;
    }
    body.lines.push_back(line);
    body.kinds.push_back(kind);
    at = end + 1;
  }
  return body;
}

/// What one person does to one line.
struct LineEdits {
  bool toggled = false;
  bool deleted = false;
  std::map<std::size_t, std::string> words;  ///< by number of the word (run of non-blanks) in the line
  std::string appended;
  std::vector<std::string> below;  ///< new lines after it
};

using BodyEdits = std::map<std::size_t, LineEdits>;

/// Where the words of a line are: runs of non-blanks that hold a letter or digit, behind marker and checkbox.
inline std::vector<std::pair<std::size_t, std::size_t>> words_in(const std::string& line) {
  std::vector<std::pair<std::size_t, std::size_t>> words;
  std::size_t at = line.find_first_not_of(" \t");
  if (at == std::string::npos) return words;
  for (const char* marker : {"- [ ] ", "- [x] "})
    if (line.compare(at, 6, marker) == 0) at += 6;
  while (at < line.size()) {
    const auto begin = line.find_first_not_of(" \t", at);
    if (begin == std::string::npos) break;
    const auto end = std::min(line.find_first_of(" \t", begin), line.size());
    const auto is_word = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    };
    if (std::any_of(line.begin() + static_cast<std::ptrdiff_t>(begin), line.begin() + static_cast<std::ptrdiff_t>(end),
                    is_word))
      words.emplace_back(begin, end);
    at = end;
  }
  return words;
}

/// The text with the edits done; independent of any diff or merge. The order of sections is a second argument.
inline std::vector<std::string> edited(const TypedBody& body, const BodyEdits& edits,
                                       const std::vector<std::size_t>& order) {
  std::vector<std::string> lines;
  for (const auto i : order) {
    const auto found = edits.find(i);
    if (found == edits.end()) {
      lines.push_back(body.lines[i]);
      continue;
    }
    const LineEdits& edit = found->second;
    if (!edit.deleted) {
      std::string line = body.lines[i];
      const auto words = words_in(line);
      for (auto word = edit.words.rbegin(); word != edit.words.rend(); ++word) {
        const auto& [begin, end] = words[word->first];
        line.replace(begin, end - begin, word->second);
      }
      if (edit.toggled) {
        const auto box = line.find("- [") + 3;
        line[box] = line[box] == ' ' ? 'x' : ' ';
      }
      lines.push_back(line + edit.appended);
    }
    lines.insert(lines.end(), edit.below.begin(), edit.below.end());
  }
  return lines;
}

inline std::vector<std::size_t> present_order(const TypedBody& body) {
  std::vector<std::size_t> order(body.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  return order;
}

/// Both people's edits at once; the caller has seen to it that no line edit of one touches the other's.
inline BodyEdits together(const BodyEdits& a, const BodyEdits& b) {
  BodyEdits all = a;
  for (const auto& [line, edit] : b) {
    LineEdits& into = all[line];
    into.toggled = into.toggled || edit.toggled;
    into.deleted = into.deleted || edit.deleted;
    into.words.insert(edit.words.begin(), edit.words.end());
    into.appended += edit.appended;
    into.below.insert(into.below.end(), edit.below.begin(), edit.below.end());
  }
  return all;
}

/// Types edits as people do: toggle a checkbox, append to an item, replace a word, insert an item, row or paragraph,
/// delete an item.
class Typist {
 public:
  Typist(const TypedBody& body, Dice& dice) : body_(body), dice_(dice) {}

  std::string word() {
    static constexpr const char* syllables[] = {"ka", "lo", "mi", "ren", "sor", "tu", "vel", "zan", "pri", "quo"};
    std::string text = syllables[dice_.pick(10)];
    for (int i = 0; i < 3; ++i) text += syllables[dice_.pick(10)];
    return text + std::to_string(dice_.pick(90) + 10);
  }

  /// One edit at that line; the line that it really changes may be another one (a paragraph goes behind its block).
  /// `may_delete` is false where the other side edits the same line.
  void edit(std::size_t line, BodyEdits& edits, bool may_delete, const LineEdits* taken = nullptr) {
    const LineKind kind = body_.kinds[line];
    const bool item = kind == LineKind::item || kind == LineKind::checkbox;
    const auto roll = dice_.pick(100);
    if (roll < 6) return paragraph(line, edits);
    if (roll < 20 && (item || kind == LineKind::row)) return insert_like(line, edits);
    if (roll < 27 && may_delete && item) {
      edits[line].deleted = true;
      return;
    }
    if (roll < 45 && kind == LineKind::checkbox && (taken == nullptr || !taken->toggled)) {
      edits[line].toggled = true;
      return;
    }
    if (roll < 60 && kind != LineKind::row && (taken == nullptr || taken->appended.empty())) {
      edits[line].appended = " " + word() + " " + word();
      return;
    }
    const auto words = words_in(body_.lines[line]);
    if (words.empty()) return paragraph(line, edits);
    for (int tries = 0; tries < 20; ++tries) {
      const auto index = dice_.pick(words.size());
      if (taken != nullptr && taken->words.contains(index)) continue;
      edits[line].words[index] = word();
      return;
    }
  }

  void insert_like(std::size_t line, BodyEdits& edits) {
    const std::string& like = body_.lines[line];
    const auto begin = like.find_first_not_of(" \t");
    if (body_.kinds[line] == LineKind::row) {
      std::string row = like.substr(0, begin) + "|";
      const auto cells = std::count(like.begin(), like.end(), '|');
      for (long i = 1; i < cells; ++i) row += " " + word() + " |";
      edits[line].below.push_back(row);
      return;
    }
    const std::string marker = body_.kinds[line] == LineKind::checkbox ? "- [ ] " : like.substr(begin, 2);
    edits[line].below.push_back(like.substr(0, begin) + marker + word() + " " + word() + " " + word());
  }

  void paragraph(std::size_t line, BodyEdits& edits) {
    while (line + 1 < body_.size() && body_.kinds[line + 1] != LineKind::blank && body_.editable(line + 1)) ++line;
    auto& below = edits[line].below;
    below.emplace_back("");
    below.push_back(word() + " " + word() + " " + word() + " " + word() + ".");
  }

 private:
  const TypedBody& body_;
  Dice& dice_;
};

}  // namespace leanspec::tests
