#include "bridge/disk/applier.h"

#include <utility>

#include "bridge/disk/apply_outcome.h"
#include "digest/sha256.h"
#include "wire/limits.h"

namespace leanspec::bridge::disk {
namespace {

[[nodiscard]] sync::FileFacts facts_of(const host::FileFacts& seen) {
  sync::FileFacts facts;
  facts.kind = static_cast<sync::FileKind>(seen.kind);
  facts.device = seen.device;
  facts.inode = seen.inode;
  facts.size = seen.size;
  facts.modified_ns = seen.modified_ns;
  facts.changed_ns = seen.changed_ns;
  facts.born_ns = seen.born_ns;
  facts.mode = seen.mode;
  return facts;
}

}  // namespace

engine::ApplyResult Applier::carry_out(const engine::ApplyRequest& request) {
  engine::ApplyResult result;
  result.id = request.id;
  stage_ahead(request);
  std::set<std::string> not_applied;
  for (const auto& item : request.items) {
    if (not_applied.contains(item.after)) {
      not_applied.insert(item.name);
      result.results.push_back(outcome(ApplyOutcome::moved_on));
      continue;
    }
    switch (item.step) {
      case engine::ApplyStep::apply:
        result.results.push_back(apply(item.wanted, item.name));
        break;
      case engine::ApplyStep::recover:
        result.results.push_back(recover(item.wanted, item.name));
        break;
      case engine::ApplyStep::look_back:
        result.results.push_back(look_back(item.wanted, item.name));
        break;
      case engine::ApplyStep::swap:
        result.results.push_back(swap(item.wanted));
        break;
    }
    if (result.results.back().outcome != ApplyOutcome::applied) not_applied.insert(item.name);
  }
  drop_staged_ahead();
  if (const auto root = tree_.facts("")) result.root = facts_of(*root);
  if (const Status durable = make_durable(); !durable) {
    result.not_durable = durable.error();
    return result;
  }
  // Nearly always nobody has it open, and it can go at once; of many it goes later, so that nobody waits for that.
  if (request.items.size() > tidied_at_once_max) return result;
  for (std::size_t i = 0; i < result.results.size(); ++i) {
    Applied& applied = result.results[i];
    const auto& item = request.items[i];
    if (!applied.left_over || applied.displaced || item.step == engine::ApplyStep::look_back) continue;
    const Applied after = look_back(item.wanted, item.name);
    if (after.outcome == ApplyOutcome::failed) continue;  // it is looked at again later
    applied.left_over = after.left_over;
    applied.displaced = after.displaced;
  }
  return result;
}

Applied Applier::look_back(const Application& wanted, const std::string& name) {
  auto left = look_at_left_over(name, wanted);
  if (!left) return stopped_by(left.error());
  Applied applied = outcome(ApplyOutcome::applied);
  if (!left->gone) applied.left_over = name;
  applied.displaced = std::move(left->edited);
  return applied;
}

/// Two documents that take each other's place. Their texts go with them, whatever they are.
Applied Applier::swap(const Application& wanted) {
  for (const auto& path : {*wanted.from, *wanted.to}) {
    const auto there = tree_.facts(path);
    if (!there) return stopped_by(there.error());
    if (there->kind != host::FileKind::regular) return outcome(ApplyOutcome::moved_on);
  }
  if (const Status swapped = tree_.exchange(*wanted.from, *wanted.to); !swapped) return stopped_by(swapped.error());
  changed(*wanted.from);
  changed(*wanted.to);
  return stands(wanted);
}

Applied Applier::apply(const Application& wanted, const std::string& name) {
  if (const Status made = make_staging_folder(); !made) return stopped_by(made.error());
  const std::string staged = staged_path(name);
  if (!wanted.from) return come(wanted, staged);
  return wanted.to ? change(wanted, staged) : go(wanted, staged);
}

/// A document that is not on this disk yet.
Applied Applier::come(const Application& wanted, const std::string& staged) {
  if (const auto there = tree_.facts(*wanted.to); there || there.error().code != ErrorCode::not_found)
    return there ? outcome(ApplyOutcome::moved_on) : stopped_by(there.error());
  if (const Status made = make_folders_above(*wanted.to); !made) return stopped_by(made.error());
  if (const Status made = stage(staged, *wanted.bytes, host::usual_mode); !made) {
    remove_empty_folders_above(*wanted.to);
    return stopped_by(made.error());
  }
  if (const Status moved = place(staged, *wanted.to); !moved) {
    (void)tree_.remove_file(staged);
    return stopped_by(moved.error());
  }
  changed(*wanted.to);
  return stands(wanted);
}

/// A document that was deleted at the hub.
Applied Applier::go(const Application& wanted, const std::string& staged) {
  std::uint32_t mode = 0;
  if (auto objected = objection(wanted, mode)) return *std::move(objected);
  if (const Status moved = take_out(*wanted.from, staged); !moved) return stopped_by(moved.error());
  changed(*wanted.from);
  changed(staged);
  Applied applied = outcome(ApplyOutcome::applied);
  look_at_what_came_out(wanted, staged, applied);
  remove_empty_folders_above(*wanted.from);
  return applied;
}

/// Another text, another place, or both.
Applied Applier::change(const Application& wanted, const std::string& staged) {
  const bool moves = *wanted.from != *wanted.to;
  const bool other_text = wanted.digest != wanted.expected;
  std::uint32_t mode = 0;
  if (auto objected = objection(wanted, mode)) return *std::move(objected);
  if (other_text) {
    if (const Status made = stage(staged, *wanted.bytes, mode); !made) return stopped_by(made.error());
    tree_.imitate(*wanted.from, staged);
  }
  const auto stop = [&](const Error& error) {
    if (other_text) (void)tree_.remove_file(staged);
    return stopped_by(error);
  };
  if (moves) {
    if (const Status made = make_folders_above(*wanted.to); !made) return stop(made.error());
    const bool respelled = is_respelling(wanted);
    const Status moved = respelled ? respell(wanted, staged) : tree_.move(*wanted.from, *wanted.to);
    if (!respelled && lacks(moved)) return move_by_steps(wanted, staged);
    if (respelled && !moved && moved.error().code == ErrorCode::conflict) {
      Applied applied = outcome(ApplyOutcome::moved_on);
      look_at_what_came_out(wanted, staged, applied);
      return applied;
    }
    if (!moved) return stop(moved.error());
    changed(*wanted.from);
    changed(*wanted.to);
    remove_empty_folders_above(*wanted.from);
  }
  if (!other_text) return stands(wanted);
  // Where it was moved just now and cannot be replaced, the planner finds the old text in the new place.
  const Status swapped = tree_.exchange(staged, *wanted.to);
  if (lacks(swapped)) return replace_by_steps(wanted, staged);
  if (!swapped) return stop(swapped.error());
  changed(*wanted.to);
  changed(staged);
  Applied applied = stands(wanted);
  look_at_what_came_out(wanted, staged, applied);
  return applied;
}

/// Looked at before anything is touched, so that the common cases of a busy file cost nothing. It proves nothing: what
/// counts is what comes out.
std::optional<Applied> Applier::objection(const Application& wanted, std::uint32_t& mode) {
  const auto text = text_at(*wanted.from);
  if (!text) return stopped_by(text.error());
  if (!*text || (*text)->digest != wanted.expected) return outcome(ApplyOutcome::moved_on);
  mode = (*text)->facts.mode;
  if (wanted.to && *wanted.to != *wanted.from) {
    const auto there = tree_.facts(*wanted.to);
    if (there && !is_respelling(wanted)) return outcome(ApplyOutcome::moved_on);
    if (!there && there.error().code != ErrorCode::not_found) return stopped_by(there.error());
  }
  // Without second names what that program writes later would be found nowhere.
  if (wanted.despite_writer && protection_.links) return std::nullopt;
  const auto writer = tree_.has_writer(*wanted.from);
  if (!writer) return stopped_by(writer.error());
  if (*writer) return outcome(ApplyOutcome::writer_open);
  return std::nullopt;
}

/// The new state as it stands on the disk. Whoever saved since has made an edit of it, which the next look finds.
Applied Applier::stands(const Application& wanted) {
  Applied applied = outcome(ApplyOutcome::applied);
  if (const auto facts = tree_.facts(*wanted.to)) applied.facts = facts_of(*facts);
  return applied;
}

/// The new state stands, whatever is found. What cannot be read now may be anybody's, and is looked at later.
void Applier::look_at_what_came_out(const Application& wanted, const std::string& staged, Applied& applied) {
  auto text = text_at(staged);
  if (text && !*text) return;  // somebody cleaned up; what they removed had been synced
  applied.left_over = staged.substr(staging_folder.size() + 1);
  if (text && (*text)->digest != wanted.expected && (*text)->digest != wanted.digest)
    applied.displaced = Displaced{(*text)->digest, std::move((*text)->bytes), (*text)->facts.modified_ns};
}

Applied Applier::recover(const Application& wanted, const std::string& name) {
  const std::string staged = staged_path(name);
  if (const Status finished = finish_steps(wanted, staged); !finished) return stopped_by(finished.error());
  auto kept = text_at(staged);
  if (!kept) return stopped_by(kept.error());
  Applied applied = outcome(ApplyOutcome::moved_on);
  const bool moved = wanted.from && wanted.to && wanted.from != wanted.to;
  const bool respelled = moved && is_respelling(wanted);
  if (wanted.to) {
    const auto there = text_at(*wanted.to);
    if (!there) return stopped_by(there.error());
    if (*there && (*there)->digest == wanted.digest && (!respelled || is_spelled(*wanted.to))) {
      applied.outcome = ApplyOutcome::applied;
      applied.facts = (*there)->facts;
    }
  } else {
    const auto there = text_at(*wanted.from);
    if (!there) return stopped_by(there.error());
    if (!*there) applied.outcome = ApplyOutcome::applied;
  }
  // Its folders hold names that were perhaps not on the disk yet.
  if (wanted.from) changed(*wanted.from);
  if (wanted.to) changed(*wanted.to);
  if (moved && !respelled && applied.outcome == ApplyOutcome::applied && tree_.facts(*wanted.from)) {
    const auto old = text_at(*wanted.from);
    if (!old) return stopped_by(old.error());
    if (const Status probed = probed_ ? Status() : probe(); !probed) return stopped_by(probed.error());
    if (*old && (*old)->digest == wanted.expected && !protection_.one_step) {
      // It was on the way there by steps, and is still in its old place as well.
      if (*kept && (*kept)->digest == wanted.digest) {
        if (const Status removed = tree_.remove_file(staged); !removed) return stopped_by(removed.error());
      }
      return leave_old_place(wanted, staged);
    }
  }
  if (!*kept) return applied;
  changed(staged);
  const bool never_put = (*kept)->digest == wanted.digest && wanted.digest != wanted.expected;
  if (never_put || (wanted.to && is_one_file(staged, *wanted.to))) {
    // Staged, and never put in place, or there under a second name.
    if (const Status removed = tree_.remove_file(staged); !removed) return stopped_by(removed.error());
    return applied;
  }
  look_at_what_came_out(wanted, staged, applied);
  return applied;
}

Status Applier::make_durable() {
  const std::vector<std::string> folders(unsynced_.begin(), unsynced_.end());
  const auto synced = tree_.sync_folders(folders);
  Status durable;
  for (std::size_t at = 0; at < folders.size(); ++at) {
    // A folder that is gone holds no name.
    if (synced[at] || synced[at].error().code == ErrorCode::not_found)
      unsynced_.erase(folders[at]);
    else
      durable = synced[at].error();
  }
  return durable;
}

Result<std::optional<Applier::Text>> Applier::text_at(const std::string& path) {
  auto content = tree_.read(path, wire::limits::document_bytes_max);
  if (!content && content.error().code == ErrorCode::not_found) return std::optional<Text>();
  if (!content) return content.error();
  Text text;
  text.digest = digest::sha256(content->bytes);
  text.facts = facts_of(content->facts);
  text.bytes = std::make_shared<const std::string>(std::move(content->bytes));
  return std::optional(std::move(text));
}

Status Applier::make_folders_above(const std::string& path) {
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string folder = path.substr(0, slash);
    const Status made = tree_.make_folder(folder);
    if (!made && made.error().code != ErrorCode::already_exists) return made.error();
    if (made) changed(folder);
  }
  return {};
}

/// What the last document left behind goes with it, as in git. A folder with anything in it stays.
void Applier::remove_empty_folders_above(const std::string& path) {
  for (std::string folder = folder_of(path); !folder.empty(); folder = folder_of(folder)) {
    if (!tree_.remove_folder(folder)) return;
    changed(folder);
  }
}

void Applier::changed(const std::string& path) {
  unsynced_.insert(folder_of(path));
}

}  // namespace leanspec::bridge::disk
