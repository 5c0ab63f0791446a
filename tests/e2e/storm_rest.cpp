// After the storm: what everybody has, and what became of every text.
#include <algorithm>
#include <iostream>

#include "tests/e2e/storm.h"
#include "tests/e2e/wait_until.h"

namespace leanspec::e2e {

void Storm::heal() {
  for (const auto& author : authors_) {
    author->finish();
    written_.insert(written_.end(), author->written().begin(), author->written().end());
    counts_["edits"] += author->written().size();
    counts_["renames"] += author->renames();
    counts_["deletions"] += author->removals();
  }
}

void Storm::come_to_rest() {
  const auto at_rest = [&] {
    std::set<std::string> cursors;
    for (const auto& machine : machines_) {
      const FolderState state = machine->state();
      if (!state.live()) return false;
      cursors.insert(std::string(state.all.at("cursor").as_string()));
    }
    return cursors.size() == 1;
  };
  const auto all_at_rest = [&] { return at_rest() && holds_for(std::chrono::seconds(3), at_rest); };
  const auto begun = Clock::now();
  if (!wait_until(all_at_rest, rest_within)) {
    for (const auto& machine : machines_)
      ADD_FAILURE() << machine->bridge.name() << " does not come to rest:\n" << machine->status();
    FAIL();
  }
  counts_["seconds to rest"] =
      static_cast<std::size_t>(std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - begun).count());
  for (const auto& machine : machines_) {
    const Finished barrier = machine->bridge.command({"flush", machine->specs.string(), "--wait"});
    EXPECT_TRUE(barrier.code == 0 || barrier.code == 4) << barrier.output << barrier.errors;
  }
}

void Storm::compare() {
  std::vector<Files> disks;
  std::map<std::string, std::string> whys;
  const std::vector<HubVersion> held = hub_.held(project_);
  std::set<std::string> paths;
  for (const auto& machine : machines_) {
    disks.push_back(files_in(machine->specs));
    for (const auto& [path, text] : disks.back()) paths.insert(path);
  }
  // What the machines say while they run.
  std::vector<std::map<std::string, std::string>> said(machine_count);
  for (std::size_t which = 0; which < machine_count; ++which) {
    for (const std::string& path : paths) {
      const bool differs = std::any_of(disks.begin(), disks.end(), [&](const Files& other) {
        const auto found = other.find(path);
        const auto mine = disks[which].find(path);
        return (found == other.end()) != (mine == disks[which].end()) ||
               (found != other.end() && found->second != mine->second);
      });
      if (differs) said[which][path] = machines_[which]->bridge.why(machines_[which]->specs / path);
    }
  }
  const Finished checked = hub_.command({"backup", (scratch_ / "last.backup").string(), "--verify"});
  EXPECT_EQ(checked.code, 0) << "every text at the hub is whole: " << checked.errors;
  ASSERT_TRUE(hub_.stop()) << "the hub does not stop";
  const HubRecords records = read_hub_records(hub_.data());
  for (const auto& [path, hash] : records.heads) paths.insert(path);

  std::set<std::string> on_disks;
  for (const Files& disk : disks) {
    for (const auto& [path, text] : disk) on_disks.insert(sha256_hex(text));
  }
  for (const std::string& path : paths) {
    const auto head = records.heads.find(path);
    for (std::size_t which = 0; which < machine_count; ++which) {
      const auto mine = disks[which].find(path);
      const bool here = mine != disks[which].end();
      const std::string hash = here ? sha256_hex(mine->second) : std::string();
      if (here ? head != records.heads.end() && head->second == hash : head == records.heads.end()) continue;
      // It differs: then it is a conflict, which the machine and the hub both name.
      const bool aside = here && std::any_of(held.begin(), held.end(),
                                             [&](const HubVersion& version) { return version.hash == hash; });
      const bool hub_names = aside || (!here && records.in_conflict.contains(path));
      const std::string& why = said[which][path];
      const bool machine_names = why.find("held") != std::string::npos;
      if (hub_names && machine_names) {
        ++counts_["held at the end"];
        continue;
      }
      ADD_FAILURE() << path << " on " << machines_[which]->bridge.name() << (here ? " is " + hash : " is not there")
                    << ", the hub's is " << (head == records.heads.end() ? std::string("not there") : head->second)
                    << "; the hub " << (hub_names ? "names it; " : "does not name it; ") << "the machine says: " << why;
    }
  }
  std::size_t lost = 0;
  for (const WrittenText& one : written_) {
    const std::string hash = sha256_hex(one.text);
    if (records.texts.contains(hash) || on_disks.contains(hash)) continue;
    if (one.replaced_unsent) {
      ++counts_["replaced before they could be sent"];
      continue;
    }
    if (++lost <= 5)
      ADD_FAILURE() << "lost: what was saved on " << one.machine << " as " << one.path << " (" << hash << "):\n"
                    << one.text.substr(0, 400);
  }
  EXPECT_EQ(lost, 0U);
  counts_["lost"] = lost;
  counts_["texts"] = written_.size();
  counts_["versions"] = records.versions;
  counts_["merges"] = records.merges;
  counts_["texts set aside"] = records.conflicts;
  counts_["open conflicts"] = records.held;
  counts_["files at the end"] = records.heads.size();
  for (const auto& machine : machines_) counts_["connections"] += machine->line->connections_made();
}

void Storm::report(const StormPlan& plan) {
  std::cout << "seed " << seed() << ", " << plan.commits << " commits";
  for (const auto& [name, count] : counts_) std::cout << ", " << name << " " << count;
  std::cout << std::endl;
  for (const auto& [name, count] : counts_) {
    std::string word = name;
    std::replace(word.begin(), word.end(), ' ', '_');
    RecordProperty(word, std::to_string(count));
  }
}

void Storm::TearDown() {
  if (!HasFailure()) return;
  std::cout << "seed " << seed() << "\n";
  for (const std::string& line : diary_) std::cout << "  " << line << "\n";
  std::cout << "The hub said:\n" << end_of(hub_.errors());
  for (const auto& machine : machines_)
    std::cout << machine->bridge.name() << " said:\n" << end_of(machine->bridge.log());
}

}  // namespace leanspec::e2e
