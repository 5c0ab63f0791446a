#include "bridge/run/git_asker.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/post.hpp>
#include <utility>

#include "bridge/git/ask_git.h"

namespace leanspec::bridge::run {

void GitAsker::ask(engine::GitQuestion question, const std::string& top, const std::string& prefix) {
  forget();
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    engine::GitAnswer none;
    none.id = question.id;
    none.problem = "git cannot be asked: too many files are open";
    wanted_ = std::make_shared<bool>(true);
    boost::asio::post(context_, [this, wanted = wanted_, none] {
      if (*wanted) answered_(none);
    });
    return;
  }
  host::Descriptor cancelled(ends[0]);
  cancel_ = host::Descriptor(ends[1]);
  wanted_ = std::make_shared<bool>(true);
  thread_ = std::thread(
      [this, wanted = wanted_, cancelled = std::move(cancelled), question = std::move(question), top, prefix] {
        auto answer = git::ask_git(question, top, prefix, cancelled.get());
        // The asker outlives its thread; it may not outlive the post.
        boost::asio::post(context_, [this, wanted, answer = std::move(answer)] {
          if (*wanted) answered_(answer);
        });
      });
}

void GitAsker::forget() {
  if (wanted_) *wanted_ = false;
  wanted_.reset();
  cancel_.reset();
  if (thread_.joinable()) thread_.join();
}

}  // namespace leanspec::bridge::run
