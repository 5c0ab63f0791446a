#include "sync/integrate.h"

namespace leanspec::sync {

namespace {

bool same_state(const IntegrateRequest& request, const Known& known) {
  if (!request.digest && !known.digest) return true;  // gone is gone, wherever it was
  return request.digest == known.digest && request.path == known.path;
}

std::string why_set_aside(const IntegrateRequest& request, const Known& head) {
  if (!request.base) {
    return head.digest ? "another text already stands at this path, and neither is based on the other"
                       : "the document was deleted at the hub, and this text is based on none of its versions";
  }
  if (!request.base_version) return "the hub does not know the version that this edit is based on";
  if (request.base_version->document != head.document) return "this edit goes on from a version of another document";
  return "this edit goes on from a text that was set aside, and the document has changed elsewhere since";
}

/// The rename that stands: the only one, or of two the one that the hub heard of first.
const std::string& merged_path(const IntegrateRequest& request, const Known& base, const Known& head) {
  if (!request.digest) return head.path;
  if (!head.digest || head.path == base.path) return request.path;
  return head.path;
}

Merge::Content merged_content(const IntegrateRequest& request, const Known& base, const Known& head) {
  if (!request.digest || request.digest == head.digest) return Merge::Content::of_head;
  if (!head.digest || head.digest == base.digest) return Merge::Content::of_push;
  return request.digest == base.digest ? Merge::Content::of_head : Merge::Content::of_both;
}

/// The push meets a document that the hub has.
Integration meet(const IntegrateRequest& request, const Known& head) {
  if (same_state(request, head)) return Unchanged{head.document, head.version};
  if (request.base == head.version) {
    return Accept{head.document, head.version, !head.digest.has_value()};
  }
  if (request.base_version) {
    const Known& base = *request.base_version;
    const bool same_document = base.document == head.document;
    // A replica that has only fallen behind says nothing new.
    if (same_document && same_state(request, base)) return KnownVersion{head.document, base.version, head.version};
    if (same_document && request.is_in_head && request.equal_version)
      return KnownVersion{head.document, request.equal_version->version, head.version};
    if (same_document && request.common && request.is_superseded) {
      return Merge{head.document, base.version, request.common->version,
                   head.version,  head.path,    Merge::Content::of_head};
    }
    if (same_document && request.common) {
      return Merge{head.document,
                   base.version,
                   request.common->version,
                   head.version,
                   merged_path(request, *request.common, head),
                   merged_content(request, *request.common, head)};
    }
    return SetAside{head.document, request.base, why_set_aside(request, head)};
  }

  // No base that the hub knows: the replica joins, or one of the two has lost its memory (laws 7 and 20).
  const bool recreated = !head.digest && request.digest && request.knows_head;
  if (recreated) return Accept{head.document, head.version, true};
  if (request.equal_version && request.digest && !request.is_beside_head) {
    return KnownVersion{head.document, request.equal_version->version, head.version};
  }
  if (!head.digest && request.digest) return Accept{head.document, head.version, true};
  return SetAside{head.document, std::nullopt, why_set_aside(request, head)};
}

}  // namespace

Integration integrate(const IntegrateRequest& request) {
  if (request.head) return meet(request, *request.head);
  // Unknown here, and to be deleted: there is nothing to do. It says nothing about another document that stands at the
  // path.
  if (!request.digest) return Unchanged{request.document, std::nullopt};
  if (request.at_path) return meet(request, *request.at_path);
  return Accept{request.document, std::nullopt, false};
}

}  // namespace leanspec::sync
