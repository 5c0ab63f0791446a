#include "tests/layering/documents.h"

#include <array>
#include <regex>
#include <sstream>

namespace leanspec::layering {
namespace {

constexpr std::array<std::string_view, 9> folders{"src/",  "proto/", "web/",      "tests/", "packaging/",
                                                  "docs/", "cmake/", "examples/", ".ci/"};

bool names_a_folder_of_ours(const std::string& text) {
  for (const auto folder : folders) {
    if (text.starts_with(folder)) {
      return true;
    }
  }
  return false;
}

std::string without_anchor(const std::string& target) {
  static const std::regex tail("(#.*|:[0-9]+(-[0-9]+)?)$");
  return std::regex_replace(target, tail, "");
}

}  // namespace

std::vector<Mention> mentions_in(std::string_view markdown) {
  static const std::regex link(R"(\]\(<?([^)\s>]+)>?(\s+"[^"]*")?\))");
  static const std::regex code("`([^`\\s]+)`");
  std::vector<Mention> found;
  std::istringstream lines{std::string(markdown)};
  bool fenced = false;
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.starts_with("```")) {
      fenced = !fenced;
    }
    if (fenced) {
      continue;
    }
    for (auto match = std::sregex_iterator(line.begin(), line.end(), link); match != std::sregex_iterator(); ++match) {
      const auto target = without_anchor((*match)[1].str());
      if (!target.empty() && target.find(':') == std::string::npos && !target.starts_with('/')) {
        found.push_back({number, target, true});
      }
    }
    for (auto match = std::sregex_iterator(line.begin(), line.end(), code); match != std::sregex_iterator(); ++match) {
      const auto target = without_anchor((*match)[1].str());
      if (names_a_folder_of_ours(target) && target.find_first_of("*<>{}$|…") == std::string::npos) {
        found.push_back({number, target, false});
      }
    }
  }
  return found;
}

std::vector<Finding> check_document(const std::filesystem::path& root, const std::string& document) {
  std::vector<Finding> findings;
  for (const auto& mention : mentions_in(read_source(root / document))) {
    const auto base = mention.is_link ? (root / document).parent_path() : root;
    if (mention.path.starts_with("web/dist") || mention.path.find("node_modules") != std::string::npos) {
      continue;  // made by a build
    }
    if (!std::filesystem::exists(base / mention.path)) {
      findings.push_back({document, mention.line,
                          (mention.is_link ? "links to " : "names ") + mention.path + ", which does not exist"});
    }
  }
  return findings;
}

}  // namespace leanspec::layering
