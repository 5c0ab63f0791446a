#include "bridge/run/descriptor_watch.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/system/error_code.hpp>

namespace leanspec::bridge::run {

struct DescriptorWatch::Registered {
  using Stream = boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;
  Registered(boost::asio::io_context& context, std::function<void()>& action) : stream(context), act(&action) {}

  Stream stream;
  std::function<void()>* act;  ///< null once the watch is gone
  bool once = false;
};

void DescriptorWatch::wait(const std::shared_ptr<Registered>& registered) {
  const auto kind = registered->once ? Registered::Stream::wait_write : Registered::Stream::wait_read;
  registered->stream.async_wait(kind, [registered](boost::system::error_code error) {
    if (error || registered->act == nullptr) return;
    const std::function<void()> act = *registered->act;  // a copy: the act may destroy its owner
    act();
    if (registered->act != nullptr && !registered->once) wait(registered);
  });
}

void DescriptorWatch::watch(int descriptor, For what) {
  if (descriptor == watched_ && descriptor >= 0 && what == For::reading) return;
  stop();
  if (descriptor < 0) return;
  const int duplicate = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) return;
  registered_ = std::make_shared<Registered>(context_, act_);
  registered_->once = what == For::writing;
  boost::system::error_code error;
  registered_->stream.assign(duplicate, error);
  if (error) {
    ::close(duplicate);
    registered_.reset();
    return;
  }
  watched_ = descriptor;
  wait(registered_);
}

void DescriptorWatch::stop() {
  watched_ = -1;
  if (registered_ == nullptr) return;
  registered_->act = nullptr;
  boost::system::error_code ignored;
  registered_->stream.close(ignored);
  registered_.reset();
}

}  // namespace leanspec::bridge::run
