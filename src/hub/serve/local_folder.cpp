#include "hub/serve/local_folder.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>

#include <array>
#include <future>
#include <utility>
#include <vector>

#include "digest/sha256.h"

namespace leanspec::hub::serve {

namespace {

constexpr std::uint32_t folder_events = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                                        IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK;
/// What waits, for a busy store or an open writer, is tried again after this.
constexpr std::chrono::milliseconds again_after{500};
constexpr std::uint32_t new_file_mode = 0644;
constexpr std::uint32_t mode_bits = 07777;

[[nodiscard]] std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

/// The project's folder rather than "specs", as an id: small letters, digits and dashes.
[[nodiscard]] std::string id_of(const LocalFolder::Place& place) {
  std::string name = place.name;
  std::string root = place.root;
  while (root.ends_with('/')) root.pop_back();
  while (name.empty() && !root.empty()) {
    const std::string leaf = root.substr(root.rfind('/') + 1);
    if (leaf != "specs" && leaf != "doc" && leaf != "docs" && !leaf.starts_with('.')) name = leaf;
    root.resize(root.rfind('/') == std::string::npos ? 0 : root.rfind('/'));
  }
  std::string id;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') {
      id += static_cast<char>(c - 'A' + 'a');
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      id += c;
    } else if (!id.empty() && !id.ends_with('-')) {
      id += '-';
    }
  }
  while (id.ends_with('-')) id.pop_back();
  return id.empty() ? "local" : id;
}

void drain(int descriptor) {
  std::array<char, 16 * 1024> bytes{};
  while (::read(descriptor, bytes.data(), bytes.size()) > 0) {
  }
}

}  // namespace

LocalFolder::LocalFolder(Place place, api::Services& services, std::unique_ptr<host::WritableFileTree> files)
    : place_(std::move(place)),
      services_(services),
      files_(std::move(files)),
      follower_(*files_),
      replica_(services.entropy.uuid7(services.clock.now())),
      machine_(services.entropy.uuid7(services.clock.now())),
      bell_(std::make_shared<host::Descriptor>(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))),
      watch_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

LocalFolder::~LocalFolder() {
  stop();
}

Result<std::unique_ptr<LocalFolder>> LocalFolder::open(Place place, api::Services& services) {
  LEANSPEC_ASSIGN(auto files, host::open_file_tree(place.root));
  std::unique_ptr<LocalFolder> folder(new LocalFolder(std::move(place), services, std::move(files)));
  LEANSPEC_TRY(folder->find_project());
  LEANSPEC_TRY(folder->synchronise());
  return folder;
}

Status LocalFolder::find_project() {
  const std::string id = id_of(place_);
  LEANSPEC_TRY(services_.store.write([&](store::Session& session) -> Status {
    // A project of that name that comes by a bridge is another project.
    for (const std::string& candidate : {id, id + "-local"}) {
      LEANSPEC_ASSIGN(const auto found, session.projects().find(ProjectId(candidate)));
      if (found && found->source != "local") continue;
      project_ = ProjectId(candidate);
      if (!found) {
        store::Project project;
        project.id = project_;
        project.name = candidate;
        project.source = "local";
        project.created_at = services_.clock.now();
        project.changed_at = project.created_at;
        LEANSPEC_TRY(session.projects().create(project));
      }
      LEANSPEC_ASSIGN(const auto branches, session.versions().branches(project_));
      if (!branches.empty()) {
        branch_ = branches.front().id;
        return {};
      }
      LEANSPEC_ASSIGN(const store::Branch made, session.versions().create_branch(project_, ""));
      branch_ = made.id;
      return {};
    }
    return Error(ErrorCode::already_exists,
                 "Both '" + id + "' and '" + id + "-local' are projects that come from elsewhere.");
  }));
  services_.directory.forget();
  return {};
}

void LocalFolder::start() {
  feed_ =
      services_.feed.subscribe(branch_, [bell = bell_](const engine::Hint&) { (void)::eventfd_write(bell->get(), 1); });
  thread_ = std::thread([this] { run(); });
}

void LocalFolder::stop() {
  feed_.reset();
  stopping_ = true;
  (void)::eventfd_write(bell_->get(), 1);
  if (thread_.joinable()) thread_.join();
}

void LocalFolder::run() {
  while (!stopping_) {
    bool waits = false;
    {
      const std::lock_guard lock(mutex_);
      waits = !waiting_.empty() || !trouble_.empty();
    }
    std::array<pollfd, 2> heard = {pollfd{bell_->get(), POLLIN, 0}, pollfd{watch_.get(), POLLIN, 0}};
    (void)::poll(heard.data(), heard.size(), static_cast<int>((waits ? again_after : place_.ttl).count()));
    if (stopping_) return;
    drain(bell_->get());
    if (watch_) drain(watch_.get());
    const Status done = synchronise();
    const std::string trouble = done ? "" : done.error().sentence();
    const std::lock_guard lock(mutex_);
    if (trouble == trouble_) continue;
    trouble_ = trouble;
    if (trouble.empty()) {
      services_.log.info("the specs folder is followed again", {{"folder", place_.root}});
    } else {
      services_.log.warning("the specs folder cannot be followed", {{"folder", place_.root}, {"why", trouble}});
    }
  }
}

sources::FolderFollower::Figures LocalFolder::figures() const {
  const std::lock_guard lock(mutex_);
  return follower_.figures();
}

Status LocalFolder::synchronise() {
  const std::lock_guard lock(mutex_);
  LEANSPEC_TRY(look());
  LEANSPEC_TRY(push_changes());
  return apply_changes();
}

/// Watches before it looks, so that what is saved after the look is heard of.
void LocalFolder::watch_folders(const std::string& folder) {
  const std::string path = folder.empty() ? place_.root : place_.root + "/" + folder;
  if (::inotify_add_watch(watch_.get(), path.c_str(), folder_events) < 0) return;  // the look every `ttl` makes it good
  const auto entries = files_->list(folder);
  if (!entries) return;
  for (const host::DirectoryEntry& entry : *entries) {
    if (entry.kind != host::FileKind::directory || sources::is_left_out(entry.name)) continue;
    watch_folders(folder.empty() ? entry.name : folder + "/" + entry.name);
  }
}

Status LocalFolder::look() {
  if (watch_) watch_folders("");
  const auto now =
      std::chrono::duration_cast<std::chrono::nanoseconds>(services_.clock.now().time_since_epoch()).count();
  LEANSPEC_ASSIGN(const sources::FolderLook look, follower_.look(now));
  for (const sources::SeenFile& file : look.changed) waiting_[file.path] = {file.bytes, file.digest};
  for (const std::string& path : look.gone) waiting_[path] = {};
  if (first_) LEANSPEC_TRY(recall_agreement(look));
  first_ = false;
  return {};
}

/// After a start nobody remembers what was agreed on. A text that the hub has is the version that it is (law 7); any
/// other is an edit of what the hub has there; what the hub has and the folder has not was deleted meanwhile.
Status LocalFolder::recall_agreement(const sources::FolderLook& look) {
  return services_.store.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto heads, session.versions().heads(branch_));
    for (const store::Version& head : heads) {
      Synced& synced = synced_[head.path];
      synced = {head.document, head.id, *head.digest};
      const auto file = waiting_.find(head.path);
      if (file == waiting_.end()) {
        bool unknown = false;
        for (const auto& skipped : look.skipped)
          unknown = unknown || head.path == skipped.path || head.path.starts_with(skipped.path + "/");
        if (!unknown) waiting_[head.path] = {};
        continue;
      }
      LEANSPEC_ASSIGN(const auto known,
                      session.versions().version_with_digest(branch_, head.document, file->second.digest));
      if (known && known->digest) synced = {head.document, known->id, *known->digest};
    }
    return {};
  });
}

/// A file that went and one that came with its very text are one that moved.
void LocalFolder::pair_renames() {
  std::map<Digest, std::vector<std::string>> gone;
  std::map<Digest, std::vector<std::string>> came;
  for (const auto& [path, file] : waiting_) {
    const auto synced = synced_.find(path);
    if (file.bytes == nullptr && synced != synced_.end()) gone[synced->second.digest].push_back(path);
    if (file.bytes != nullptr && synced == synced_.end()) came[file.digest].push_back(path);
  }
  for (const auto& [digest, from] : gone) {
    const auto to = came.find(digest);
    if (to == came.end() || from.size() != 1 || to->second.size() != 1) continue;
    const Waiting file = waiting_[to->second.front()];
    const auto pushed = push(to->second.front(), file, synced_[from.front()]);
    if (!pushed || *pushed == Pushed::later) continue;
    synced_.erase(from.front());
    waiting_.erase(from.front());
    waiting_.erase(to->second.front());
  }
}

Status LocalFolder::push_changes() {
  pair_renames();
  for (auto file = waiting_.begin(); file != waiting_.end();) {
    const auto synced = synced_.find(file->first);
    const bool agreed = file->second.bytes == nullptr
                            ? synced == synced_.end()
                            : synced != synced_.end() && synced->second.digest == file->second.digest;
    if (!agreed) {
      const auto base = synced == synced_.end() ? std::nullopt : std::optional(synced->second);
      LEANSPEC_ASSIGN(const Pushed pushed, push(file->first, file->second, base));
      if (pushed == Pushed::later) {
        ++file;
        continue;
      }
    }
    file = waiting_.erase(file);
  }
  return {};
}

Result<LocalFolder::Pushed> LocalFolder::push(const std::string& path, const Waiting& file,
                                              const std::optional<Synced>& base) {
  const Instant now = services_.clock.now();
  engine::PushJob job;
  job.origin.project = project_;
  job.origin.branch = branch_;
  job.origin.replica = replica_;
  job.origin.machine = machine_;
  job.origin.acknowledged = applied_;
  job.received_at = now;
  wire::Push push;
  push.change = ChangeId(services_.entropy.uuid7(now));
  push.document = base ? base->document : DocumentId(services_.entropy.uuid7(now));
  if (base) push.base = base->version;
  push.path = path;
  if (file.bytes != nullptr) {
    push.digest = file.digest;
    push.size = file.bytes->size();
    push.content = wire::WholeBody{*file.bytes};
  } else {
    push.content = wire::Deleted{};
  }
  job.members.push_back(std::move(push));
  auto told = std::make_shared<std::promise<engine::PushDone>>();
  auto answer = told->get_future();
  services_.commits.submit(std::move(job), [told](engine::PushDone done) { told->set_value(std::move(done)); });
  const engine::PushDone done = answer.get();
  if (done.results.empty()) return Error(ErrorCode::unavailable, "the hub is stopping");
  const wire::PushResult& result = done.results.front();
  Synced synced;
  synced.document = result.document;
  synced.digest = file.digest;
  switch (result.outcome) {
    case wire::PushOutcome::retry:
    case wire::PushOutcome::need_body:
      return Pushed::later;
    case wire::PushOutcome::rejected:
      services_.log.warning("a file of the specs folder is not taken", {{"path", path}, {"why", result.why}});
      return Pushed::done;
    case wire::PushOutcome::held:
      synced.held = true;
      break;
    case wire::PushOutcome::accepted:
    case wire::PushOutcome::unchanged:
    case wire::PushOutcome::known:
      break;
  }
  // Of a merged push the side version is what the folder has (law 3); the head comes down next.
  const auto version = result.side_version    ? result.side_version
                       : result.known_version ? result.known_version
                                              : result.head_version;
  if (file.bytes == nullptr || !version) {
    synced_.erase(path);
  } else {
    synced.version = *version;
    synced_[path] = synced;
  }
  return Pushed::done;
}

Status LocalFolder::apply_changes() {
  Seq seq;
  std::vector<store::Version> heads;
  std::vector<store::HeldVersion> held;
  LEANSPEC_TRY(services_.store.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto branch, session.versions().find_branch(branch_));
    if (!branch) return Error(ErrorCode::not_found, "The project is gone.");
    seq = branch->head;
    LEANSPEC_ASSIGN(heads, session.versions().heads(branch_));
    LEANSPEC_ASSIGN(held, session.versions().held(branch_));
    return {};
  }));
  std::map<DocumentId, const store::Version*> by_document;
  for (const store::Version& head : heads) by_document[head.document] = &head;
  for (auto& [path, synced] : synced_) {
    if (!synced.held) continue;
    synced.held = false;
    for (const store::HeldVersion& waits : held) synced.held = synced.held || waits.version.id == synced.version;
  }
  std::vector<std::pair<std::string, Synced>> known(synced_.begin(), synced_.end());
  Status first;
  const auto note = [&](Status status) {
    if (!status && first) first = std::move(status);
  };
  for (const auto& [path, synced] : known) {
    if (synced.held || waiting_.contains(path)) continue;
    const auto head = by_document.find(synced.document);
    if (head == by_document.end()) {
      note(take_away(path));
    } else if (head->second->path != path || *head->second->digest != synced.digest) {
      note(follow(path, *head->second));
    } else {
      synced_[path].version = head->second->id;
    }
  }
  std::map<DocumentId, bool> here;
  for (const auto& [path, synced] : synced_) here[synced.document] = true;
  for (const store::Version& head : heads) {
    if (!here.contains(head.document) && !waiting_.contains(head.path) && !synced_.contains(head.path))
      note(make(head));
  }
  if (first) applied_ = seq;
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
    const Status made = files_->make_folder(path.substr(0, slash));
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
