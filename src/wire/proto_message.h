#pragma once

#include <leanspec/sync/v1/sync.pb.h>

namespace leanspec::wire {

/// The generated messages, under a name that cannot be taken for the pure folder `sync`.
namespace proto = ::leanspec::sync::v1;

}  // namespace leanspec::wire
