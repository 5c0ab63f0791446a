#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/engine/views.h"
#include "vocabulary/result.h"
#include "vocabulary/time.h"

namespace leanspec::hub::sources {

/// Why a project's specs may be older than what they were taken from.
struct Stale {
  Instant since;    ///< until then they are known to be right
  std::string why;  ///< a sentence for people
};

/// The specs of one branch of a project at one moment. Immutable: whatever is asked of it is of the same state.
struct SpecsAt : engine::ViewAt {
  std::shared_ptr<const Stale> stale;  ///< null: as fresh as can be

  [[nodiscard]] spec::ListPage get_all_specs(const spec::ListQuery& query) const { return view->list(query); }
  /// By id, number or a part of the id; null when there is none.
  [[nodiscard]] spec::SpecEntryPtr get_spec(std::string_view name) const { return view->find(name); }
  [[nodiscard]] std::vector<spec::BoardColumn> get_specs_by_status(const spec::SpecFilter& filter) const {
    return view->board(filter);
  }
  [[nodiscard]] Result<spec::SearchPage> search_specs(std::string_view query, const spec::SpecFilter& filter,
                                                      std::size_t offset, std::size_t limit) const {
    return view->search(query, filter, offset, limit);
  }
};

/// Where the specs of some projects come from. Safe from every thread.
class SpecSource {
 public:
  SpecSource() = default;
  virtual ~SpecSource() = default;
  SpecSource(const SpecSource&) = delete;
  SpecSource& operator=(const SpecSource&) = delete;

  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual bool has(const store::Project& project) const = 0;
  /// Errors: as of Views::view_at.
  [[nodiscard]] virtual Result<engine::ViewAt> read(BranchId branch, Seq at_least) = 0;
  /// What was read last, when nothing newer can be had.
  [[nodiscard]] virtual std::optional<engine::ViewAt> last_read(BranchId branch) const = 0;

  /// The project that is meant when nobody names one.
  [[nodiscard]] virtual std::optional<ProjectId> usual_project() const { return std::nullopt; }
  /// Error: conflict, when what is changed here could not be kept where the specs come from.
  [[nodiscard]] virtual Status check_writable() const { return {}; }
  /// Calls back, on any thread, when what was changed here stands where the specs come from, or cannot get there.
  virtual void settle(const std::function<void(Status)>& settled) { settled({}); }
  /// Spec files read and parsed since the start; nothing where that is not counted.
  [[nodiscard]] virtual std::optional<std::uint64_t> files_parsed() const { return std::nullopt; }

  /// Reads asked of this source since the start.
  [[nodiscard]] std::uint64_t reads() const { return reads_.load(std::memory_order_relaxed); }
  void count_read() { reads_.fetch_add(1, std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> reads_{0};
};

/// What bridges and mirrors have brought into the store.
class DatabaseSource final : public SpecSource {
 public:
  explicit DatabaseSource(engine::Views& views) : views_(views) {}

  [[nodiscard]] std::string_view name() const override { return "database"; }
  [[nodiscard]] bool has(const store::Project&) const override { return true; }
  [[nodiscard]] Result<engine::ViewAt> read(BranchId branch, Seq at_least) override {
    return views_.view_at(branch, at_least);
  }
  [[nodiscard]] std::optional<engine::ViewAt> last_read(BranchId branch) const override {
    return views_.last_known(branch);
  }

 private:
  engine::Views& views_;
};

}  // namespace leanspec::hub::sources
