#pragma once

#include "store/store.h"
#include "vocabulary/result.h"
#include "wire/message.h"

namespace leanspec::hub::engine {

/// One page of a branch's feed after `after`: the latest entry of each document, superseded ones left out, small bodies
/// inline; the page stands for everything up to `through`. When through = head, whoever applied all pages has the whole
/// state of that head (law 6). Errors: not_found (branch), conflict (`after` lies beyond the head: another life of the
/// hub, law 20), and the store's.
[[nodiscard]] Result<wire::Changes> read_page(store::Store& store, BranchId branch, Seq after);

}  // namespace leanspec::hub::engine
