#include "spec/metadata_change.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "spec/frontmatter.h"
#include "spec/frontmatter_edit.h"
#include "spec/frontmatter_fields.h"
#include "spec/metadata_rules.h"

namespace leanspec::spec {

namespace {

using Texts = std::vector<std::string>;

bool has(const Texts& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

/// The file while its fields are changed one by one. Keys are LeanSpec's; a file that spells one in another way
/// (dependsOn) keeps its spelling.
class FieldEditor {
 public:
  explicit FieldEditor(std::string_view file) : file_(file) {}

  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] bool has_field(std::string_view key) const { return spelling_of(key).has_value(); }

  /// `text` empty: takes it out. A field that is not there comes behind the first of `behind` that is.
  Status set(std::string_view key, const std::string& text, std::initializer_list<std::string_view> behind) {
    const auto spelling = spelling_of(key);
    if (text.empty()) return spelling ? take(remove_field(file_, *spelling)) : Status();
    return take(set_field(file_, spelling.value_or(std::string(key)), text, place(behind)));
  }

  /// Makes the list say `now`, which said `before`.
  Status set_list(std::string_view key, const Texts& before, const Texts& now,
                  std::initializer_list<std::string_view> behind) {
    if (before == now) return {};
    std::string spelling = spelling_of(key).value_or(std::string(key));
    std::string above = place(behind);
    const Frontmatter frontmatter = parse_frontmatter(file_);
    const FrontmatterField* const field = frontmatter.find(spelling);
    if (field != nullptr && field->value.kind == YamlKind::scalar) {  // "a, b" in one text: becomes a list in its place
      if (field != &frontmatter.fields.front()) above = (field - 1)->key;
      LEANSPEC_TRY(take(remove_field(file_, spelling)));
      return take(change_list(file_, spelling, now, {}, above));
    }
    Texts added;
    Texts removed;
    Texts kept;
    for (const std::string& text : before) {
      Texts& to = has(now, text) ? kept : removed;
      to.push_back(text);
    }
    for (const std::string& text : now)
      if (!has(before, text)) added.push_back(text);
    kept.insert(kept.end(), added.begin(), added.end());
    if (kept == now) return take(change_list(file_, spelling, added, removed, above));
    return take(change_list(file_, spelling, now, before, above));  // another order: written anew
  }

  Status append(std::string_view key, EntryFields fields, std::initializer_list<std::string_view> behind) {
    return take(append_entry(file_, spelling_of(key).value_or(std::string(key)), fields, place(behind)));
  }

 private:
  /// The key as the file has it; of two spellings the last, which is the one that counts.
  [[nodiscard]] std::optional<std::string> spelling_of(std::string_view key) const {
    const Frontmatter frontmatter = parse_frontmatter(file_);
    for (auto field = frontmatter.fields.rbegin(); field != frontmatter.fields.rend(); ++field)
      if (canonical_key(field->key) == key) return field->key;
    return std::nullopt;
  }

  [[nodiscard]] std::string place(std::initializer_list<std::string_view> behind) const {
    for (const std::string_view key : behind)
      if (auto spelling = spelling_of(key)) return *std::move(spelling);
    return {};
  }

  Status take(Result<std::string> edited) {
    LEANSPEC_ASSIGN(file_, std::move(edited));
    return {};
  }

  std::string file_;
};

/// One change of one spec.
class MetadataEdit {
 public:
  MetadataEdit(const Spec& spec, const MetadataChange& change, const ProjectView& view, Instant now)
      : spec_(spec), change_(change), view_(view), now_(to_rfc3339(now)), editor_(*spec.source.bytes) {}

  Result<std::string> run() {
    LEANSPEC_TRY(readable());
    LEANSPEC_TRY(set_status());
    LEANSPEC_TRY(set_priority());
    LEANSPEC_TRY(set_lists());
    LEANSPEC_TRY(set_assignee());
    LEANSPEC_TRY(set_parent());
    LEANSPEC_TRY(check_lists());
    if (editor_.file() == *spec_.source.bytes) return editor_.file();
    LEANSPEC_TRY(editor_.set("updated_at", now_, {"created_at"}));
    if (without_frontmatter_) LEANSPEC_TRY(complete_new_frontmatter());
    return editor_.file();
  }

 private:
  Status readable() {
    const Frontmatter frontmatter = parse_frontmatter(*spec_.source.bytes);
    without_frontmatter_ = frontmatter.split.shape == FrontmatterSplit::Shape::absent;
    if (without_frontmatter_ || !frontmatter.error) return {};
    std::string what = "The frontmatter cannot be read: " + frontmatter.error->message;
    if (frontmatter.error->line) what += " (line " + std::to_string(*frontmatter.error->line) + ")";
    return Error(ErrorCode::invalid, std::move(what), "frontmatter", "Mend it in the text first");
  }

  /// What every spec has to say, said where this change did not.
  Status complete_new_frontmatter() {
    if (!editor_.has_field("status"))
      LEANSPEC_TRY(editor_.set("status", std::string(to_string(spec_.shown_status())), {}));
    return editor_.set("created", now_.substr(0, date_length), {"status"});
  }

  Status set_status() {
    if (!change_.status) return {};
    const auto status = parse_status(*change_.status);
    if (!status) {
      return Error(ErrorCode::invalid, "Invalid status: '" + *change_.status + "'", "status",
                   "Use draft, planned, in-progress, complete or archived");
    }
    if (status == spec_.status) return {};
    if (!change_.force) LEANSPEC_TRY(check_status_change(spec_, *status, view_));
    const std::string word(to_string(*status));
    LEANSPEC_TRY(editor_.set("status", word, {}));
    const std::vector<std::pair<std::string, std::string>> entry = {{"status", word}, {"at", now_}};
    LEANSPEC_TRY(editor_.append("transitions", entry, {"updated_at", "created_at"}));
    return set_completion(*status);
  }

  Status set_completion(SpecStatus status) {
    switch (status) {
      case SpecStatus::complete:
        // Out of the archive it comes back as it was.
        if (spec_.status == SpecStatus::archived && spec_.completed_at) return {};
        if (editor_.has_field("completed")) LEANSPEC_TRY(editor_.set("completed", now_.substr(0, date_length), {}));
        return editor_.set("completed_at", now_, {"transitions"});
      case SpecStatus::archived:
        return {};
      case SpecStatus::draft:
      case SpecStatus::planned:
      case SpecStatus::in_progress:
        LEANSPEC_TRY(editor_.set("completed_at", {}, {}));
        return editor_.set("completed", {}, {});
    }
    return {};
  }

  Status set_priority() {
    if (!change_.priority) return {};
    if (change_.priority->empty()) return editor_.set("priority", {}, {});
    const auto priority = parse_priority(*change_.priority);
    if (!priority) {
      return Error(ErrorCode::invalid, "Invalid priority: '" + *change_.priority + "'", "priority",
                   "Use low, medium, high or critical");
    }
    if (priority == spec_.priority) return {};
    return editor_.set("priority", std::string(to_string(*priority)), {"tags", "created", "status"});
  }

  /// The list that is wanted. Error: an item that cannot be one.
  [[nodiscard]] static Result<Texts> wanted(const char* field, const Texts& present, const std::optional<Texts>& whole,
                                            const Texts& added, const Texts& removed) {
    Texts list;
    const auto add = [&](const Texts& texts) -> Status {
      for (const std::string& text : texts) {
        if (text.empty()) return Error(ErrorCode::invalid, "has an empty item", field);
        if (!has(present, text)) LEANSPEC_TRY(check_field_text(field, text));
        if (!has(list, text)) list.push_back(text);
      }
      return {};
    };
    if (whole) {
      LEANSPEC_TRY(add(*whole));
    } else {
      list = present;
    }
    LEANSPEC_TRY(add(added));
    list.erase(std::remove_if(list.begin(), list.end(), [&](const std::string& text) { return has(removed, text); }),
               list.end());
    if (list.size() > metadata_items_max) {
      return Error(ErrorCode::invalid, "would have more than " + std::to_string(metadata_items_max) + " items", field);
    }
    return list;
  }

  Status set_lists() {
    LEANSPEC_ASSIGN(tags_, wanted("tags", spec_.tags, change_.tags, change_.add_tags, change_.remove_tags));
    LEANSPEC_TRY(editor_.set_list("tags", spec_.tags, tags_, {"created", "status"}));
    LEANSPEC_ASSIGN(depends_on_, wanted("dependsOn", spec_.depends_on, change_.depends_on, change_.add_depends_on,
                                        change_.remove_depends_on));
    Texts fresh;
    for (const std::string& target : depends_on_)
      if (!has(spec_.depends_on, target)) fresh.push_back(target);
    LEANSPEC_TRY(check_new_dependencies(spec_, fresh, view_));
    return editor_.set_list("depends_on", spec_.depends_on, depends_on_, {"priority", "tags", "created", "status"});
  }

  /// Items are matched as they are written, and read without the blanks around them.
  [[nodiscard]] Status check_lists() const {
    Spec read;
    read_fields(parse_frontmatter(editor_.file()), read);
    if (read.tags == tags_ && read.depends_on == depends_on_) return {};
    return Error(ErrorCode::unsupported, "A list is written in a way that cannot be changed alone",
                 read.tags == tags_ ? "dependsOn" : "tags", "Change it in the text of the frontmatter");
  }

  Status set_assignee() {
    if (!change_.assignee || *change_.assignee == spec_.assignee.value_or("")) return {};
    LEANSPEC_TRY(check_field_text("assignee", *change_.assignee));
    return editor_.set("assignee", *change_.assignee, {"priority", "tags", "created", "status"});
  }

  Status set_parent() {
    if (!change_.parent || *change_.parent == spec_.parent.value_or("")) return {};
    if (!change_.parent->empty()) LEANSPEC_TRY(check_new_parent(spec_, *change_.parent, depends_on_, view_));
    return editor_.set("parent", *change_.parent, {"depends_on", "priority", "tags", "created", "status"});
  }

  static constexpr std::size_t date_length = 10;  // of 2026-01-31

  const Spec& spec_;
  const MetadataChange& change_;
  const ProjectView& view_;
  const std::string now_;
  FieldEditor editor_;
  Texts tags_;
  Texts depends_on_;
  bool without_frontmatter_ = false;
};

}  // namespace

Result<std::string> change_metadata(const Spec& spec, const MetadataChange& change, const ProjectView& view,
                                    Instant now) {
  return MetadataEdit(spec, change, view, now).run();
}

}  // namespace leanspec::spec
