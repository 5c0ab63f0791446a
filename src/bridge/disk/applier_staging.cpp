// The part of Applier that knows its staging folder: what is written there ahead, and what is left over.
#include <utility>

#include "bridge/disk/applier.h"

namespace leanspec::bridge::disk {
namespace {

constexpr std::uint32_t folder_rules_mode = 0644;

}  // namespace

std::string Applier::staged_path(const std::string& name) {
  return std::string(staging_folder) + "/" + name;
}

/// With rules of its own, so that git and other tools leave it alone.
Status Applier::make_staging_folder() {
  const std::string folder(staging_folder);
  const Status made = tree_.make_folder(folder);
  if (!made && made.error().code != ErrorCode::already_exists) return made.error();
  const std::string rules = folder + "/.gitignore";
  if (tree_.facts(rules)) return {};
  changed(folder);
  const Status written = tree_.create(rules, "*\n", folder_rules_mode);
  if (!written && written.error().code != ErrorCode::already_exists) return written.error();
  return {};
}

void Applier::stage_ahead(const engine::ApplyRequest& request) {
  std::vector<host::WritableFileTree::NewFile> files;
  for (const auto& item : request.items) {
    if (item.step != engine::ApplyStep::apply || item.wanted.bytes == nullptr) continue;
    const auto there = item.wanted.from ? tree_.facts(*item.wanted.from) : Error(ErrorCode::not_found, "");
    const std::uint32_t mode = there ? there->mode : host::usual_mode;
    files.push_back({staged_path(item.name) + std::string(unfinished), *item.wanted.bytes, mode});
  }
  // One is staged in its turn; and whatever fails here is said there.
  if (files.size() < 2 || !make_staging_folder()) return;
  const auto made = tree_.create_all(files);
  for (std::size_t at = 0; at < files.size(); ++at) {
    if (made[at]) staged_ahead_.emplace(files[at].path, files[at].mode);
  }
}

void Applier::drop_staged_ahead() {
  for (const auto& [part, mode] : staged_ahead_) (void)tree_.remove_file(part);
  staged_ahead_.clear();
}

/// A kill in the middle of writing leaves a text that nobody wrote. Under the name of the intent it would be taken for
/// one that came out of its place, and so for an edit.
Status Applier::stage(const std::string& staged, std::string_view bytes, std::uint32_t mode) {
  const std::string part = staged + std::string(unfinished);
  auto ahead = staged_ahead_.extract(part);
  if (ahead && ahead.mapped() != mode) {  // somebody changed the mode of the old text meanwhile
    LEANSPEC_TRY(tree_.remove_file(part));
    ahead = {};
  }
  if (!ahead) LEANSPEC_TRY(tree_.create(part, bytes, mode));
  Status named = take_out(part, staged);
  if (!named) (void)tree_.remove_file(part);
  return named;
}

Result<Applier::LeftOver> Applier::look_at_left_over(const std::string& name, const Application& wanted) {
  const std::string staged = staged_path(name);
  LeftOver left;
  // First: who has it open writes before closing it, and out of its place nobody opens it any more.
  if (!tree_.facts(staged)) LEANSPEC_TRY(finish_steps(wanted, staged));
  const auto writer = tree_.has_writer(staged);
  if (!writer && writer.error().code != ErrorCode::not_found) return writer.error();
  if (writer && *writer) return left;
  LEANSPEC_ASSIGN(auto text, text_at(staged));
  if (!text) {
    left.gone = true;
    return left;
  }
  if (text->digest != wanted.expected.value_or(Digest())) {
    left.edited = Displaced{text->digest, std::move(text->bytes), text->facts.modified_ns};
    return left;
  }
  if (copies_ != nullptr) {
    LeavingText leaving;
    leaving.path = wanted.from.value_or(name);
    leaving.digest = text->digest;
    leaving.why = !wanted.to ? CopyReason::deleted : wanted.by_hand ? CopyReason::restored : CopyReason::replaced;
    leaving.replaced_by = wanted.version;
    leaving.only_here = wanted.only_here;
    // The hub's history is copy enough, if there is no room for a second one.
    if (!copies_->keep(leaving, *text->bytes) && wanted.only_here) return left;
  }
  LEANSPEC_TRY(tree_.remove_file(staged));
  left.gone = true;
  return left;
}

Result<std::vector<std::string>> Applier::left_overs() {
  std::vector<std::string> names;
  const auto entries = tree_.list(staging_folder);
  if (!entries && entries.error().code == ErrorCode::not_found) return names;
  if (!entries) return entries.error();
  for (const auto& entry : *entries) {
    const std::string_view name = entry.name;
    if (entry.kind != host::FileKind::regular || name == ".gitignore" || name.starts_with(probe_prefix)) continue;
    if (name.ends_with(unfinished)) {
      (void)tree_.remove_file(staged_path(entry.name));  // else at the next look
      continue;
    }
    // What belongs to the application of a staged text is a matter of that one.
    std::string_view base = name;
    for (const auto suffix : {safety_suffix, respelled_suffix}) {
      if (name.ends_with(suffix)) base = name.substr(0, name.size() - suffix.size());
    }
    if (names.empty() || names.back() != base) names.emplace_back(base);
  }
  return names;
}

}  // namespace leanspec::bridge::disk
