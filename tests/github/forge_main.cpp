#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>

#include "tests/github/git_forge.h"

/// The forge of the tests as a program, for clients that are none of ours: one repository, ada/specs, that was called
/// ada/old-name. Prints where its API is. "commit PATH" on its standard input commits a spec there, "fail" lets the
/// next request fail; each is answered by a line when it is done. The end of its input ends it.
int main() {
  leanspec::github_rig::GitForge forge;
  auto& hosted = forge.host("ada/old-name");
  hosted.git.commit({{"specs/001-first/README.md", "---\nstatus: planned\n---\n# First\n"},
                     {"specs/002-second/README.md", "# Second, with \xC3\xBC\n"},
                     {"main.c", "int main(void) { return 0; }\n"}});
  hosted.git.commit_symlink("specs/link", "../main.c");
  hosted.git.commit_submodule("specs/module");
  forge.rename("ada/old-name", "ada/specs");
  std::printf("%s\n", forge.api_url().c_str());
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string what;
    std::string about;
    words >> what >> about;
    if (what == "commit") hosted.git.commit({{about, "---\nstatus: planned\n---\n# " + about + "\n"}});
    if (what == "fail") forge.next({502, {}, "{\"message\":\"Server Error\"}", std::string::npos, {}});
    std::printf("done\n");
    std::fflush(stdout);
  }
  return 0;
}
