#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "hub/api/answer.h"
#include "hub/api/binder.h"

namespace leanspec::hub::api {

/// What a caller says that they saw; nothing: whatever is there now is meant.
struct ExpectedState {
  std::string content_hash;
  std::optional<VersionId> version;
};
/// `expectedContentHash` and `expectedVersion` of a request. Error: invalid.
[[nodiscard]] Result<ExpectedState> expected_state(const Fields& fields);

/// Which hash `expectedContentHash` and the answer's `contentHash` are: LeanSpec has both.
enum class HashOf {
  file,  ///< all bytes; of raw texts and checklists
  body,  ///< behind the frontmatter; of summaries and metadata. The file's own hash is accepted as well.
};

/// A file of a spec as an edit finds it.
struct PresentFile {
  engine::ViewAt at;
  spec::SpecEntryPtr entry;
  spec::SourceFile source;  ///< with all its bytes, however large
};

/// What became of an edit.
struct EditedFile {
  std::string spec;
  store::Version head;
  std::shared_ptr<const std::string> bytes;
  Epoch epoch;
  bool changed = false;  ///< false: it said so already
};

/// What the file shall say; may be asked several times. Error: why not.
using NewText = std::function<Result<std::string>(const PresentFile&)>;

/// The whole way of one edit of one file: finds the file of the spec that the path names (by its exact id), compares it
/// with what the caller saw, makes the new text and writes it. If another change comes between it begins again, so that
/// an edit of what somebody else has just saved is never lost and never overwrites. The answer of a refusal is complete.
[[nodiscard]] std::variant<EditedFile, net::Response> edit_file(Services& services, const Call& call, std::string_view file,
                                                                const ExpectedState& expected, HashOf hash,
                                                                const NewText& new_text);

/// `version`, `contentHash`, `seq`, `epoch`, `changed`: what every edit answers beside its own.
[[nodiscard]] boost::json::object edited_json(const EditedFile& edited, HashOf hash);

/// The answer to what an edit's rules say no to: the field, and what is allowed there.
[[nodiscard]] net::Response refused_edit(const Error& error);

/// How often an edit begins again while others change the same file. Each time somebody got their edit through.
inline constexpr int edit_attempts_max = 8;

}  // namespace leanspec::hub::api
