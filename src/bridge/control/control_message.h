#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/result.h"

/// What the command line and the running daemon say to each other over the control socket: one request, then replies
/// until `exit`. Each frame is its length (four bytes, little-endian) and that many bytes; a longer one than allowed
/// ends the conversation.
namespace leanspec::bridge::control {

/// A command and its arguments, as words.
using Words = std::vector<std::string>;

/// Paths are 4 KiB at most, and no command has more than a few of them.
constexpr std::size_t request_bytes_max = 64 * 1024;
constexpr std::size_t request_words_max = 64;
/// The status of many folders, lists cut at 200 entries each.
constexpr std::size_t reply_bytes_max = 16 * 1024 * 1024;

enum class ReplyKind : char {
  output = 'o',   ///< for standard output
  problem = 'e',  ///< for standard error
  exit = 'x',     ///< the exit code in decimal; the last reply
};

struct Reply {
  ReplyKind kind = ReplyKind::output;
  std::string text;
};

[[nodiscard]] std::string encode_request(const Words& words);
[[nodiscard]] std::string encode_reply(ReplyKind kind, std::string_view text);

/// Takes one whole frame off the front of `received`; nothing while it is not complete. Errors: too_large, corrupt.
[[nodiscard]] Result<std::optional<Words>> take_request(std::string& received);
[[nodiscard]] Result<std::optional<Reply>> take_reply(std::string& received);

}  // namespace leanspec::bridge::control
