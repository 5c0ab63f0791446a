// links: e2e/site digest host wire
// Bytes on the wire for one line that is edited in a file of 10 KB, 60 KB and 5 MB: from the machine where it is saved
// to the hub and back, and from the hub to another machine and back, all of it counted: frames, headers,
// acknowledgements. The floor is the delta of the two texts alone. At most 4 KB each.
//   wire_bytes_bench --hub FILE --bridge FILE [--edits 5]
#include <memory>
#include <random>

#include "tests/bench/bench_site.h"
#include "tests/e2e/machine.h"
#include "wire/delta.h"

namespace leanspec::bench {
namespace {

namespace fs = std::filesystem;

constexpr double most_allowed = 4096;

/// Lines of words that no compressor makes much smaller.
[[nodiscard]] std::string text_of(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string text = e2e::spec_text("Of " + std::to_string(size) + " bytes", "");
  while (text.size() < size) {
    for (int word = 0; word < 10; ++word) text += std::to_string(random()) + " ";
    text += "\n";
  }
  return text;
}

/// One line in the middle gets another word.
void edit(std::string& text, int number) {
  const auto line = text.find('\n', text.size() / 2 + static_cast<std::size_t>(number) * 300);
  text.insert(line, "edited-" + std::to_string(number));
}

void run(const Flags& flags) {
  Site site;
  site.start_hub();
  e2e::Machine writer(site.scratch, "writer"), reader(site.scratch, "reader");
  const std::map<std::string, std::size_t> sizes{{"10_kb", 10'000}, {"60_kb", 60'000}, {"5_mb", 5'000'000}};
  std::map<std::string, std::string> texts;
  const auto file_of = [](const e2e::Machine& machine, const std::string& name) {
    return machine.specs / ("001-" + name) / "README.md";
  };
  for (const auto& [name, size] : sizes) {
    texts[name] = text_of(size, static_cast<unsigned>(size));
    e2e::save_in_place(file_of(writer, name), texts[name]);
  }
  for (e2e::Machine* machine : {&writer, &reader}) {
    const std::string problem = machine->join(site.hub.url(), site.hub.key(), site.project, "two-way", true);
    must(problem.empty(), problem);
    must(machine->bridge.start(), "a bridge did not start: " + machine->bridge.log());
  }
  for (const e2e::Machine* machine : {&writer, &reader}) {
    const auto done = [&] { return machine->state().state == "live" && machine->state().in_sync == sizes.size(); };
    must(e2e::wait_until(done, std::chrono::minutes(2)), machine->status());
  }
  const auto bytes = [](const e2e::Machine& machine) {
    return machine.line->bytes_to_hub() + machine.line->bytes_to_bridge();
  };
  Figures figures("wire_bytes");
  double most = 0;
  for (const auto& [name, size] : sizes) {
    std::uint64_t sent = 0, received = 0, floor = 0;
    for (int number = 0; number < flags.number("--edits", 5); ++number) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1'200));  // an edit of its own, with all that follows it
      const std::uint64_t before_sent = bytes(writer), before_received = bytes(reader);
      const std::string before = texts[name];
      edit(texts[name], number);
      if (const auto delta = wire::make_delta(before, texts[name]))
        floor = std::max<std::uint64_t>(floor, delta->size());
      e2e::save_in_place(file_of(writer, name), texts[name]);
      must(e2e::wait_until([&] { return tests::read_file(file_of(reader, name)) == texts[name]; }),
           name + " did not arrive");
      std::this_thread::sleep_for(std::chrono::milliseconds(800));  // acknowledgements
      sent = std::max(sent, bytes(writer) - before_sent);
      received = std::max(received, bytes(reader) - before_received);
    }
    figures.add(name + "_floor_delta_bytes", static_cast<double>(floor), "bytes");
    figures.add(name + "_of_the_writer_bytes", static_cast<double>(sent), "bytes");
    figures.add(name + "_of_the_reader_bytes", static_cast<double>(received), "bytes");
    most = std::max(most, static_cast<double>(std::max(sent, received)));
  }
  figures.add("most_bytes", most, "bytes");
  figures.add("writer_rss_mb", look_at(writer.bridge.pid()).resident_mb, "MB");
  figures.add("reader_rss_mb", look_at(reader.bridge.pid()).resident_mb, "MB");
  figures.finish();
  must(most <= most_allowed, "an edit of one line took more than 4 KB");
}

}  // namespace
}  // namespace leanspec::bench

int main(int argc, char** argv) {
  leanspec::bench::run(leanspec::bench::Flags(argc, argv));
}
