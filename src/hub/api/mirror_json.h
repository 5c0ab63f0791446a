#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "hub/access/principal.h"
#include "hub/api/services.h"
#include "hub/mirrors/mirror_service.h"

namespace leanspec::hub::api {

/// A mirror as the API shows it: what it follows, how it stands, what is going on. Never a secret.
[[nodiscard]] boost::json::object mirror_json(const Services& services, const store::Mirror& mirror);
[[nodiscard]] boost::json::object sync_json(const store::MirrorSync& sync);
[[nodiscard]] boost::json::object preview_json(const mirrors::RepositoryPreview& preview);

/// Those that the principal may see. Error: the store's.
[[nodiscard]] Result<boost::json::array> visible_mirrors_json(const Services& services,
                                                              const access::Principal& principal);

}  // namespace leanspec::hub::api
