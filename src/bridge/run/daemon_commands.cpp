// The part of Daemon that does what the command line asks of it.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstdlib>

#include "bridge/run/daemon.h"

namespace leanspec::bridge::run {
namespace {

[[nodiscard]] bool has_word(const control::Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// What a command did to a folder.
[[nodiscard]] std::string answer_to(std::string_view command, const std::optional<engine::ReplicaStatus>& before,
                                    const std::optional<engine::ReplicaStatus>& after) {
  if (command == "pause") return "paused. Changes are seen and wait; leanspec-bridge resume sends them.";
  if (command == "resume") return "goes on.";
  const auto waits = [](const std::optional<engine::ReplicaStatus>& status) {
    return status &&
           (status->state == engine::ReplicaStateName::guard || status->state == engine::ReplicaStateName::halted);
  };
  if (!waits(before)) return command == "revert" ? "nothing is held." : "nothing waits for approval.";
  if (command == "revert") return "reverted. What the hub has comes back.";
  if (waits(after)) return "this is nothing to approve: " + after->detail + ".";
  return before->state == engine::ReplicaStateName::guard ? "approved. The deletions go to the hub now."
                                                          : "approved. The folder is taken as it is now.";
}

/// Of several folders those that hold nothing back are no mistake.
[[nodiscard]] Status revert(SyncedFolder& folder) {
  Status done = folder.revert();
  if (!done && done.error().code != ErrorCode::not_found) return done;
  return {};
}

[[nodiscard]] bool lies_in(const std::string& path, const std::string& root) {
  return path == root || (path.size() > root.size() && path.starts_with(root) && path[root.size()] == '/');
}

}  // namespace

void Daemon::handle(const control::Words& words, const std::shared_ptr<Conversation>& conversation) {
  const std::string_view command = words.empty() ? std::string_view() : std::string_view(words[0]);
  if (command == "status") return show_status(words, conversation);
  if (command == "why") return explain(words, *conversation);
  if (command == "accept") return accept(words, *conversation);
  if (command == "pause" || command == "resume" || command == "approve" || command == "revert")
    return act(words, *conversation);
  if (command == "flush") return flush(words, conversation);
  if (command == "add") return add(words, *conversation);
  if (command == "remove") return remove(words, *conversation);
  if (command == "rename") return rename(words, *conversation);
  if (command == "reload") return reload(*conversation);
  conversation->fail(Error(ErrorCode::unsupported, "the running leanspec-bridge does not know this command",
                           std::string(command),
                           "It is of version " + program_version() + "; restart it after an update."));
}

void Daemon::show_status(const control::Words& words, const std::shared_ptr<Conversation>& conversation) {
  for (const auto& folder : folders_) folder->refresh();
  Watching watching{conversation, has_word(words, "--json"), has_word(words, "--colour")};
  if (has_word(words, "--watch")) {
    send_status(watching);
    watching_.push_back(std::move(watching));
    return;
  }
  const control::BridgeStatus now = status();
  conversation->output(watching.json ? control::status_json(now) + "\n"
                                     : control::status_text(now, clock_.now(), watching.colour));
  conversation->finish(control::needs_attention(now) ? 4 : 0);
}

Result<Daemon::NamedFile> Daemon::file_named(const control::Words& words) const {
  if (words.size() < 2) return Error(ErrorCode::invalid, "no file was named");
  const std::string& path = words[1];
  for (const auto& folder : folders_) {
    const std::string& root = folder->settings().root;
    if (!lies_in(path, root)) continue;
    return NamedFile{folder.get(), path.size() > root.size() ? path.substr(root.size() + 1) : std::string()};
  }
  return Error(ErrorCode::not_found, "lies in no folder that is synced", path, "See leanspec-bridge status.");
}

void Daemon::explain(const control::Words& words, Conversation& conversation) {
  const auto file = file_named(words);
  if (!file) return conversation.fail(file.error());
  const auto answer = file->folder->why(file->path);
  if (!answer) return conversation.fail(answer.error());
  conversation.output(has_word(words, "--json") ? control::explanation_json(*answer) + "\n"
                                                : control::explanation_text(*answer));
  conversation.finish(0);
}

void Daemon::accept(const control::Words& words, Conversation& conversation) {
  const auto file = file_named(words);
  if (!file) return conversation.fail(file.error());
  if (const Status done = file->folder->accept(file->path); !done) return conversation.fail(done.error());
  log_.info("a person accepted what git did to a file", {{"file", words[1]}});
  conversation.output(words[1] + ": it stands as it is, and is sent.\n");
  conversation.finish(0);
}

void Daemon::act(const control::Words& words, Conversation& conversation) {
  const std::string& command = words[0];
  const std::string root = words.size() > 1 ? words[1] : std::string();
  std::size_t matched = 0;
  std::string answers;
  for (const auto& folder : folders_) {
    if (!root.empty() && folder->settings().root != root) continue;
    ++matched;
    const auto before = folder->status().replica;
    const Status done = command == "pause"    ? folder->pause()
                        : command == "resume" ? folder->resume()
                        : command == "revert" ? revert(*folder)
                                              : folder->approve();
    if (!done) return conversation.fail(done.error());
    answers += folder->settings().root + ": " + answer_to(command, before, folder->status().replica) + "\n";
  }
  if (matched == 0) {
    return conversation.fail(Error(ErrorCode::not_found,
                                   root.empty() ? "no folder is synced" : "is no folder that is synced", root,
                                   "See leanspec-bridge status."));
  }
  log_.info("a person asked", {{"command", command}, {"folder", root.empty() ? "all" : root}});
  conversation.output(answers);
  conversation.finish(0);
}

/// flush ROOT [SECONDS]: "" for all; with seconds it is answered when everything is in sync.
void Daemon::flush(const control::Words& words, const std::shared_ptr<Conversation>& conversation) {
  const std::string root = words.size() > 1 ? words[1] : std::string();
  if (words.size() > 2) {
    const auto patience = std::chrono::seconds(std::strtol(words[2].c_str(), nullptr, 10));
    if (const Status waits = flush_wait_.wait(root, patience, conversation); !waits) conversation->fail(waits.error());
    return;
  }
  std::string answers;
  for (const auto& folder : folders_) {
    if (!root.empty() && folder->settings().root != root) continue;
    if (const auto asked = folder->flush(); !asked) return conversation->fail(asked.error());
    answers += folder->settings().root + ": everything is looked at now.\n";
  }
  if (answers.empty()) {
    return conversation->fail(Error(ErrorCode::not_found,
                                    root.empty() ? "no folder is synced" : "is no folder that is synced", root,
                                    "See leanspec-bridge status."));
  }
  conversation->output(answers);
  conversation->finish(0);
}

void Daemon::add(const control::Words& words, Conversation& conversation) {
  if (words.size() < 5)
    return conversation.fail(Error(ErrorCode::invalid, "add needs a folder, a project and a branch"));
  std::vector<FolderSettings> folders;
  folders.reserve(folders_.size());
  for (const auto& folder : folders_) folders.push_back(folder->settings());
  FolderSettings added;
  added.replica = ReplicaId{entropy_.uuid7(clock_.now())};
  added.root = words[1];
  added.project = words[2];
  added.branch = words[3];
  if (const auto mode = words.size() > 5 ? engine::sync_mode_of(words[5]) : std::nullopt) added.mode = *mode;
  added.create_project = words[4] == "create";
  if (const Status fits = check_new_root(folders, added.root); !fits) return conversation.fail(fits.error());
  folders.push_back(added);
  if (const Status saved = state_.save_folders(folders); !saved) return conversation.fail(saved.error());
  take_on(added).start();
  log_.info("a folder was added", {{"folder", added.root}, {"project", added.project}});
  status_changed();
  conversation.finish(0);
}

void Daemon::remove(const control::Words& words, Conversation& conversation) {
  const auto found = std::find_if(folders_.begin(), folders_.end(), [&](const auto& folder) {
    return words.size() > 1 && folder->settings().root == words[1];
  });
  if (found == folders_.end()) {
    return conversation.fail(Error(ErrorCode::not_found, "is no folder that is synced",
                                   words.size() > 1 ? words[1] : "", "See leanspec-bridge status."));
  }
  const std::string root = (*found)->settings().root;
  (*found)->stop();
  // Its calls may still be queued on the loop, so it goes after them.
  boost::asio::post(context_, [gone = std::shared_ptr<SyncedFolder>(std::move(*found))] {});
  folders_.erase(found);
  if (const Status saved = save_folders(); !saved) return conversation.fail(saved.error());
  log_.info("a folder was removed", {{"folder", root}});
  status_changed();
  conversation.finish(0);
}

void Daemon::rename(const control::Words& words, Conversation& conversation) {
  if (words.size() < 2) return conversation.fail(Error(ErrorCode::invalid, "no name was given"));
  machine_.renamed = machine_.renamed || machine_.name != words[1];
  machine_.name = words[1];
  if (const Status saved = state_.save_machine(machine_); !saved) return conversation.fail(saved.error());
  for (const auto& folder : folders_) folder->restart();
  log_.info("a person gave this machine another name", {{"name", machine_.name}});
  conversation.output("This machine is called \"" + machine_.name + "\" now.\n");
  conversation.finish(0);
}

void Daemon::reload(Conversation& conversation) {
  log_.info("the hub's address or key changed");
  for (const auto& folder : folders_) folder->settings_changed();
  conversation.finish(0);
}

}  // namespace leanspec::bridge::run
