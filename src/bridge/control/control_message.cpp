#include "bridge/control/control_message.h"

#include <cstdint>
#include <cstdlib>

namespace leanspec::bridge::control {
namespace {

constexpr std::size_t length_bytes = 4;

void append_length(std::string& out, std::size_t length) {
  for (unsigned shift = 0; shift < 32; shift += 8) out += static_cast<char>((length >> shift) & 0xFF);
}

[[nodiscard]] std::size_t read_length(std::string_view bytes) {
  std::size_t length = 0;
  for (unsigned i = 0; i < length_bytes; ++i) length |= std::size_t{static_cast<std::uint8_t>(bytes[i])} << (8 * i);
  return length;
}

[[nodiscard]] Result<std::optional<std::string>> take_frame(std::string& received, std::size_t limit) {
  if (received.size() < length_bytes) return std::optional<std::string>();
  const std::size_t length = read_length(received);
  if (length > limit)
    return Error(ErrorCode::too_large, "a control message is longer than " + std::to_string(limit) + " bytes");
  if (received.size() < length_bytes + length) return std::optional<std::string>();
  std::optional<std::string> frame(received.substr(length_bytes, length));
  received.erase(0, length_bytes + length);
  return frame;
}

}  // namespace

std::string encode_request(const Words& words) {
  std::string body;
  for (const std::string& word : words) {
    append_length(body, word.size());
    body += word;
  }
  std::string frame;
  append_length(frame, body.size());
  return frame + body;
}

std::string encode_reply(ReplyKind kind, std::string_view text) {
  std::string frame;
  append_length(frame, text.size() + 1);
  frame += static_cast<char>(kind);
  frame += text;
  return frame;
}

Result<std::optional<Words>> take_request(std::string& received) {
  LEANSPEC_ASSIGN(const auto frame, take_frame(received, request_bytes_max));
  if (!frame) return std::optional<Words>();
  Words words;
  std::string_view rest = *frame;
  while (!rest.empty()) {
    const std::size_t length = rest.size() < length_bytes ? rest.size() + 1 : read_length(rest);
    if (length > rest.size() - length_bytes || words.size() == request_words_max) {
      return Error(ErrorCode::corrupt, "a control request is not made of words");
    }
    words.emplace_back(rest.substr(length_bytes, length));
    rest.remove_prefix(length_bytes + length);
  }
  return std::optional<Words>(std::move(words));
}

Result<std::optional<Reply>> take_reply(std::string& received) {
  LEANSPEC_ASSIGN(auto frame, take_frame(received, reply_bytes_max));
  if (!frame) return std::optional<Reply>();
  if (frame->empty() || std::string_view("oex").find(frame->front()) == std::string_view::npos) {
    return Error(ErrorCode::corrupt, "a control reply is of no known kind");
  }
  Reply reply;
  reply.kind = static_cast<ReplyKind>(frame->front());
  reply.text = frame->substr(1);
  return std::optional<Reply>(std::move(reply));
}

}  // namespace leanspec::bridge::control
