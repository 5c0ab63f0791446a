#pragma once

#include <bitset>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leanspec::sync {

/// Why a path is not synced: the rule as written and where it stands.
struct IgnoreMatch {
  std::string rule;      ///< "drafts/", "*.swp"
  std::string source;    ///< ".leanspecignore" or "built in"
  std::size_t line = 0;  ///< from 1; 0 for a built-in rule
  friend bool operator==(const IgnoreMatch&, const IgnoreMatch&) = default;
};

/// Which paths of a specs folder are left alone: built-in rules (version control, our staging folder, droppings of
/// editors and systems), then the folder's `.leanspecignore` in the syntax of gitignore(5): comments, negation,
/// anchoring, `**`, classes, folders only. As with git, a file in an ignored folder stays ignored, and the last
/// matching rule decides. Version control and our own folder cannot be negated; the other built-in rules can.
/// Immutable; safe to share between threads.
class IgnoreRules {
 public:
  static constexpr std::string_view file_name = ".leanspecignore";
  /// A rule file is read up to here; further rules are dropped and `dropped()` says so.
  static constexpr std::size_t text_bytes_max = 64 * 1024;
  static constexpr std::size_t rules_max = 1'000;
  /// A longer pattern is dropped: no path is longer than 1,024 bytes.
  static constexpr std::size_t pattern_bytes_max = 1'024;

  /// Built-in rules only.
  IgnoreRules();
  /// With the text of a `.leanspecignore`.
  explicit IgnoreRules(std::string_view text);

  /// The rule that keeps `path` (relative, '/' separated) out, itself or by one of its folders; nothing: it is synced.
  [[nodiscard]] std::optional<IgnoreMatch> match(std::string_view path, bool is_folder) const;
  /// Rules that were too long or too many.
  [[nodiscard]] std::size_t dropped() const { return dropped_; }

 private:
  struct Rule {
    std::vector<std::string> segments;  ///< split at '/'; "**" stands for any number of folders
    std::string text;
    std::size_t line = 0;
    bool negated = false;
    bool folder_only = false;
    bool anchored = false;
    bool firm = false;          ///< cannot be negated
    std::optional<char> first;  ///< of a name that matches, where nothing else can
    std::optional<char> last;
  };
  void add(std::string_view line, std::size_t number, bool built_in, bool firm);
  void note(const Rule& rule);
  /// False: no rule matches a path whose last part this is. Asked first, for nearly every name is none of theirs.
  [[nodiscard]] bool may_match(std::string_view name) const;
  [[nodiscard]] const Rule* last_match(std::string_view path, bool is_folder) const;

  std::vector<Rule> rules_;
  std::size_t dropped_ = 0;
  // What may_match() goes by: each rule is in one of these.
  std::bitset<256> first_bytes_;     ///< of the names that begin with a byte of their own
  std::bitset<256> last_bytes_;      ///< of those that only end with one
  std::vector<std::string> within_;  ///< and what others have in the middle
  bool any_name_ = false;            ///< some rule may match whatever the name is
};

}  // namespace leanspec::sync
