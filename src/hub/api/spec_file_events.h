#pragma once

#include <map>
#include <string>

#include "hub/api/event_audience.h"

namespace leanspec::hub::api {

/// LeanSpec's own event stream: which files changed, of every project that the person may see, without the project's
/// name and without ids. Its web app reads everything again when it hears anything.
class SpecFileEvents final : public EventAudience {
 public:
  SpecFileEvents(Services& services, net::Request request);

  /// Of one branch at once; with more, one event stands for all, since its readers read everything again anyway.
  static constexpr std::size_t told_files_max = 100;

 private:
  void begin() override;
  void end() override;
  void advance();
  [[nodiscard]] Status tell_since(BranchId branch, Seq from);
  bool tell(std::string_view change, std::string_view path);

  std::map<BranchId, Seq> told_;
  engine::Subscription feed_;
};

}  // namespace leanspec::hub::api
