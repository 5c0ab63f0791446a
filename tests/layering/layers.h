#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/layering/source_tokens.h"

namespace leanspec::layering {

/// What one folder under src/ may include: itself, `uses`, and in its test files `test_uses` too.
struct Layer {
  std::set<std::string> uses;
  std::set<std::string> test_uses;
};

using Layers = std::map<std::string, Layer>;

/// Reads the file that the build writes from its leanspec_library calls: one line `folder: uses… | test uses…` for each
/// folder.
[[nodiscard]] Layers parse_layers(std::string_view text);

/// Folders that use each other in a circle, as "a -> b -> a"; empty when there is none. Each circle is named once.
[[nodiscard]] std::vector<std::string> find_circles(const Layers& layers);

/// Checks every #include of one file under src/ (path relative to src/) against the folder's list and against the homes
/// of outside libraries.
[[nodiscard]] std::vector<Finding> check_includes(const Layers& layers, const std::string& path,
                                                  const std::vector<Token>& tokens);

/// True for a file that includes a Beast header.
[[nodiscard]] bool includes_beast(const std::vector<Token>& tokens);

/// Clock and chance may not be asked for in the pure folders: they are passed in.
[[nodiscard]] std::vector<Finding> check_purity(const std::string& path, const std::vector<Token>& tokens);

}  // namespace leanspec::layering
