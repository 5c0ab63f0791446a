// links: e2e/site digest host
// From a save on one machine to the bytes on the disks of others, beside what the kernel needs for the least of it:
// hear of the save, copy the file, fsync, rename. Then 400 files saved at once, beside the least that so many need; 50
// files saved while the bridge was down; and what the bridges weigh after all that.
//   save_to_disk_bench --hub FILE --bridge FILE [--bridges 2] [--edits 200] [--files 400] [--offline 50]
#include <fcntl.h>

#include <atomic>
#include <memory>
#include <set>
#include <thread>

#include "host/system_file_tree.h"
#include "tests/bench/arrival.h"
#include "tests/e2e/machine.h"

namespace leanspec::bench {
namespace {

namespace fs = std::filesystem;

/// Real specs, an edited line in each.
struct Documents {
  std::vector<std::string> paths;
  std::vector<std::string> texts;

  explicit Documents(std::size_t count) {
    const auto corpus = tests::corpus_folder();
    must(corpus.has_value(), tests::corpus_absent);
    for (const auto& file : tests::corpus_files(*corpus)) {
      if (paths.size() == count || !file.path.ends_with(".md") || file.path.find('/') == std::string::npos) continue;
      paths.push_back(file.path);
      texts.push_back(file.bytes);
    }
    must(paths.size() == count, "the corpus holds fewer files");
  }
  /// Another line at the end: what somebody adds to a spec.
  void edit(std::size_t at) { texts[at] += "\nA line, the " + std::to_string(++edits_) + "th.\n"; }

 private:
  std::size_t edits_ = 0;
};

void save(const fs::path& file, const std::string& text, bool atomically) {
  if (atomically) {
    e2e::save_atomically(file, text);
  } else {
    e2e::save_in_place(file, text);
  }
}

/// The floor: a thread that hears of saves in one folder and puts the bytes into another as carefully as a bridge does.
class Copier {
 public:
  Copier(fs::path from, fs::path to)
      : from_(std::move(from)), to_(std::move(to)), events_(::inotify_init1(IN_CLOEXEC)) {
    fs::create_directories(from_);
    fs::create_directories(to_);
    must(::inotify_add_watch(events_.get(), from_.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO) >= 0, "no inotify watch");
    thread_ = std::thread([this] { run(); });
  }
  ~Copier() {
    ending_ = true;
    e2e::save_in_place(from_ / "end", "");
    thread_.join();
  }

 private:
  void run() {
    alignas(inotify_event) char buffer[4096];
    while (!ending_) {
      const ssize_t got = ::read(events_.get(), buffer, sizeof buffer);
      for (ssize_t at = 0; at < got;) {
        const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
        at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
        if (event->len == 0 || event->name[0] == '.') continue;
        const std::string text = tests::read_file(from_ / event->name);
        const fs::path staged = to_ / ".staged";
        const host::Descriptor file(::open(staged.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
        must(::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()), "the copy failed");
        ::fsync(file.get());
        fs::rename(staged, to_ / event->name);
      }
    }
  }
  fs::path from_;
  fs::path to_;
  host::Descriptor events_;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

void add(Figures& figures, const std::string& name, const Samples& samples) {
  figures.add(name, samples);
  figures.add(name + "_max_ms", samples.percentile(100), "ms");
}

void measure_floor(const e2e::Scratch& scratch, Documents& documents, std::size_t edits, Figures& figures) {
  const fs::path from = scratch / "floor-from", to = scratch / "floor-to";
  Samples floor;
  {
    Copier copier(from, to);
    Arrival arrival;
    arrival.watch(to);
    for (std::size_t number = 0; number < edits; ++number) {
      const std::string text = documents.texts[number % documents.texts.size()] + std::to_string(number);
      const auto begun = Stopwatch::now();
      save(from / "spec.md", text, number % 2 == 1);
      floor.add(arrival.wait({{to / "spec.md", text}}, begun).front());
      std::this_thread::sleep_for(std::chrono::milliseconds(5));  // as people save: one at a time
    }
  }
  add(figures, "floor_watch_copy_fsync_rename", floor);
}

/// The floor of many at once: all written, flushed together, renamed into place, and the names flushed together.
void measure_many_floor(const e2e::Scratch& scratch, const Documents& documents, Figures& figures) {
  const fs::path root = scratch / "floor-many";
  std::set<std::string> folders;
  std::vector<host::WritableFileTree::NewFile> files;
  for (std::size_t at = 0; at < documents.paths.size(); ++at) {
    const fs::path folder = fs::path(documents.paths[at]).parent_path();
    fs::create_directories(root / folder);
    e2e::save_in_place(root / documents.paths[at], documents.texts[at]);
    folders.insert(folder.string());
    files.push_back({"staged-" + std::to_string(at), documents.texts[at], host::usual_mode});
  }
  auto tree = host::open_file_tree(root.string());
  must(tree.has_value(), "the floor has no folder");
  const auto begun = Stopwatch::now();
  for (const Status& made : (*tree)->create_all(files)) must(made.has_value(), "a file of the floor was not made");
  for (std::size_t at = 0; at < files.size(); ++at)
    must((*tree)->put_over(files[at].path, documents.paths[at]).has_value(), "a file of the floor was not moved");
  for (const Status& flushed : (*tree)->sync_folders({folders.begin(), folders.end()}))
    must(flushed.has_value(), "a folder of the floor was not flushed");
  figures.add("files_at_once_floor_ms", milliseconds_since(begun), "ms");
}

class Machines {
 public:
  Machines(Site& site, Documents& documents, std::size_t count) : documents_(documents) {
    site.start_hub();
    for (std::size_t number = 0; number < count; ++number) {
      all_.push_back(std::make_unique<e2e::Machine>(site.scratch, "machine-" + std::to_string(number)));
      if (number == 0) {
        for (std::size_t at = 0; at < documents.paths.size(); ++at)
          e2e::save_in_place(all_.front()->specs / documents.paths[at], documents.texts[at]);
      }
      const std::string problem = all_.back()->join(site.hub.url(), site.hub.key(), site.project, "two-way", false);
      must(problem.empty(), problem);
      must(all_.back()->bridge.start(), "a bridge did not start: " + all_.back()->bridge.log());
    }
    for (const auto& machine : all_) {
      const auto done = [&] { return machine->state().live() && machine->state().in_sync >= documents.paths.size(); };
      must(e2e::wait_until(done, std::chrono::minutes(5)), machine->status());
    }
    for (std::size_t number = 1; number < all_.size(); ++number) {
      for (const std::string& path : documents.paths) arrival_.watch((all_[number]->specs / path).parent_path());
    }
  }

  [[nodiscard]] const std::vector<std::unique_ptr<e2e::Machine>>& all() const { return all_; }
  [[nodiscard]] fs::path file(std::size_t machine, std::size_t at) const {
    return all_[machine]->specs / documents_.paths[at];
  }
  /// Until these documents stand on all the others.
  [[nodiscard]] std::vector<double> arrive(const std::vector<std::size_t>& documents, Stopwatch::time_point begun) {
    std::vector<std::pair<fs::path, std::string>> wanted;
    for (std::size_t machine = 1; machine < all_.size(); ++machine) {
      for (const std::size_t at : documents) wanted.emplace_back(file(machine, at), documents_.texts[at]);
    }
    return arrival_.wait(wanted, begun);
  }

 private:
  Documents& documents_;
  std::vector<std::unique_ptr<e2e::Machine>> all_;
  Arrival arrival_;
};

void measure_edits(Machines& machines, Documents& documents, std::size_t edits, Figures& figures) {
  Samples in_place, atomic, last;
  for (std::size_t number = 0; number < edits; ++number) {
    const std::size_t at = number * 7 % documents.paths.size();
    const bool atomically = number % 2 == 1;
    documents.edit(at);
    const auto begun = Stopwatch::now();
    save(machines.file(0, at), documents.texts[at], atomically);
    const auto arrived = machines.arrive({at}, begun);
    (atomically ? atomic : in_place).add(arrived.front());
    last.add(*std::max_element(arrived.begin(), arrived.end()));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  add(figures, "in_place_to_disk", in_place);
  add(figures, "atomic_to_disk", atomic);
  in_place.add(atomic);
  add(figures, "to_disk", in_place);
  add(figures, "to_the_last_disk", last);
}

void measure_many(Machines& machines, Documents& documents, std::size_t files, Figures& figures) {
  std::vector<std::size_t> touched;
  for (std::size_t at = 0; at < files; ++at) {
    documents.edit(at);
    touched.push_back(at);
  }
  const auto begun = Stopwatch::now();
  for (const std::size_t at : touched) e2e::save_in_place(machines.file(0, at), documents.texts[at]);
  figures.add("files_at_once", static_cast<double>(files), "");
  figures.add("files_at_once_saved_ms", milliseconds_since(begun), "ms");
  const auto arrived = machines.arrive(touched, begun);
  figures.add("files_at_once_everywhere_ms", *std::max_element(arrived.begin(), arrived.end()), "ms");
}

void measure_offline(Machines& machines, Documents& documents, std::size_t files, Figures& figures) {
  must(machines.all().front()->bridge.stop() == 0, "a bridge did not stop well");
  std::vector<std::size_t> touched;
  for (std::size_t number = 0; number < files; ++number) {
    const std::size_t at = number * 3 % documents.paths.size();
    documents.edit(at);
    save(machines.file(0, at), documents.texts[at], number % 2 == 1);
    touched.push_back(at);
  }
  const auto begun = Stopwatch::now();
  machines.all().front()->bridge.start_at_once();
  const auto arrived = machines.arrive(touched, begun);
  figures.add("offline_edits", static_cast<double>(files), "");
  figures.add("offline_edits_everywhere_after_start_ms", *std::max_element(arrived.begin(), arrived.end()), "ms");
}

void run(const Flags& flags) {
  const auto number = [&](const char* flag, int otherwise) {
    return static_cast<std::size_t>(flags.number(flag, otherwise));
  };
  const std::size_t files = number("--files", 400), edits = number("--edits", 200);
  Site site;
  Documents documents(files);
  Figures figures("save_to_disk");
  figures.add("bridges", static_cast<double>(number("--bridges", 2)), "");
  measure_floor(site.scratch, documents, edits, figures);
  measure_many_floor(site.scratch, documents, figures);
  Machines machines(site, documents, number("--bridges", 2));
  measure_edits(machines, documents, edits, figures);
  measure_many(machines, documents, files, figures);
  measure_offline(machines, documents, number("--offline", 50), figures);
  double most = 0;
  for (const auto& machine : machines.all()) {
    must(e2e::wait_until([&] { return machine->state().state == "live"; }), machine->status());
    most = std::max(most, look_at(machine->bridge.pid()).resident_mb);
  }
  figures.add("bridge_rss_most_mb", most, "MB");
  figures.add("hub_rss_mb", look_at(site.hub.pid()).resident_mb, "MB");
  figures.add("load", load_average(), "");
  figures.finish();
}

}  // namespace
}  // namespace leanspec::bench

int main(int argc, char** argv) {
  leanspec::bench::run(leanspec::bench::Flags(argc, argv));
}
