#include "bridge/control/control_socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "host/system_error.h"

namespace leanspec::bridge::control {
namespace {

/// Connections that wait to be accepted: a person and a few scripts.
constexpr int backlog = 16;

/// A socket address holds 107 bytes of path. A longer path is reached through an open descriptor of its folder.
struct Address {
  host::Descriptor folder;
  sockaddr_un raw{};
};

[[nodiscard]] Result<Address> address_of(const std::string& path) {
  Address address;
  address.raw.sun_family = AF_UNIX;
  std::string name = path;
  if (name.size() >= sizeof address.raw.sun_path) {
    const auto slash = path.rfind('/');
    address.folder = host::Descriptor(::open(path.substr(0, slash).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!address.folder) return host::system_error(errno, "the folder could not be opened", path.substr(0, slash));
    name = "/proc/self/fd/" + std::to_string(address.folder.get()) + path.substr(slash);
  }
  if (name.size() >= sizeof address.raw.sun_path)
    return Error(ErrorCode::invalid, "the name is too long for a socket", path);
  std::memcpy(address.raw.sun_path, name.c_str(), name.size() + 1);
  return address;
}

[[nodiscard]] const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

[[nodiscard]] Result<host::Descriptor> connect_to(const std::string& path) {
  LEANSPEC_ASSIGN(const Address address, address_of(path));
  host::Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return host::system_error(errno, "no socket could be made", path);
  if (::connect(socket.get(), generic(address.raw), sizeof address.raw) != 0) {
    if (errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR) {
      return Error(ErrorCode::not_found, "leanspec-bridge is not running", path, "Start it: leanspec-bridge run");
    }
    return host::system_error(errno, "the running leanspec-bridge could not be reached", path);
  }
  return socket;
}

/// A daemon that dies meanwhile is an error with words, and no signal that ends us without any.
[[nodiscard]] bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

[[nodiscard]] bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

Result<host::Descriptor> listen_on(const std::string& path) {
  LEANSPEC_ASSIGN(const Address address, address_of(path));
  host::Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return host::system_error(errno, "no socket could be made", path);
  ::unlink(path.c_str());
  const mode_t before = ::umask(0177);  // born private: no moment in which others could connect
  const int bound = ::bind(socket.get(), generic(address.raw), sizeof address.raw);
  const int number = errno;
  ::umask(before);
  if (bound != 0) return host::system_error(number, "the control socket could not be made", path);
  if (::listen(socket.get(), backlog) != 0)
    return host::system_error(errno, "the control socket does not listen", path);
  return socket;
}

Result<host::Descriptor> accept_from(int listening) {
  host::Descriptor socket(::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket) {
    if (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR)
      return Error(ErrorCode::not_found, "no connection waits");
    return host::system_error(errno, "a connection could not be accepted", "control socket");
  }
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 ||
      (peer.uid != ::geteuid() && peer.uid != 0)) {
    return Error(ErrorCode::forbidden, "another user tried to use the control socket", std::to_string(peer.uid));
  }
  return socket;
}

Result<int> ask_daemon(const std::string& path, const Words& words) {
  LEANSPEC_ASSIGN(const host::Descriptor socket, connect_to(path));
  const std::string request = encode_request(words);
  if (request.size() > request_bytes_max)
    return Error(ErrorCode::too_large, "the command is too long", words.empty() ? "" : words[0]);
  if (!send_all(socket.get(), request))
    return host::system_error(errno, "the running leanspec-bridge does not listen", path);
  std::string received;
  char buffer[16 * 1024];
  for (;;) {
    LEANSPEC_ASSIGN(const auto reply, take_reply(received));
    if (reply) {
      if (reply->kind == ReplyKind::exit) return std::atoi(reply->text.c_str());
      if (!write_all(reply->kind == ReplyKind::output ? STDOUT_FILENO : STDERR_FILENO, reply->text)) return 1;
      continue;
    }
    const ssize_t count = ::read(socket.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return host::system_error(errno, "the answer could not be read", path);
    if (count == 0) return Error(ErrorCode::io, "leanspec-bridge stopped before it answered", path);
    received.append(buffer, static_cast<std::size_t>(count));
  }
}

bool daemon_runs(const std::string& path) {
  return connect_to(path).has_value();
}

}  // namespace leanspec::bridge::control
