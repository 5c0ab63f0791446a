#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "spec/query.h"
#include "spec/text_index.h"

namespace leanspec::spec {

/// Looks for one folded text; finds nothing that the signature rules out.
class Needle {
 public:
  explicit Needle(std::string folded) : folded_(std::move(folded)), probe_(folded_) {}

  [[nodiscard]] const std::string& folded() const { return folded_; }
  [[nodiscard]] const SignatureProbe& probe() const { return probe_; }
  /// Where it stands in `haystack` at or after `from`; npos when nowhere.
  [[nodiscard]] std::size_t find(std::string_view haystack, std::size_t from = 0) const;
  [[nodiscard]] bool in(std::string_view haystack) const { return find(haystack) != std::string_view::npos; }
  /// How often it stands in `haystack` without overlap, counted up to `most`.
  [[nodiscard]] std::size_t count(std::string_view haystack, std::size_t most) const;

 private:
  std::string folded_;
  SignatureProbe probe_;
};

/// A query made ready to be held against many specs. Immutable; safe from every thread.
class PreparedQuery {
 public:
  explicit PreparedQuery(const Query& query);

  /// The spec's score, or nothing when the query does not match. LeanSpec's weights: title over path over tags over
  /// body; a hit in a sub-spec counts half of one in the body.
  [[nodiscard]] std::optional<double> score(const Spec& spec, const TextIndex& text) const;

  /// A term that leaves marks in a text.
  struct Mark {
    Needle needle;
    std::optional<FuzzyWord> fuzzy;
    bool title_only = false;
  };
  /// Of the terms that are not negated.
  [[nodiscard]] const std::vector<Mark>& marks() const { return marks_; }

 private:
  struct Clause {
    QueryTerm term;
    bool negated;
    std::optional<Needle> needle;
    std::optional<FuzzyWord> fuzzy;
  };
  struct Hits;

  static Hits evaluate(const Clause& clause, const Spec& spec, const TextIndex& text);

  std::vector<std::vector<Clause>> any_of_;
  std::vector<Mark> marks_;
};

}  // namespace leanspec::spec
