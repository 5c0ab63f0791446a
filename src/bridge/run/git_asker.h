#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "bridge/engine/git_question.h"
#include "host/descriptor.h"

namespace leanspec::bridge::run {

/// Asks the git program without keeping the loop waiting: one question at a time, on a thread that lives as long as the
/// question. The answer comes on the loop. Owned and called by the loop's thread.
class GitAsker {
 public:
  using Answered = std::function<void(const engine::GitAnswer&)>;

  GitAsker(boost::asio::io_context& context, Answered answered) : context_(context), answered_(std::move(answered)) {}
  ~GitAsker() { forget(); }
  GitAsker(const GitAsker&) = delete;
  GitAsker& operator=(const GitAsker&) = delete;

  /// `top` and `prefix` as git::WorkTree has them. A question before this one is given up.
  void ask(engine::GitQuestion question, const std::string& top, const std::string& prefix);
  /// No answer comes any more; git, if it runs, is ended.
  void forget();

 private:
  boost::asio::io_context& context_;
  Answered answered_;
  std::shared_ptr<bool> wanted_;  ///< of the question under way: false once it is given up; read on the loop only
  host::Descriptor cancel_;       ///< closing it ends git
  std::thread thread_;
};

}  // namespace leanspec::bridge::run
