#include "wire/parse.h"

#include <google/protobuf/io/coded_stream.h>
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

bool has_field_over(std::string_view frame, int field, std::size_t bytes_max) {
  using google::protobuf::internal::WireFormatLite;
  if (frame.size() > limits::frame_bytes_max) return false;  // refused as a whole
  google::protobuf::io::CodedInputStream bytes(reinterpret_cast<const std::uint8_t*>(frame.data()),
                                               static_cast<int>(frame.size()));
  while (const std::uint32_t tag = bytes.ReadTag()) {
    if (tag != WireFormatLite::MakeTag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED)) {
      if (!WireFormatLite::SkipField(&bytes, tag)) return false;
      continue;
    }
    std::uint32_t length = 0;
    if (!bytes.ReadVarint32(&length)) return false;
    if (length > bytes_max) return true;
    if (!bytes.Skip(static_cast<int>(length))) return false;
  }
  return false;
}

Error not_known(std::string_view frame) {
  if (frame.empty()) return Error(ErrorCode::corrupt, "the frame holds no message");
  return Error(ErrorCode::unsupported, "the message is of a later protocol", {}, "Update this program.");
}

}  // namespace leanspec::wire
