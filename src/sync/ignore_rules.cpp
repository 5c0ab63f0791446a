#include "sync/ignore_rules.h"

#include <algorithm>
#include <array>
#include <vector>

namespace leanspec::sync {

namespace {

/// Never synced, whatever the rule file says: histories of version control, and what we stage ourselves.
constexpr std::array<std::string_view, 5> firm_rules{".git", ".hg", ".svn", ".jj", ".leanspec-sync"};

/// What editors and systems drop beside a file while they save or show it.
constexpr std::array<std::string_view, 22> dropping_rules{
    "*.swp",           "*.swo", "*.swx",     "*~",           ".#*",   "#*#",           "4913",
    ".DS_Store",       "._*",   "Thumbs.db", "desktop.ini",  "~$*",   ".~lock.*#",     "*.kate-swp",
    ".fuse_hidden*",   ".nfs*", "*.tmp",     "*.tmp.[0-9]*", "*.bak", "*___jb_tmp___", "*___jb_old___",
    ".goutputstream-*"};

bool is_class(std::string_view name, unsigned char c) {
  const bool upper = c >= 'A' && c <= 'Z';
  const bool lower = c >= 'a' && c <= 'z';
  const bool digit = c >= '0' && c <= '9';
  const bool graph = c > 0x20 && c < 0x7F;
  if (name == "alpha") return upper || lower;
  if (name == "digit") return digit;
  if (name == "alnum") return upper || lower || digit;
  if (name == "upper") return upper;
  if (name == "lower") return lower;
  if (name == "space") return c == ' ' || (c >= '\t' && c <= '\r');
  if (name == "blank") return c == ' ' || c == '\t';
  if (name == "punct") return graph && !(upper || lower || digit);
  if (name == "xdigit") return digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  if (name == "cntrl") return c < 0x20 || c == 0x7F;
  if (name == "graph") return graph;
  if (name == "print") return graph || c == ' ';
  return false;
}

struct ClassMatch {
  std::size_t end = 0;  ///< behind the closing bracket; 0: never closed
  bool matched = false;
};

/// `[...]` at `begin` of `pattern` against one byte.
ClassMatch match_class(std::string_view pattern, std::size_t begin, unsigned char c) {
  std::size_t at = begin + 1;
  const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (negated) ++at;
  bool matched = false;
  int previous = -1;  // the low end of a range, if a single character stands there
  for (bool first = true; at < pattern.size() && (first || pattern[at] != ']'); first = false) {
    auto low = static_cast<unsigned char>(pattern[at]);
    if (low == '[' && at + 1 < pattern.size() && pattern[at + 1] == ':') {
      if (const auto close = pattern.find(']', at + 2);
          close != std::string_view::npos && pattern[close - 1] == ':' && close > at + 2) {
        matched = matched || is_class(pattern.substr(at + 2, close - at - 3), c);
        at = close + 1;
        previous = -1;
        continue;
      }
    }
    if (low == '-' && previous >= 0 && at + 1 < pattern.size() && pattern[at + 1] != ']') {
      ++at;
      if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
      const auto high = static_cast<unsigned char>(pattern[at]);
      matched = matched || (c >= previous && c <= high);
      previous = -1;
      ++at;
      continue;
    }
    if (low == '\\' && at + 1 < pattern.size()) low = static_cast<unsigned char>(pattern[++at]);
    matched = matched || low == c;
    previous = low;
    ++at;
  }
  if (at >= pattern.size()) return {};
  return {at + 1, matched != negated};
}

/// The byte that a name must begin or end with to match the pattern; nothing: any.
struct Ends {
  std::optional<char> first;
  std::optional<char> last;
};

Ends ends_of(std::string_view pattern) {
  constexpr std::string_view special = "*?[]\\";
  const auto is_plain = [&](char c) { return special.find(c) == std::string_view::npos; };
  Ends ends;
  if (pattern.empty()) return ends;
  if (is_plain(pattern.front())) ends.first = pattern.front();
  const bool escaped = pattern.size() > 1 && pattern[pattern.size() - 2] == '\\';
  if (is_plain(pattern.back()) && !escaped) ends.last = pattern.back();
  return ends;
}

/// The longest part of the pattern that stands in every name that matches it, word for word.
std::string_view plain_part(std::string_view pattern) {
  constexpr std::string_view special = "*?[]\\";
  std::string_view longest;
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern[at] == '[') {  // where a class ends is for match_class() to say
      at = std::max(match_class(pattern, at, 0).end, at + 1);
      continue;
    }
    const auto end = std::min(pattern.find_first_of(special, at), pattern.size());
    // What a backslash stands before is plain too, and short.
    if (end - at > longest.size()) longest = pattern.substr(at, end - at);
    at = end < pattern.size() && pattern[end] == '\\' ? end + 2 : std::max(end, at + (end == at ? 1 : 0));
  }
  return longest;
}

/// One path component against one pattern component: `*`, `?`, classes, backslash. Two fingers, at most O(n·m): the
/// last star alone is ever tried again.
bool glob(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_name = 0;
  while (n < name.size() || p < pattern.size()) {
    bool step = false;
    if (p < pattern.size()) {
      const char c = pattern[p];
      if (c == '*') {
        star = p++;
        star_name = n;
        continue;
      }
      if (n < name.size()) {
        if (c == '?') {
          ++p;
          step = true;
        } else if (c == '[') {
          const auto result = match_class(pattern, p, static_cast<unsigned char>(name[n]));
          if (result.end == 0) return false;
          if (result.matched) {
            p = result.end;
            step = true;
          }
        } else if (c == '\\') {
          if (p + 1 < pattern.size() && pattern[p + 1] == name[n]) {
            p += 2;
            step = true;
          }
        } else if (c == name[n]) {
          ++p;
          step = true;
        }
      }
    }
    if (step) {
      ++n;
      continue;
    }
    if (star == std::string_view::npos || star_name >= name.size()) return false;
    n = ++star_name;
    p = star + 1;
  }
  return true;
}

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0;;) {
    const auto slash = path.find('/', begin);
    parts.push_back(path.substr(begin, slash - begin));
    if (slash == std::string_view::npos) return parts;
    begin = slash + 1;
  }
}

/// Splits a pattern at its slashes, but not within a closed class; an escaped slash is a slash.
std::vector<std::string> split_pattern(std::string_view pattern) {
  std::vector<std::string> segments(1);
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const char c = pattern[at];
    if (c == '\\' && at + 1 < pattern.size()) {
      if (pattern[++at] == '/')
        segments.emplace_back();
      else
        (segments.back() += '\\') += pattern[at];
    } else if (c == '[') {
      const auto end = match_class(pattern, at, 0).end;
      const auto length = end == 0 ? 1 : end - at;
      segments.back() += pattern.substr(at, length);
      at += length - 1;
    } else if (c == '/') {
      segments.emplace_back();
    } else {
      segments.back() += c;
    }
  }
  return segments;
}

/// Whole paths, component by component. `reachable[i]`: the pattern up to the current segment matches the first i
/// components.
bool match_segments(const std::vector<std::string>& pattern, const std::vector<std::string_view>& path) {
  std::vector<bool> reachable(path.size() + 1, false);
  reachable[0] = true;
  for (std::size_t s = 0; s < pattern.size(); ++s) {
    std::vector<bool> next(path.size() + 1, false);
    if (pattern[s] == "**") {
      bool open = false;
      const bool last =
          s + 1 == pattern.size();  // a trailing "**" stands for what is inside, not for the folder itself
      for (std::size_t i = 0; i <= path.size(); ++i) {
        next[i] = last ? open : open || reachable[i];
        open = open || reachable[i];
      }
    } else {
      for (std::size_t i = 0; i < path.size(); ++i) {
        if (reachable[i] && glob(pattern[s], path[i])) next[i + 1] = true;
      }
    }
    reachable = std::move(next);
  }
  return reachable.back();
}

std::string_view without_trailing_spaces(std::string_view line) {
  std::size_t end = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '\\' && at + 1 < line.size())
      end = ++at + 1;
    else if (line[at] != ' ')
      end = at + 1;
  }
  return line.substr(0, end);
}

}  // namespace

IgnoreRules::IgnoreRules() : IgnoreRules(std::string_view{}) {}

IgnoreRules::IgnoreRules(std::string_view text) {
  for (const auto rule : firm_rules) add(rule, 0, true, true);
  for (const auto rule : dropping_rules) {
    // '#' begins a comment in a rule file only.
    add(rule.starts_with('#') ? "\\" + std::string{rule} : std::string{rule}, 0, true, false);
  }
  if (text.size() > text_bytes_max) {
    ++dropped_;
    text = text.substr(0, text_bytes_max);
    text = text.substr(0, text.rfind('\n') + 1);
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.ends_with('\r') && end != std::string_view::npos) line.remove_suffix(1);
    add(line, ++number, false, false);
  }
}

void IgnoreRules::add(std::string_view line, std::size_t number, bool built_in, bool firm) {
  if (line.empty() || line.front() == '#') return;
  line = without_trailing_spaces(line);
  Rule rule;
  rule.text = line;
  rule.line = built_in ? 0 : number;
  rule.firm = firm;
  if (line.starts_with('!')) {
    rule.negated = true;
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    rule.folder_only = true;
    line.remove_suffix(1);
  }
  rule.anchored = line.find('/') != std::string_view::npos;
  if (line.starts_with('/')) line.remove_prefix(1);
  if (line.empty()) return;
  if (line.size() > pattern_bytes_max || rules_.size() >= rules_max) {
    ++dropped_;
    return;
  }
  rule.segments = rule.anchored ? split_pattern(line) : std::vector<std::string>{std::string{line}};
  if (!rule.anchored) {
    const auto ends = ends_of(line);
    rule.first = ends.first;
    rule.last = ends.last;
  }
  note(rule);
  rules_.push_back(std::move(rule));
}

void IgnoreRules::note(const Rule& rule) {
  if (rule.anchored) {
    any_name_ = true;
  } else if (rule.first) {
    first_bytes_.set(static_cast<unsigned char>(*rule.first));
  } else if (rule.last) {
    last_bytes_.set(static_cast<unsigned char>(*rule.last));
  } else if (const auto part = plain_part(rule.segments.front()); !part.empty()) {
    within_.emplace_back(part);
  } else {
    any_name_ = true;
  }
}

bool IgnoreRules::may_match(std::string_view name) const {
  if (any_name_ || name.empty() || first_bytes_.test(static_cast<unsigned char>(name.front())) ||
      last_bytes_.test(static_cast<unsigned char>(name.back())))
    return true;
  return std::any_of(within_.begin(), within_.end(),
                     [&](const std::string& part) { return name.find(part) != std::string_view::npos; });
}

const IgnoreRules::Rule* IgnoreRules::last_match(std::string_view path, bool is_folder) const {
  const auto name = path.substr(path.rfind('/') + 1);
  if (!may_match(name)) return nullptr;
  const auto matches = [&](const Rule& rule) {
    if (rule.folder_only && !is_folder) return false;
    if (rule.anchored) return match_segments(rule.segments, split(path));
    // Nearly every name fails at its first or last byte already.
    if (rule.first && !name.starts_with(*rule.first)) return false;
    if (rule.last && !name.ends_with(*rule.last)) return false;
    return glob(rule.segments.front(), name);
  };
  const auto firm =
      std::find_if(rules_.begin(), rules_.end(), [&](const Rule& rule) { return rule.firm && matches(rule); });
  if (firm != rules_.end()) return &*firm;
  const auto last = std::find_if(rules_.rbegin(), rules_.rend(), matches);
  return last == rules_.rend() ? nullptr : &*last;
}

std::optional<IgnoreMatch> IgnoreRules::match(std::string_view path, bool is_folder) const {
  for (std::size_t slash = path.find('/');; slash = path.find('/', slash + 1)) {
    const bool whole = slash == std::string_view::npos;
    const Rule* rule = last_match(path.substr(0, slash), whole ? is_folder : true);
    if (rule != nullptr && !rule->negated) {
      const auto text = rule->line == 0 && rule->text.starts_with("\\#") ? rule->text.substr(1) : rule->text;
      return IgnoreMatch{text, rule->line == 0 ? "built in" : std::string{file_name}, rule->line};
    }
    if (whole) return std::nullopt;
  }
}

}  // namespace leanspec::sync
