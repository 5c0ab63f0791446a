#pragma once

/// Names in a hub's data folder.
namespace leanspec::store::sqlite {

constexpr const char* database_name = "hub.db";
/// Held by a running hub, and by a restore.
constexpr const char* lock_name = "hub.lock";

}  // namespace leanspec::store::sqlite
