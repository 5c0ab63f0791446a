#include <unistd.h>

#include "bridge/run/commands.h"
#include "bridge/run/daemon.h"

int main(int count, char** values) {
  using namespace leanspec::bridge::run;
  const auto line = parse_command_line(std::vector<std::string>(values + 1, values + count));
  if (!line) {
    print_error("leanspec-bridge: " + line.error().sentence() + "\n");
    return exit_usage;
  }
  if (line->has("version")) {
    print("leanspec-bridge " + program_version() + "\n");
    return exit_done;
  }
  if (line->has("help")) {
    print(help_text(line->command));
    return exit_done;
  }
  return run_command(*line);
}
