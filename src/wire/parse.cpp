#include "wire/parse.h"

#include <google/protobuf/stubs/logging.h>

namespace leanspec::wire {

Status parse(google::protobuf::MessageLite& message, std::string_view frame) {
  static const bool quiet = (google::protobuf::SetLogHandler(nullptr), true);
  static_cast<void>(quiet);
  if (frame.size() > limits::frame_bytes_max) {
    return Error(ErrorCode::too_large,
                 "the frame is larger than " + std::to_string(limits::frame_bytes_max) + " bytes");
  }
  if (!message.ParseFromArray(frame.data(), static_cast<int>(frame.size()))) {
    return Error(ErrorCode::corrupt, "the frame is not a message");
  }
  return {};
}

Error not_known(std::string_view frame) {
  if (frame.empty()) return Error(ErrorCode::corrupt, "the frame holds no message");
  return Error(ErrorCode::unsupported, "the message is of a later protocol", {}, "Update this program.");
}

}  // namespace leanspec::wire
