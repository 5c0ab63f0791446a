#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/sqlite/body_store.h"
#include "store/sqlite/database.h"

namespace leanspec::store::sqlite {

/// Turns old texts into what is new in them against the text that came after (law 21; RCS keeps its newest text whole for
/// the same reason: it is the one that is read). A text takes its new form only after that form has given the text again,
/// in the transaction that drops the old form.
///
/// No text is its own base, through however many others, and none hangs deeper than BodyStore::chained_max. Whatever
/// that, or a size, forbids stays whole: it is a key frame for those below it.
class BodyChains {
 public:
  BodyChains(Database& database, SqliteBodyStore& bodies) : database_(database), bodies_(bodies) {}

  /// BodyStore::chain_old.
  [[nodiscard]] Result<std::size_t> go_on(Instant before, std::size_t limit);

 private:
  struct Facts {
    std::uint64_t size = 0;
    std::uint64_t stored = 0;  ///< bytes that it takes now
    std::optional<Digest> base;
    std::uint64_t chained = 0;
  };

  [[nodiscard]] static Facts read_facts(Row& row);
  [[nodiscard]] Result<std::optional<Facts>> facts_of(const Digest& digest);
  /// A text that `id` had and that is no head any more, as what is new in it against `later`.
  [[nodiscard]] Status chain(const VersionId& id, const Digest& later);
  /// `later` and all that it hangs on; nothing: `digest` must not hang on it.
  [[nodiscard]] Result<std::optional<std::vector<Digest>>> bases(const Digest& digest, std::uint64_t chained,
                                                                const Digest& later);

  Database& database_;
  SqliteBodyStore& bodies_;
  std::uint64_t read_bytes_ = 0;
};

}  // namespace leanspec::store::sqlite
