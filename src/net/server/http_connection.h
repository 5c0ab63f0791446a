#pragma once

#include <memory>
#include <string>

#include "net/server/worker.h"

namespace leanspec::net::server {

enum class Welcome { serve, turn_away };  ///< turn_away: one 503 and goodbye

/// Starts to serve `socket` on the worker whose executor it has; call on that worker's thread. The connection owns
/// itself until it ends, is counted in `service`, and hands the socket over to the worker when it becomes a WebSocket.
void serve_connection(Service& service, std::shared_ptr<Worker> worker, TcpSocket socket, Welcome welcome);

}  // namespace leanspec::net::server
