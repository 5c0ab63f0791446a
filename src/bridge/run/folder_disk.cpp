// The part of SyncedFolder that is at the disk: opens it, looks at it, writes to it, hears of what others do to it.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "bridge/engine/editing.h"
#include "bridge/run/synced_folder.h"
#include "host/system_file_tree.h"

namespace leanspec::bridge::run {

Status SyncedFolder::open_disk() {
  LEANSPEC_ASSIGN(auto lock, disk::RootLock::acquire(settings_.root));
  lock_.emplace(std::move(lock));
  LEANSPEC_ASSIGN(tree_, host::open_file_tree(settings_.root));
  applier_.emplace(*tree_, &copies_);
  // What cannot be tried now is found out when it is needed.
  if (engine::writes_here(settings_.mode)) (void)applier_->probe();
  scanner_ = std::make_unique<disk::Scanner>(*tree_, services_.clock);
  (void)scanner_->load_rules();  // what fails here is found and said by the first scan
  watched_rules_ = scanner_->rules();
  disk::WatcherOptions watching;
  watching.root = settings_.root;
  watching.ignored = [this](std::string_view path, bool is_folder) {
    if (!is_folder && engine::edited_beside(path)) return false;  // says who edits what, and is not synced all the same
    return scanner_->rules()->match(path, is_folder).has_value();
  };
  watcher_ = disk::make_inotify_watcher(std::move(watching), services_.clock.since_boot());
  return {};
}

void SyncedFolder::scan(const SyncedBranch& branch, engine::ScanRequest request) {
  if (&branch != here_.get()) return;
  looks_everywhere_ = request.everything;
  scanner_->begin(std::move(request));
}

/// In a turn of its own: the driver is in the middle of handing out.
void SyncedFolder::apply(const SyncedBranch& branch, engine::ApplyRequest request) {
  if (&branch != here_.get()) return;
  boost::asio::post(services_.context, [this, alive = alive_, life = life_, request = std::move(request)] {
    if (*alive && life == life_ && here_) carry_out(request);
  });
}

void SyncedFolder::carry_out(const engine::ApplyRequest& request) {
  // Between the plan and now another branch may have been checked out.
  if (is_elsewhere(work_tree_.read(services_.clock.now()))) {
    waiting_ = request;
    return look_at_git();
  }
  const auto result = applier_->carry_out(request);
  look_at_git();
  here_->engine().applied(result, now());
  here_->driver().perform(now());
}

void SyncedFolder::on_disk() {
  if (!watcher_) return;
  look_at_git();
  hint(watcher_->take(services_.clock.since_boot()));
  if (watcher_->state() == disk::WatchState::root_gone)
    lock_.reset();  // a lock on a folder that is not the root any more
  here_->driver().perform(now());
}

void SyncedFolder::hint(const std::vector<engine::Hint>& hints) {
  for (const engine::Hint& one : hints) here_->engine().hinted(one, now());
}

void SyncedFolder::step() {
  stepping_ = false;
  if (!here_ || stopping_) return;
  if (const auto result = scanner_->step(here_->engine().files())) scanned(*result);
  if (here_) here_->driver().perform(now());
}

void SyncedFolder::scanned(const engine::ScanResult& result) {
  if (result.root == engine::RootHealth::healthy && !lock_) {
    auto lock = disk::RootLock::acquire(settings_.root);
    if (!lock && lock.error().code == ErrorCode::conflict) return fail(lock.error());
    if (lock) lock_.emplace(*std::move(lock));
  }
  const bool other_rules = result.rules != nullptr && result.rules != watched_rules_;
  if (looks_everywhere_ && engine::writes_here(settings_.mode)) {
    if (auto names = applier_->left_overs()) {
      std::erase_if(*names, [this](const std::string& name) { return staged_for_others_.contains(name); });
      here_->engine().seen_in_staging(*std::move(names));
    }
  }
  look_at_git();
  here_->engine().scanned(result, now());
  if (!other_rules) return;
  watched_rules_ = scanner_->rules();
  watcher_->rewatch(services_.clock.since_boot());
  disk_watch_.watch(watcher_->descriptor());
  here_->engine().hinted(engine::Hint(), now());  // of kind overflow: nobody listened during the change
}

/// Never with a wake-up of its own: a folder at rest is looked at now and then anyway.
void SyncedFolder::prune_copies() {
  const BootTime at = services_.clock.since_boot();
  const auto& replica = here_->engine();
  if (at < prune_after_ || !replica.quiet() || !behind_.empty()) return;
  const auto more = copies_.prune([&pending = replica.state().pending](const Digest& digest) {
    return std::any_of(pending.begin(), pending.end(), [&](const auto& one) { return one.second.digest == digest; });
  });
  prune_after_ = more && *more ? at : at + prune_interval;
}

}  // namespace leanspec::bridge::run
