// The part of Applier for disks that cannot do its work in one step.
#include "bridge/disk/applier.h"
#include "bridge/disk/apply_outcome.h"

namespace leanspec::bridge::disk {
namespace {

constexpr std::uint32_t safety_mode = 0600;

[[nodiscard]] std::string safety_link(const std::string& staged) {
  return staged + std::string(Applier::safety_suffix);
}

}  // namespace

std::string Applier::Protection::sentence() const {
  if (whole()) return {};
  std::string what;
  if (!one_step) {
    what = "this disk cannot exchange two files in one step";
    what += links ? ", so the old one is kept under a second name until the new one stands"
                  : " and has no second names for a file, so the old one is copied before the new one stands";
  }
  if (!writers)
    what += std::string(what.empty() ? "" : "; ") +
            "this disk does not say which programs have a file open, so only this user's are seen";
  return "reduced protection: " + what +
         ". A text that is saved in the very moment in which the hub's is put in its place can be lost";
}

Applier::Protection Applier::protection() const {
  Protection now = protection_;
  now.writers = tree_.knows_writers();
  return now;
}

Status Applier::probe() {
  LEANSPEC_TRY(make_staging_folder());
  const std::string base = std::string(staging_folder) + "/" + std::string(probe_prefix);
  const std::string one = base + "one";
  const std::string other = base + "other";
  const auto sweep = [&] {
    for (const auto& path : {one, other}) (void)tree_.remove_file(path);
  };
  sweep();
  LEANSPEC_TRY(tree_.create(one, "", safety_mode));
  const Status linked = tree_.link(one, other);
  if (lacks(linked)) LEANSPEC_TRY(tree_.create(other, "", safety_mode));
  Status swapped = tree_.exchange(one, other);
  (void)tree_.has_writer(one);
  sweep();
  if (!swapped && !lacks(swapped)) return swapped;
  protection_.links = !lacks(linked);
  protection_.one_step = !lacks(swapped);
  probe_names();
  probed_ = true;
  return {};
}

/// Ours takes a name, if that is free.
Status Applier::place(const std::string& staged, const std::string& to) {
  Status moved = tree_.move(staged, to);
  if (!lacks(moved)) return moved;
  protection_.one_step = false;
  Status linked = tree_.link(staged, to);
  if (linked) {
    (void)tree_.remove_file(staged);  // it stands; a second name of it harms nobody
    return {};
  }
  if (!lacks(linked)) return linked;
  protection_.links = false;
  const auto there = tree_.facts(to);
  if (there) return Error(ErrorCode::already_exists, "another file has this name", to);
  if (there.error().code != ErrorCode::not_found) return there.error();
  return tree_.put_over(staged, to);
}

/// Nobody else makes files of that name in the staging folder.
Status Applier::take_out(const std::string& from, const std::string& staged) {
  Status moved = tree_.move(from, staged);
  if (!lacks(moved)) return moved;
  protection_.one_step = false;
  return tree_.put_over(from, staged);
}

bool Applier::is_one_file(const std::string& one, const std::string& other) {
  const auto first = tree_.facts(one);
  const auto second = tree_.facts(other);
  return first && second && first->device == second->device && first->inode == second->inode;
}

/// What stands there gets a second name, or a copy, and is looked at once more. False: it is not what the plan saw.
Result<bool> Applier::take_safety_link(const Application& wanted, const std::string& staged) {
  const std::string safe = safety_link(staged);
  const Status linked = tree_.link(*wanted.to, safe);
  if (!linked && !lacks(linked)) return linked.error();
  if (linked) {
    LEANSPEC_ASSIGN(const auto text, text_at(safe));
    return text && text->digest == wanted.expected && is_one_file(*wanted.to, safe);
  }
  protection_.links = false;
  LEANSPEC_ASSIGN(const auto text, text_at(*wanted.to));
  if (!text || text->digest != wanted.expected) return false;
  LEANSPEC_TRY(stage(safe, *text->bytes, safety_mode));
  LEANSPEC_ASSIGN(const auto now, text_at(*wanted.to));
  return now && now->facts == text->facts && now->digest == text->digest;
}

/// The new text is staged. At the end it stands, and what it replaced is staged, as after an exchange.
Applied Applier::replace_by_steps(const Application& wanted, const std::string& staged) {
  protection_.one_step = false;
  const std::string safe = safety_link(staged);
  const auto stop = [&](const Applied& applied) {
    (void)tree_.remove_file(safe);
    (void)tree_.remove_file(staged);
    return applied;
  };
  const auto safely = take_safety_link(wanted, staged);
  if (!safely) return stop(stopped_by(safely.error()));
  if (!*safely) return stop(outcome(ApplyOutcome::moved_on));
  if (const Status put = tree_.put_over(staged, *wanted.to); !put) return stop(stopped_by(put.error()));
  changed(*wanted.to);
  changed(staged);
  Applied applied = stands(wanted);
  // From here on the new state stands, whatever happens to the old one: its second name is found by a later look.
  if (const Status named = tree_.put_over(safe, staged); !named) {
    applied.left_over = staged.substr(staging_folder.size() + 1);
    return applied;
  }
  look_at_what_came_out(wanted, staged, applied);
  return applied;
}

/// First it stands in its new place, then it leaves the old one: killed between the two it is in both.
Applied Applier::move_by_steps(const Application& wanted, const std::string& staged) {
  protection_.one_step = false;
  if (wanted.digest != wanted.expected) {
    if (const Status put = place(staged, *wanted.to); !put) {
      (void)tree_.remove_file(staged);
      return stopped_by(put.error());
    }
    return arrived(wanted, staged);
  }
  const Status linked = tree_.link(*wanted.from, *wanted.to);
  if (linked) return arrived(wanted, staged);
  if (!lacks(linked)) return stopped_by(linked.error());
  protection_.links = false;
  const auto there = tree_.facts(*wanted.to);
  if (there) return outcome(ApplyOutcome::moved_on);
  if (there.error().code != ErrorCode::not_found) return stopped_by(there.error());
  if (const Status moved = tree_.put_over(*wanted.from, *wanted.to); !moved) return stopped_by(moved.error());
  changed(*wanted.from);
  changed(*wanted.to);
  remove_empty_folders_above(*wanted.from);
  return stands(wanted);
}

/// It stands in its new place. If the old one cannot be left, it goes from there again.
Applied Applier::arrived(const Application& wanted, const std::string& staged) {
  changed(*wanted.to);
  Applied applied = leave_old_place(wanted, staged);
  if (applied.outcome == ApplyOutcome::applied) return applied;
  const auto text = text_at(*wanted.to);
  if (text && *text && (*text)->digest == wanted.digest) (void)tree_.remove_file(*wanted.to);
  return applied;
}

/// Whatever stands in the old place by now comes out.
Applied Applier::leave_old_place(const Application& wanted, const std::string& staged) {
  if (const Status out = tree_.put_over(*wanted.from, staged); !out && out.error().code != ErrorCode::not_found)
    return stopped_by(out.error());
  changed(*wanted.from);
  changed(staged);
  Applied applied = stands(wanted);
  if (is_one_file(staged, *wanted.to)) {
    // Two names of one file: what anybody writes into it stands in the new place.
    if (const Status removed = tree_.remove_file(staged); !removed) return stopped_by(removed.error());
  } else {
    look_at_what_came_out(wanted, staged, applied);
  }
  remove_empty_folders_above(*wanted.from);
  return applied;
}

/// After a crash among the steps. Beside a staged text its safety link says that nothing was replaced yet; alone it is
/// what came out.
Status Applier::finish_steps(const Application& wanted, const std::string& staged) {
  LEANSPEC_TRY(finish_respelling(wanted, staged));
  const std::string safe = safety_link(staged);
  (void)tree_.remove_file(staged + std::string(unfinished));
  (void)tree_.remove_file(safe + std::string(unfinished));
  const auto kept = tree_.facts(safe);
  if (!kept) return kept.error().code == ErrorCode::not_found ? Status() : Status(kept.error());
  const auto there = tree_.facts(staged);
  if (there) return tree_.remove_file(safe);
  if (there.error().code != ErrorCode::not_found) return there.error();
  return tree_.put_over(safe, staged);
}

}  // namespace leanspec::bridge::disk
