#include "merge/merge_fields.h"

#include <algorithm>
#include <utility>

#include "merge/field_values.h"
#include "merge/merge_list.h"
#include "merge/three_way_order.h"

namespace leanspec::merge {

namespace {

using spec::FrontmatterField;
using spec::YamlKind;

/// One text's fields with the lines (comments, blank lines) above each.
struct Column {
  explicit Column(const FrontmatterIn& text) : in(text) {}

  const FrontmatterIn& in;

  [[nodiscard]] FieldIn field(std::string_view key) const { return {in.file, in.frontmatter.find(key)}; }
  [[nodiscard]] std::vector<std::string> keys() const {
    std::vector<std::string> all;
    all.reserve(in.frontmatter.fields.size());
    for (const FrontmatterField& one : in.frontmatter.fields) all.push_back(one.key);
    return all;
  }
  [[nodiscard]] std::string_view cut(std::size_t begin, std::size_t end) const {
    return in.file.substr(begin, end - begin);
  }
  [[nodiscard]] std::string_view above(const FrontmatterField& one) const {
    const auto& fields = in.frontmatter.fields;
    const std::size_t begin = &one == fields.data() ? in.frontmatter.split.yaml.begin : (&one - 1)->lines.end;
    return cut(begin, one.lines.begin);
  }
  [[nodiscard]] std::string_view below() const {
    const auto& fields = in.frontmatter.fields;
    const auto& split = in.frontmatter.split;
    return cut(fields.empty() ? split.yaml.begin : fields.back().lines.end, split.yaml.end);
  }
  [[nodiscard]] std::string_view opening() const { return cut(0, in.frontmatter.split.yaml.begin); }
  [[nodiscard]] std::string_view closing() const {
    return cut(in.frontmatter.split.yaml.end, in.frontmatter.split.block.end);
  }
};

/// What the field says; empty where it is not there.
std::string says(const FieldIn& in, std::string_view key) {
  return in.field == nullptr ? std::string() : meaning(key, in.field->value);
}

class FieldsMerger {
 public:
  FieldsMerger(const FrontmatterIn& base, const FrontmatterIn& ours, const FrontmatterIn& theirs, Side later)
      : base_(base), ours_(ours), theirs_(theirs), later_(later) {
    state_contested_ = register_of(base_) != register_of(ours_) && register_of(base_) != register_of(theirs_) &&
                       register_of(ours_) != register_of(theirs_);
  }

  FieldsMerge run() {
    result_.block = three_way(base_.opening(), ours_.opening(), theirs_.opening());
    for (const std::string& key : three_way_order(uncontested_keys(), ours_.keys(), theirs_.keys(), later_)) add(key);
    result_.block += comments("at the end", base_.below(), ours_.below(), theirs_.below());
    result_.block += three_way(base_.closing(), ours_.closing(), theirs_.closing());
    return std::move(result_);
  }

 private:
  [[nodiscard]] const Column& winner() const { return later_ == Side::ours ? ours_ : theirs_; }
  [[nodiscard]] const Column& loser() const { return later_ == Side::ours ? theirs_ : ours_; }

  /// What the register of the status says in one text.
  static std::vector<std::string> register_of(const Column& column) {
    std::vector<std::string> all;
    for (const FrontmatterField& field : column.in.frontmatter.fields)
      if (role_of(field.key) == FieldRole::state) all.push_back(field.key + ':' + meaning(field.key, field.value));
    if (const auto last = last_transition(column)) all.push_back("last:" + *last);
    std::sort(all.begin(), all.end());
    return all;
  }

  static std::optional<std::string> last_transition(const Column& column) {
    for (const FrontmatterField& field : column.in.frontmatter.fields) {
      if (role_of(field.key) != FieldRole::transitions) continue;
      std::vector<spec::YamlValue> storage;
      const auto items = list_items(field.key, &field.value, storage);
      for (auto item = items.rbegin(); item != items.rend(); ++item)
        if (item->value->kind == YamlKind::map) return item->id;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::string_view three_way(std::string_view base, std::string_view ours,
                                           std::string_view theirs) const {
    if (ours == base) return theirs;
    if (theirs == base) return ours;
    return later_ == Side::ours ? ours : theirs;
  }

  /// The base's keys without those that one side removed while the other changed them: these count as added by the
  /// side that has them, so that they keep their place until the rules decide.
  [[nodiscard]] std::vector<std::string> uncontested_keys() const {
    std::vector<std::string> keys = base_.keys();
    std::erase_if(keys, [&](const std::string& key) {
      const FieldIn ours = ours_.field(key);
      const FieldIn theirs = theirs_.field(key);
      if ((ours.field == nullptr) == (theirs.field == nullptr)) return false;
      const FieldIn& left = ours.field != nullptr ? ours : theirs;
      return says(left, key) != says(base_.field(key), key) || (state_contested_ && role_of(key) == FieldRole::state);
    });
    return keys;
  }

  void add(const std::string& key) {
    const FieldIn base = base_.field(key);
    const FieldIn ours = ours_.field(key);
    const FieldIn theirs = theirs_.field(key);
    const auto text = merged_field(key, base, ours, theirs);
    if (!text) return;
    const auto lead = [](const Column& column, const FieldIn& in, std::string_view without) {
      return in.field != nullptr ? column.above(*in.field) : without;
    };
    // A side without the field has nothing to say about the lines above it.
    const auto of_base = lead(base_, base, {});
    const auto of_ours = lead(ours_, ours, base.field != nullptr ? of_base : lead(theirs_, theirs, {}));
    const auto of_theirs = lead(theirs_, theirs, base.field != nullptr ? of_base : of_ours);
    result_.block += comments("above " + key, of_base, of_ours, of_theirs);
    result_.block += *text;
  }

  std::string comments(const std::string& place, std::string_view base, std::string_view ours,
                       std::string_view theirs) {
    if (ours != base && theirs != base && ours != theirs && !(is_blank_text(ours) && is_blank_text(theirs))) {
      if (is_blank_text(ours) && is_blank_text(base)) return std::string(theirs);
      if (is_blank_text(theirs) && is_blank_text(base)) return std::string(ours);
      result_.why_not = "Both changed the comment " + place;
    }
    return std::string(three_way(base, ours, theirs));
  }

  static bool is_blank_text(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
  }

  std::optional<std::string> merged_field(const std::string& key, const FieldIn& base, const FieldIn& ours,
                                          const FieldIn& theirs) {
    const FieldRole role = role_of(key);
    const std::string was = says(base, key);
    const std::string our = says(ours, key);
    const std::string their = says(theirs, key);
    if (role == FieldRole::state && state_contested_) return won(key, role, base, ours, theirs);
    if (our == was && their == was) {
      const auto text = three_way(base.text(), ours.text(), theirs.text());
      return text.empty() ? std::nullopt : std::optional(std::string(text));
    }
    if (their == was) return with_comment(ours, base, ours, theirs);
    if (our == was) return with_comment(theirs, base, ours, theirs);
    if (our == their) return with_comment(later_ == Side::ours ? ours : theirs, base, ours, theirs);
    const bool lists = is_list_like(key, base.value()) && is_list_like(key, ours.value()) &&
                       is_list_like(key, theirs.value()) && (has_list(base) || has_list(ours) || has_list(theirs));
    if (!lists) return won(key, role, base, ours, theirs);
    Merged& report = result_.merged.emplace_back();
    report.by = MergedBy::field;
    report.field = key;
    std::optional<std::string> last;
    if (role == FieldRole::transitions) last = winning_transition();
    return merge_list(key, base, ours, theirs, later_, last);
  }

  static bool has_list(const FieldIn& in) { return in.field != nullptr && in.field->value.kind == YamlKind::list; }

  /// The last transition of the side whose status it is in the end.
  [[nodiscard]] std::optional<std::string> winning_transition() const {
    const bool ours_changed = register_of(ours_) != register_of(base_);
    const bool theirs_changed = register_of(theirs_) != register_of(base_);
    if (ours_changed && theirs_changed) return last_transition(winner());
    return last_transition(ours_changed ? ours_ : theirs_);
  }

  /// The later side's field, and a note of what lost.
  std::optional<std::string> won(const std::string& key, FieldRole role, const FieldIn& base, const FieldIn& ours,
                                 const FieldIn& theirs) {
    const FieldIn& won = later_ == Side::ours ? ours : theirs;
    const FieldIn& lost = later_ == Side::ours ? theirs : ours;
    const auto lost_says = says(lost, key);
    if (role != FieldRole::derived && lost_says != says(won, key) && lost_says != says(base, key)) {
      Merged& report = result_.merged.emplace_back();
      report.by = MergedBy::field;
      report.field = key;
      report.has_lost = true;
      report.lost_by = other(later_);
      if (lost.field != nullptr)
        report.lost = lost.file.substr(lost.field->value.range.begin,
                                       lost.field->value.range.end - lost.field->value.range.begin);
    }
    if (won.field == nullptr && role == FieldRole::derived) return std::string(lost.text());
    if (won.field == nullptr) return std::nullopt;
    return with_comment(won, base, ours, theirs);
  }

  /// The field of one text with the comment behind it that the three texts agree on.
  [[nodiscard]] std::optional<std::string> with_comment(const FieldIn& chosen, const FieldIn& base, const FieldIn& ours,
                                                        const FieldIn& theirs) const {
    if (chosen.field == nullptr) return std::nullopt;
    const auto one_line = [](const FieldIn& in) {
      return in.field != nullptr &&
             (in.field->value.kind == YamlKind::scalar || in.field->value.kind == YamlKind::null) &&
             in.text().find('\n') + 1 >= in.text().size();
    };
    if (!one_line(base) || !one_line(ours) || !one_line(theirs)) return std::string(chosen.text());
    const auto behind = [](const FieldIn& in) {
      return in.file.substr(in.field->value.range.end, in.field->lines.end - in.field->value.range.end);
    };
    const auto begin = chosen.field->lines.begin;
    return std::string(chosen.file.substr(begin, chosen.field->value.range.end - begin)) +
           std::string(three_way(behind(base), behind(ours), behind(theirs)));
  }

  Column base_;
  Column ours_;
  Column theirs_;
  Side later_;
  bool state_contested_ = false;
  FieldsMerge result_;
};

}  // namespace

FieldsMerge merge_fields(const FrontmatterIn& base, const FrontmatterIn& ours, const FrontmatterIn& theirs,
                         Side later) {
  return FieldsMerger(base, ours, theirs, later).run();
}

}  // namespace leanspec::merge
