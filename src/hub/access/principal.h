#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "store/records.h"
#include "store/store.h"
#include "vocabulary/result.h"

namespace leanspec::hub::access {

/// Nobody that we know.
struct Anonymous {};

/// A person with a live web session.
struct Person {
  store::User user;
  std::vector<store::Membership> memberships;
  store::WebSession session;
};

/// A bearer of an API key. It acts within its scopes and, if somebody made it, never beyond what its maker may do.
/// A key made on the hub's own command line has no maker and is bounded by its scopes and project alone.
struct KeyHolder {
  store::ApiKey key;
  std::optional<store::User> maker;
  std::vector<store::Membership> memberships;  ///< the maker's
};

/// Who is asking. A plain value, true for the moment when it was loaded.
class Principal {
 public:
  Principal() = default;
  explicit Principal(Person person) : who_(std::move(person)) {}
  explicit Principal(KeyHolder holder) : who_(std::move(holder)) {}

  [[nodiscard]] const std::variant<Anonymous, Person, KeyHolder>& who() const { return who_; }
  [[nodiscard]] bool anonymous() const { return std::holds_alternative<Anonymous>(who_); }
  [[nodiscard]] const Person* person() const { return std::get_if<Person>(&who_); }
  [[nodiscard]] const KeyHolder* key_holder() const { return std::get_if<KeyHolder>(&who_); }
  /// Projects that anyone may read. Not for holders of keys, which are bounded by what they were made for.
  void let_read(std::shared_ptr<const std::set<ProjectId>> projects) { open_ = std::move(projects); }
  [[nodiscard]] bool may_read_openly(const ProjectId& project) const { return open_ && open_->contains(project); }
  [[nodiscard]] bool may_read_anything() const { return open_ && !open_->empty(); }

  /// The person, or who made the key.
  [[nodiscard]] std::optional<UserId> user() const;
  /// "anonymous", "user:ada", "key:lsk_abcd": for audit and logs.
  [[nodiscard]] std::string name() const;
  /// What a token bucket goes by: of the key or the person; "" for nobody (use the address).
  [[nodiscard]] std::string rate_key() const;

 private:
  std::variant<Anonymous, Person, KeyHolder> who_;
  std::shared_ptr<const std::set<ProjectId>> open_;
};

/// Raised at every change of keys, users and memberships in this process. Long-lived connections compare it with what
/// they saw last and load their principal anew when it differs. Safe from every thread.
class AccessVersion {
 public:
  [[nodiscard]] std::uint64_t now() const { return value_.load(std::memory_order_acquire); }
  void raise() { value_.fetch_add(1, std::memory_order_acq_rel); }

 private:
  std::atomic<std::uint64_t> value_{1};
};

/// The same principal as the store has it now. Error: unauthenticated, when the key or the session has gone, expired or
/// been revoked.
[[nodiscard]] Result<Principal> reload(store::Session& session, const Principal& principal, Instant now);

}  // namespace leanspec::hub::access
