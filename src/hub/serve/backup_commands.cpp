#include "hub/serve/backup_commands.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <string>
#include <utility>

#include "store/sqlite/backup.h"
#include "store/sqlite/restore.h"
#include "store/sqlite/verify.h"

namespace leanspec::hub::serve {

namespace json = boost::json;

namespace {

void print(const std::string& line) { std::printf("%s\n", line.c_str()); }

[[nodiscard]] std::string megabytes(std::uint64_t bytes) {
  char text[40];
  std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / 1e6);
  return text;
}

[[nodiscard]] std::string counted(std::uint64_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

[[nodiscard]] json::object described(const store::sqlite::Contents& contents) {
  json::array branches;
  for (const store::sqlite::BranchPosition& branch : contents.branches) {
    branches.push_back(json::object{{"project", branch.project.value()},
                                    {"branch", branch.name},
                                    {"seq", branch.head.value()},
                                    {"rollingDigest", to_hex(branch.head_digest)},
                                    {"documents", branch.documents}});
  }
  return json::object{{"size", contents.size},         {"epoch", to_string(contents.epoch.value())},
                      {"schema", contents.schema},     {"projects", contents.projects},
                      {"versions", contents.versions}, {"texts", contents.bodies},
                      {"users", contents.users},       {"keys", contents.keys},
                      {"machines", contents.machines}, {"branches", std::move(branches)}};
}

void print_contents(const store::sqlite::Contents& contents) {
  print("  " + megabytes(contents.size) + ", " + counted(contents.projects, "project", "projects") + ", " +
        counted(contents.versions, "version", "versions") + ", " + counted(contents.bodies, "text", "texts") + ", " +
        counted(contents.users, "person", "people") + ", " + counted(contents.keys, "key", "keys"));
  for (const store::sqlite::BranchPosition& branch : contents.branches) {
    print("  " + branch.project.value() + (branch.name.empty() ? "" : ", branch " + branch.name) + ": seq " +
          std::to_string(branch.head.value()) + ", " + counted(branch.documents, "document", "documents"));
  }
  print("  epoch " + to_string(contents.epoch.value()));
}

[[nodiscard]] Status verify(const Options& options) {
  const std::string file = options.backup.file.string();
  LEANSPEC_ASSIGN(const auto contents, store::sqlite::verify_database(options.backup.file, file));
  if (options.json) {
    json::object answer = described(contents);
    answer["file"] = file;
    answer["verified"] = true;
    print(json::serialize(answer));
  } else {
    print(file + " is whole: every text, every reference and every feed is as it was accepted. Nothing was restored.");
    print_contents(contents);
  }
  return {};
}

void print_restored(const Options& options, const store::sqlite::Restored& restored) {
  print("Restored " + options.backup.file.string() + " to " + options.serve.data_directory.string() + ".");
  print_contents(restored.contents);
  if (restored.kept) print("The database that was there is kept as " + restored.kept->string() + ".");
  print("Start the hub: each bridge sends again what it has and the backup has not, and deletes nothing because of it.");
  print("What was deleted after the backup is back. Everybody signs in again; passwords are those of the backup.");
  if (restored.keys_revoked + restored.machines_revoked > 0) {
    print("Revoked since the backup, and still so: " + counted(restored.keys_revoked, "key", "keys") + ", " +
          counted(restored.machines_revoked, "machine", "machines") + ".");
  }
  if (!restored.unknown_keys.empty()) {
    print("Made after the backup and unknown now; whoever uses them needs new ones (leanspec-hub key create):");
    for (const std::string& key : restored.unknown_keys) print("  " + key);
  }
}

[[nodiscard]] json::object described(const store::sqlite::Restored& restored) {
  json::object answer = described(restored.contents);
  answer["backupEpoch"] = to_string(restored.before.value());
  answer["kept"] = restored.kept ? json::value(restored.kept->string()) : json::value(nullptr);
  answer["sessionsEnded"] = restored.sessions_ended;
  answer["keysRevoked"] = restored.keys_revoked;
  answer["machinesRevoked"] = restored.machines_revoked;
  json::array keys;
  for (const std::string& key : restored.unknown_keys) keys.emplace_back(key);
  answer["unknownKeys"] = std::move(keys);
  return answer;
}

}  // namespace

Status make_backup(const Options& options) {
  store::sqlite::BackupRequest request;
  request.data_directory = options.serve.data_directory;
  request.file = options.backup.file;
  request.replace = options.backup.replace;
  request.verify = options.backup.verify;
  LEANSPEC_ASSIGN(const auto contents, store::sqlite::back_up(request));
  const std::string file = request.file.string();
  if (options.json) {
    json::object answer = described(contents);
    answer["file"] = file;
    answer["verified"] = request.verify;
    print(json::serialize(answer));
  } else {
    print("Backed up to " + file + (request.verify ? ", and verified." : "."));
    print_contents(contents);
    print("Keep it as safe as the hub itself: it holds every text, and the hashes of passwords and keys.");
  }
  return {};
}

Status restore_backup(const Options& options, const host::Clock& clock, host::Entropy& entropy) {
  if (options.backup.verify) return verify(options);
  LEANSPEC_ASSIGN(const auto restored,
                  store::sqlite::restore_backup(options.backup.file, options.serve.data_directory, clock, entropy));
  if (options.json) {
    json::object answer = described(restored);
    answer["file"] = options.backup.file.string();
    print(json::serialize(answer));
  } else {
    print_restored(options, restored);
  }
  return {};
}

}  // namespace leanspec::hub::serve
