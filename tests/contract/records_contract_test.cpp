#include "tests/contract/store_contract.h"

namespace leanspec::store {
namespace {

class RecordsContract : public StoreContract {};
INSTANTIATE_TEST_SUITE_P(Stores, RecordsContract, testing::ValuesIn(all_stores()),
                         [](const auto& row) { return row.param.name; });

Project project_of(const std::string& id, const std::string& name, Instant at) {
  Project project;
  project.id = ProjectId{id};
  project.name = name;
  project.source = "github";
  project.color = "#abc";
  project.favorite = true;
  project.default_branch = "main";
  project.created_at = at;
  project.changed_at = at + std::chrono::seconds(1);
  return project;
}

TEST_P(RecordsContract, projects_come_back_whole_by_id_and_by_name) {
  const Project zebra = project_of("a", "Zebra", now());
  const Project apple = project_of("b", "Apple", now());
  write([&](Session& session) {
    must(session.projects().create(zebra));
    must(session.projects().create(apple));
    EXPECT_EQ(code_of(session.projects().create(zebra)), ErrorCode::already_exists);
  });
  reopen();
  read([&](Session& session) {
    EXPECT_EQ(must(session.projects().find(ProjectId{"a"})), zebra);
    EXPECT_EQ(must(session.projects().find(ProjectId{"c"})), std::nullopt);
    EXPECT_EQ(must(session.projects().list()), std::vector<Project>({apple, zebra}));
  });
}

TEST_P(RecordsContract, a_project_is_changed_only_if_it_is_there) {
  Project project = project_of("a", "Name", now());
  write([&](Session& session) {
    EXPECT_EQ(code_of(session.projects().update(project)), ErrorCode::not_found);
    must(session.projects().create(project));
    project.name = "Renamed";
    project.favorite = false;
    project.color.clear();
    must(session.projects().update(project));
    EXPECT_EQ(must(session.projects().find(project.id)), project);
  });
}

TEST_P(RecordsContract, machines_and_replicas_come_back_as_last_saved) {
  Machine machine;
  machine.id = MachineId{new_uuid()};
  machine.name = "laptop";
  machine.platform = "linux-x86_64";
  machine.client_version = "0.1.0";
  machine.first_seen = now();
  machine.last_seen = now();
  Replica replica;
  replica.id = ReplicaId{new_uuid()};
  replica.machine = machine.id;
  replica.project = ProjectId{"alpha"};
  replica.branch = "main";
  replica.root_hint = "specs";
  replica.acknowledged = Seq{5};
  replica.documents = 493;
  replica.pending = 2;
  replica.held = 1;
  replica.state = "live";
  replica.detail = "one file is held";
  replica.last_seen = now();
  static_cast<void>(make_branch());
  write([&](Session& session) {
    EXPECT_EQ(code_of(session.machines().save_replica(replica)), ErrorCode::invalid) << "its machine is not known yet";
    must(session.machines().save(machine));
    must(session.machines().save_replica(replica));
    machine.name = "desk";
    machine.key = KeyId{3};
    machine.revoked_at = now();
    replica.acknowledged = Seq{6};
    must(session.machines().save(machine));
    must(session.machines().save_replica(replica));
  });
  reopen();
  read([&](Session& session) {
    EXPECT_EQ(must(session.machines().find(machine.id)), machine);
    EXPECT_EQ(must(session.machines().find(MachineId{new_uuid()})), std::nullopt);
    EXPECT_EQ(must(session.machines().list()), std::vector<Machine>({machine}));
    EXPECT_EQ(must(session.machines().find_replica(replica.id)), replica);
    EXPECT_EQ(must(session.machines().find_replica(ReplicaId{new_uuid()})), std::nullopt);
    EXPECT_EQ(must(session.machines().replicas()), std::vector<Replica>({replica}));
  });
}

}  // namespace
}  // namespace leanspec::store
