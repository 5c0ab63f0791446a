#include "spec/project_view.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>
#include <utility>

#include "spec/layout.h"
#include "spec/relations.h"
#include "spec/spec_order.h"
#include "spec/view_index.h"

namespace leanspec::spec {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The folders whose README.md or sub-specs differ, and the paths and folders ("a/b/") whose files may have become
/// loose or may be loose no more.
struct TouchedFolders {
  std::set<std::string, std::less<>> specs;
  std::set<std::string, std::less<>> loose;
};

TouchedFolders touched_folders(const FileList& before, const FileUpdate& update) {
  TouchedFolders touched;
  for (const auto& difference : update.differences) {
    const std::string& path = difference.path();
    if (is_spec_path(path)) {
      const std::string_view folder = folder_of(path);
      touched.specs.emplace(folder);
      // A README.md that comes or goes takes its neighbours along, from or to the spec around it or the loose files.
      if (!difference.before || !difference.after) {
        const std::string_view around = owning_folder(update.files, folder);
        if (!around.empty()) touched.specs.emplace(around);
        touched.loose.insert(std::string(folder) + '/');
      }
      continue;
    }
    for (const std::string_view owner : {owning_folder(before, path), owning_folder(update.files, path)}) {
      if (owner.empty()) {
        touched.loose.insert(path);
      } else {
        touched.specs.emplace(owner);
      }
    }
  }
  return touched;
}

SpecEntryPtr entry_of_folder(const std::vector<SpecEntryPtr>& all, std::string_view folder) {
  const auto [first, last] = entries_of(all, leaf_of(folder));
  const auto found = std::find_if(first, last, [&](const auto& entry) { return entry->spec->folder == folder; });
  return found == last ? nullptr : *found;
}

EntryChange change_of_folder(const std::vector<SpecEntryPtr>& all, const FileList& files, const std::string& folder) {
  EntryChange change;
  change.before = entry_of_folder(all, folder);
  const FileNode* const readme = find_file(files, folder + '/' + std::string(main_file));
  if (readme == nullptr || !readme->spec) return change;
  change.after = std::make_shared<SpecEntry>();
  if (change.before) *change.after = *change.before;  // its relations, until they are brought up to date
  change.after->spec = readme->spec;
  change.after->sub_specs = sub_specs_of(files, folder);
  change.after->memory = std::make_shared<SpecMemory>();
  return change;
}

/// `all` without every `before` and with every `after`, in order.
std::vector<SpecEntryPtr> replace_entries(const std::vector<SpecEntryPtr>& all, std::span<const EntryChange> changes) {
  const auto before = [](const SpecEntryPtr& a, const SpecEntryPtr& b) { return listed_before(*a->spec, *b->spec); };
  std::vector<SpecEntryPtr> arriving;
  std::vector<SpecEntryPtr> leaving;
  for (const auto& change : changes) {
    if (change.before) leaving.push_back(change.before);
    if (change.after) arriving.push_back(change.after);
  }
  std::sort(leaving.begin(), leaving.end(), before);
  std::sort(arriving.begin(), arriving.end(), before);

  // Between two changed places whole runs are copied, so that one change costs a search and not a comparison per spec.
  std::vector<SpecEntryPtr> result;
  result.reserve(all.size() + arriving.size());
  auto next = all.begin();
  auto gone = leaving.begin();
  auto come = arriving.begin();
  while (gone != leaving.end() || come != arriving.end()) {
    const bool leaves = come == arriving.end() || (gone != leaving.end() && !before(*come, *gone));
    const auto place = std::lower_bound(next, all.end(), leaves ? *gone : *come, before);
    result.insert(result.end(), next, place);
    next = place;
    if (leaves) {
      ++next;
      ++gone;
    } else {
      result.push_back(*come++);
    }
  }
  result.insert(result.end(), next, all.end());
  return result;
}

/// True when `part` stands in `id` and no number is cut in two by it.
bool contains_whole(std::string_view id, std::string_view part) {
  for (auto at = id.find(part); at != std::string_view::npos; at = id.find(part, at + 1)) {
    const std::size_t end = at + part.size();
    const bool cut_before = at > 0 && is_digit(part.front()) && is_digit(id[at - 1]);
    const bool cut_behind = end < id.size() && is_digit(part.back()) && is_digit(id[end]);
    if (!cut_before && !cut_behind) return true;
  }
  return false;
}

}  // namespace

ProjectView::ProjectView(std::unique_ptr<const Index> index) : index_(std::move(index)) {}
ProjectView::~ProjectView() = default;

ProjectView::Ptr ProjectView::build(std::vector<SourceFile> files) {
  std::vector<FileChange> changes;
  changes.reserve(files.size());
  for (auto& file : files) {
    FileChange& change = changes.emplace_back();
    change.file = std::move(file);
    if (!change.file.bytes) change.file.bytes = std::make_shared<const std::string>();
  }
  const Ptr nothing(new ProjectView(std::make_unique<const Index>()));
  return nothing->with(changes);
}

ProjectView::Ptr ProjectView::with(std::span<const FileChange> changes) const {
  auto update = update_files(index_->files, changes);
  auto next = std::make_unique<Index>();
  next->parsed = update.parsed;
  const auto touched = touched_folders(index_->files, update);
  std::vector<EntryChange> entry_changes;
  for (const auto& folder : touched.specs) {
    auto change = change_of_folder(index_->all, update.files, folder);
    if (change.before || change.after) entry_changes.push_back(std::move(change));
  }
  next->all = replace_entries(index_->all, entry_changes);
  relate(next->all, entry_changes);
  next->loose = update_loose_files(index_->loose, update.files, touched.loose);
  next->files = std::move(update.files);
  return Ptr(new ProjectView(std::move(next)));
}

std::size_t ProjectView::size() const {
  return index_->all.size();
}
std::size_t ProjectView::parsed_files() const {
  return index_->parsed;
}
const std::vector<SpecEntryPtr>& ProjectView::all() const {
  return index_->all;
}
const std::vector<SourceFile>& ProjectView::loose_files() const {
  return index_->loose;
}

SpecEntryPtr ProjectView::find(std::string_view name) const {
  if (name.empty()) return nullptr;
  if (auto exact = find_entry(index_->all, name)) return exact;
  if (name.find('/') != std::string_view::npos) return entry_of_folder(index_->all, name);
  if (std::all_of(name.begin(), name.end(), is_digit)) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc{}) return nullptr;
    const auto found = std::find_if(index_->all.begin(), index_->all.end(),
                                    [&](const auto& entry) { return entry->spec->number == number; });
    return found == index_->all.end() ? nullptr : *found;
  }
  SpecEntryPtr first;
  for (const auto& entry : index_->all) {
    if (contains_whole(entry->spec->id, name) && (!first || id_before(entry->spec->id, first->spec->id))) first = entry;
  }
  return first;
}

}  // namespace leanspec::spec
