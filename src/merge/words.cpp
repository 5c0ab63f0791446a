#include "merge/words.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "merge/markdown_lines.h"
#include "spec/unicode.h"

namespace leanspec::merge {

namespace {

constexpr std::string_view url_ends = " \t<>()[]\"'`|";

bool is_ideograph(char32_t c) {
  return (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x3FFFF);
}

bool is_word(char32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  const auto kind = spec::character_class(c);
  return kind == spec::CharacterClass::letter || kind == spec::CharacterClass::number;
}

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view line)
      : line_(line),
        box_(checkbox_in(line)),
        row_(line.substr(std::min(line.find_first_not_of(" \t"), line.size())).starts_with('|')) {}

  std::vector<Token> run() {
    while (at_ < line_.size()) take();
    return std::move(tokens_);
  }

 private:
  void add(std::size_t length, TokenKind kind, bool ideograph = false) {
    tokens_.push_back({line_.substr(at_, length), kind, ideograph});
    at_ += length;
  }

  void take() {
    if (box_.length > 0 && at_ == box_.offset) return add(box_.length, TokenKind::checkbox);
    const char c = line_[at_];
    if (c == ' ' || c == '\t') {
      const auto end = std::min(line_.find_first_not_of(" \t", at_), line_.size());
      // Never over the checkbox, which begins behind blanks.
      return add(end - at_, TokenKind::space);
    }
    if (c == '\\' && at_ + 1 < line_.size() && static_cast<unsigned char>(line_[at_ + 1]) < 0x80)
      return add(2, TokenKind::mark);
    if (c == '|' && row_) return add(1, TokenKind::bar);
    if (c == '`') return take_code();
    if (c == '(' && at_ > 0 && line_[at_ - 1] == ']') return take_target();
    const auto rest = line_.substr(at_);
    if (rest.starts_with("http://") || rest.starts_with("https://"))
      return add(std::min(rest.find_first_of(url_ends), rest.size()), TokenKind::whole);
    take_text();
  }

  void take_code() {
    const auto run = std::min(line_.find_first_not_of('`', at_), line_.size()) - at_;
    for (auto from = at_ + run; from < line_.size();) {
      const auto begin = line_.find('`', from);
      if (begin == std::string_view::npos) break;
      const auto end = std::min(line_.find_first_not_of('`', begin), line_.size());
      if (end - begin == run) return add(end - at_, TokenKind::whole);
      from = end;
    }
    add(run, TokenKind::mark);
  }

  void take_target() {
    const auto end = line_.find(')', at_);
    if (end == std::string_view::npos) return add(1, TokenKind::mark);
    add(end + 1 - at_, TokenKind::whole);
  }

  void take_text() {
    const auto first = spec::character_at(line_, at_);
    if (is_ideograph(first.value)) return add(first.length, TokenKind::word, true);
    if (!is_word(first.value)) return add(first.length, TokenKind::mark);
    auto end = at_;
    while (end < line_.size()) {
      const auto next = spec::character_at(line_, end);
      if (!is_word(next.value) || is_ideograph(next.value)) break;
      end += next.length;
    }
    add(end - at_, TokenKind::word);
  }

  std::string_view line_;
  Checkbox box_;
  bool row_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

struct Column {
  std::vector<Token> tokens;
  std::vector<std::uint32_t> elements;
  Hunks hunks;

  [[nodiscard]] std::string text(std::uint32_t begin, std::uint32_t end) const {
    std::string all;
    for (auto i = begin; i < end; ++i) all += tokens[i].text;
    return all;
  }
};

bool counts_as_word(const Token& token) {
  return token.kind == TokenKind::word || token.kind == TokenKind::whole;
}

class WordMerge {
 public:
  WordMerge(const Column& base, const Column& ours, const Column& theirs) : base_(base), ours_(ours), theirs_(theirs) {}

  std::optional<MergedLine> run() {
    // Ticking a box is apart from whatever was done to the text behind it.
    if (!only_checkbox(ours_) && !only_checkbox(theirs_) && (rewritten(ours_) || rewritten(theirs_)))
      return std::nullopt;
    std::size_t a = 0;
    std::size_t b = 0;
    while (a < ours_.hunks.size() || b < theirs_.hunks.size()) {
      const Hunk* const our = a < ours_.hunks.size() ? &ours_.hunks[a] : nullptr;
      const Hunk* const their = b < theirs_.hunks.size() ? &theirs_.hunks[b] : nullptr;
      if (our != nullptr && their != nullptr && same_edit(*our, *their)) {
        if (!take(*our, our, their)) return std::nullopt;
        ++a, ++b;
      } else if (their == nullptr || (our != nullptr && comes_first(*our, *their))) {
        if (!take(*our, our, nullptr)) return std::nullopt;
        ++a;
      } else {
        if (!take(*their, nullptr, their)) return std::nullopt;
        ++b;
      }
    }
    keep_until(static_cast<std::uint32_t>(base_.tokens.size()));
    return std::move(merged_);
  }

 private:
  [[nodiscard]] bool rewritten(const Column& side) const {
    std::size_t words = 0;
    std::size_t gone = 0;
    for (const Token& token : base_.tokens) words += counts_as_word(token) ? 1U : 0U;
    for (const Hunk& hunk : side.hunks)
      for (auto i = hunk.base_begin; i < hunk.base_end; ++i) gone += counts_as_word(base_.tokens[i]) ? 1U : 0U;
    return gone * 2 > words;
  }

  [[nodiscard]] bool is_checkbox(const Hunk& hunk) const {
    return hunk.base_end == hunk.base_begin + 1 && base_.tokens[hunk.base_begin].kind == TokenKind::checkbox;
  }

  [[nodiscard]] bool only_checkbox(const Column& side) const {
    return side.hunks.size() == 1 && is_checkbox(side.hunks[0]);
  }

  [[nodiscard]] bool same_edit(const Hunk& our, const Hunk& their) const {
    return our.base_begin == their.base_begin && our.base_end == their.base_end &&
           ours_.text(our.side_begin, our.side_end) == theirs_.text(their.side_begin, their.side_end);
  }

  static bool comes_first(const Hunk& our, const Hunk& their) {
    return std::pair(our.base_begin, our.base_end) <= std::pair(their.base_begin, their.base_end);
  }

  /// Takes an edit that one side made, or both; false when it is too close to one of the other side before it.
  bool take(const Hunk& hunk, const Hunk* our, const Hunk* their) {
    const bool by_ours = our != nullptr;
    const bool by_theirs = their != nullptr;
    if (by_ours && last_theirs_ && !apart(*last_theirs_, hunk)) return false;
    if (by_theirs && last_ours_ && !apart(*last_ours_, hunk)) return false;
    keep_until(hunk.base_begin);
    WordRow row;
    row.base = base_.text(hunk.base_begin, hunk.base_end);
    row.ours = by_ours ? ours_.text(our->side_begin, our->side_end) : row.base;
    row.theirs = by_theirs ? theirs_.text(their->side_begin, their->side_end) : row.base;
    merged_.text += by_ours ? row.ours : row.theirs;
    merged_.rows.push_back(std::move(row));
    next_ = hunk.base_end;
    // An edit that both made belongs to neither: what comes next may stand beside it as beside one's own.
    if (by_ours && !by_theirs) last_ours_ = hunk;
    if (by_theirs && !by_ours) last_theirs_ = hunk;
    return true;
  }

  [[nodiscard]] bool apart(const Hunk& before, const Hunk& after) const {
    if (after.base_begin < before.base_end) return false;
    if (is_checkbox(before) && after.base_begin >= before.base_end) return true;
    bool word = false;
    bool space = false;
    std::size_t ideographs = 0;
    for (auto i = before.base_end; i < after.base_begin; ++i) {
      const Token& token = base_.tokens[i];
      if (token.kind == TokenKind::bar) return true;
      word = word || counts_as_word(token);
      space = space || token.kind == TokenKind::space;
      ideographs += token.ideograph ? 1U : 0U;
    }
    return (word && space) || ideographs >= 2;
  }

  void keep_until(std::uint32_t end) {
    if (end <= next_) return;
    WordRow row;
    row.base = row.ours = row.theirs = base_.text(next_, end);
    merged_.text += row.base;
    merged_.rows.push_back(std::move(row));
    next_ = end;
  }

  const Column& base_;
  const Column& ours_;
  const Column& theirs_;
  MergedLine merged_;
  std::uint32_t next_ = 0;
  std::optional<Hunk> last_ours_;
  std::optional<Hunk> last_theirs_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view line) {
  return Tokenizer(line).run();
}

std::optional<MergedLine> merge_words(std::string_view base, std::string_view ours, std::string_view theirs,
                                      DiffBudget& budget) {
  if (std::max({base.size(), ours.size(), theirs.size()}) > line_bytes_max) return std::nullopt;
  std::map<std::pair<std::string_view, TokenKind>, std::uint32_t> known;
  const auto column = [&](std::string_view line) {
    Column made;
    made.tokens = tokenize(line);
    for (const Token& token : made.tokens) {
      made.elements.push_back(
          known.try_emplace({token.text, token.kind}, static_cast<std::uint32_t>(known.size())).first->second);
    }
    return made;
  };
  const Column from = column(base);
  Column our = column(ours);
  Column their = column(theirs);
  for (Column* side : {&our, &their}) {
    auto hunks = diff(from.elements, side->elements, budget);
    if (!hunks) return std::nullopt;
    side->hunks = std::move(*hunks);
  }
  // Repeated words: the edits may stand elsewhere with the same sides. Only what reads the same wherever they stand is
  // taken.
  constexpr std::array<std::pair<Slide, Slide>, 4> places = {
      {{Slide::down, Slide::down}, {Slide::down, Slide::up}, {Slide::up, Slide::down}, {Slide::up, Slide::up}}};
  std::optional<MergedLine> first;
  for (const auto& [our_slide, their_slide] : places) {
    slide(our.hunks, from.elements, our.elements, our_slide);
    slide(their.hunks, from.elements, their.elements, their_slide);
    auto merged = WordMerge(from, our, their).run();
    if (!merged || (first && merged->text != first->text)) return std::nullopt;
    if (!first) first = std::move(merged);
  }
  return first;
}

}  // namespace leanspec::merge
