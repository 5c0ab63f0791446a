#include "hub/mirrors/mirror_service.h"

#include <algorithm>
#include <array>
#include <utility>

#include "digest/sha256.h"

namespace leanspec::hub::mirrors {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t syncs_at_once = 2;            // a sync asks six questions at once
constexpr std::chrono::milliseconds nap_max = 30s;  // wall clocks jump; then nothing is due for too long
constexpr std::chrono::minutes cron_cool_down{5};
constexpr std::string_view hub_token_mark = "hub";  // in place of a sealed token: the hub's own

}  // namespace

MirrorService::MirrorService(store::Store& store, const host::Clock& clock, host::Entropy& entropy, host::Log& log,
                             MirrorSettings settings, Revise revise)
    : store_(store),
      clock_(clock),
      entropy_(entropy),
      log_(log),
      settings_(std::move(settings)),
      revise_(std::move(revise)) {}

MirrorService::~MirrorService() {
  stop();
}

Status MirrorService::start() {
  std::vector<store::Mirror> mirrors;
  LEANSPEC_TRY(store_.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(mirrors, session.mirrors().list());
    return {};
  }));
  const std::lock_guard lock(mutex_);
  for (const store::Mirror& mirror : mirrors) {
    Slot& slot = slots_[mirror.project];
    if (!mirror.paused) slot.due = mirror.next_sync_at.value_or(clock_.now());
  }
  for (std::size_t i = 0; i < syncs_at_once; ++i) threads_.emplace_back([this] { work(); });
  return {};
}

void MirrorService::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

double MirrorService::chance() {
  std::array<std::uint8_t, 2> bytes{};
  entropy_.fill(bytes);
  return static_cast<double>(bytes[0] * 256 + bytes[1]) / 65536.0;
}

std::string MirrorService::seal(std::string_view text, const ProjectId& project, std::string_view what) {
  digest::SealNonce nonce{};
  entropy_.fill(nonce);
  return digest::seal(settings_.seal_key, nonce, text, project.value() + " " + std::string(what));
}

Result<std::string> MirrorService::token_of(const store::Mirror& mirror) const {
  if (mirror.sealed_token.empty()) return std::string();
  if (mirror.sealed_token == hub_token_mark) return settings_.github_token;
  auto token = digest::unseal(settings_.seal_key, mirror.sealed_token, mirror.project.value() + " token");
  if (!token) {
    return Error(ErrorCode::unauthenticated, "the mirror's token was sealed with another key than this hub has",
                 mirror.full_name, "Give the mirror its token again.");
  }
  return *std::move(token);
}

Result<std::string> MirrorService::webhook_secret(const ProjectId& project) {
  LEANSPEC_ASSIGN(const store::Mirror mirror, find(project));
  auto secret = digest::unseal(settings_.seal_key, mirror.sealed_secret, project.value() + " webhook");
  if (!secret)
    return Error(ErrorCode::corrupt, "the webhook's secret was sealed with another key than this hub has",
                 project.value());
  return *std::move(secret);
}

Result<store::Mirror> MirrorService::find(const ProjectId& project) {
  std::optional<store::Mirror> mirror;
  LEANSPEC_TRY(store_.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(mirror, session.mirrors().find(project));
    return {};
  }));
  if (!mirror) return Error(ErrorCode::not_found, "This project mirrors no repository.", project.value());
  return *std::move(mirror);
}

Status MirrorService::change(const ProjectId& project, const MirrorChange& change) {
  store::Mirror mirror;
  LEANSPEC_TRY(store_.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto found, session.mirrors().find(project));
    if (!found) return Error(ErrorCode::not_found, "This project mirrors no repository.", project.value());
    mirror = *found;
    if (change.paused) mirror.paused = *change.paused;
    if (change.public_reading) mirror.public_reading = *change.public_reading;
    if (change.interval) mirror.interval = *change.interval;
    if (change.token) mirror.sealed_token = change.token->empty() ? "" : seal(*change.token, project, "token");
    if (change.paused && *change.paused) mirror.next_sync_at.reset();
    const bool begins = (change.paused && !*change.paused) || change.token;
    if (begins && !mirror.paused) mirror.next_sync_at = clock_.now();
    if (change.interval && !mirror.paused && !begins)
      mirror.next_sync_at = next_after_success(mirror.last_synced_at.value_or(clock_.now()), mirror.interval, chance());
    return session.mirrors().save(mirror);
  }));
  {
    const std::lock_guard lock(mutex_);
    Slot& slot = slots_[project];
    slot.due = mirror.next_sync_at;
    slot.asked = slot.asked && !mirror.paused;
  }
  changed_.notify_all();
  moved_.publish(project);
  return {};
}

Status MirrorService::remove(const ProjectId& project) {
  LEANSPEC_TRY(store_.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto mirror, session.mirrors().find(project));
    if (!mirror) return Error(ErrorCode::not_found, "This project mirrors no repository.", project.value());
    LEANSPEC_TRY(session.mirrors().remove(project));
    LEANSPEC_ASSIGN(auto owner, session.projects().find(project));
    if (!owner) return Error(ErrorCode::not_found, "The project is gone.", project.value());
    owner->source = "bridge";
    return session.projects().update(*owner);
  }));
  {
    const std::lock_guard lock(mutex_);
    const auto slot = slots_.find(project);
    if (slot != slots_.end() && slot->second.running) {
      slot->second.removed = true;
      slot->second.due.reset();
      slot->second.again = false;
    } else if (slot != slots_.end()) {
      slots_.erase(slot);
    }
  }
  moved_.publish(project);
  return {};
}

void MirrorService::ask_for(Slot& slot, std::string_view cause, const std::string& delivery) {
  if (!delivery.empty()) slot.deliveries.push_back(delivery);
  slot.cause = cause;
  slot.asked = true;
  slot.again = slot.running;
  const Instant now = clock_.now();
  // What the forge has refused for now it refuses to everybody.
  slot.due = slot.budget && slot.budget->wait_until ? std::max(now, *slot.budget->wait_until) : now;
}

Status MirrorService::sync_now(const ProjectId& project, std::string_view cause) {
  LEANSPEC_ASSIGN(const store::Mirror mirror, find(project));
  if (mirror.paused) return Error(ErrorCode::conflict, "The mirror is paused.", project.value(), "Let it go on first.");
  {
    const std::lock_guard lock(mutex_);
    Slot& slot = slots_[project];
    const Instant now = clock_.now();
    if (slot.last_started && now < *slot.last_started + button_cool_down && now >= *slot.last_started && !slot.running)
      return Error(ErrorCode::exhausted, "The mirror has just looked.", project.value(), "Try again in half a minute.");
    ask_for(slot, cause, {});
  }
  changed_.notify_all();
  return {};
}

Result<std::size_t> MirrorService::sync_all(std::string_view cause) {
  std::vector<store::Mirror> mirrors;
  LEANSPEC_TRY(store_.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(mirrors, session.mirrors().list());
    return {};
  }));
  std::size_t asked = 0;
  {
    const std::lock_guard lock(mutex_);
    const Instant now = clock_.now();
    for (const store::Mirror& mirror : mirrors) {
      Slot& slot = slots_[mirror.project];
      const bool fresh = slot.last_started && now >= *slot.last_started && now < *slot.last_started + cron_cool_down;
      if (mirror.paused || fresh || slot.running) continue;
      ask_for(slot, cause, {});
      ++asked;
    }
  }
  changed_.notify_all();
  return asked;
}

MirrorActivity MirrorService::activity(const ProjectId& project) const {
  const std::lock_guard lock(mutex_);
  const auto slot = slots_.find(project);
  MirrorActivity activity;
  if (slot == slots_.end()) return activity;
  activity.running = slot->second.running;
  activity.waiting = slot->second.asked && !slot->second.running;
  activity.progress = slot->second.progress;
  activity.budget = slot->second.budget;
  return activity;
}

void MirrorService::work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const Instant now = clock_.now();
    auto next = slots_.end();
    for (auto slot = slots_.begin(); slot != slots_.end(); ++slot) {
      if (slot->second.running || !slot->second.due) continue;
      if (next == slots_.end() || *slot->second.due < *next->second.due) next = slot;
    }
    if (next == slots_.end() || *next->second.due > now) {
      const auto nap =
          next == slots_.end() ? nap_max : std::min<std::chrono::milliseconds>(nap_max, *next->second.due - now);
      changed_.wait_for(lock, nap);
      continue;
    }
    const ProjectId project = next->first;
    Slot& slot = next->second;
    slot.running = true;
    slot.again = false;
    slot.asked = false;
    slot.due.reset();
    slot.last_started = now;
    slot.progress = SyncProgress();
    const std::string cause = std::exchange(slot.cause, "schedule");
    const auto deliveries = std::exchange(slot.deliveries, {});
    lock.unlock();
    moved_.publish(project);
    run_sync(project, cause, deliveries);
    lock.lock();
    Slot& after = slots_[project];
    after.running = false;
    if (after.removed) {
      slots_.erase(project);
    } else if (after.again) {
      after.due = clock_.now();
    }
    lock.unlock();
    changed_.notify_all();
    moved_.publish(project);
    lock.lock();
  }
}

}  // namespace leanspec::hub::mirrors
