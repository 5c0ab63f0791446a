#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "spec/spec.h"

namespace leanspec::spec {

/// A longer title is cut (at a character): lists carry every title, and a file may be one line of megabytes.
inline constexpr std::size_t title_bytes_max = 300;

/// Reads one README.md. Never fails: what is wrong with the file is in `findings`, and bytes that are no text stay
/// untouched in the source (shown texts such as the title replace them). A null `file.bytes` reads as an empty file.
[[nodiscard]] std::shared_ptr<const Spec> parse_spec(SourceFile file);

/// The file of a spec's folder as a sub-spec, its name as LeanSpec shows it ("API_DESIGN.md" is "API Design").
[[nodiscard]] SubSpec make_sub_spec(SourceFile file, std::string_view spec_folder);

}  // namespace leanspec::spec
