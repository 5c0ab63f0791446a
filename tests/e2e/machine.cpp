#include "tests/e2e/machine.h"

#include "tests/e2e/http.h"
#include "tests/fakes/corpus.h"

namespace leanspec::e2e {

namespace fs = std::filesystem;

Files files_in(const fs::path& specs) {
  Files files;
  for (auto at = fs::recursive_directory_iterator(specs); at != fs::recursive_directory_iterator(); ++at) {
    if (at->path().filename().string().starts_with('.')) {
      at.disable_recursion_pending();
      continue;
    }
    std::error_code gone;
    if (at->is_regular_file(gone)) files[at->path().lexically_relative(specs).string()] = tests::read_file(at->path());
  }
  return files;
}

std::string Machine::join(const std::string& hub_url, const std::string& secret, const std::string& project,
                          const std::string& mode, bool over_a_line) {
  fs::create_directories(specs);
  if (over_a_line) line = std::make_unique<CutProxy>(parse_address(hub_url).port);
  const Finished in = bridge.login(line ? line->url() : hub_url, secret);
  if (in.code != 0) return in.errors;
  const Finished added = bridge.command({"add", specs.string(), "--project", project, "--mode", mode});
  return added.code == 0 ? std::string() : added.errors;
}

}  // namespace leanspec::e2e
