#include "hub/engine/resolution.h"

#include <algorithm>
#include <array>
#include <utility>

#include "hub/engine/text_merge.h"
#include "merge/text_lines.h"

namespace leanspec::hub::engine {

namespace {

constexpr std::array all_takes = {Take::head,   Take::other,  Take::both, Take::beside,
                                  Take::merged, Take::places, Take::text};

/// Machine names are free text; a file name made of one stays short.
constexpr std::size_t machine_in_name_max = 40;
/// Files beside one document from machines of one name; more would be a mistake.
constexpr std::size_t beside_attempts_max = 9;

Error wrong(std::string why, std::string field) {
  return Error(ErrorCode::invalid, std::move(why), std::move(field));
}

bool can_take_both_everywhere(const OpenConflict& conflict) {
  const auto& places = conflict.outcome.conflicts;
  return conflict.state == ConflictState::open && conflict.base.has_value() &&
         std::all_of(places.begin(), places.end(), takes_both);
}

bool can_stand_beside(const OpenConflict& conflict) {
  return (conflict.state == ConflictState::open || conflict.state == ConflictState::whole) &&
         conflict.other.version.digest.has_value();
}

class Resolver {
 public:
  Resolver(store::Session& session, const BranchPaths& paths, const OpenConflict& conflict,
           const Resolution& resolution, const Decision& decision)
      : session_(session), paths_(paths), conflict_(conflict), resolution_(resolution), decision_(decision) {}

  Result<std::vector<HubEdit>> run() {
    const auto offered = takes_of(conflict_);
    if (std::find(offered.begin(), offered.end(), resolution_.take) == offered.end()) return not_offered(offered);
    switch (resolution_.take) {
      case Take::head:
        LEANSPEC_TRY(keep_head());
        break;
      case Take::other:
        LEANSPEC_TRY(take_other());
        break;
      case Take::both:
        if (can_take_both_everywhere(conflict_)) {
          decide(both_everywhere(), conflict_.path);
          break;
        }
        LEANSPEC_TRY(put_beside());
        LEANSPEC_TRY(keep_head());
        break;
      case Take::beside:
        LEANSPEC_TRY(put_beside());
        LEANSPEC_TRY(keep_head());
        break;
      case Take::merged: {
        LEANSPEC_ASSIGN(auto text, merged_text());
        decide(std::move(text), conflict_.path);
        break;
      }
      case Take::places: {
        LEANSPEC_ASSIGN(auto text, place_by_place());
        decide(std::move(text), conflict_.path);
        break;
      }
      case Take::text:
        decide(in_style_of_document(resolution_.text), conflict_.path);
        break;
    }
    return std::move(edits_);
  }

 private:
  const store::Version& other() const { return conflict_.other.version; }

  static Error not_offered(const std::vector<Take>& offered) {
    std::string names;
    for (const Take take : offered) names += (names.empty() ? "" : ", ") + std::string(to_string(take));
    return wrong("is no way out of this conflict; choose one of: " + names, "take");
  }

  HubEdit edit(std::optional<std::string> text, std::string path) const {
    HubEdit made;
    made.project = decision_.project;
    made.branch = other().branch;
    made.user = decision_.user;
    made.document = other().document;
    made.path = std::move(path);
    made.text = std::move(text);
    return made;
  }

  void decide(std::optional<std::string> text, const std::string& path) {
    HubEdit made = edit(std::move(text), resolution_.path.value_or(path));
    if (conflict_.head) {
      made.document = conflict_.head->document;
      made.expected = conflict_.head->id;
    }
    made.decides = other().id;
    edits_.push_back(std::move(made));
  }

  Result<std::optional<std::string>> bytes_of(const store::Version& version) {
    if (!version.digest) return std::optional<std::string>();
    LEANSPEC_ASSIGN(auto text, session_.bodies().get(*version.digest));
    if (!text)
      return Error(ErrorCode::corrupt, "a text of this document is missing in the hub's database", version.path);
    return text;
  }

  Status keep_head() {
    if (!conflict_.head) {
      decide(std::nullopt, other().path);
      return {};
    }
    LEANSPEC_ASSIGN(auto text, bytes_of(*conflict_.head));
    decide(std::move(text), conflict_.head->path);
    return {};
  }

  Status take_other() {
    LEANSPEC_ASSIGN(auto text, bytes_of(other()));
    decide(std::move(text), conflict_.path);
    return {};
  }

  Result<std::optional<std::string>> merged_text() {
    if (conflict_.head->digest == other().digest) return bytes_of(other());
    return std::optional(conflict_.outcome.text);
  }

  std::string both_everywhere() const {
    merge::Choice both;
    both.take = merge::Choice::Take::both;
    return merge::decide(conflict_.outcome, std::vector(conflict_.outcome.conflicts.size(), both));
  }

  Result<std::optional<std::string>> place_by_place() const {
    const auto& places = conflict_.outcome.conflicts;
    std::vector<std::optional<merge::Choice>> choices(places.size());
    for (const PlaceChoice& one : resolution_.places) {
      const std::string field = "places[" + std::to_string(one.index) + "]";
      if (one.index >= places.size())
        return wrong("there are only " + std::to_string(places.size()) + " places, counted from 0", field);
      if (choices[one.index]) return wrong("is decided twice", field);
      if (one.choice.take == merge::Choice::Take::both && !takes_both(places[one.index]))
        return wrong("is " + place_name(places[one.index]) + ", where both cannot stand; choose ours, theirs or a text",
                     field);
      choices[one.index] = one.choice;
      if (one.choice.take == merge::Choice::Take::text) choices[one.index]->text = whole_lines(one.choice.text, one.index);
    }
    std::vector<merge::Choice> decided;
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (!choices[i]) return wrong("is not decided: " + place_name(places[i]), "places[" + std::to_string(i) + "]");
      decided.push_back(*std::move(choices[i]));
    }
    return std::optional(merge::decide(conflict_.outcome, decided));
  }

  /// A typed text goes into a place of whole lines: without its newline the line below would stick to it.
  std::string whole_lines(const std::string& typed, std::size_t index) const {
    std::string text = merge::normalise(typed).text;
    const auto& pieces = conflict_.outcome.draft.pieces;
    const auto& place = conflict_.outcome.conflicts[index];
    const bool at_open_end = !pieces.empty() && pieces.back().conflict == index && !place.ours.text.ends_with('\n') &&
                             !place.theirs.text.ends_with('\n');
    if (!text.empty() && !text.ends_with('\n') && !at_open_end) text += '\n';
    return text;
  }

  /// Browsers send one kind of line end; the document keeps its own (law 13).
  std::string in_style_of_document(const std::string& typed) const {
    const auto& like = conflict_.head_text ? conflict_.head_text : conflict_.other_text;
    const auto style = like ? merge::normalise(*like) : merge::NormalText();
    return merge::restore(merge::normalise(typed).text, style.byte_order_mark,
                          style.line_end.value_or(merge::LineEnd::lf));
  }

  Status put_beside() {
    for (std::size_t attempt = 1; attempt <= beside_attempts_max; ++attempt) {
      const std::string path = path_beside(conflict_.head->path, decision_.machine, attempt);
      const auto occupant = paths_.occupant(path, [](const DocumentId&) { return true; });
      if (occupant) {
        LEANSPEC_ASSIGN(const auto there, session_.versions().head(other().branch, occupant->document));
        if (there && there->digest == other().digest) return {};  // put there before
        continue;
      }
      LEANSPEC_ASSIGN(auto text, bytes_of(other()));
      HubEdit made = edit(std::move(text), path);
      made.document = decision_.new_document;
      edits_.push_back(std::move(made));
      return {};
    }
    return wrong("there are files beside it from this machine already; remove one of them, or choose another way", "take");
  }

  store::Session& session_;
  const BranchPaths& paths_;
  const OpenConflict& conflict_;
  const Resolution& resolution_;
  const Decision& decision_;
  std::vector<HubEdit> edits_;
};

}  // namespace

std::string_view to_string(Take take) {
  switch (take) {
    case Take::head:
      return "head";
    case Take::other:
      return "other";
    case Take::both:
      return "both";
    case Take::beside:
      return "beside";
    case Take::merged:
      return "merged";
    case Take::places:
      return "places";
    case Take::text:
      return "text";
  }
  return {};
}

std::optional<Take> parse_take(std::string_view text) {
  const auto found = std::find_if(all_takes.begin(), all_takes.end(), [&](Take take) { return to_string(take) == text; });
  return found == all_takes.end() ? std::nullopt : std::optional(*found);
}

std::vector<Take> takes_of(const OpenConflict& conflict) {
  std::vector<Take> takes;
  if (conflict.state == ConflictState::merges) takes.push_back(Take::merged);
  takes.push_back(Take::head);
  if (conflict.state != ConflictState::same) takes.push_back(Take::other);
  if (can_take_both_everywhere(conflict) || (can_stand_beside(conflict) && !conflict.base)) takes.push_back(Take::both);
  if (can_stand_beside(conflict)) takes.push_back(Take::beside);
  if (conflict.state == ConflictState::open) takes.push_back(Take::places);
  const bool is_text = conflict.state != ConflictState::whole && conflict.state != ConflictState::same;
  if (is_text && (conflict.head_text || conflict.other_text)) takes.push_back(Take::text);
  return takes;
}

Result<std::vector<HubEdit>> edits_of(store::Session& session, const BranchPaths& paths, const OpenConflict& conflict,
                                      const Resolution& resolution, const Decision& decision) {
  return Resolver(session, paths, conflict, resolution, decision).run();
}

std::string path_beside(std::string_view path, std::string_view machine, std::size_t attempt) {
  std::string name;
  for (const char c : machine.substr(0, machine_in_name_max)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain || (c >= 'A' && c <= 'Z')) {
      name.push_back(plain ? c : static_cast<char>(c - 'A' + 'a'));
    } else if (!name.empty() && name.back() != '-') {
      name.push_back('-');
    }
  }
  while (name.ends_with('-')) name.pop_back();
  if (name.empty()) name = "other";
  if (attempt > 1) name += "-" + std::to_string(attempt);
  const auto slash = path.rfind('/');
  const auto first = slash == std::string_view::npos ? 0 : slash + 1;
  const auto dot = path.rfind('.');
  // A name that begins with its only dot has no ending.
  const auto end = dot == std::string_view::npos || dot <= first ? path.size() : dot;
  return std::string(path.substr(0, end)) + "." + name + std::string(path.substr(end));
}

}  // namespace leanspec::hub::engine
