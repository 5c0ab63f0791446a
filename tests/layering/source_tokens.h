#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace leanspec::layering {

enum class TokenKind { word, number, punctuation, text, include };

/// One token of a C++ file. For `text` (a string literal, raw ones too) the value is what stands between the quotes;
/// for `include` it is what stands between the quotes or angle brackets, with `quoted` telling which. Comments and
/// other preprocessor lines leave no token.
struct Token {
  TokenKind kind;
  std::string value;
  int line;
  bool quoted = false;
};

/// Splits C++ source well enough for the lints of this folder: it knows comments, literals, raw strings and directives,
/// and no grammar.
[[nodiscard]] std::vector<Token> tokens_of(std::string_view source);

/// A finding of any lint, printed as `file:line: message`.
struct Finding {
  std::string file;
  int line;
  std::string message;
};

[[nodiscard]] std::string to_string(const std::vector<Finding>& findings);

/// The whole file, or an empty text when it cannot be read.
[[nodiscard]] std::string read_source(const std::filesystem::path& path);

/// Every file below the folder whose extension is one of those given, sorted, as paths relative to root.
[[nodiscard]] std::vector<std::string> files_below(const std::filesystem::path& root, std::string_view folder,
                                                   const std::vector<std::string_view>& extensions);

/// Where the checked tree stands; set by the build.
[[nodiscard]] std::filesystem::path source_root();

}  // namespace leanspec::layering
