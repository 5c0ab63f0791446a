#include <algorithm>

#include "hub/mirrors/mirror_service.h"

/// What forges tell the service, and what comes of it.
namespace leanspec::hub::mirrors {

namespace {

/// Whether who sent it knows the secret of this mirror's own webhook, shown in the way of its forge. GitHub signs, and so
/// nothing less is taken for it. Of others a signature, which covers the body too, decides alone where there is one;
/// GitLab has none and sends the secret itself.
[[nodiscard]] bool is_from_its_forge(const store::Mirror& mirror, std::string_view secret,
                                     const MirrorService::Delivery& delivery) {
  if (mirror.provider == "github" || !delivery.signature.empty())
    return signature_matches(secret, delivery.body, delivery.signature);
  return token_matches(secret, delivery.token);
}

}  // namespace

Result<std::string> MirrorService::receive(const ProjectId& project, const Delivery& delivery) {
  LEANSPEC_ASSIGN(const store::Mirror mirror, find(project));
  LEANSPEC_ASSIGN(const std::string secret, webhook_secret(project));
  if (!is_from_its_forge(mirror, secret, delivery))
    return Error(ErrorCode::unauthenticated, "The signature is not that of the webhook's secret.");
  if (delivery.id.empty() || delivery.id.size() > delivery_id_bytes_max)
    return Error(ErrorCode::invalid, "The delivery has no id.", "X-GitHub-Delivery");
  const WebhookReading reading = read_webhook(delivery.event, delivery.body, mirror);
  const bool looks = reading.meaning == WebhookMeaning::look && !mirror.paused;
  bool again = false;
  bool shown = false;  // a late word of what is here since long
  LEANSPEC_TRY(store_.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto before, session.mirrors().find_delivery(project, delivery.id));
    again = before && before->settled;
    if (again) return {};
    LEANSPEC_ASSIGN(const auto syncs, session.mirrors().syncs(project, store::mirror_syncs_kept));
    shown = std::any_of(syncs.begin(), syncs.end(),
                        [&](const store::MirrorSync& sync) { return sync.commit == reading.commit; });
    std::string outcome = reading.words;
    if (reading.meaning == WebhookMeaning::look)
      outcome += mirror.paused ? "; the mirror is paused" : "; a sync was asked for";
    return session.mirrors().save_delivery(project,
                                           {delivery.id, clock_.now(), delivery.event.substr(0, 40), outcome, !looks});
  }));
  if (again) return std::string("This delivery had its effect already.");
  if (reading.meaning == WebhookMeaning::wrong) return Error(ErrorCode::invalid, reading.words, "body");
  if (looks) {
    {
      const std::lock_guard lock(mutex_);
      Slot& slot = slots_[project];
      if (!shown) slot.awaited.announce(reading.commit);
      ask_for(slot, "webhook", delivery.id);
    }
    changed_.notify_all();
  }
  moved_.publish(project);
  return reading.words;
}

Status MirrorService::redeliver(const ProjectId& project, const std::string& delivery) {
  LEANSPEC_TRY(store_.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto mirror, session.mirrors().find(project));
    LEANSPEC_ASSIGN(auto heard, session.mirrors().find_delivery(project, delivery));
    if (!mirror || !heard) return Error(ErrorCode::not_found, "There is no such delivery.", delivery);
    if (mirror->paused)
      return Error(ErrorCode::conflict, "The mirror is paused.", project.value(), "Let it go on first.");
    heard->outcome = "a sync was asked for again";
    heard->settled = false;
    return session.mirrors().save_delivery(project, *heard);
  }));
  {
    const std::lock_guard lock(mutex_);
    ask_for(slots_[project], "webhook", delivery);
  }
  changed_.notify_all();
  moved_.publish(project);
  return {};
}

}  // namespace leanspec::hub::mirrors
