#include "spec/tokens.h"

#include <array>
#include <string>

#include "spec/bpe.h"
#include "spec/pieces.h"
#include "spec/unicode.h"

namespace leanspec::spec {
namespace {

constexpr std::array<std::string_view, 5> special_tokens = {"<|endoftext|>", "<|fim_prefix|>", "<|fim_middle|>",
                                                            "<|fim_suffix|>", "<|endofprompt|>"};

struct Special {
  std::size_t at = std::string_view::npos;
  std::size_t length = 0;
};

Special find_special(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find("<|", from); at != std::string_view::npos; at = text.find("<|", at + 1)) {
    for (const std::string_view special : special_tokens) {
      if (text.substr(at).starts_with(special)) return {at, special.size()};
    }
  }
  return {};
}

std::size_t count_ordinary(BytePairEncoder& encoder, std::string_view text) {
  std::size_t tokens = 0;
  Pieces pieces(text);
  while (const auto piece = pieces.next()) tokens += encoder.count(*piece);
  return tokens;
}

std::size_t count_exactly(BytePairEncoder& encoder, std::string_view text) {
  std::size_t tokens = 0;
  while (true) {
    const Special special = find_special(text, 0);
    tokens += count_ordinary(encoder, text.substr(0, special.at));
    if (special.length == 0) return tokens;
    ++tokens;
    text.remove_prefix(special.at + special.length);
  }
}

std::size_t count_bounded(BytePairEncoder& encoder, std::string_view text) {
  const std::size_t tokens = count_exactly(encoder, text.substr(0, counted_bytes_max));
  if (text.size() <= counted_bytes_max) return tokens;
  return static_cast<std::size_t>(static_cast<double>(tokens) * static_cast<double>(text.size()) / counted_bytes_max);
}

std::string_view trim_start(std::string_view text) {
  while (!text.empty()) {
    const Character character = character_at(text, 0);
    if (character_class(character.value) != CharacterClass::space) break;
    text.remove_prefix(character.length);
  }
  return text;
}

std::string_view trim(std::string_view text) {
  text = trim_start(text);
  std::size_t end = 0;  // behind the last character that is no space
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    at += character.length;
    if (character_class(character.value) != CharacterClass::space) end = at;
  }
  return text.substr(0, end);
}

/// Takes the next line off `text`, without its line break.
std::string_view take_line(std::string_view& text) {
  const std::size_t newline = text.find('\n');
  std::string_view line = text.substr(0, newline);
  text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
  if (newline != std::string_view::npos && line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// Lines joined by '\n'; counts the tokens of the whole.
class Lines {
 public:
  void add(std::string_view line) {
    if (!empty_) text_ += '\n';
    text_ += line;
    empty_ = false;
  }
  void clear() {
    text_.clear();
    empty_ = true;
  }
  [[nodiscard]] bool empty() const { return empty_; }
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  std::string text_;
  bool empty_ = true;
};

bool is_checklist_item(std::string_view line) {
  return line.starts_with("- [ ]") || line.starts_with("- [x]") || line.starts_with("- [X]");
}

void count_parts(BytePairEncoder& encoder, std::string_view content, TokenReport& report) {
  const auto count = [&](std::string_view text) { return count_bounded(encoder, text); };
  bool in_code = false;
  std::string heading;
  Lines code;
  Lines section;
  while (!content.empty()) {
    const std::string_view line = take_line(content);
    const std::string_view indented = trim_start(line);
    if (indented.starts_with("```")) {
      code.add(line);
      if (in_code) {
        report.code_blocks += count(code.text());
        code.clear();
      }
      in_code = !in_code;
      continue;
    }
    if (in_code) {
      code.add(line);
      continue;
    }
    if (line.starts_with("## ")) {
      if (!heading.empty()) report.sections.push_back({heading, count(section.text())});
      heading = trim(line.substr(3));
      section.clear();
      continue;
    }
    if (is_checklist_item(indented)) {
      report.checklists += count(line);
    } else if (!indented.empty() && !line.starts_with("# ")) {
      report.prose += count(line);
    }
    if (!heading.empty()) section.add(line);
  }
  if (!heading.empty() && !section.empty()) report.sections.push_back({heading, count(section.text())});
}

std::size_t title_tokens(BytePairEncoder& encoder, std::string_view content) {
  while (!content.empty()) {
    const std::string_view line = take_line(content);
    if (line.starts_with("# ")) return count_bounded(encoder, line);
  }
  return 0;
}

/// Where the content begins behind LeanSpec's idea of frontmatter; nought without one.
std::size_t content_offset(std::string_view file) {
  constexpr std::string_view closing = "\n---";
  if (!trim_start(file).starts_with("---")) return 0;
  const std::size_t end = file.find(closing, 3);
  return end == std::string_view::npos ? 0 : end + closing.size();
}

}  // namespace

std::size_t count_tokens(std::string_view text) {
  BytePairEncoder encoder;
  return count_bounded(encoder, text);
}

TokenStatus token_status(std::size_t tokens) {
  constexpr std::size_t optimal_max = 2000;
  constexpr std::size_t good_max = 3500;
  constexpr std::size_t warning_max = 5000;
  if (tokens <= optimal_max) return TokenStatus::optimal;
  if (tokens <= good_max) return TokenStatus::good;
  if (tokens <= warning_max) return TokenStatus::warning;
  return TokenStatus::critical;
}

TokenReport count_spec_tokens(std::string_view file, std::string_view body) {
  BytePairEncoder encoder;
  TokenReport report;
  report.body = count_bounded(encoder, body);
  report.body_status = token_status(report.body);
  report.file = count_bounded(encoder, file);
  report.file_status = token_status(report.file);
  const std::size_t offset = content_offset(file);
  const std::string_view content = file.substr(offset);
  if (offset != 0) {
    report.frontmatter = count_bounded(encoder, file.substr(0, offset));
    report.title = title_tokens(encoder, content);
  }
  report.content = count_bounded(encoder, content);
  count_parts(encoder, content, report);
  return report;
}

}  // namespace leanspec::spec
