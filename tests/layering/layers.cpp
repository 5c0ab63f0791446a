#include "tests/layering/layers.h"

#include <algorithm>
#include <array>
#include <functional>
#include <sstream>

namespace leanspec::layering {
namespace {

struct Home {
  std::string_view prefix;
  std::vector<std::string_view> folders;
  std::string_view why;
};

/// Outside headers that have a home. The first prefix that matches decides.
const std::vector<Home>& homes() {
  static const std::vector<Home> table{
      {"boost/beast", {"net", "net/server"}, "Beast is seen by net alone"},
      {"boost/asio/ssl", {"net", "net/server"}, "TLS is seen by net alone"},
      {"openssl/ssl", {"net", "net/server"}, "TLS is seen by net alone"},
      {"openssl/x509", {"net", "net/server"}, "TLS is seen by net alone"},
      {"openssl/", {"net", "net/server", "digest"}, "OpenSSL is seen by net and digest alone"},
      {"boost/asio",
       {"net", "net/server", "host", "hub/api", "hub/serve", "bridge/run", "bridge/link", "bridge/control",
        "bridge/disk"},
       "Asio is for folders that do I/O"},
      {"sqlite3.h", {"store/sqlite", "bridge/disk"}, "the sqlite3 C API has two homes"},
      {"libpq-fe.h", {"store/postgres"}, "libpq has one home"},
      {"google/protobuf", {"wire"}, "protobuf is seen by wire alone"},
      {"leanspec/sync/v1", {"wire"}, "generated protobuf code is seen by wire alone"},
      {"yaml.h", {"spec"}, "the YAML library is seen by spec alone"},
      {"cmark-gfm", {"hub/render"}, "the Markdown library is seen by hub/render alone"},
      {"argon2.h", {"hub/access"}, "password hashing is seen by hub/access alone"},
  };
  return table;
}

constexpr std::array<std::string_view, 11> pure_folders{"text",       "vocabulary", "digest",       "compression",
                                                        "spec",       "sync",       "merge",        "wire",
                                                        "hub/engine", "hub/render", "bridge/engine"};

constexpr std::array<std::string_view, 12> impure_headers{"fstream",   "iostream", "thread",  "condition_variable",
                                                          "random",    "unistd.h", "fcntl.h", "sys/",
                                                          "pthread.h", "boost/",   "future",  "netinet/"};

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

bool is_test_file(const std::string& path) {
  return path.find("_test.") != std::string::npos;
}

bool is_pure(const std::string& folder) {
  return std::find(pure_folders.begin(), pure_folders.end(), folder) != pure_folders.end();
}

std::set<std::string> split(std::string_view list) {
  std::set<std::string> names;
  std::istringstream words{std::string(list)};
  for (std::string word; words >> word;) {
    names.insert(word);
  }
  return names;
}

}  // namespace

Layers parse_layers(std::string_view text) {
  Layers layers;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(':');
    const auto bar = line.find('|');
    if (colon == std::string::npos || bar == std::string::npos) {
      continue;
    }
    const std::string_view view = line;
    layers[line.substr(0, colon)] = Layer{split(view.substr(colon + 1, bar - colon - 1)), split(view.substr(bar + 1))};
  }
  return layers;
}

std::vector<std::string> find_circles(const Layers& layers) {
  std::vector<std::string> circles;
  std::vector<std::string> way;
  std::set<std::string> done;
  const std::function<void(const std::string&)> visit = [&](const std::string& folder) {
    const auto seen = std::find(way.begin(), way.end(), folder);
    if (seen != way.end()) {
      std::string circle;
      for (auto step = seen; step != way.end(); ++step) {
        circle += *step + " -> ";
      }
      circles.push_back(circle + folder);
      return;
    }
    const auto layer = layers.find(folder);
    if (layer == layers.end() || done.contains(folder)) {
      return;
    }
    way.push_back(folder);
    for (const auto& used : layer->second.uses) {
      visit(used);
    }
    way.pop_back();
    done.insert(folder);
  };
  for (const auto& [folder, layer] : layers) {
    visit(folder);
  }
  return circles;
}

std::vector<Finding> check_includes(const Layers& layers, const std::string& path, const std::vector<Token>& tokens) {
  std::vector<Finding> findings;
  const auto folder = folder_of(path);
  const auto layer = layers.find(folder);
  if (layer == layers.end()) {
    findings.push_back({path, 1, "the folder " + folder + " has no leanspec_library() line"});
    return findings;
  }
  for (const auto& token : tokens) {
    if (token.kind != TokenKind::include) {
      continue;
    }
    const auto& header = token.value;
    const auto home = std::find_if(homes().begin(), homes().end(),
                                   [&](const Home& candidate) { return header.starts_with(candidate.prefix); });
    if (home != homes().end()) {
      if (std::find(home->folders.begin(), home->folders.end(), folder) == home->folders.end()) {
        findings.push_back({path, token.line, "includes <" + header + ">: " + std::string(home->why)});
      }
      continue;
    }
    if (is_pure(folder) && !token.quoted && !is_test_file(path)) {
      const bool impure = std::any_of(impure_headers.begin(), impure_headers.end(),
                                      [&](std::string_view prefix) { return header.starts_with(prefix); });
      if (impure) {
        findings.push_back({path, token.line,
                            "includes <" + header + ">, but " + folder + " is pure: no I/O, threads, chance or Boost"});
      }
    }
    if (!token.quoted) {
      continue;
    }
    const auto used = folder_of(header);
    if (is_test_file(path) && (used == "tests/fakes" || used == "tests/openapi" || layer->second.test_uses.contains(used))) {
      continue;
    }
    if (used != folder && !layer->second.uses.contains(used)) {
      findings.push_back(
          {path, token.line, "includes \"" + header + "\", but " + folder + " does not list " + used + " in its USES"});
    }
  }
  return findings;
}

bool includes_beast(const std::vector<Token>& tokens) {
  return std::any_of(tokens.begin(), tokens.end(), [](const Token& token) {
    return token.kind == TokenKind::include && token.value.starts_with("boost/beast");
  });
}

std::vector<Finding> check_purity(const std::string& path, const std::vector<Token>& tokens) {
  std::vector<Finding> findings;
  if (!is_pure(folder_of(path)) || is_test_file(path)) {
    return findings;
  }
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    const bool clock =
        tokens[i].value.ends_with("_clock") && tokens[i + 1].value == "::" && tokens[i + 2].value == "now";
    const bool chance = tokens[i].kind == TokenKind::word && tokens[i].value == "random_device";
    if (clock || chance) {
      findings.push_back(
          {path, tokens[i].line, "asks for " + std::string(clock ? "the time" : "chance") + ": pass it in"});
    }
  }
  return findings;
}

}  // namespace leanspec::layering
