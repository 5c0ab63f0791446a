#include "spec/search.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "spec/byte_block.h"

namespace leanspec::spec {

static_assert(std::endian::native == std::endian::little, "the first byte of a block is the lowest of its number");

namespace {

/// Compares the first, the middle and the last byte of the term at sixteen places at once, and the rest where all fit
/// (Wojciech Muła, "SIMD-friendly algorithms for substring searching"; the third byte is ours: in a language few words
/// begin and end alike and have the same heart). Several times faster than memmem on the short terms that people type;
/// its worst case is their product, so longer terms are left to memmem.
std::size_t find_short(std::string_view haystack, std::string_view term) {
  const std::size_t span = term.size() - 1;
  const std::size_t middle = term.size() / 2;
  const Bytes first = bytes_of(term.front());
  const Bytes heart = bytes_of(term[middle]);
  const Bytes last = bytes_of(term.back());
  const char* text = haystack.data();
  std::size_t at = 0;
  for (; at + span + sizeof(Bytes) <= haystack.size(); at += sizeof(Bytes)) {
    const char* here = text + at;
    auto all = (bytes_at(here) == first) & (bytes_at(here + span) == last);
    std::uint64_t lanes[2];
    std::memcpy(lanes, &all, sizeof lanes);
    if ((lanes[0] | lanes[1]) == 0) continue;
    all &= bytes_at(here + middle) == heart;
    std::memcpy(lanes, &all, sizeof lanes);
    for (std::size_t half = 0; half < 2; ++half) {
      for (std::uint64_t hits = lanes[half]; hits != 0;) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(hits)) / 8;
        if (std::memcmp(here + 8 * half + lane, term.data(), term.size()) == 0) return at + 8 * half + lane;
        hits &= ~(std::uint64_t{0xFF} << (8 * lane));
      }
    }
  }
  const std::size_t rest = haystack.substr(at).find(term);
  return rest == std::string_view::npos ? rest : at + rest;
}

}  // namespace

std::size_t Needle::find(std::string_view haystack, std::size_t from) const {
  constexpr std::size_t short_max = 32;
  if (from > haystack.size() || folded_.empty()) return std::string_view::npos;
  const std::string_view left = haystack.substr(from);
  if (folded_.size() > 1 && folded_.size() <= short_max) {
    const std::size_t at = find_short(left, folded_);
    return at == std::string_view::npos ? at : from + at;
  }
  const void* found = folded_.size() == 1
                          ? std::memchr(left.data(), static_cast<unsigned char>(folded_[0]), left.size())
                          : memmem(left.data(), left.size(), folded_.data(), folded_.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - haystack.data());
}

std::size_t Needle::count(std::string_view haystack, std::size_t most) const {
  std::size_t hits = 0;
  for (std::size_t at = find(haystack); at != std::string_view::npos && hits < most;
       at = find(haystack, at + folded_.size())) {
    ++hits;
  }
  return hits;
}

/// What one clause found in one spec, before negation.
struct PreparedQuery::Hits {
  bool matched = false;
  bool in_title = false;
  bool is_text = false;
  double score = 0;
};

namespace {

constexpr std::size_t counted_hits_max = 5;

bool is_word_of(std::string_view title, std::string_view word) {
  for (std::size_t at = 0; at < title.size();) {
    const std::size_t end = std::min(title.find(' ', at), title.size());
    if (title.substr(at, end - at) == word) return true;
    at = end + 1;
  }
  return false;
}

double count_in_texts(const Needle& needle, const TextIndex& text, double each, double most) {
  double score = 0;
  double rest = 0;
  for (const auto& one : text.texts()) {
    const double hits = static_cast<double>(needle.count(one->folded(), counted_hits_max));
    (one->file().empty() ? score : rest) += hits * each;
  }
  return std::min(score, most) + std::min(rest / 2, most / 2);
}

std::optional<std::size_t> nearest_in(std::string_view text, const FuzzyWord& word) {
  std::optional<std::size_t> best;
  for (auto place = next_word(text, 0); place; place = next_word(text, place->offset + place->bytes)) {
    const auto distance = word.distance_to(text.substr(place->offset, place->bytes));
    if (distance && (!best || *distance < *best)) best = distance;
  }
  return best;
}

}  // namespace

PreparedQuery::Hits PreparedQuery::evaluate(const Clause& clause, const Spec& spec, const TextIndex& text) {
  constexpr double field_score = 2;
  const auto field = [&](bool matched) { return Hits{matched, false, false, matched ? field_score : 0}; };
  struct Visitor {
    const Clause& clause;
    const Spec& spec;
    const TextIndex& text;
    decltype(field)& as_field;

    Hits operator()(const TextTerm& term) const {
      Hits hits;
      hits.is_text = true;
      const Needle& needle = *clause.needle;
      if (!text.signature().may_contain(needle.probe())) return hits;
      const double weight[] = {term.phrase ? 14.0 : 10.0, term.phrase ? 10.0 : 8.0, term.phrase ? 8.0 : 6.0};
      hits.in_title = needle.in(text.title());
      if (hits.in_title) hits.score += weight[0];
      if (hits.in_title && !term.phrase && is_word_of(text.title(), needle.folded())) hits.score += 5;
      if (needle.in(text.path())) hits.score += weight[1];
      if (needle.in(text.tags_text())) {
        hits.score += weight[2];
        const auto& tags = text.tags();
        if (!term.phrase && std::find(tags.begin(), tags.end(), needle.folded()) != tags.end()) hits.score += 3;
      }
      hits.score += term.phrase ? count_in_texts(needle, text, 2, 8) : count_in_texts(needle, text, 1, 5);
      hits.matched = hits.score > 0;
      return hits;
    }

    Hits operator()(const FuzzyTerm&) const {
      Hits hits;
      hits.is_text = true;
      const auto add = [&](double most, std::optional<std::size_t> distance, double each = 1) {
        if (!distance) return;
        hits.matched = true;
        hits.score += std::max(most - each * static_cast<double>(*distance), 0.0);
      };
      add(8, nearest_in(text.title(), *clause.fuzzy));
      add(6, nearest_in(text.path(), *clause.fuzzy));
      add(4, nearest_in(text.tags_text(), *clause.fuzzy));
      for (const auto& one : text.texts()) {
        const auto match = one->vocabulary().nearest(*clause.fuzzy, one->folded());
        const bool body = one->file().empty();
        add(body ? 2 : 1, match ? std::optional(match->distance) : std::nullopt, body ? 0.5 : 0.25);
      }
      if (!hits.matched) hits.matched = contained();
      return hits;
    }

    [[nodiscard]] bool contained() const {
      const Needle& needle = *clause.needle;
      if (!text.signature().may_contain(needle.probe())) return false;
      if (needle.in(text.title()) || needle.in(text.path()) || needle.in(text.tags_text())) return true;
      return std::any_of(text.texts().begin(), text.texts().end(),
                         [&](const auto& one) { return needle.in(one->folded()); });
    }

    Hits operator()(const StatusTerm& term) const { return as_field(spec.shown_status() == term.status); }
    Hits operator()(const PriorityTerm& term) const { return as_field(spec.priority == term.priority); }
    Hits operator()(const TagTerm&) const {
      const auto& tags = text.tags();
      return as_field(std::any_of(tags.begin(), tags.end(), [&](const auto& tag) { return clause.needle->in(tag); }));
    }
    Hits operator()(const TitleTerm&) const { return as_field(clause.needle->in(text.title())); }
    Hits operator()(const CreatedTerm& term) const {
      int day = spec.created ? day_number(*spec.created) : 0;
      if (day == 0 && spec.created_at) day = day_number(*spec.created_at);
      return as_field(day != 0 && day >= term.first && day <= term.last);
    }
  };
  return std::visit(Visitor{clause, spec, text, field}, clause.term);
}

PreparedQuery::PreparedQuery(const Query& query) {
  const auto prepare = [](const QueryClause& clause) {
    Clause prepared{clause.term, clause.negated, std::nullopt, std::nullopt};
    if (const auto* term = std::get_if<TextTerm>(&clause.term)) prepared.needle.emplace(term->folded);
    if (const auto* term = std::get_if<TagTerm>(&clause.term)) prepared.needle.emplace(term->folded);
    if (const auto* term = std::get_if<TitleTerm>(&clause.term)) prepared.needle.emplace(term->folded);
    if (const auto* term = std::get_if<FuzzyTerm>(&clause.term)) {
      prepared.needle.emplace(term->folded);
      prepared.fuzzy.emplace(term->folded, term->distance);
    }
    return prepared;
  };
  for (const auto& group : query.any_of) {
    std::vector<Clause>& clauses = any_of_.emplace_back();
    for (const QueryClause& clause : group) {
      clauses.push_back(prepare(clause));
      if (clause.negated || !clauses.back().needle || std::holds_alternative<TagTerm>(clause.term)) continue;
      marks_.push_back({*clauses.back().needle, clauses.back().fuzzy, std::holds_alternative<TitleTerm>(clause.term)});
    }
  }
}

std::optional<double> PreparedQuery::score(const Spec& spec, const TextIndex& text) const {
  bool matched = false;
  double score = 0;
  std::size_t text_terms = 0;
  std::size_t title_terms = 0;
  const auto credit = [&](const Hits& hits) {
    if (!hits.matched) return;
    score += hits.score;
    if (hits.is_text) ++text_terms;
    if (hits.in_title) ++title_terms;
  };
  // A group that fails part of the way leaves its later clauses unread; they are read for the score only when another
  // group matches.
  struct Left {
    const std::vector<Clause>* group;
    std::size_t from;
  };
  std::vector<Left> left;
  for (const auto& group : any_of_) {
    const bool hopeless = std::any_of(group.begin(), group.end(), [&](const Clause& clause) {
      return !clause.negated && std::holds_alternative<TextTerm>(clause.term) &&
             !text.signature().may_contain(clause.needle->probe());
    });
    if (hopeless) {
      left.push_back({&group, 0});
      continue;
    }
    std::size_t i = 0;
    for (; i < group.size(); ++i) {
      const Hits hits = evaluate(group[i], spec, text);
      if (!group[i].negated) credit(hits);
      if (hits.matched == group[i].negated) break;
    }
    if (i == group.size()) {
      matched = true;
    } else {
      left.push_back({&group, i + 1});
    }
  }
  if (!matched) return std::nullopt;
  for (const Left& rest : left) {
    for (std::size_t i = rest.from; i < rest.group->size(); ++i) {
      if (!(*rest.group)[i].negated) credit(evaluate((*rest.group)[i], spec, text));
    }
  }
  if (title_terms > 1) score += 2 * static_cast<double>(title_terms);
  return text_terms == 0 ? std::max(1.0, score) : score;
}

}  // namespace leanspec::spec
