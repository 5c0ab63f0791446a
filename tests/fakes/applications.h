#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "bridge/disk/applier.h"
#include "digest/sha256.h"
#include "tests/fakes/memory_file_tree.h"

/// What an applier is asked for in tests, and the disks that it is asked for on.
namespace leanspec::fakes {

using bridge::disk::Application;

inline const std::string name = "staged";
inline const std::string staged = ".leanspec-sync/staged";

inline std::shared_ptr<const std::string> bytes(const std::string& text) {
  return std::make_shared<const std::string>(text);
}

inline Application to_come(const std::string& to, const std::string& text) {
  Application wanted;
  wanted.to = to;
  wanted.digest = digest::sha256(text);
  wanted.bytes = bytes(text);
  return wanted;
}

inline Application to_go(const std::string& from, const std::string& text) {
  Application wanted;
  wanted.from = from;
  wanted.expected = digest::sha256(text);
  return wanted;
}

/// Of what came out, the text that it is known to be.
inline Application was(const std::string& text) {
  Application wanted = to_go("a.md", text);
  wanted.to = "a.md";
  return wanted;
}

inline Application to_change(const std::string& from, const std::string& before, const std::string& to,
                             const std::string& after) {
  Application wanted = to_come(to, after);
  wanted.from = from;
  wanted.expected = digest::sha256(before);
  return wanted;
}

/// All texts below the root, staged ones too.
inline std::multiset<std::string> texts_on(MemoryFileTree& disk, const std::string& folder = "") {
  std::multiset<std::string> all;
  const auto entries = disk.list(folder);
  if (!entries) return all;
  for (const auto& entry : *entries) {
    const std::string path = folder.empty() ? entry.name : folder + "/" + entry.name;
    if (entry.kind == host::FileKind::directory)
      all.merge(texts_on(disk, path));
    else if (entry.name != ".gitignore")
      all.insert(*disk.content(path));
  }
  return all;
}

/// Every kind of application, over a disk that stands ready for it.
struct ApplicationKind {
  const char* what;
  Application wanted;
};
inline const ApplicationKind kinds[] = {
    {"come", to_come("n/a.md", "new")},
    {"go", to_go("d/a.md", "old")},
    {"replace", to_change("d/a.md", "old", "d/a.md", "new")},
    {"move", to_change("d/a.md", "old", "e/b.md", "old")},
    {"move and replace", to_change("d/a.md", "old", "e/b.md", "new")},
    {"respell", to_change("d/a.md", "old", "d/A.md", "old")},
    {"respell and replace", to_change("d/a.md", "old", "d/A.md", "new")},
};

/// A user's save of "typed".
struct Save {
  std::string path;
  bool atomically = false;
};
using AfterSave =
    std::function<void(MemoryFileTree& disk, bridge::disk::Applier&, const bridge::disk::Applied&, int moment)>;

/// The user saves between any two of the applier's calls: carries `wanted` out once for each of them, on a disk of its
/// own that `prepare` makes ready and where d/a.md is "old". The number of moments there were, at the most `moments_max`.
inline int for_each_moment_of_a_save(const Application& wanted, const Save& save,
                                     const std::function<void(MemoryFileTree&)>& prepare, const AfterSave& then) {
  constexpr int moments_max = 60;
  for (int moment = 0; moment < moments_max; ++moment) {
    MemoryFileTree disk;
    prepare(disk);
    disk.write("d/a.md", "old");
    bridge::disk::Applier applier(disk);
    int call = 0;
    bool saved = false;
    disk.set_interruption([&](std::string_view) {
      if (call++ != moment) return;
      saved = true;
      save.atomically ? disk.replace(save.path, "typed") : disk.write(save.path, "typed");
    });
    const auto applied = applier.apply(wanted, name);
    disk.set_interruption(nullptr);
    if (!saved) return moment;
    then(disk, applier, applied, moment);
  }
  return moments_max;
}

/// What a disk can do.
struct DiskKind {
  const char* what;
  bool one_step = true;
  bool links = true;
  bool folds = false;  ///< it does not keep names apart that differ only in case or accents
  void set(MemoryFileTree& disk) const {
    disk.set_one_step(one_step);
    disk.set_links(links);
    if (!folds) return;
    DiskFolding folding;
    folding.letters = folding.accents = true;
    disk.set_folding(folding);
  }
};
inline const DiskKind disk_kinds[] = {{"in_one_step", true, true},
                                      {"by_links", false, true},
                                      {"by_copies", false, false},
                                      {"folding", true, true, true},
                                      {"folding_by_links", false, true, true},
                                      {"folding_by_copies", false, false, true}};

}  // namespace leanspec::fakes
