#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sync/integrate.h"
#include "vocabulary/ids.h"
#include "wire/message.h"

namespace leanspec::fakes {

/// The hub as one bridge sees it, with the real rule for pushes and none of its storage: for tests of the bridge's
/// engine alone.
class SmallHub {
 public:
  struct Version {
    DocumentId document;
    VersionId version;
    std::string path;
    std::optional<Digest> digest;
    std::uint64_t size = 0;
  };

  /// Answers to one message, in order. Nothing while `silent`.
  std::vector<wire::ToBridge> receive(const wire::ToHub& message);

  /// Somebody else's change; the caller tells the bridge of the new head.
  VersionId change(const DocumentId& document, const std::string& path, std::optional<std::string> text);

  /// The database is another one (a restore from backup): the first `keep` changes are what it has.
  void begin_another_life(std::size_t keep);

  /// What the hub has on a branch that begins with the heads of this one.
  [[nodiscard]] SmallHub fork() const;

  [[nodiscard]] Seq head() const { return Seq{feed.size()}; }
  [[nodiscard]] std::optional<std::string> text_at(const std::string& path) const;
  [[nodiscard]] std::size_t live() const;

  struct EpochBytes {
    std::array<std::uint8_t, 16> value{};
    std::array<std::uint8_t, 16>& bytes() { return value; }
  };

  std::map<DocumentId, Version> heads;
  std::vector<Version> history;  ///< side versions too
  std::map<Digest, std::string> bodies;
  std::map<Digest, std::string> parts;
  std::map<DocumentId, DocumentId> aliases;  ///< of ids that joined another document, for ever
  std::map<ChangeId, wire::PushResult> results;
  std::map<ChangeId, std::optional<Digest>> seen;  ///< every change id with the digest that it first came with
  std::vector<wire::Push> pushes;                  ///< everything that arrived
  std::vector<wire::Entry> feed;
  std::vector<Digest> digests{Digest{}};
  std::map<GroupId, std::vector<wire::Push>> groups;
  std::optional<Seq> acknowledged;
  std::optional<wire::Report> reported;
  std::vector<wire::GuardState> guards;  ///< everything that was said of the guard
  std::vector<wire::Approval> approvals;
  std::vector<wire::Editing> editing;
  std::optional<wire::Refused> refuse;
  std::optional<std::string> reject;          ///< answer every push so
  std::optional<std::string> hold_deletions;  ///< set every deletion aside, and say so
  std::size_t retries = 0;                    ///< answer so many pushes `retry`
  std::size_t page_entries = 500;
  std::size_t parts_received = 0;
  std::size_t pages_read = 0;
  std::size_t fetches = 0;
  std::size_t deltas = 0;
  std::size_t deltas_sent = 0;
  bool sends_deltas = true;                      ///< to who names a base; an older hub does not
  bool spoils_deltas = false;                    ///< they do not give the text
  bool opened_here = false;                      ///< says that this replica opened the branch
  std::vector<std::optional<wire::Fork>> forks;  ///< of each hello
  bool forgets_bases = false;                    ///< cannot open deltas
  bool accepts_changed_resend = false;           ///< set by a change id that came with other bytes
  EpochBytes epoch;

 private:
  [[nodiscard]] Epoch epoch_id() const;

  VersionId new_version();

  void greet(const wire::Hello& hello, std::vector<wire::ToBridge>& answers);

  void append(const Version& version, std::optional<ChangeId> change, std::optional<GroupId> group);

  void remember(const Version& version);

  wire::Changes page(Seq after) const;

  void take(const wire::Push& push, std::vector<wire::ToBridge>& answers);

  /// All members or none; paths are compared at the end, so members may take each other's places.
  void take_group(const std::vector<wire::Push>& members, std::vector<wire::ToBridge>& answers);

  wire::PushResult result_of(const wire::Push& push);

  bool keep_body(const wire::Push& push);

  [[nodiscard]] Seq seq_of(const DocumentId& document) const;

  static sync::Known known(const Version& version);

  void decide(const wire::Push& push, wire::PushResult& result);

  std::set<DocumentId> leaving_;
  std::map<std::string, std::set<DocumentId>> places_;  ///< who ever stood at a path
  std::map<VersionId, std::size_t> by_version_;         ///< numbers in `history`
  std::map<DocumentId, std::vector<std::size_t>> by_document_;
  std::optional<ReplicaId> replica_;
  std::uint64_t versions_ = 0;
  int lives_ = 0;
};

}  // namespace leanspec::fakes
