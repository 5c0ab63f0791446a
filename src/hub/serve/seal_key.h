#pragma once

#include <filesystem>

#include "digest/sealed_text.h"
#include "host/entropy.h"
#include "vocabulary/result.h"

namespace leanspec::hub::serve {

/// The key that forges' tokens are sealed with: `seal.key` in the data folder, 0600, made at the first start. It is in
/// no backup; without it a restored hub asks for the tokens again. Errors: forbidden (others may read it), corrupt, io.
[[nodiscard]] Result<digest::SealKey> load_seal_key(const std::filesystem::path& data_directory,
                                                    host::Entropy& entropy);

}  // namespace leanspec::hub::serve
