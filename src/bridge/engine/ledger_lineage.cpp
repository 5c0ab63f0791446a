// The part of Ledger that remembers which texts a document had.
#include <algorithm>
#include <utility>

#include "bridge/engine/ledger.h"

namespace leanspec::bridge::engine {

void Ledger::remember_ancestors_so_far() {
  for (const auto& [document, node] : state_.synced) {
    const auto all = ancestors(document);
    const bool known = !all.empty() && all.front().digest == node.digest && all.front().path == node.path;
    if (!known) note_ancestor(document, node, false);
  }
}

void Ledger::note_ancestor(const DocumentId& document, const sync::Node& node, bool elsewhere) {
  if (!remembers_ancestors_) return;
  next_.ancestors.emplace_back(document, Ancestor{node.digest, node.version, node.path, node.size, elsewhere, false});
}

/// A hub that was restored from a backup and has it from here again, or agrees on nothing about it yet: nobody wrote
/// anything for it, and who wrote the text is who wrote it before.
bool Ledger::is_given_again(const DocumentId& document, const sync::Node& node) {
  if (node.digest == Digest{}) return true;
  const auto* before = synced(document);
  if (before == nullptr || before->digest != Digest{}) return false;
  const auto all = ancestors(document);
  return !all.empty() && all.front().digest == node.digest && all.front().path == node.path;
}

/// What was the newest stays it.
void Ledger::remember_earlier(const DocumentId& document, const Ancestor& text) {
  const auto all = ancestors(document);
  if (std::any_of(all.begin(), all.end(), [&](const Ancestor& one) { return one.digest == text.digest; })) return;
  next_.ancestors.emplace_back(document, text);
  if (!all.empty()) next_.ancestors.emplace_back(document, all.front());
}

void Ledger::written_elsewhere(const DocumentId& document) {
  if (const auto* node = synced(document)) note_ancestor(document, *node, true);
}

void Ledger::taken_away(const DocumentId& document, const sync::Node& last) {
  if (!remembers_ancestors_) return;
  next_.ancestors.emplace_back(document, Ancestor{last.digest, last.version, last.path, last.size, true, true});
}

void Ledger::rewind(const DocumentId& document, std::optional<LocalRow> row, std::optional<sync::Node> node) {
  const bool remembers = std::exchange(remembers_ancestors_, false);  // it is none the newer for it
  set_local(document, std::move(row));
  set_synced(document, std::move(node));
  set_hold(document, std::nullopt);
  remembers_ancestors_ = remembers;
}

std::vector<Ancestor> Ledger::ancestors(const DocumentId& document) {
  auto stored = store_.ancestors(document);
  auto all = stored ? *std::move(stored) : std::vector<Ancestor>{};
  for (const auto& [of, ancestor] : next_.ancestors) {
    if (of != document) continue;
    std::erase_if(all, [&](const Ancestor& one) { return one.digest == ancestor.digest && one.path == ancestor.path; });
    all.insert(all.begin(), ancestor);
  }
  return all;
}

std::vector<DocumentId> Ledger::documents_once_at(std::string_view path) {
  auto stored = store_.documents_once_at(path);
  auto all = stored ? *std::move(stored) : std::vector<DocumentId>{};
  for (const auto& [document, ancestor] : next_.ancestors) {
    if (ancestor.path == path && std::find(all.begin(), all.end(), document) == all.end()) all.push_back(document);
  }
  return all;
}

}  // namespace leanspec::bridge::engine
