// The part of Applier for disks that do not keep all names apart.
#include <algorithm>

#include "bridge/disk/applier.h"
#include "bridge/disk/apply_outcome.h"
#include "sync/normal_form.h"
#include "sync/path_policy.h"

namespace leanspec::bridge::disk {
namespace {

constexpr std::uint32_t probe_mode = 0600;

[[nodiscard]] std::string name_in(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

[[nodiscard]] std::string passing_name(const std::string& staged) {
  return staged + std::string(Applier::respelled_suffix);
}

}  // namespace

/// Whether both names are one file for the disk, which does not keep them apart. Two links to one file are shown both.
bool Applier::is_respelling(const Application& wanted) {
  if (sync::collision_key(*wanted.from) != sync::collision_key(*wanted.to)) return false;
  if (!is_one_file(*wanted.from, *wanted.to)) return false;
  return folder_of(*wanted.from) != folder_of(*wanted.to) || !is_spelled(*wanted.from) || !is_spelled(*wanted.to) ||
         sync::composed(name_in(*wanted.from)) == sync::composed(name_in(*wanted.to));
}

/// The disk shows the file under this name, however it writes accents.
bool Applier::is_spelled(const std::string& path) {
  const auto entries = tree_.list(folder_of(path));
  if (!entries) return false;
  const auto name = sync::composed(name_in(path));
  return std::any_of(entries->begin(), entries->end(),
                     [&](const auto& entry) { return sync::composed(entry.name) == name; });
}

/// rename(2) does nothing where both names are one file, so it goes by way of a third one (law 5). Its folders keep the
/// case that they have here, since other files stand in them.
Status Applier::respell(const Application& wanted, const std::string& staged) {
  if (is_spelled(*wanted.to)) return {};
  const std::string passing = passing_name(staged);
  LEANSPEC_TRY(take_out(*wanted.from, passing));
  changed(staged);
  Status placed = place(passing, *wanted.to);
  if (placed || place(passing, *wanted.from)) return placed;
  // Somebody was quick and made a file of that name: the one on its way has come out of its place.
  LEANSPEC_TRY(tree_.put_over(passing, staged));
  return Error(ErrorCode::conflict, "another file took its name", *wanted.from);
}

/// Killed while a file was on its way to another spelling of its name: it arrives there. If somebody made a file of
/// that name since, it is what came out.
Status Applier::finish_respelling(const Application& wanted, const std::string& staged) {
  const std::string passing = passing_name(staged);
  const auto there = tree_.facts(passing);
  if (!there) return there.error().code == ErrorCode::not_found ? Status() : Status(there.error());
  changed(staged);
  if (wanted.to) {
    changed(*wanted.to);
    LEANSPEC_TRY(make_folders_above(*wanted.to));
    Status placed = place(passing, *wanted.to);
    if (placed || placed.error().code != ErrorCode::already_exists) return placed;
  }
  // What is staged under the name itself was never put in anybody's place.
  return tree_.put_over(passing, staged);
}

void Applier::probe_names() {
  const std::string base = std::string(staging_folder) + "/" + std::string(probe_prefix);
  const std::string letters = base + "a";
  const std::string accents = base + "\u00E9";
  for (const auto& path : {letters, accents}) (void)tree_.create(path, "", probe_mode);
  protection_.folding.letters = is_one_file(letters, base + "A");
  protection_.folding.accents = is_one_file(accents, base + "e\u0301");
  for (const auto& path : {letters, accents}) (void)tree_.remove_file(path);
}

std::string Applier::Protection::names_sentence() const {
  if (!folding.any()) return {};
  const std::string what = !folding.accents   ? "in case"
                           : !folding.letters ? "in how accents are written"
                                              : "in case or in how accents are written";
  return "this disk does not keep names apart that differ only " + what +
         "; of two such documents the second waits until one of the two is renamed";
}

}  // namespace leanspec::bridge::disk
