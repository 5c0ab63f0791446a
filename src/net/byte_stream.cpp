#include "net/byte_stream.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <cassert>
#include <cstring>

namespace leanspec::net {

struct ByteStream::Layers {
  explicit Layers(TcpSocket moved) : socket(std::move(moved)) {}

  TcpSocket socket;
  std::unique_ptr<asio::ssl::stream<TcpSocket&>> tls;
  std::string unread;
};

ByteStream::ByteStream(TcpSocket socket) : layers_(std::make_unique<Layers>(std::move(socket))) {}
ByteStream::ByteStream(ByteStream&&) noexcept = default;
ByteStream& ByteStream::operator=(ByteStream&&) noexcept = default;
ByteStream::~ByteStream() = default;

Executor ByteStream::get_executor() const noexcept {
  return layers_->socket.get_executor();
}

TcpSocket& ByteStream::socket() {
  return layers_->socket;
}

void ByteStream::put_under_tls(ssl_ctx_st* context) {
  assert(!layers_->tls);
  SSL* ssl = SSL_new(context);
  if (ssl == nullptr) throw std::bad_alloc();
  layers_->tls = std::make_unique<asio::ssl::stream<TcpSocket&>>(layers_->socket, ssl);
}

ssl_st* ByteStream::tls() const {
  return layers_->tls ? layers_->tls->native_handle() : nullptr;
}

void ByteStream::unread(std::string_view bytes) {
  layers_->unread.insert(0, bytes);
}

void ByteStream::cancel() {
  NetError ignored;
  layers_->socket.cancel(ignored);
}

void ByteStream::close() {
  NetError ignored;
  layers_->socket.close(ignored);
}

bool ByteStream::is_open() const {
  return layers_->socket.is_open();
}

void ByteStream::start_read(asio::mutable_buffer buffer, Completion completion) {
  auto& unread = layers_->unread;
  if (!unread.empty()) {
    const std::size_t taken = std::min(buffer.size(), unread.size());
    std::memcpy(buffer.data(), unread.data(), taken);
    unread.erase(0, taken);
    if (unread.empty()) unread.shrink_to_fit();
    asio::post(get_executor(), [completion = std::move(completion), taken]() mutable { completion({}, taken); });
  } else if (layers_->tls) {
    layers_->tls->async_read_some(buffer, std::move(completion));
  } else {
    layers_->socket.async_read_some(buffer, std::move(completion));
  }
}

void ByteStream::start_write(const Gathered& buffers, Completion completion) {
  if (layers_->tls) {
    layers_->tls->async_write_some(buffers, std::move(completion));
  } else {
    layers_->socket.async_write_some(buffers, std::move(completion));
  }
}

void ByteStream::start_handshake(StreamRole role, Completion completion) {
  assert(layers_->tls);
  const auto type = role == StreamRole::server ? asio::ssl::stream_base::server : asio::ssl::stream_base::client;
  layers_->tls->async_handshake(type,
                                [completion = std::move(completion)](NetError error) mutable { completion(error, 0); });
}

void ByteStream::start_shutdown(Completion completion) {
  if (layers_->tls) {
    layers_->tls->async_shutdown(
        [completion = std::move(completion)](NetError error) mutable { completion(error, 0); });
  } else {
    NetError error;
    layers_->socket.shutdown(asio::ip::tcp::socket::shutdown_send, error);
    asio::post(get_executor(), [completion = std::move(completion), error]() mutable { completion(error, 0); });
  }
}

}  // namespace leanspec::net
