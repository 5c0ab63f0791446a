#pragma once

#include "hub/api/services.h"
#include "hub/engine/listener_list.h"
#include "hub/mirrors/mirror_service.h"

namespace leanspec::hub::serve {

/// Says of a mirror that cannot be brought up to date that its specs are stale, until it can be. From then on for as long as
/// the subscription lives; what the store remembers of former runs at once.
[[nodiscard]] engine::Subscription report_stale_mirrors(api::Services& services, mirrors::MirrorService& mirrors);

}  // namespace leanspec::hub::serve
