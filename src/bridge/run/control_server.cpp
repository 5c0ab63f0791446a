#include "bridge/run/control_server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "bridge/control/control_socket.h"

namespace leanspec::bridge::run {

Conversation::Conversation(boost::asio::io_context& context, host::Descriptor socket, const Handler& handler)
    : socket_(std::move(socket)),
      handler_(handler),
      readable_(context, [this] { read(); }),
      writable_(context, [this] { flush(); }) {}

void Conversation::start() {
  readable_.watch(socket_.get());
}

void Conversation::read() {
  const auto self = shared_from_this();
  char buffer[4096];
  for (;;) {
    const ssize_t count = ::recv(socket_.get(), buffer, sizeof buffer, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return close();
    if (asked_) return close();  // one request, one answer
    received_.append(buffer, static_cast<std::size_t>(count));
    auto request = control::take_request(received_);
    if (!request) return close();
    if (!*request) continue;
    asked_ = true;
    handler_(**request, self);
    if (closed()) return;
  }
}

void Conversation::reply(control::ReplyKind kind, std::string_view text) {
  if (closed() || finished_) return;
  unsent_ += control::encode_reply(kind, text.substr(0, control::reply_bytes_max - 1));
  if (unsent_.size() > 2 * control::reply_bytes_max) return close();
  flush();
}

void Conversation::finish(int exit_code) {
  reply(control::ReplyKind::exit, std::to_string(exit_code));
  finished_ = true;
  flush();
}

void Conversation::fail(const Error& error) {
  problem(error.sentence() + "\n");
  finish(1);
}

void Conversation::flush() {
  while (socket_ && !unsent_.empty()) {
    const ssize_t count = ::send(socket_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return writable_.watch(socket_.get(), DescriptorWatch::For::writing);
    if (count < 0) return close();
    unsent_.erase(0, static_cast<std::size_t>(count));
  }
  if (finished_) close();
}

void Conversation::close() {
  readable_.stop();
  writable_.stop();
  socket_.reset();
}

ControlServer::ControlServer(boost::asio::io_context& context, Conversation::Handler handler)
    : context_(context), handler_(std::move(handler)), watch_(context, [this] { accept(); }) {}

Status ControlServer::listen(const std::string& path) {
  LEANSPEC_ASSIGN(listening_, control::listen_on(path));
  watch_.watch(listening_.get());
  return {};
}

void ControlServer::accept() {
  conversations_.remove_if([](const auto& conversation) { return conversation->closed(); });
  for (;;) {
    auto socket = control::accept_from(listening_.get());
    if (!socket && socket.error().code == ErrorCode::forbidden) continue;
    if (!socket) return;
    if (conversations_.size() >= conversations_max) continue;  // dropped, which the command line reports
    conversations_.push_back(std::make_shared<Conversation>(context_, *std::move(socket), handler_));
    conversations_.back()->start();
  }
}

}  // namespace leanspec::bridge::run
