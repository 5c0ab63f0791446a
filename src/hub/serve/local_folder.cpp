#include "hub/serve/local_folder.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <future>
#include <utility>
#include <vector>

#include "digest/sha256.h"

namespace leanspec::hub::serve {

namespace {

/// What waits, for a busy store or an open writer, is tried again after this.
constexpr std::chrono::milliseconds again_after{500};

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

}  // namespace

LocalFolder::LocalFolder(Place place, api::Services& services, std::unique_ptr<host::WritableFileTree> files)
    : place_(std::move(place)),
      services_(services),
      files_(std::move(files)),
      follower_(*files_),
      replica_(services.entropy.uuid7(services.clock.now())),
      machine_(services.entropy.uuid7(services.clock.now())),
      bell_(std::make_shared<host::Descriptor>(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))),
      watch_(place_.root, place_.watch) {}

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
  followed_ = true;
  thread_ = std::thread([this] { run(); });
}

void LocalFolder::stop() {
  feed_.reset();
  stopping_ = true;
  (void)::eventfd_write(bell_->get(), 1);
  if (thread_.joinable()) thread_.join();
}

void LocalFolder::run() {
  const auto take = [this](bool go_on) {
    const std::lock_guard lock(told_mutex_);
    followed_ = go_on;
    return std::exchange(told_, {});
  };
  for (bool last = false; !last;) {
    bool waits = false;
    {
      const std::lock_guard lock(mutex_);
      waits = !waiting_.empty() || !trouble_.empty();
    }
    std::array<pollfd, 2> rings = {pollfd{bell_->get(), POLLIN, 0}, pollfd{watch_.descriptor(), POLLIN, 0}};
    const int rung =
        ::poll(rings.data(), rings.size(), static_cast<int>((waits ? again_after : place_.ttl).count()));
    eventfd_t rings_of_bell = 0;
    (void)::eventfd_read(bell_->get(), &rings_of_bell);
    last = stopping_;  // once more before it ends, so that what was changed at the hub stands in the folder
    const auto told = take(!last);
    const Status done = synchronise(rung > 0 ? Extent::what_moved : Extent::everything);
    for (const auto& tell : told) tell(done);
  }
}

void LocalFolder::after_next_round(std::function<void(Status)> told) {
  {
    const std::lock_guard lock(told_mutex_);
    if (followed_) {
      told_.push_back(std::move(told));
      (void)::eventfd_write(bell_->get(), 1);
      return;
    }
  }
  told({});
}

Status LocalFolder::check_writable() const {
  if (::access(place_.root.c_str(), W_OK) == 0 || (errno != EROFS && errno != EACCES)) return {};
  return Error(ErrorCode::conflict, "The specs folder cannot be written by the hub, so its specs are only shown here",
               place_.root, "Change them where the folder can be written.");
}

void LocalFolder::note(const Status& done) {
  if (done) last_good_ = services_.clock.now();
  const std::string trouble = done ? "" : done.error().sentence();
  if (trouble == trouble_) return;
  trouble_ = trouble;
  if (trouble.empty()) {
    services_.log.info("the specs folder is followed again", {{"folder", place_.root}});
    services_.specs.report(project_, std::nullopt);
  } else {
    services_.log.warning("the specs folder cannot be followed", {{"folder", place_.root}, {"why", trouble}});
    services_.specs.report(project_, sources::Stale{last_good_, "The specs folder cannot be followed: " + trouble});
  }
}

Status LocalFolder::synchronise() {
  return synchronise(Extent::everything);
}

Status LocalFolder::synchronise(Extent extent) {
  const std::lock_guard lock(mutex_);
  FolderWatch::Heard heard = watch_.take();
  heard.everything = heard.everything || extent == Extent::everything || first_ || !trouble_.empty();
  Status done = round(heard);
  note(done);
  files_read_ = follower_.figures().files_read;
  return done;
}

Status LocalFolder::round(const FolderWatch::Heard& heard) {
  LEANSPEC_TRY(look(heard));
  LEANSPEC_TRY(push_changes());
  return apply_changes(heard.everything);
}

Status LocalFolder::look(const FolderWatch::Heard& heard) {
  if (heard.everything) watch_.follow(*files_);
  const auto now =
      std::chrono::duration_cast<std::chrono::nanoseconds>(services_.clock.now().time_since_epoch()).count();
  LEANSPEC_ASSIGN(const sources::FolderLook look,
                  heard.everything ? follower_.look(now) : follower_.look_at_files(heard.files, now));
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

}  // namespace leanspec::hub::serve
