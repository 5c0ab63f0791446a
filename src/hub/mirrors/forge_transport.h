#pragma once

#include <cstddef>
#include <string>

#include "net/http_message.h"
#include "vocabulary/result.h"

namespace leanspec::hub::mirrors {

struct ForgeQuestion {
  std::string path;  ///< behind the base of the API: "/repos/a/b"; escaped already
  net::Headers headers = {};
  std::string body = {};  ///< some: a POST, which only asks and may be asked twice
  std::size_t answer_bytes_max = std::size_t{8} * 1024 * 1024;  ///< a tree answer has at most 7 MB
};

struct ForgeAnswer {
  unsigned status = 0;
  net::Headers headers;
  std::string body;
  bool redirected = false;  ///< it came from another path than was asked: the repository has another name by now
  std::string path = {};    ///< behind the base, that gave the answer in the end
};

/// How a forge is asked: one question with the credentials of one mirror. Safe from several threads; waits for the
/// answer.
class ForgeTransport {
 public:
  virtual ~ForgeTransport() = default;
  /// Errors: those of the way (unavailable, timeout, too_large), forbidden (the host may not be reached).
  [[nodiscard]] virtual Result<ForgeAnswer> ask(const ForgeQuestion& question) = 0;
};

}  // namespace leanspec::hub::mirrors
