#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>

#include "bridge/control/control_message.h"
#include "bridge/run/descriptor_watch.h"
#include "host/descriptor.h"
#include "vocabulary/result.h"

namespace leanspec::bridge::run {

/// One command from the command line, being answered. Kept by whoever still has something to say.
class Conversation : public std::enable_shared_from_this<Conversation> {
 public:
  using Handler = std::function<void(const control::Words& words, const std::shared_ptr<Conversation>& conversation)>;

  Conversation(boost::asio::io_context& context, host::Descriptor socket, const Handler& handler);
  /// Begins to listen for the request.
  void start();

  void output(std::string_view text) { reply(control::ReplyKind::output, text); }
  void problem(std::string_view text) { reply(control::ReplyKind::problem, text); }
  /// The last word.
  void finish(int exit_code);
  void fail(const Error& error);
  /// Nobody listens any more.
  [[nodiscard]] bool closed() const { return !socket_; }
  /// What has not been read by the other end yet: a slow reader of a stream is given less.
  [[nodiscard]] std::size_t waiting() const { return unsent_.size(); }

 private:
  void reply(control::ReplyKind kind, std::string_view text);
  void read();
  void flush();
  void close();

  host::Descriptor socket_;
  Handler handler_;
  std::string received_;
  std::string unsent_;
  bool asked_ = false;
  bool finished_ = false;
  DescriptorWatch readable_;
  DescriptorWatch writable_;
};

/// The control socket of the running daemon: same user only, one request per connection, bounded in number and size.
class ControlServer {
 public:
  ControlServer(boost::asio::io_context& context, Conversation::Handler handler);
  /// Errors: those of control::listen_on.
  [[nodiscard]] Status listen(const std::string& path);

  /// A person and some scripts, each with a `status --watch`.
  static constexpr std::size_t conversations_max = 32;

 private:
  void accept();

  boost::asio::io_context& context_;
  Conversation::Handler handler_;
  host::Descriptor listening_;
  DescriptorWatch watch_;
  std::list<std::shared_ptr<Conversation>> conversations_;
};

}  // namespace leanspec::bridge::run
