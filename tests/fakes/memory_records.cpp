#include <algorithm>

#include "digest/sha256.h"
#include "tests/fakes/memory_session.h"

/// Projects, bodies and machines in memory.
namespace leanspec::fakes {

using store::Machine;
using store::Project;
using store::Replica;

Status MemoryProjectCatalog::create(const Project& project) {
  if (tables_.projects.contains(project.id)) return already_there(project.id.value());
  undo_.set(tables_.projects, project.id, project);
  return {};
}

Result<std::optional<Project>> MemoryProjectCatalog::find(const ProjectId& id) {
  return look_up(tables_.projects, id);
}

Result<std::vector<Project>> MemoryProjectCatalog::list() {
  std::vector<Project> all = values(tables_.projects);
  std::stable_sort(all.begin(), all.end(), [](const Project& a, const Project& b) { return a.name < b.name; });
  return all;
}

Status MemoryProjectCatalog::update(const Project& project) {
  if (!tables_.projects.contains(project.id)) return Error(ErrorCode::not_found, "no such project", project.id.value());
  undo_.set(tables_.projects, project.id, project);
  return {};
}

Status MemoryBodyStore::put(const Digest& digest, std::string_view bytes) {
  if (!tables_.bodies.contains(digest)) undo_.set(tables_.bodies, digest, std::string(bytes));
  return {};
}

Result<std::optional<std::string>> MemoryBodyStore::get(const Digest& digest) {
  return look_up(tables_.bodies, digest);
}

Result<bool> MemoryBodyStore::has(const Digest& digest) {
  return tables_.bodies.contains(digest);
}

Result<std::uint64_t> MemoryBodyStore::staged(const Digest& digest) {
  const auto found = tables_.uploads.find(digest);
  return found == tables_.uploads.end() ? std::uint64_t{0} : found->second.received.size();
}

Status MemoryBodyStore::stage(const Digest& digest, std::uint64_t size, std::uint64_t offset, std::string_view bytes,
                              Instant now) {
  MemoryTables::Upload upload = look_up(tables_.uploads, digest).value_or(MemoryTables::Upload{size, {}, now});
  if (offset != upload.received.size() || size != upload.size || bytes.size() > size - offset) {
    return Error(ErrorCode::conflict,
                 "the part does not continue at byte " + std::to_string(upload.received.size()) + " of " +
                     std::to_string(upload.size),
                 to_hex(digest));
  }
  upload.received += bytes;
  upload.touched_at = now;
  if (upload.received.size() < size) {
    undo_.set(tables_.uploads, digest, std::move(upload));
    return {};
  }
  undo_.erase(tables_.uploads, digest);
  if (digest::sha256(upload.received) != digest) {
    return Error(ErrorCode::corrupt, "the parts together are not the body that was announced", to_hex(digest),
                 "Send it again.");
  }
  return put(digest, upload.received);
}

Status MemoryBodyStore::drop_stale_parts(Instant before) {
  std::vector<Digest> stale;
  for (const auto& [digest, upload] : tables_.uploads) {
    if (upload.touched_at < before) stale.push_back(digest);
  }
  for (const Digest& digest : stale) undo_.erase(tables_.uploads, digest);
  return {};
}

Status MemoryMachineRegistry::save(const Machine& machine) {
  undo_.set(tables_.machines, machine.id, machine);
  return {};
}

Result<std::optional<Machine>> MemoryMachineRegistry::find(const MachineId& id) {
  return look_up(tables_.machines, id);
}

Result<std::vector<Machine>> MemoryMachineRegistry::list() {
  std::vector<Machine> all = values(tables_.machines);
  std::stable_sort(all.begin(), all.end(), [](const Machine& a, const Machine& b) { return a.name < b.name; });
  return all;
}

Status MemoryMachineRegistry::save_replica(const Replica& replica) {
  if (!tables_.machines.contains(replica.machine) || !tables_.projects.contains(replica.project)) return not_stored();
  undo_.set(tables_.replicas, replica.id, replica);
  return {};
}

Result<std::optional<Replica>> MemoryMachineRegistry::find_replica(const ReplicaId& id) {
  return look_up(tables_.replicas, id);
}

Result<std::vector<Replica>> MemoryMachineRegistry::replicas() {
  return values(tables_.replicas);
}

}  // namespace leanspec::fakes
