#include "host/shutdown_signal.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

#include "host/system_error.h"

namespace leanspec::host {

Result<ShutdownSignal> ShutdownSignal::install() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGTERM);
  ::sigaddset(&signals, SIGINT);
  if (const int failed = ::pthread_sigmask(SIG_BLOCK, &signals, nullptr); failed != 0) {
    return system_error(failed, "signals could not be blocked", "shutdown");
  }
  ::signal(SIGPIPE, SIG_IGN);
  Descriptor file(::signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!file) return system_error(errno, "signals could not be watched", "shutdown");
  return ShutdownSignal(std::move(file));
}

int ShutdownSignal::take() {
  signalfd_siginfo info{};
  if (::read(file_.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return 0;
  return static_cast<int>(info.ssi_signo);
}

int ShutdownSignal::wait() {
  for (;;) {
    pollfd waited{file_.get(), POLLIN, 0};
    if (::poll(&waited, 1, -1) < 0 && errno != EINTR) return SIGTERM;
    if (const int number = take(); number != 0) return number;
  }
}

}  // namespace leanspec::host
