#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/disk/copy_keeper.h"
#include "bridge/engine/apply.h"
#include "host/files.h"
#include "sync/disk_file.h"
#include "sync/spellings.h"
#include "vocabulary/digest.h"
#include "vocabulary/ids.h"
#include "vocabulary/result.h"

namespace leanspec::bridge::disk {

using engine::Application;
using engine::Applied;
using engine::ApplyOutcome;
using engine::Displaced;

/// Brings remote changes to the disk and loses nothing that is there (laws 8 to 11; the exchange after Linux's
/// RENAME_EXCHANGE, the order of syncs after "All File Systems Are Not Created Equal", OSDI 2014). Replace: stage the
/// new text, swap the two names in one step, look at what came out. Create and rename take a free name only. Delete
/// moves into the staging folder and looks there. What a crash leaves in the staging folder, recover() explains.
///
/// A disk that lacks these steps (NFS, 9p, some FUSE) gets the next best (law 11): the old file is given a second name
/// beside the new text, looked at once more, and then replaced by a plain rename. What is saved between that look and
/// the rename is lost, which protection() says; everything else holds as above.
///
/// Not thread-safe; one owner. The caller makes the intent durable before apply(), calls make_durable() after one or
/// many of them, and only then commits the state that says so (law 10).
class Applier {
 public:
  /// `copies`: gets each text before it leaves the disk; may be null. If it cannot take one, that goes all the same
  /// where the hub has the text, and stays in the staging folder where it does not.
  explicit Applier(host::WritableFileTree& tree, CopyKeeper* copies = nullptr) : tree_(tree), copies_(copies) {}

  /// The whole request, made durable, with what came out looked at once more.
  [[nodiscard]] engine::ApplyResult carry_out(const engine::ApplyRequest& request);

  /// `name`: of the staged file; unique, made before the intent is written down.
  [[nodiscard]] Applied apply(const Application& wanted, const std::string& name);

  /// The names that apply() and recover() changed are on the disk.
  [[nodiscard]] Status make_durable();

  /// What a crash left behind of apply(wanted, name): the disk is whole, with the old state or the new; `left_over` and
  /// `displaced` as after apply(). `applied`: the new state stands. `moved_on`: it does not, plan again.
  [[nodiscard]] Applied recover(const Application& wanted, const std::string& name);

  /// The file that was taken from its place, looked at again: gone for good if it still is `wanted.expected` and nobody
  /// has it open for writing; what a program wrote into it afterwards otherwise, for the caller to push before it calls
  /// again.
  struct LeftOver {
    bool gone = false;
    std::optional<Displaced> edited;
  };
  [[nodiscard]] Result<LeftOver> look_at_left_over(const std::string& name, const Application& wanted);
  /// Names in the staging folder, in order. What a crash left half staged goes: it was never in anybody's place.
  [[nodiscard]] Result<std::vector<std::string>> left_overs();

  /// What this disk can do for the texts on it.
  struct Protection {
    bool one_step = true;   ///< two names change places at once
    bool links = true;      ///< a file can have two names; without them a copy is the safety link
    bool writers = true;    ///< the disk says who has a file open for writing
    sync::Folding folding;  ///< names that it does not keep apart
    [[nodiscard]] bool whole() const { return one_step && writers; }
    /// "" if it is whole; for people otherwise.
    [[nodiscard]] std::string sentence() const;
    /// "" if all names are kept apart; for people otherwise.
    [[nodiscard]] std::string names_sentence() const;
  };
  /// Tries it in the staging folder, and remembers what cannot be done. Errors: those of the disk; then nothing is
  /// known.
  [[nodiscard]] Status probe();
  /// As far as is known; whole before anything was tried.
  [[nodiscard]] Protection protection() const;

  /// In larger requests what came out is left for look_back: with other programs' writes a removal can take as long as
  /// a flush, and they cannot be made together.
  static constexpr std::size_t tidied_at_once_max = 4;
  static constexpr std::string_view staging_folder = engine::staging_folder;
  /// Ends the name of what is being written there: only a whole text gets the name of an intent.
  static constexpr std::string_view unfinished = ".part";
  /// Of a file in the staging folder: the second name of what the new text is about to replace.
  static constexpr std::string_view safety_suffix = ".old";
  /// Of a file in the staging folder: it is on its way from one spelling of its name to another.
  static constexpr std::string_view respelled_suffix = ".name";
  static constexpr std::string_view probe_prefix = "probe-";

 private:
  struct Text {
    Digest digest;
    std::shared_ptr<const std::string> bytes;
    sync::FileFacts facts;
  };

  [[nodiscard]] Applied swap(const Application& wanted);
  [[nodiscard]] Applied look_back(const Application& wanted, const std::string& name);
  [[nodiscard]] Applied come(const Application& wanted, const std::string& staged);
  [[nodiscard]] Applied go(const Application& wanted, const std::string& staged);
  [[nodiscard]] Applied change(const Application& wanted, const std::string& staged);
  // On a disk that cannot do it in one step (applier_steps.cpp).
  [[nodiscard]] Status place(const std::string& staged, const std::string& to);
  [[nodiscard]] Status take_out(const std::string& from, const std::string& staged);
  [[nodiscard]] Applied replace_by_steps(const Application& wanted, const std::string& staged);
  [[nodiscard]] Applied move_by_steps(const Application& wanted, const std::string& staged);
  [[nodiscard]] Result<bool> take_safety_link(const Application& wanted, const std::string& staged);
  [[nodiscard]] Applied arrived(const Application& wanted, const std::string& staged);
  [[nodiscard]] Applied leave_old_place(const Application& wanted, const std::string& staged);
  [[nodiscard]] Status finish_steps(const Application& wanted, const std::string& staged);
  // On a disk that does not keep all names apart (applier_names.cpp).
  [[nodiscard]] bool is_respelling(const Application& wanted);
  [[nodiscard]] bool is_spelled(const std::string& path);
  [[nodiscard]] Status respell(const Application& wanted, const std::string& staged);
  [[nodiscard]] Status finish_respelling(const Application& wanted, const std::string& staged);
  void probe_names();
  [[nodiscard]] bool is_one_file(const std::string& one, const std::string& other);

  [[nodiscard]] std::optional<Applied> objection(const Application& wanted, std::uint32_t& mode);
  // Its staging folder (applier_staging.cpp).
  [[nodiscard]] static std::string staged_path(const std::string& name);
  [[nodiscard]] Status make_staging_folder();
  /// Writes down the new texts of a whole request, so that the disk flushes them together.
  void stage_ahead(const engine::ApplyRequest& request);
  /// What an objection made useless.
  void drop_staged_ahead();
  [[nodiscard]] Status stage(const std::string& staged, std::string_view bytes, std::uint32_t mode);
  [[nodiscard]] Status make_folders_above(const std::string& path);
  void remove_empty_folders_above(const std::string& path);
  [[nodiscard]] Applied stands(const Application& wanted);
  void look_at_what_came_out(const Application& wanted, const std::string& staged, Applied& applied);
  [[nodiscard]] Result<std::optional<Text>> text_at(const std::string& path);
  void changed(const std::string& path);

  host::WritableFileTree& tree_;
  CopyKeeper* copies_;
  Protection protection_;
  bool probed_ = false;
  std::set<std::string> unsynced_;                     ///< folders
  std::map<std::string, std::uint32_t> staged_ahead_;  ///< unfinished names of texts that are on the disk, with modes
};

}  // namespace leanspec::bridge::disk
