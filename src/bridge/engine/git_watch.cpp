#include "bridge/engine/git_watch.h"

#include <algorithm>
#include <utility>

namespace leanspec::bridge::engine {

std::vector<std::string> GitWatch::seen(GitFingerprint git, Now now) {
  const bool changed = git != seen_;
  const auto before = judgement_;
  if (changed) changed_at_ = now.boot;
  if (git.index && git.index != seen_.index) {
    index_seen_at_ = now.boot;
    index_age_as_seen_ = since(git.index->modified_ns, now.wall);
    // It was not there at the look before, whatever the clock was set to in between.
    if (last_seen_at_)
      index_age_as_seen_ = std::min<std::chrono::nanoseconds>(index_age_as_seen_, now.boot - *last_seen_at_);
  }
  // A lock that went without a new index: git gave up, at once as a rule, or a person took it away.
  auto left = git.index == seen_.index && git.index_lock != seen_.index_lock ? seen_.index_lock : std::nullopt;
  if (left && since(left->modified_ns, now.wall) < gives_up_within) left.reset();
  seen_ = std::move(git);
  seen_at_ = now.wall;
  last_seen_at_ = now.boot;
  judgement_ =
      judge_git(seen_, ledger_.state().replica.git_branch, !config_.branch.empty() && !config_.follows_git, now.wall);
  if (interrupted_ && interrupted_->index != seen_.index) interrupted_.reset();
  if (!interrupted_ && seen_.index_lock && !judgement_.warning.empty()) left = seen_.index_lock;
  if (!interrupted_ && left) interrupted_ = Interrupted{left->modified_ns, now.boot, seen_.index};
  if (judgement_.mood == GitMood::quiet && !ledger_.state().replica.git_branch) {
    ledger_.remember_ancestors_so_far();
    take_branch(now);
  }
  if (judgement_.mood == GitMood::quiet) {
    if (quiet_commit_ != seen_.commit) {
      came_from_ = std::exchange(quiet_commit_, seen_.commit);
      came_from_at_ = quiet_at_;
    }
    quiet_at_ = now.wall;
  }
  tick(now);
  if (!changed && judgement_ == before) return {};
  went_back_ = false;
  // What was said under other circumstances counts no more.
  answered_for_.clear();
  states_.clear();
  cannot_ask_.clear();
  std::vector<std::string> again;
  for (const auto& [path, text] : to_ask_) again.push_back(path);
  to_ask_.clear();
  if (may_look()) {
    for (const auto& [path, held] : held_) again.push_back(path);
  }
  return again;
}

void GitWatch::take_branch(Now now) {
  auto row = ledger_.state().replica;
  row.git_branch = seen_.branch.empty() ? config_.branch : seen_.branch;
  ledger_.set_replica(std::move(row));
  judgement_ =
      judge_git(seen_, ledger_.state().replica.git_branch, !config_.branch.empty() && !config_.follows_git, now.wall);
}

void GitWatch::tick(Now now) {
  poll_at_.reset();
  if (asked_ && now.boot >= asked_at_ + answer_patience) asked_.reset();  // those who wait for it ask again
  if (asked_) poll_at_ = asked_at_ + answer_patience;
  if (judgement_.mood == GitMood::absent || judgement_.mood == GitMood::quiet) return;
  // The branch that has the disk sees to it.
  if (judgement_.mood == GitMood::elsewhere && config_.follows_git && !ledger_.state().replica.has_disk) return;
  const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now.boot - changed_at_);
  const auto next = now.boot + std::clamp(passed / 16, poll_least, poll_most);
  poll_at_ = poll_at_ ? std::min<BootTime>(*poll_at_, next) : next;
}

const GitFileState* GitWatch::answer_for(const std::string& path, const std::optional<Digest>& text) const {
  static constexpr GitFileState clean = GitFileState::clean;
  static constexpr GitFileState unknown_to_git = GitFileState::untracked;
  if (const auto answered = answered_for_.find(path); answered == answered_for_.end() || answered->second != text)
    return nullptr;
  if (const auto found = states_.find(path); found != states_.end()) return &found->second;
  if (const auto all = states_.find(""); all != states_.end()) return &all->second;
  for (auto end = path.rfind('/'); end != std::string::npos && end > 0; end = path.rfind('/', end - 1)) {
    if (const auto folder = states_.find(path.substr(0, end + 1)); folder != states_.end()) return &folder->second;
  }
  return text ? &clean : &unknown_to_git;
}

void GitWatch::looked_everywhere() {
  std::erase_if(carried_, [&](const auto& text) {
    const bool asked =
        asked_ && std::find(asked_->paths.begin(), asked_->paths.end(), text.first) != asked_->paths.end();
    return !asked && !to_ask_.contains(text.first);
  });
}

void GitWatch::rewind_to(const std::string& path, const std::optional<sync::DiskFile>& file,
                         const ReplicaEngine::MakeUuid& make_uuid) {
  const auto found = found_.extract(path);
  held_.erase(path);
  if (found.empty()) return;
  const auto& former = found.mapped();
  if (former.stays && file) {
    const bool is_here = !former.lives_at.empty();
    const auto document = is_here ? DocumentId{make_uuid()} : former.document;
    const auto why = is_here ? ", and the document stands at " + former.lives_at + " here"
                             : std::string(", and this branch has no such document");
    ledger_.set_local(document, LocalRow{path, *file});
    if (former.ancestor.elsewhere) ledger_.remember_earlier(document, former.ancestor);
    ledger_.set_hold(document, sync::Hold{file->digest, path, std::string(carried_words) + former.carried_from + why});
    ledger_.touched.insert(document);
    return;
  }
  if (former.carried_from.empty())
    put_back_from_.erase(former.document);
  else
    put_back_from_.insert_or_assign(former.document, former.carried_from);
  put_back_.insert_or_assign(former.document, file ? std::optional{file->digest} : std::nullopt);
  if (!file) return ledger_.rewind(former.document, std::nullopt, std::nullopt);
  ledger_.remember_earlier(former.document, former.ancestor);
  const auto* synced = ledger_.synced(former.document);
  sync::Node node;
  const auto* row = ledger_.local(former.document);
  const bool as_hub_has_it = !former.carried_from.empty() && row != nullptr && row->path != path;
  node.path = synced != nullptr && !as_hub_has_it ? synced->path : path;
  node.digest = former.ancestor.digest;
  node.size = file->facts.size;
  node.version = former.ancestor.version;
  ledger_.rewind(former.document, LocalRow{path, *file}, std::move(node));
}

bool GitWatch::is_put_back(const DocumentId& document) const {
  const auto found = put_back_.find(document);
  if (found == put_back_.end()) return false;
  const auto* row = ledger_.local(document);
  const auto* synced = ledger_.synced(document);
  if (!found->second) return row == nullptr && synced == nullptr;
  return row != nullptr && synced != nullptr && row->file.digest == *found->second && synced->digest == *found->second;
}

std::string GitWatch::why_put_back(const DocumentId& document) const {
  const auto from = put_back_from_.find(document);
  if (from == put_back_from_.end()) return "git put back an earlier state, which is not sent: ";
  return std::string(carried_words) + from->second + " and is not sent: ";
}

bool GitWatch::is_carried(const sync::Hold& hold) {
  return hold.why.starts_with(carried_words);
}

void GitWatch::as_before(const std::string& path) {
  carried_.erase(path);
  if (held_.empty() && found_.empty()) return;
  held_.erase(path);
  found_.erase(path);
}

std::optional<GitQuestion> GitWatch::next_question(Now now) {
  if (asked_ || to_ask_.empty() || !may_look()) return std::nullopt;
  GitQuestion question;
  question.id = ++last_id_;
  for (const auto& [path, text] : to_ask_) question.paths.push_back(path);
  question.came_from = came_from_;
  asked_texts_ = std::exchange(to_ask_, {});
  asked_ = question;
  asked_under_ = seen_;
  asked_at_ = now.boot;
  tick(now);
  return question;
}

std::vector<std::string> GitWatch::answered(const GitAnswer& answer, Now now) {
  if (!asked_ || asked_->id != answer.id) return {};
  auto paths = std::exchange(asked_, std::nullopt)->paths;
  tick(now);
  if (asked_under_ != seen_ || !may_look()) return paths;
  cannot_ask_ = answer.problem;
  went_back_ = answer.went_back;
  for (const auto& [path, text] : asked_texts_) {
    answered_for_.insert_or_assign(path, text);
    states_.erase(path);
  }
  for (const auto& [path, state] : answer.states) states_.insert_or_assign(path, state);
  return paths;
}

bool GitWatch::accept(const std::string& path, const std::optional<DocumentId>& document) {
  if (const auto held = held_.find(path); held != held_.end()) {
    accepted_.insert_or_assign(path, held->second.digest);
    return true;
  }
  if (const auto* held = document ? ledger_.hold(*document) : nullptr; held != nullptr && is_carried(*held)) {
    ledger_.set_hold(*document, std::nullopt);
    ledger_.touched.insert(*document);
    return true;
  }
  if (!document || ledger_.pending_of(*document) != nullptr || !is_put_back(*document)) return false;
  // What the hub has is what it is based on, from here on.
  put_back_.erase(*document);
  const auto* remote = ledger_.remote(*document);
  ledger_.set_synced(*document, remote == nullptr ? std::nullopt : std::optional{*remote});
  return true;
}

std::optional<GitWatch::Reason> GitWatch::reason_to_wait(const sync::ApplyOperation& apply, Now now) const {
  for (const auto& path : {apply.from, apply.to}) {
    if (path && held_.contains(*path)) return Reason{held_.at(*path).why, std::nullopt};
  }
  if (!is_put_back(apply.document)) return std::nullopt;
  const auto until = changed_at_ + put_back_quiet;
  if (now.boot >= until) return std::nullopt;
  return Reason{"git put back an earlier state; it comes again when git has been quiet for 5 seconds", until};
}

}  // namespace leanspec::bridge::engine
