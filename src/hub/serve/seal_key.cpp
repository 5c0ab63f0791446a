#include "hub/serve/seal_key.h"

#include <algorithm>
#include <string>

#include "host/durable_file.h"

namespace leanspec::hub::serve {

Result<digest::SealKey> load_seal_key(const std::filesystem::path& data_directory, host::Entropy& entropy) {
  const std::string path = (data_directory / "seal.key").string();
  digest::SealKey key{};
  if (!host::path_exists(path)) {
    entropy.fill(key);
    LEANSPEC_TRY(
        host::write_durable_file(path, std::string_view(reinterpret_cast<const char*>(key.data()), key.size())));
    return key;
  }
  LEANSPEC_TRY(host::check_private(path));
  LEANSPEC_ASSIGN(const std::string bytes, host::read_small_file(path, key.size()));
  if (bytes.size() != key.size()) {
    return Error(ErrorCode::corrupt, "is not a key of 32 bytes", path,
                 "Put the right one back, or move it away: then mirrors ask for their tokens again.");
  }
  std::transform(bytes.begin(), bytes.end(), key.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
  return key;
}

}  // namespace leanspec::hub::serve
