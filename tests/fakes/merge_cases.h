#pragma once

#include <string>
#include <vector>

#include "tests/fakes/typed_edits.h"

namespace leanspec::tests {

/// What two people did, and what must come out: `expected`, or (without it) a conflict.
struct MergeCase {
  std::string kind;
  std::string base;
  std::string ours;
  std::string theirs;
  std::optional<std::string> expected;
};

/// Makes cases of typed edits on real bodies. All from one seed.
class CaseMaker {
 public:
  CaseMaker(std::vector<std::string> bodies, std::uint64_t seed) : dice_(seed) {
    for (const std::string& text : bodies) {
      TypedBody body = read_typed(text);
      if (body.size() > 30) bodies_.push_back(std::move(body));
    }
  }

  [[nodiscard]] bool has_bodies() const { return !bodies_.empty(); }

  /// The next case that could be made.
  MergeCase next() {
    static constexpr std::pair<const char*, std::optional<MergeCase> (CaseMaker::*)()> makers[] = {
        {"same line, other words", &CaseMaker::same_line},
        {"same line, other words", &CaseMaker::same_line},
        {"adjacent lines", &CaseMaker::adjacent},
        {"adjacent lines", &CaseMaker::adjacent},
        {"2 to 4 lines apart", &CaseMaker::near},
        {"8 or more lines apart", &CaseMaker::far},
        {"adjacent checkboxes", &CaseMaker::checkboxes},
        {"1 to 6 edits a side", &CaseMaker::many},
        {"1 to 6 edits a side", &CaseMaker::many},
        {"moved sections", &CaseMaker::moved},
        {"moved sections", &CaseMaker::moved},
        {"frontmatter fields", &CaseMaker::fields},
    };
    static constexpr std::pair<const char*, std::optional<MergeCase> (CaseMaker::*)()> clashes[] = {
        {"must conflict: same word", &CaseMaker::same_word},
        {"must conflict: delete, edit", &CaseMaker::delete_edit},
        {"must conflict: two items, one spot", &CaseMaker::same_spot},
        {"must conflict: section, edit in it", &CaseMaker::delete_section},
    };
    for (;;) {
      const bool clash = dice_.chance(10);
      const auto& [kind, make] =
          clash ? clashes[dice_.pick(std::size(clashes))] : makers[dice_.pick(std::size(makers))];
      body_ = &bodies_[dice_.pick(bodies_.size())];
      auto made = (this->*make)();
      if (!made || made->ours == made->base || made->theirs == made->base || made->ours == made->theirs) continue;
      made->kind = kind;
      if (dice_.chance(50)) std::swap(made->ours, made->theirs);
      return *made;
    }
  }

 private:
  using Made = std::optional<MergeCase>;

  [[nodiscard]] MergeCase made(const BodyEdits& a, const BodyEdits& b, bool clash) const {
    MergeCase made;
    const auto order = present_order(*body_);
    made.base = join(body_->lines);
    made.ours = join(edited(*body_, a, order));
    made.theirs = join(edited(*body_, b, order));
    if (!clash) made.expected = join(edited(*body_, together(a, b), order));
    return made;
  }

  std::optional<std::size_t> line_where(auto&& fits) {
    for (int tries = 0; tries < 60; ++tries) {
      const auto line = dice_.pick(body_->size());
      if (fits(line)) return line;
    }
    return std::nullopt;
  }

  /// Whether two edits would have no order or no result: new lines at one point, or a line deleted and edited.
  static bool clash(const BodyEdits& a, const BodyEdits& b) {
    for (const auto& [line, edit] : a) {
      const auto found = b.find(line);
      if (found == b.end()) continue;
      const LineEdits& other = found->second;
      if (edit.deleted || other.deleted) return true;
      if (!edit.below.empty() && !other.below.empty()) return true;
      if (!edit.appended.empty() && !other.appended.empty()) return true;
      if (edit.toggled && other.toggled) return true;
      for (const auto& [word, text] : edit.words)
        if (other.words.contains(word)) return true;
    }
    return false;
  }

  Made pair_at(std::size_t a_line, std::size_t b_line) {
    Typist typist(*body_, dice_);
    BodyEdits a;
    BodyEdits b;
    typist.edit(a_line, a, a_line != b_line);
    const auto taken = a.find(b_line);
    typist.edit(b_line, b, a_line != b_line, taken == a.end() ? nullptr : &taken->second);
    if (clash(a, b)) return std::nullopt;
    return made(a, b, false);
  }

  Made same_line() {
    const auto line =
        line_where([&](std::size_t i) { return body_->editable(i) && words_in(body_->lines[i]).size() > 1; });
    return line ? pair_at(*line, *line) : std::nullopt;
  }

  Made apart(std::size_t distance) {
    const auto line = line_where([&](std::size_t i) {
      return body_->editable(i) && i + distance < body_->size() && body_->editable(i + distance);
    });
    return line ? pair_at(*line, *line + distance) : std::nullopt;
  }

  Made adjacent() { return apart(1); }
  Made near() { return apart(2 + dice_.pick(3)); }
  Made far() { return apart(8 + dice_.pick(40)); }

  Made checkboxes() {
    const auto line = line_where([&](std::size_t i) {
      return i + 1 < body_->size() && body_->kinds[i] == LineKind::checkbox &&
             body_->kinds[i + 1] == LineKind::checkbox;
    });
    if (!line) return std::nullopt;
    BodyEdits a;
    BodyEdits b;
    a[*line].toggled = true;
    b[*line + 1].toggled = true;
    return made(a, b, false);
  }

  Made many() {
    Typist typist(*body_, dice_);
    BodyEdits sides[2];
    for (BodyEdits& side : sides) {
      const auto count = 1 + dice_.pick(6);
      for (std::size_t i = 0; i < count; ++i) {
        const auto line = line_where([&](std::size_t at) { return body_->editable(at) && !side.contains(at); });
        if (!line) return std::nullopt;
        BodyEdits one;
        typist.edit(*line, one, true);
        if (!clash(one, side)) side = together(side, one);
      }
    }
    if (clash(sides[0], sides[1])) return std::nullopt;
    return made(sides[0], sides[1], false);
  }

  /// Sections of the second level as line ranges; the first begins at the first such heading.
  [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> sections() const {
    std::vector<std::pair<std::size_t, std::size_t>> all;
    for (std::size_t i = 0; i < body_->size(); ++i) {
      if (body_->kinds[i] != LineKind::heading || !body_->lines[i].starts_with("#") ||
          body_->lines[i].starts_with("###"))
        continue;
      if (!all.empty() && all.back().second == 0) all.back().second = i;
      if (body_->lines[i].starts_with("## ")) all.emplace_back(i, 0);
    }
    if (!all.empty() && all.back().second == 0) all.back().second = body_->size();
    return all;
  }

  Made moved() {
    const auto all = sections();
    if (all.size() < 3) return std::nullopt;
    const auto first = dice_.pick(all.size() - 1);
    const auto& upper = all[first];
    const auto& lower = all[first + 1];
    if (upper.second != lower.first) return std::nullopt;
    std::vector<std::size_t> order = present_order(*body_);
    std::rotate(order.begin() + static_cast<std::ptrdiff_t>(upper.first),
                order.begin() + static_cast<std::ptrdiff_t>(lower.first),
                order.begin() + static_cast<std::ptrdiff_t>(lower.second));
    Typist typist(*body_, dice_);
    BodyEdits edits;
    // One edit in four is in another section.
    const bool inside = !dice_.chance(25);
    const auto line = line_where(
        [&](std::size_t i) { return body_->editable(i) && (!inside || (i >= upper.first && i < lower.second)); });
    if (!line) return std::nullopt;
    typist.edit(*line, edits, true);
    MergeCase made;
    made.base = join(body_->lines);
    made.ours = join(edited(*body_, {}, order));
    made.theirs = join(edited(*body_, edits, present_order(*body_)));
    made.expected = join(edited(*body_, edits, order));
    return made;
  }

  Made fields() {
    const std::string day = std::to_string(10 + dice_.pick(19));
    const auto block = [&](const char* status, const char* priority, const std::string& time, const std::string& tags) {
      return "---\nstatus: " + std::string(status) + "\ncreated: '2025-11-" + day + "'\ntags:\n" + tags +
             "priority: " + priority + "\ncreated_at: '2025-11-" + day + "T00:00:00Z'\nupdated_at: '2025-12-" + time +
             "T10:00:00Z'\n---\n\n";
    };
    const std::string tags = "  - sync\n  - hub\n";
    const std::string body = join(body_->lines);
    MergeCase made;
    const bool add_tag = dice_.chance(50);
    const std::string their_tags = add_tag ? tags + "  - fast\n" : tags;
    const std::string our_tags = add_tag && dice_.chance(50) ? "  - hub\n" : tags;
    made.base = block("planned", "low", "01", tags) + body;
    made.ours = block("in-progress", "low", "11", our_tags) + body;
    made.theirs = block("planned", "high", "12", their_tags) + body;
    const std::string merged_tags = our_tags == tags ? their_tags : "  - hub\n  - fast\n";
    made.expected = block("in-progress", "high", "12", merged_tags) + body;
    return made;
  }

  Made same_word() {
    const auto line =
        line_where([&](std::size_t i) { return body_->editable(i) && !words_in(body_->lines[i]).empty(); });
    if (!line) return std::nullopt;
    Typist typist(*body_, dice_);
    const auto index = dice_.pick(words_in(body_->lines[*line]).size());
    BodyEdits a;
    BodyEdits b;
    a[*line].words[index] = typist.word();
    b[*line].words[index] = typist.word();
    return made(a, b, true);
  }

  Made delete_edit() {
    const auto line =
        line_where([&](std::size_t i) { return body_->editable(i) && words_in(body_->lines[i]).size() > 1; });
    if (!line) return std::nullopt;
    Typist typist(*body_, dice_);
    BodyEdits a;
    BodyEdits b;
    a[*line].deleted = true;
    b[*line].words[dice_.pick(words_in(body_->lines[*line]).size())] = typist.word();
    return made(a, b, true);
  }

  Made same_spot() {
    const auto line = line_where(
        [&](std::size_t i) { return body_->kinds[i] == LineKind::item || body_->kinds[i] == LineKind::checkbox; });
    if (!line) return std::nullopt;
    Typist typist(*body_, dice_);
    BodyEdits a;
    BodyEdits b;
    typist.insert_like(*line, a);
    typist.insert_like(*line, b);
    return made(a, b, true);
  }

  Made delete_section() {
    const auto all = sections();
    if (all.size() < 2) return std::nullopt;
    const auto& section = all[dice_.pick(all.size())];
    const auto line =
        line_where([&](std::size_t i) { return i > section.first && i < section.second && body_->editable(i); });
    if (!line) return std::nullopt;
    BodyEdits a;
    BodyEdits b;
    for (auto i = section.first; i < section.second; ++i) a[i].deleted = true;
    Typist(*body_, dice_).edit(*line, b, false);
    return made(a, b, true);
  }

  std::vector<TypedBody> bodies_;
  const TypedBody* body_ = nullptr;
  Dice dice_;
};

}  // namespace leanspec::tests
