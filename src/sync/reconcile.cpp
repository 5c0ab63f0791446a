#include "sync/reconcile.h"

#include <set>

namespace leanspec::sync {

namespace {

/// The same file as far as a person can see; versions apart.
bool same(const Node* left, const Node* right) {
  if (left == nullptr || right == nullptr) return left == right;
  return left->path == right->path && left->digest == right->digest;
}

bool holds_back(const Hold* hold, const Node* local, const Node* synced) {
  if (hold == nullptr) return false;
  if (local == nullptr) return !hold->digest && (synced == nullptr || hold->path == synced->path);
  return hold->digest == local->digest && hold->path == local->path;
}

const Node* find(const Tree& tree, const DocumentId& document) {
  const auto found = tree.find(document);
  return found == tree.end() ? nullptr : &found->second;
}

PushOperation push(const DocumentId& document, const Node* local, const Node* synced,
                   const std::optional<VersionId>& base) {
  PushOperation operation;
  operation.document = document;
  operation.base = base;
  if (local == nullptr) {
    operation.path = synced->path;
    return operation;
  }
  operation.path = local->path;
  operation.digest = local->digest;
  operation.moved_only = synced != nullptr && local->digest == synced->digest;
  return operation;
}

ApplyOperation apply(const DocumentId& document, const Node* local, const Node* remote) {
  ApplyOperation operation;
  operation.document = document;
  if (local != nullptr) {
    operation.from = local->path;
    operation.expected = local->digest;
  }
  if (remote != nullptr) {
    operation.version = remote->version.value_or(VersionId{});
    operation.to = remote->path;
    operation.digest = remote->digest;
  }
  return operation;
}

}  // namespace

void reconcile_document(const DocumentId& document, const Node* local, const Node* synced, const Node* remote,
                        const Hold* hold, Plan& plan) {
  if (same(local, remote)) {
    const auto version = remote == nullptr ? std::nullopt : remote->version;
    const bool agreed = same(remote, synced) && (synced == nullptr || synced->version == version);
    if (!agreed) plan.adopt.push_back({document, version});
    return;
  }
  if (same(local, synced)) {
    plan.apply.push_back(apply(document, local, remote));
    return;
  }
  if (holds_back(hold, local, synced)) {
    plan.held.push_back({document, local == nullptr ? synced->path : local->path, hold->why});
    return;
  }
  const bool made_anew =
      local == nullptr && remote != nullptr && remote->version && synced->version && remote->version != synced->version;
  if (same(remote, synced) && !made_anew) {
    // Equal states are equally good bases, and the hub's latest one is accepted without a merge.
    plan.push.push_back(push(document, local, synced, remote == nullptr ? std::nullopt : remote->version));
    return;
  }
  if (local == nullptr) {
    plan.apply.push_back(apply(document, nullptr, remote));  // deleted here, edited there: the edit lives
    return;
  }
  plan.push.push_back(push(document, local, synced, synced == nullptr ? std::nullopt : synced->version));
}

Plan reconcile(const Tree& local, const Tree& synced, const Tree& remote, const Holds& holds) {
  std::set<DocumentId> documents;
  for (const Tree* tree : {&local, &synced, &remote}) {
    for (const auto& [document, node] : *tree) documents.insert(document);
  }
  Plan plan;
  for (const auto& document : documents) {
    const auto hold = holds.find(document);
    reconcile_document(document, find(local, document), find(synced, document), find(remote, document),
                       hold == holds.end() ? nullptr : &hold->second, plan);
  }
  return plan;
}

}  // namespace leanspec::sync
