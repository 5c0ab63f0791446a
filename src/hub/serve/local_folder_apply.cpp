#include <algorithm>
#include <utility>

#include "digest/sha256.h"
#include "hub/serve/local_folder.h"

namespace leanspec::hub::serve {

namespace {

/// More changes than these, and everything is compared.
constexpr std::size_t feed_entries_max = 1'000;
constexpr std::uint32_t new_file_mode = 0644;
constexpr std::uint32_t mode_bits = 07777;

[[nodiscard]] std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

}  // namespace

/// What the hub has of everything, or of what it changed since and the folder did not follow yet.
Status LocalFolder::read_hub(HubSide& hub) {
  return services_.store.read([&](store::Session& session) -> Status {
    hub.heads.clear();
    LEANSPEC_ASSIGN(const auto branch, session.versions().find_branch(branch_));
    if (!branch) return Error(ErrorCode::not_found, "The project is gone.");
    hub.seq = branch->head;
    if (!hub.whole) {
      LEANSPEC_ASSIGN(const auto entries, session.versions().feed(branch_, applied_, feed_entries_max));
      for (const store::Version& entry : entries) behind_.insert(entry.document);
      hub.whole = entries.size() == feed_entries_max;
    }
    if (hub.whole) {
      LEANSPEC_ASSIGN(const auto heads, session.versions().heads(branch_));
      for (const store::Version& head : heads) hub.heads[head.document] = head;
      LEANSPEC_ASSIGN(hub.held, session.versions().held(branch_));
      return {};
    }
    for (const DocumentId& document : behind_) {
      LEANSPEC_ASSIGN(auto head, session.versions().head(branch_, document));
      if (head && !head->digest) head.reset();
      hub.heads[document] = std::move(head);
    }
    return {};
  });
}

Status LocalFolder::apply_changes(bool everything) {
  HubSide hub;
  // Whether a held text is still held stands in no feed.
  hub.whole = everything || std::ranges::any_of(synced_, [](const auto& file) { return file.second.held; });
  LEANSPEC_TRY(read_hub(hub));
  behind_.clear();
  for (auto& [path, synced] : synced_) {
    if (!synced.held) continue;
    synced.held = false;
    for (const store::HeldVersion& waits : hub.held) synced.held = synced.held || waits.version.id == synced.version;
  }
  const std::vector<std::pair<std::string, Synced>> known(synced_.begin(), synced_.end());
  Status first;
  const auto note = [&](Status status) {
    if (!status && first) first = std::move(status);
  };
  for (const auto& [path, synced] : known) {
    const auto found = hub.heads.find(synced.document);
    if (found == hub.heads.end() && !hub.whole) continue;
    const auto head = found == hub.heads.end() ? std::nullopt : found->second;
    const bool same = head && head->path == path && *head->digest == synced.digest;
    if (same && !synced.held && !waiting_.contains(path)) synced_[path].version = head->id;
    if (same) continue;
    behind_.insert(synced.document);
    if (synced.held || waiting_.contains(path)) continue;
    note(head ? follow(path, *head) : take_away(path));
  }
  std::set<DocumentId> here;
  for (const auto& [path, synced] : synced_) here.insert(synced.document);
  for (const auto& [document, head] : hub.heads) {
    if (!head || here.contains(document)) continue;
    behind_.insert(document);
    if (!waiting_.contains(head->path) && !synced_.contains(head->path)) note(make(*head));
  }
  if (first) applied_ = hub.seq;
  return first;
}

Result<std::string> LocalFolder::text_of(const store::Version& head) {
  LEANSPEC_ASSIGN(auto bytes, services_.views.body(*head.digest));
  if (!bytes) return Error(ErrorCode::corrupt, "the text of a document is missing", head.path);
  return *std::move(bytes);
}

/// The folder still has the text that was agreed on, and nobody is writing it. If not, the next look finds an edit.
bool LocalFolder::is_as_synced(const std::string& path) {
  const auto synced = synced_.find(path);
  if (synced == synced_.end()) return false;
  const auto writing = files_->has_writer(path);
  if (!writing || *writing) return false;
  const auto content = files_->read(path, sources::file_bytes_max);
  return content && digest::sha256(content->bytes) == synced->second.digest;
}

Status LocalFolder::make_folders(const std::string& path) {
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    Status made = files_->make_folder(path.substr(0, slash));
    if (!made && made.error().code != ErrorCode::already_exists) return made;
  }
  return {};
}

Status LocalFolder::make(const store::Version& head) {
  LEANSPEC_ASSIGN(const std::string text, text_of(head));
  LEANSPEC_TRY(make_folders(head.path));
  const Status made = files_->create(head.path, text, new_file_mode);
  if (!made && made.error().code == ErrorCode::already_exists) return {};  // the next look finds what it is
  LEANSPEC_TRY(made);
  LEANSPEC_TRY(files_->sync_folder(folder_of(head.path)));
  synced_[head.path] = {head.document, head.id, *head.digest};
  return {};
}

Status LocalFolder::take_away(const std::string& path) {
  if (!is_as_synced(path)) return {};
  LEANSPEC_TRY(files_->remove_file(path));
  synced_.erase(path);
  for (std::string folder = folder_of(path); !folder.empty(); folder = folder_of(folder)) {
    if (!files_->remove_folder(folder)) break;  // something else is in it
  }
  return {};
}

Status LocalFolder::follow(const std::string& path, const store::Version& head) {
  if (!is_as_synced(path)) return {};
  if (head.path == path) return replace(path, head);
  LEANSPEC_TRY(make_folders(head.path));
  const Status moved = files_->move(path, head.path);
  if (!moved && moved.error().code == ErrorCode::already_exists) return {};
  LEANSPEC_TRY(moved);
  const Synced synced = synced_[path];
  synced_.erase(path);
  synced_[head.path] = synced;
  for (std::string folder = folder_of(path); !folder.empty(); folder = folder_of(folder)) {
    if (!files_->remove_folder(folder)) break;
  }
  return *head.digest == synced.digest ? Status() : replace(head.path, head);
}

Status LocalFolder::replace(const std::string& path, const store::Version& head) {
  LEANSPEC_ASSIGN(const std::string text, text_of(head));
  LEANSPEC_ASSIGN(const host::FileFacts facts, files_->facts(path));
  const std::string folder = folder_of(path);
  const std::string staged =
      (folder.empty() ? "" : folder + "/") + ".leanspec-" + to_string(services_.entropy.uuid7(services_.clock.now()));
  LEANSPEC_TRY(files_->create(staged, text, facts.mode & mode_bits));
  if (auto exchanged = files_->exchange(staged, path); !exchanged) {
    (void)files_->remove_file(staged);
    return exchanged;
  }
  LEANSPEC_TRY(files_->sync_folder(folder));
  const Synced before = synced_[path];
  const Synced after{head.document, head.id, *head.digest};
  synced_[path] = after;
  LEANSPEC_ASSIGN(auto swapped_out, files_->read(staged, sources::file_bytes_max));
  const Digest digest = digest::sha256(swapped_out.bytes);
  if (digest != before.digest) {
    // Somebody saved in that very moment: their text is an edit of what they had.
    const Waiting theirs{std::make_shared<const std::string>(std::move(swapped_out.bytes)), digest};
    LEANSPEC_ASSIGN(const Pushed pushed, push(path, theirs, before));
    synced_[path] = after;
    if (pushed == Pushed::later)
      return Error(ErrorCode::unavailable, "a text that was saved meanwhile waits in", staged);
  }
  return files_->remove_file(staged);
}

}  // namespace leanspec::hub::serve
