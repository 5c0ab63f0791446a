#pragma once

#include <string>
#include <string_view>

#include "bridge/engine/replica_engine.h"
#include "sync/reconcile.h"
#include "wire/message.h"

/// What `status` and `why` say in the same words: what is the matter with a file, and what a person can do.
namespace leanspec::bridge::engine {

/// What a person can do about the hub's no. Empty: it passes by itself.
[[nodiscard]] std::string remedy_for(wire::RefusedReason reason);

/// `hold`: the hub keeps the text beside the document's head, and people can decide there; or it was carried over.
[[nodiscard]] std::string remedy_for_held(const ReplicaConfig& config, const sync::Hold* hold);

/// What a person can do about deletions that are held.
[[nodiscard]] std::string undo_or_approve(const ReplicaConfig& config);

inline constexpr std::string_view put_back_remedy =
    "`leanspec-bridge accept` on the file, if what stands there now is to stay";

[[nodiscard]] std::string what_changed(const sync::PushOperation& push);
[[nodiscard]] std::string what_comes(const sync::ApplyOperation& apply, const ReplicaConfig& config,
                                     const std::string& why_not_yet);

/// "in 1.5 s"
[[nodiscard]] std::string seconds_from(BootTime from, BootTime until);

}  // namespace leanspec::bridge::engine
