#pragma once

#include <string_view>

#include "hub/mirrors/forge_transport.h"
#include "hub/mirrors/provider.h"
#include "vocabulary/result.h"

namespace leanspec::hub::mirrors {

/// The answers of GitHub's REST API (2022-11-28) as values. Pure; what does not have the documented shape is `corrupt`.

[[nodiscard]] Result<RepositoryFacts> parse_repository_answer(std::string_view body);
/// Of `git/ref/heads/<branch>`: the commit.
[[nodiscard]] Result<GitId> parse_ref_answer(std::string_view body);
/// Of `git/trees/<id>`. A name that is no UTF-8 comes with U+FFFD in its place, as GitHub sends it.
[[nodiscard]] Result<TreeListing> parse_tree_answer(std::string_view body);

/// Why an answer that is no success is none, in words for people. `what` was asked for: "the repository a/b".
[[nodiscard]] Error explain_refusal(const ForgeAnswer& answer, std::string_view what);

}  // namespace leanspec::hub::mirrors
