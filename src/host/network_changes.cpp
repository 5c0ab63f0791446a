#include "host/network_changes.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "host/system_error.h"

namespace leanspec::host {

Result<NetworkChanges> NetworkChanges::open() {
  Descriptor file(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
  if (!file) return system_error(errno, "the network cannot be watched", "netlink");
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
  if (::bind(file.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return system_error(errno, "the network cannot be watched", "netlink");
  }
  return NetworkChanges(std::move(file));
}

bool NetworkChanges::take() {
  bool added = false;
  alignas(nlmsghdr) char buffer[8 * 1024];
  for (;;) {
    const ssize_t count = ::recv(file_.get(), buffer, sizeof buffer, 0);
    if (count < 0 && errno == ENOBUFS) added = true;  // more came than was kept: assume the good news among it
    if (count < 0 && errno != ENOBUFS) return added;
    for (ssize_t at = 0; at + static_cast<ssize_t>(sizeof(nlmsghdr)) <= count;) {
      nlmsghdr header{};
      std::memcpy(&header, buffer + at, sizeof header);
      if (header.nlmsg_len < sizeof header) break;
      added = added || header.nlmsg_type == RTM_NEWADDR || header.nlmsg_type == RTM_NEWROUTE;
      at += static_cast<ssize_t>(NLMSG_ALIGN(header.nlmsg_len));
    }
  }
}

}  // namespace leanspec::host
