#include "bridge/engine/boot_doubt.h"

#include <algorithm>
#include <utility>

namespace leanspec::bridge::engine {

namespace {

std::int64_t wall_ns(Instant at) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count();
}

/// By the clock as it was when the machine ended: a process saw that it went forward since that time.
std::int64_t since_leap(const Ledger& ledger, std::int64_t time_ns) {
  const auto& leap = ledger.state().replica.leap;
  if (!leap || time_ns > wall_ns(leap->before)) return time_ns;
  return time_ns + std::chrono::nanoseconds(leap->by).count();
}

/// What the document was when it was deleted here, not long before the machine ended: the hub has that deletion, and
/// the very text stands at its place again, untouched since. Who wants it back says so by putting it there now.
std::optional<Ancestor> last_before_deletion(Ledger& ledger, const DocumentId& document, const std::string& path,
                                             const sync::DiskFile& file, std::int64_t last_sign_ns) {
  const bool is_deleted = ledger.local(document) == nullptr && ledger.synced(document) == nullptr &&
                          ledger.remote(document) == nullptr && ledger.pending_of(document) == nullptr;
  const auto& state = ledger.state();
  const auto& released = state.released;
  const auto deleted_then = [&](const ReleasedDeletes& one) {
    const auto then = wall_ns(one.when.wall);
    return one.when.boot != state.replica.root->boot && file.facts.changed_ns < then &&
           std::chrono::nanoseconds(last_sign_ns - since_leap(ledger, then)) <= BootDoubt::written_back_after;
  };
  if (!is_deleted || std::none_of(released.begin(), released.end(), deleted_then)) return std::nullopt;
  auto texts = ledger.ancestors(document);
  if (texts.empty() || texts.front().taken_away || texts.front().path != path || texts.front().digest != file.digest)
    return std::nullopt;
  return std::move(texts.front());
}

}  // namespace

bool began_anew(const Ledger& ledger, const ReplicaConfig& config) {
  const auto& replica = ledger.state().replica;
  return replica.root && (replica.root->boot != config.boot || replica.in_doubt);
}

BootDoubt::BootDoubt(Ledger& ledger, const ReplicaConfig& config, Now now) : ledger_(ledger) {
  began_anew_ = began_anew(ledger, config);
  if (!began_anew_) return;
  const auto now_ns = wall_ns(now.wall);
  booted_ns_ = now_ns - std::chrono::duration_cast<std::chrono::nanoseconds>(now.boot.time_since_epoch()).count();
  const bool goes_on = ledger_.state().replica.root->boot == config.boot;
  undecided_ = !goes_on && ledger_.state().replica.in_doubt;
  const auto& agreed_at = ledger_.state().replica.last_sync;
  for (const auto& [document, row] : ledger_.state().local) {
    const auto changed = row.file.facts.changed_ns;
    // An earlier process of this boot has seen what stands there now.
    if (goes_on && was_changed_since_boot(changed, now)) continue;
    const bool unheard = ledger_.synced(document) == nullptr && ledger_.pending_of(document) != nullptr;
    const auto sign = since_leap(ledger_, changed);
    doubted_.emplace(row.path, Times{changed, row.file.facts.modified_ns, sign, unheard});
    // What was decided before the last agreement and is later by its time is of before the clock was set back, and
    // tells nothing of the end.
    const auto* node = ledger_.synced(document);
    const bool decided = (node != nullptr && node->digest == row.file.digest) || ledger_.hold(document) != nullptr;
    if (decided && agreed_at && changed > wall_ns(*agreed_at + clock_slack)) continue;
    if (sign <= now_ns) last_sign_ns_ = std::max(last_sign_ns_, sign);
  }
}

/// A time in the future is one of before the clock was set.
bool BootDoubt::was_changed_since_boot(std::int64_t changed_ns, Now now) const {
  return changed_ns >= booted_ns_ && changed_ns <= wall_ns(now.wall + clock_slack);
}

bool BootDoubt::takes_back(const DocumentId& document, const std::string& path, const sync::DiskFile& file,
                           CutShort cut_short, Now now) {
  const auto& row = *ledger_.local(document);
  const std::string known_at = row.path;
  const bool same_file = row.file.facts.inode == file.facts.inode;
  const bool was_racy = row.file.racy;
  const auto doubt = doubted_.find(known_at);
  if (doubt == doubted_.end()) return false;
  // A new name changes the time of change, and no text.
  const bool moved = known_at != path;
  const auto since = moved ? file.facts.modified_ns : file.facts.changed_ns;
  const auto known_since = moved ? doubt->second.modified_ns : doubt->second.changed_ns;
  // The new name may have been taken back by the next power cut, and its time of change have stayed.
  const bool older = since < known_since || (same_file && file.facts.modified_ns < doubt->second.modified_ns);
  doubted_.erase(doubt);
  if (since > known_since && was_changed_since_boot(since, now)) return false;
  // Another file that its user moved there since is what it is, however short. So is a shorter text of which nobody
  // knows whether it is the front of the former one, unless its time says that nobody has written it since.
  const bool untouched = since == known_since && !was_racy;
  // Nor is one of another time, where the clock was set back so far that the former one's is in the future: which of
  // them came first, nobody knows.
  const bool in_order = since == known_since || (known_since <= wall_ns(now.wall + clock_slack) &&
                                                 since < known_since && !was_changed_since_boot(since, now));
  // An empty file may have been saved any number of times while nobody looked, its last text lost like the others; and
  // of an empty text nothing is lost if it was its user who made it so.
  const bool lost =
      cut_short == CutShort::yes ? in_order || file.facts.size == 0 : cut_short == CutShort::perhaps && untouched;
  return rewinds(document, path, file, same_file && lost, older);
}

/// `lost`: what stands there is certainly no whole text. `older`: it was written before the one that was known.
bool BootDoubt::rewinds(const DocumentId& document, const std::string& path, const sync::DiskFile& file, bool lost,
                        bool older) {
  const auto* synced = ledger_.synced(document);
  if (synced == nullptr) {
    // What the hub has not answered yet: an earlier text joins like one that is found (law 7).
    const auto* pending = ledger_.pending_of(document);
    if (pending == nullptr || !(lost || older)) return false;
    const sync::Node unknown{pending->path, file.digest, file.facts.size, std::nullopt};
    let_go_of_pending(document);
    ledger_.rewind(document, LocalRow{path, file}, lost ? std::optional(unknown) : std::nullopt);
    return true;
  }
  const auto ancestors = ledger_.ancestors(document);
  const auto former =
      std::find_if(ancestors.begin(), ancestors.end(), [&](const Ancestor& one) { return one.digest == file.digest; });
  const bool agreed = synced->digest == file.digest;
  const bool known = former != ancestors.end() || agreed || lost;
  if (!known && !older) return false;
  let_go_of_pending(document);
  if (!known) {
    // Of before this replica lost its memory, or before what it remembers, or typed under a clock that was set back:
    // the hub knows which, and it joins like one that is found (law 7).
    ledger_.rewind(document, LocalRow{path, file}, std::nullopt);
    return true;
  }
  sync::Node node = *synced;
  if (!agreed) {
    node.digest = file.digest;
    node.size = file.facts.size;
    node.version = former == ancestors.end() ? std::nullopt : former->version;
  }
  ledger_.rewind(document, LocalRow{path, file}, std::move(node));
  return true;
}

std::optional<DocumentId> BootDoubt::stands_again(const std::string& path, const sync::DiskFile& file, Now now) const {
  if (!began_anew_ || was_changed_since_boot(file.facts.changed_ns, now)) return std::nullopt;
  for (const auto& document : ledger_.documents_once_at(path)) {
    const auto* agreed = ledger_.synced(document);
    const bool stood_here = agreed != nullptr && agreed->path == path && agreed->digest == file.digest;
    if (stood_here ? ledger_.local(document) == nullptr
                   : last_before_deletion(ledger_, document, path, file, last_sign_ns_).has_value())
      return document;
  }
  return std::nullopt;
}

bool BootDoubt::comes_back(const DocumentId& document, const std::string& path, const sync::DiskFile& file,
                           CutShort cut_short, Now now) {
  if (!began_anew_ || was_changed_since_boot(file.facts.changed_ns, now)) return false;
  if (const auto last = last_before_deletion(ledger_, document, path, file, last_sign_ns_)) {
    ledger_.rewind(document, LocalRow{path, file}, sync::Node{path, file.digest, file.facts.size, last->version});
    return true;
  }
  return rewinds(document, path, file, cut_short == CutShort::yes, false);
}

bool BootDoubt::is_lost(const std::string& path, const DocumentId& document, bool has_backup) const {
  if (is_unheard(path)) return true;
  const auto doubt = doubted_.find(path);
  if (doubt == doubted_.end()) return false;
  const bool known_there = ledger_.synced(document) != nullptr || ledger_.pending_of(document) != nullptr;
  // A time in the future is one of before the clock was set.
  const std::chrono::nanoseconds before_the_end{last_sign_ns_ - doubt->second.sign_ns};
  return known_there && (undecided_ || has_backup || before_the_end <= written_back_after);
}

bool BootDoubt::is_unheard(const std::string& path) const {
  const auto doubt = doubted_.find(path);
  return doubt != doubted_.end() && doubt->second.unheard;
}

bool BootDoubt::was_moved_back(const std::string& path, const std::string& now_at, const sync::DiskFile& file,
                               Now now) const {
  const auto doubt = doubted_.find(path);
  if (doubt == doubted_.end() || path == now_at || !ledger_.local_at(now_at)) return false;
  // Who moves a file by itself changes that time; a new name of its folder leaves it, and so does what took it back.
  return file.facts.changed_ns <= doubt->second.changed_ns && !was_changed_since_boot(file.facts.changed_ns, now);
}

bool BootDoubt::is_over() {
  std::erase_if(doubted_, [&](const auto& doubt) { return !ledger_.local_at(doubt.first); });
  return !any();
}

void BootDoubt::take_away(const std::string& path, const DocumentId& document) {
  doubted_.erase(path);
  let_go_of_pending(document);
  ledger_.rewind(document, std::nullopt, std::nullopt);
}

/// It goes to the hub all the same (law 2), and what the hub says of it says nothing about the file.
void BootDoubt::let_go_of_pending(const DocumentId& document) {
  const auto* pending = ledger_.pending_of(document);
  if (pending == nullptr) return;
  auto change = *pending;
  if (!change.digest) {
    if (!change.sent) ledger_.drop_pending(change.change);
    return;
  }
  change.sent = true;
  change.displaced = true;
  ledger_.add_pending(std::move(change));
}

}  // namespace leanspec::bridge::engine
