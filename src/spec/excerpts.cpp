#include "spec/excerpts.h"

#include <algorithm>
#include <bit>
#include <tuple>

#include "spec/unicode.h"

namespace leanspec::spec {
namespace {

using Mark = PreparedQuery::Mark;

/// Of each term only the first places in each text are looked at: excerpts show, they do not list.
constexpr std::size_t places_per_term = 4;
/// Of a long line only so much on each side of a hit says which other terms are near.
constexpr std::size_t near_bytes = 256;
constexpr std::string_view ellipsis = "…";

/// A line (or a part of a long one) that holds a hit.
struct Candidate {
  const TextIndex::Text* text = nullptr;
  std::size_t text_number = 0;
  std::size_t hit = 0;         ///< offset in the folded text
  std::size_t line_begin = 0;  ///< likewise
  int terms = 0;
};

std::string_view line_around(std::string_view folded, std::size_t hit, std::size_t& begin) {
  const std::size_t newline = hit == 0 ? std::string_view::npos : folded.rfind('\n', hit - 1);
  begin = newline == std::string_view::npos ? 0 : newline + 1;
  const std::size_t end = std::min(folded.find('\n', hit), folded.size());
  const std::size_t from = hit - begin > near_bytes ? hit - near_bytes : begin;
  return folded.substr(from, std::min(end, hit + near_bytes) - from);
}

bool holds(const Mark& mark, std::string_view line) {
  if (mark.title_only) return false;
  if (mark.needle.in(line)) return true;
  if (!mark.fuzzy) return false;
  for (auto place = next_word(line, 0); place; place = next_word(line, place->offset + place->bytes)) {
    if (mark.fuzzy->distance_to(line.substr(place->offset, place->bytes))) return true;
  }
  return false;
}

void collect(const Mark& mark, const TextIndex::Text& text, std::size_t number, std::vector<Candidate>& candidates) {
  if (mark.title_only) return;
  const std::string_view folded = text.folded();
  std::size_t at = mark.needle.find(folded);
  for (std::size_t i = 0; i < places_per_term && at != std::string_view::npos; ++i) {
    Candidate candidate{&text, number, at, 0, 0};
    (void)line_around(folded, at, candidate.line_begin);
    candidates.push_back(candidate);
    const std::size_t line_end = folded.find('\n', at);
    at = line_end == std::string_view::npos ? line_end : mark.needle.find(folded, line_end);
  }
  if (!mark.fuzzy) return;
  if (const auto match = text.vocabulary().nearest(*mark.fuzzy, folded)) {
    Candidate candidate{&text, number, match->offset, 0, 0};
    (void)line_around(folded, match->offset, candidate.line_begin);
    candidates.push_back(candidate);
  }
}

/// A piece of text being copied into an excerpt, with its folded form and the way back.
struct Shown {
  std::string text;
  std::string folded;
  std::vector<std::size_t>
      places;  ///< for each byte of `folded` where its character begins in `text`; one more at the end

  void reserve() {
    text.reserve(excerpt_bytes_max);
    folded.reserve(excerpt_bytes_max);
    places.reserve(excerpt_bytes_max + 1);
  }

  void add(const Character& character, std::string_view bytes) {
    const std::size_t place = text.size();
    if (character.value == replacement_character || character.value == 0) {
      text::append_code_point(text, replacement_character);
      folded += bytes;  // no term has such bytes
    } else {
      text += bytes;
      text::append_code_point(folded, fold_character(character.value));
    }
    places.resize(folded.size(), place);
  }

  /// Characters below 128 and none of them NUL: most of what people search.
  void add_ascii(std::string_view run) {
    const std::size_t before = text.size();
    text += run;
    for (const char c : run) folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    for (std::size_t i = 0; i < run.size(); ++i) places.push_back(before + i);
  }
};

std::vector<std::pair<std::size_t, std::size_t>> highlights(const PreparedQuery& query, const Shown& shown,
                                                            bool title) {
  std::vector<std::pair<std::size_t, std::size_t>> found;
  const auto add = [&](std::size_t at, std::size_t bytes) {
    const std::size_t end = at + bytes;
    found.emplace_back(shown.places[at], end < shown.places.size() ? shown.places[end] : shown.text.size());
  };
  for (const Mark& mark : query.marks()) {
    if (mark.title_only && !title) continue;
    const std::size_t bytes = mark.needle.folded().size();
    for (std::size_t at = mark.needle.find(shown.folded); at != std::string_view::npos;
         at = mark.needle.find(shown.folded, at + bytes)) {
      add(at, bytes);
    }
    if (!mark.fuzzy) continue;
    for (auto word = next_word(shown.folded, 0); word; word = next_word(shown.folded, word->offset + word->bytes)) {
      if (mark.fuzzy->distance_to(std::string_view(shown.folded).substr(word->offset, word->bytes))) {
        add(word->offset, word->bytes);
      }
    }
  }
  std::sort(found.begin(), found.end());
  std::vector<std::pair<std::size_t, std::size_t>> merged;
  for (const auto& range : found) {
    if (!merged.empty() && range.first <= merged.back().second) {
      merged.back().second = std::max(merged.back().second, range.second);
    } else {
      merged.push_back(range);
    }
  }
  return merged;
}

bool is_boundary(std::string_view text, std::size_t at) {
  return at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
}

/// The part of `original` to show around `place`: its line, or a window in it that starts and ends between characters
/// and, if one is near, at a space.
std::pair<std::size_t, std::size_t> window(std::string_view original, std::size_t place) {
  constexpr std::size_t before_max = 80;
  constexpr std::size_t space_search = 16;
  const std::size_t floor = place > before_max ? place - before_max : 0;
  std::size_t begin = place;
  while (begin > floor && original[begin - 1] != '\n') --begin;
  const bool cut = begin > 0 && original[begin - 1] != '\n';
  if (cut) {
    const std::size_t space = original.substr(begin, std::min(space_search, place - begin)).find(' ');
    if (space != std::string_view::npos) begin += space + 1;
    while (begin < place && !is_boundary(original, begin)) ++begin;
  }
  const std::size_t room = excerpt_bytes_max - 2 * ellipsis.size();
  std::size_t end = std::min(original.find('\n', place), original.size());
  if (end - begin > room) {
    end = begin + room;
    while (end > place && !is_boundary(original, end)) --end;
  }
  return {begin, end};
}

/// Length of the run of ASCII, without NUL, that `text` begins with.
std::size_t ascii_run(std::string_view text) {
  const auto plain = [](char c) { return static_cast<unsigned char>(c) < 0x80 && c != '\0'; };
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), plain) - text.begin());
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

Excerpt excerpt_of(const PreparedQuery& query, std::string_view original, std::size_t place, bool title) {
  auto [begin, end] = window(original, place);
  while (end > begin && is_blank(original[end - 1])) --end;
  while (begin < end && is_blank(original[begin])) ++begin;
  Shown shown;
  shown.reserve();
  const auto add_ellipsis = [&] { shown.add({0x2026, ellipsis.size()}, ellipsis); };
  const auto rest_is_blank = [&](std::size_t from, std::size_t to) {
    return std::all_of(original.begin() + static_cast<std::ptrdiff_t>(from),
                       original.begin() + static_cast<std::ptrdiff_t>(to), is_blank);
  };
  const std::size_t newline = begin == 0 ? std::string_view::npos : original.rfind('\n', begin - 1);
  const std::size_t line_begin = newline == std::string_view::npos ? 0 : newline + 1;
  const std::size_t line_end = std::min(original.find('\n', end), original.size());
  if (!rest_is_blank(line_begin, begin)) add_ellipsis();
  // An invalid byte is shown as three, so a text full of them could pass the limit.
  for (std::size_t at = begin; at < end && shown.text.size() + 3 + ellipsis.size() <= excerpt_bytes_max;) {
    const std::size_t run =
        ascii_run(original.substr(at, std::min(end - at, excerpt_bytes_max - 3 - ellipsis.size() - shown.text.size())));
    if (run > 0) {
      shown.add_ascii(original.substr(at, run));
      at += run;
      continue;
    }
    const Character character = character_at(original, at);
    shown.add(character, original.substr(at, character.length));
    at += character.length;
  }
  if (!rest_is_blank(end, line_end)) add_ellipsis();
  Excerpt excerpt;
  excerpt.highlights = highlights(query, shown, title);
  excerpt.text = std::move(shown.text);
  return excerpt;
}

}  // namespace

std::vector<Excerpt> excerpts(const PreparedQuery& query, const Spec& spec, const TextIndex& text) {
  std::vector<Excerpt> all;
  Excerpt title = excerpt_of(query, spec.title, 0, true);
  if (!title.highlights.empty()) all.push_back(std::move(title));

  std::vector<Candidate> candidates;
  for (std::size_t number = 0; number < text.texts().size(); ++number) {
    for (const Mark& mark : query.marks()) collect(mark, *text.texts()[number], number, candidates);
  }
  for (Candidate& candidate : candidates) {
    const std::string_view line = line_around(candidate.text->folded(), candidate.hit, candidate.line_begin);
    for (const Mark& mark : query.marks()) candidate.terms += holds(mark, line) ? 1 : 0;
  }
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return std::tuple(-a.terms, a.text_number, a.hit) < std::tuple(-b.terms, b.text_number, b.hit);
  });
  std::vector<std::pair<std::size_t, std::size_t>> shown_lines;
  for (const Candidate& candidate : candidates) {
    if (all.size() == excerpts_max) break;
    const std::pair line(candidate.text_number, candidate.line_begin);
    if (std::find(shown_lines.begin(), shown_lines.end(), line) != shown_lines.end()) continue;
    shown_lines.push_back(line);
    Excerpt excerpt =
        excerpt_of(query, candidate.text->original(), candidate.text->original_offset(candidate.hit), false);
    excerpt.line = candidate.text->line_at(candidate.hit);
    excerpt.file = candidate.text->file();
    all.push_back(std::move(excerpt));
  }
  return all;
}

}  // namespace leanspec::spec
