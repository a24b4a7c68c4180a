// Plans that the reference operator left in flight, with the statuses and parameters that it stores (spec 04 §2): each
// goes on where it stands, under its own id, and nothing that it has completed is done again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "node_world.hpp"
#include "sei/plan/task_id.hpp"

namespace sei::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using sidecar::RunStatus;
using Lines = std::vector<std::string>;

/// The example of spec 04 §2.2.
constexpr const char* kPlanId = "2f1c6d1e-0b7a-4a53-9a57-6a0f7c5b1d42";

/// A stored task; its id follows from its place. `rest` is what it has besides `type`, `id` and `status`.
struct StoredTask {
    std::string type;
    std::string status;
    std::string rest;
};

StoredTask done(std::string type, std::string params) {
    return {std::move(type), "Complete", R"("params":)" + params + R"(,"submittedAt":"2025-06-01T12:00:01Z")"};
}
/// Of the operator's tasks that have the two parameters that say nothing.
StoredTask done(std::string type) {
    return done(std::move(type), R"({"nodeName":"n0","namespace":"ns"})");
}
StoredTask submitted(std::string type, std::string params) {
    return {std::move(type), "Pending", R"("params":)" + params + R"(,"submittedAt":"2025-06-01T12:00:02Z")"};
}
StoredTask pending(std::string type, std::string params = "{}", std::string more = "") {
    return {std::move(type), "Pending", R"("params":)" + params + more};
}

using StoredTasks = std::vector<StoredTask>;
StoredTasks operator+(StoredTasks a, const StoredTasks& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

std::string id_of(const StoredTasks& tasks, std::size_t index) {
    return plan::task_id(kPlanId, tasks.at(index).type, index);
}

json::Value stored_plan(const StoredTasks& tasks, const std::string& rest) {
    std::string text = R"({"id":")" + std::string{kPlanId} + R"(","phase":"Active","targetPhase":"Running")" + rest;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        text += (i == 0 ? R"(,"tasks":[)" : ",") + std::string{R"({"type":")"} + tasks[i].type + R"(","id":")" +
                id_of(tasks, i) + R"(","status":")" + tasks[i].status + R"(",)" + tasks[i].rest + "}";
    }
    return json::parse(text + "]}");
}

/// What the reference has made: it creates the StatefulSet first of all.
void put_objects(NodeWorld& world) {
    const auto owned = [&](json::Object object) {
        object["metadata"] = json::Object{
            {"ownerReferences",
             json::Array{json::Object{
                 {"apiVersion", "sei.io/v1alpha1"},
                 {"kind", "SeiNode"},
                 {"name", "n0"},
                 {"uid", world.uid_of(kNodePath)},
                 {"controller", true},
                 {"blockOwnerDeletion", true}
             }}}
        };
        return object;
    };
    world.api.put(kClaimPath, owned({{"spec", json::Object{{"accessModes", json::Array{"ReadWriteOnce"}}}}}));
    world.api.put(kConfigMapPath, owned({{"data", json::Object{}}}));
    world.api.put(kServicePath, owned({{"spec", json::Object{{"clusterIP", "None"}}}}));
    world.api.put(
        kSetPath,
        owned({{"spec", json::parse(R"({"replicas":1,"serviceName":"n0","selector":{"matchLabels":{"sei.io/node":"n0"}},
                                        "template":{"metadata":{},"spec":{"containers":[]}}})")}})
    );
}

void put_status(NodeWorld& world, const std::string& members, json::Value plan) {
    world.api.edit(kNodePath, [&](json::Object& node) {
        json::Object status = json::parse("{" + members + "}").as_object();
        status["statefulSet"] = json::Object{{"name", "n0"}, {"uid", world.uid_of(kSetPath)}};
        status["plan"] = std::move(plan);
        node["metadata"].as_object()["finalizers"] = json::Array{"sei.io/seinode-finalizer"};
        node["status"] = std::move(status);
    });
}

void put_bootstrap_service(NodeWorld& world) {
    world.api.edit(kServicePath, [](json::Object& service) {
        service["spec"].as_object()["selector"] =
            json::Object{{"sei.io/node", "n0"}, {"sei.io/component", "bootstrap"}};
    });
}

/// As the reference makes it: of another text, for the same image and height.
void put_job(NodeWorld& world, const char* condition = nullptr) {
    json::Object job = json::parse(
                           R"({"spec":{"template":{"metadata":{},"spec":{"containers":[{"name":"seid","image":"boot",
                               "command":["/bin/sh","-c"],"args":["wait; exec seid start --halt-height 100"]}]}}}})"
    )
                           .as_object();
    job["metadata"] = json::Object{{"ownerReferences", world.api.find(kSetPath)->at("metadata").at("ownerReferences")}};
    if (condition != nullptr) {
        job["status"] =
            json::Object{{"conditions", json::Array{json::Object{{"type", condition}, {"status", "True"}}}}};
    }
    world.api.put(kJobPath, std::move(job));
}
void complete_job(NodeWorld& world) {
    put_job(world, "Complete");
}

void put_secrets(NodeWorld& world) {
    // {"address":"1B","pub_key":{"type":"t","value":"v"},"priv_key":{"type":"t","value":"v"}}; a node key has less
    constexpr const char* kKeys =
        "eyJhZGRyZXNzIjoiMUIiLCJwdWJfa2V5Ijp7InR5cGUiOiJ0IiwidmFsdWUiOiJ2In0sInByaXZfa2V5Ijp7InR5cGUiOiJ0IiwidmFsdWUiOi"
        "J2In19";
    world.api.put(
        "/api/v1/namespaces/ns/secrets/sk", json::Object{{"data", json::Object{{"priv_validator_key.json", kKeys}}}}
    );
    world.api.put("/api/v1/namespaces/ns/secrets/nk", json::Object{{"data", json::Object{{"node_key.json", kKeys}}}});
}

/// What the StatefulSet's controller has made of the new template; and the pod of the old one.
void show_outdated_pod(NodeWorld& world) {
    world.put_pod("rev-1", "seid:v1", running_state());
    world.observe_stateful_set("rev-2", 0, 1);
}
void show_new_pod(NodeWorld& world) {
    world.put_pod("rev-2", "seid:v2", running_state());
    world.observe_stateful_set("rev-2", 1, 1);
}

/// A plan in flight, and how it goes on.
struct Case {
    std::string behaviour;
    std::string spec;
    /// Of the status, besides the plan and the StatefulSet.
    std::string status;
    /// Of the plan, besides `id`, `phase`, `targetPhase` and the tasks.
    std::string rest_of_plan;
    StoredTasks tasks;
    /// The task that the sidecar knows: its index and how it is. None when the status is unset.
    std::size_t known = 0;
    std::optional<RunStatus> run;
    std::function<void(NodeWorld&)> surroundings = [](NodeWorld&) {};
    /// What others make of the operator's first pass. Unset: one pass shows all.
    std::function<void(NodeWorld&)> observed;
    /// Asked of the sidecar, and then written besides status and applied objects, before anything else happens.
    Lines first;
    std::function<void(NodeWorld&)> then;
    /// To the sidecar until the plan is complete, with parameters.
    Lines submitted;
    /// Of the StatefulSet, when that has been seen: a bootstrap has the data to itself.
    int replicas = 1;
    /// Recorded in the end; empty: not looked at.
    std::string image = {};
};

Lines requests_of(const NodeWorld& world, const StoredTasks& tasks) {
    Lines lines;
    for (const std::string& request : world.sidecar.requests) {
        const std::size_t space = request.find(' ');
        std::string type = "something of another id";
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            if (id_of(tasks, i) == request.substr(space + 1)) type = tasks[i].type;
        }
        lines.push_back(request.substr(0, space + 1) + type);
    }
    // How often it looks at one that goes on is the operator's own affair.
    lines.erase(std::ranges::unique(lines).begin(), lines.end());
    return lines;
}

Lines submissions_of(const NodeWorld& world) {
    Lines lines;
    for (const auto& submission : world.sidecar.submissions) {
        lines.push_back(submission.type);
        if (submission.params) lines.back() += " " + json::serialize_canonical(*submission.params);
    }
    return lines;
}

/// Writes other than those that repeat what should be: applied objects and status.
Lines deeds(const NodeWorld& world) {
    Lines lines;
    for (const auto& write : world.api.writes) {
        if (write.method != "PATCH") lines.push_back(write.method + write.path.substr(write.path.find("/ns/") + 3));
    }
    return lines;
}

std::int64_t replicas(const NodeWorld& world) {
    return world.api.find(kSetPath)->at("spec").at("replicas").to_number<std::int64_t>();
}

/// Of each plan that was stored anew.
Lines plans_written(const NodeWorld& world) {
    Lines ids;
    for (const auto& write : world.api.writes) {
        if (!write.path.ends_with("/status")) continue;
        if (const json::Value* id = json::find(write.body, {"status", "plan", "id"})) {
            ids.push_back(std::string{id->as_string()});
        }
    }
    return ids;
}

void expect_completed_tasks_as_they_were(const NodeWorld& world, const StoredTasks& tasks) {
    const json::Value* stored = json::find(*world.api.find(kNodePath), {"status", "plan", "tasks"});
    ASSERT_NE(stored, nullptr);
    const json::Value as_left = stored_plan(tasks, "").at("tasks");
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        if (tasks[i].status == "Complete") EXPECT_EQ(stored->at(i), as_left.at(i));
    }
}

/// The operator's first tasks of every base plan.
const StoredTasks& begun() {
    static const auto* all = new StoredTasks{
        done("ensure-data-pvc"), done("apply-rbac-proxy-config"), done("apply-statefulset"), done("apply-service")
    };
    return *all;
}
/// The end of every plan.
const StoredTasks& to_the_gate() {
    static const auto* all = new StoredTasks{pending("config-validate"), pending("mark-ready")};
    return *all;
}

constexpr const char* kInitializing =
    R"("phase":"Initializing","phaseTransitionTime":"2025-06-01T12:00:00Z",
       "conditions":[{"type":"Paused","status":"False","reason":"NotPaused","observedGeneration":1,
                      "message":"spec.paused is unset or false","lastTransitionTime":"2025-06-01T12:00:00Z"}])";
constexpr const char* kUpdating =
    R"("phase":"Running","phaseTransitionTime":"2025-06-01T12:00:00Z","currentImage":"seid:v1",
       "conditions":[{"type":"NodeUpdateInProgress","status":"True","reason":"UpdateStarted","observedGeneration":1,
                      "message":"image drift detected: spec=seid:v2 current=seid:v1",
                      "lastTransitionTime":"2025-06-01T12:00:00Z"}])";
constexpr const char* kRunning =
    R"("phase":"Running","phaseTransitionTime":"2025-06-01T12:00:00Z","currentImage":"seid:v1")";
constexpr const char* kFails = R"(,"failedPhase":"Failed")";
constexpr const char* kRetries = R"(,"maxRetries":180)";
constexpr const char* kFullConfig = R"({"mode":"full","overrides":{"logging.level":"info"}})";
constexpr const char* kValidatorConfig = R"({"mode":"validator","overrides":{"logging.level":"info"}})";
/// The same as sent.
constexpr const char* kFullConfigSent =
    R"(config-apply {"incremental":false,"mode":"full","overrides":{"logging.level":"info"},"targetVersion":0})";
constexpr const char* kValidatorConfigSent =
    R"(config-apply {"incremental":false,"mode":"validator","overrides":{"logging.level":"info"},"targetVersion":0})";
constexpr const char* kStateSync = R"({"UseLocalSnapshot":true,"TrustPeriod":"9999h0m0s","BackfillBlocks":0})";

std::string spec_of(const std::string& members, const std::string& image = "seid:v1") {
    return R"({"chainId":"pacific-1","image":")" + image + R"(",)" + members + "}";
}

std::vector<Case> initial_plans() {
    const std::string restoring =
        spec_of(R"("fullNode":{"snapshot":{"s3":{"targetHeight":100000000},"trustPeriod":"9999h0m0s"}})");
    const StoredTasks restores = begun() +
                                 StoredTasks{
                                     submitted("snapshot-restore", R"({"TargetHeight":100000000})"),
                                     pending("configure-genesis", "{}", kRetries),
                                     pending("config-apply", kFullConfig),
                                     pending("configure-state-sync", kStateSync)
                                 } +
                                 to_the_gate();
    const Lines after_restoring{
        "configure-genesis",
        kFullConfigSent,
        R"(configure-state-sync {"trustPeriod":"9999h0m0s","useLocalSnapshot":true})",
        "config-validate",
        "mark-ready"
    };
    const Lines to_running{kFullConfigSent, "config-validate", "mark-ready"};
    const auto with_first = [](std::string first, const Lines& rest) {
        Lines lines{std::move(first)};
        lines.insert(lines.end(), rest.begin(), rest.end());
        return lines;
    };
    return {
        {.behaviour = "the sidecar restores a snapshot",
         .spec = restoring,
         .status = kInitializing,
         .rest_of_plan = kFails,
         .tasks = restores,
         .known = 4,
         .run = RunStatus::Running,
         .first = {"GET snapshot-restore"},
         .then = [](NodeWorld& world) { world.sidecar.end("snapshot-restore", RunStatus::Completed); },
         .submitted = after_restoring},
        {.behaviour = "the sidecar has forgotten what it restores: it is told again",
         .spec = restoring,
         .status = kInitializing,
         .rest_of_plan = kFails,
         .tasks = restores,
         .first = {"GET snapshot-restore", "POST snapshot-restore", "GET snapshot-restore"},
         .then = [](NodeWorld& world) { world.sidecar.end("snapshot-restore", RunStatus::Completed); },
         .submitted = with_first(R"(snapshot-restore {"targetHeight":100000000})", after_restoring)},
        {.behaviour = "a retry was granted to a task that waits for the genesis of its chain",
         .spec = spec_of(R"("fullNode":{})"),
         .status = kInitializing,
         .rest_of_plan = kFails,
         .tasks = begun() +
                  StoredTasks{
                      pending("configure-genesis", "{}", std::string{kRetries} + R"(,"retryCount":7)"),
                      pending("config-apply", kFullConfig)
                  } +
                  to_the_gate(),
         .known = 4,
         .run = RunStatus::Failed,
         .first = {"GET configure-genesis", "POST configure-genesis", "GET configure-genesis"},
         .then = [](NodeWorld& world) { world.sidecar.end("configure-genesis", RunStatus::Completed); },
         .submitted = with_first("configure-genesis", to_running)},
        {.behaviour = "the sidecar asks the peers that were resolved when the plan was made",
         .spec = spec_of(R"("fullNode":{},"peers":[{"label":{"selector":{"a":"b"}}}])"),
         .status = std::string{kInitializing} + R"(,"resolvedPeers":["p-0.p.ns.svc.cluster.local"])",
         .rest_of_plan = kFails,
         .tasks = begun() +
                  StoredTasks{
                      done("configure-genesis", "{}"),
                      done("config-apply", kFullConfig),
                      submitted(
                          "discover-peers",
                          R"({"Sources":[{"type":"dnsEndpoints","endpoints":["p-0.p.ns.svc.cluster.local"]}]})"
                      )
                  } +
                  to_the_gate(),
         .known = 6,
         .run = RunStatus::Running,
         .first = {"GET discover-peers"},
         .then = [](NodeWorld& world) { world.sidecar.end("discover-peers", RunStatus::Completed); },
         .submitted = {"config-validate", "mark-ready"}},
        {.behaviour = "peers are yet to be found, by tags and by name",
         .spec = spec_of(
             R"("fullNode":{},"peers":[{"ec2Tags":{"region":"r","tags":{"a":"b"}}},{"static":{"addresses":["ab@h:1"]}}])"
         ),
         .status = kInitializing,
         .rest_of_plan = kFails,
         .tasks = begun() +
                  StoredTasks{
                      done("configure-genesis", "{}"),
                      submitted("config-apply", kFullConfig),
                      pending(
                          "discover-peers",
                          R"({"Sources":[{"type":"ec2Tags","region":"r","tags":{"a":"b"}},)"
                          R"({"type":"static","addresses":["ab@h:1"]}]})",
                          R"(,"maxRetries":20)"
                      )
                  } +
                  to_the_gate(),
         .known = 5,
         .run = RunStatus::Running,
         .first = {"GET config-apply"},
         .then = [](NodeWorld& world) { world.sidecar.end("config-apply", RunStatus::Completed); },
         .submitted =
             {R"(discover-peers {"sources":[{"region":"r","tags":{"a":"b"},"type":"ec2Tags"},)"
              R"({"addresses":["ab@h:1"],"type":"static"}]})",
              "config-validate",
              "mark-ready"}},
        {.behaviour = "publishing was begun, and nobody could say so",
         .spec = spec_of(R"("archive":{"snapshotGeneration":{"tendermint":{"keepRecent":5,"publish":{}}}})"),
         .status = kInitializing,
         .rest_of_plan = kFails,
         .tasks = begun() +
                  StoredTasks{
                      done("configure-genesis", "{}"),
                      done("config-apply", R"({"mode":"archive","overrides":{"logging.level":"info"}})"),
                      done("config-validate", "{}"),
                      pending("snapshot-upload"),
                      pending("mark-ready")
                  },
         .known = 7,
         .run = RunStatus::Running,
         .first = {"GET snapshot-upload", "GET mark-ready", "POST mark-ready", "GET mark-ready"},
         .then = [](NodeWorld& world) { world.sidecar.end("mark-ready", RunStatus::Completed); },
         .submitted = {"mark-ready"}},
        {.behaviour = "a validator waits for its key",
         .spec = spec_of(
             R"("validator":{"signingKey":{"secret":{"secretName":"sk"}},"nodeKey":{"secret":{"secretName":"nk"}}})"
         ),
         .status = kInitializing,
         .rest_of_plan = kFails,
         .tasks =
             StoredTasks{
                 done("ensure-data-pvc"),
                 submitted("validate-signing-key", R"({"secretName":"sk","namespace":"ns"})"),
                 pending("validate-node-key", R"({"secretName":"nk","namespace":"ns"})"),
                 pending("apply-rbac-proxy-config", R"({"nodeName":"n0","namespace":"ns"})"),
                 pending("apply-statefulset", R"({"nodeName":"n0","namespace":"ns"})"),
                 pending("apply-service", R"({"nodeName":"n0","namespace":"ns"})"),
                 pending("configure-genesis", "{}", kRetries),
                 pending("config-apply", kValidatorConfig)
             } +
             to_the_gate(),
         .first = {},
         .then = put_secrets,
         .submitted = {"configure-genesis", kValidatorConfigSent, "config-validate", "mark-ready"}},
        {.behaviour = "a member of a ceremony uploads its part",
         .spec = spec_of(
             R"("validator":{"genesisCeremony":{"chainId":"local-1","stakingAmount":"10usei","accountBalance":"100usei",)"
             R"("index":0}})"
         ),
         .status = kInitializing,
         .rest_of_plan = kFails,
         .tasks =
             begun() +
             StoredTasks{
                 done("generate-identity", R"({"ChainID":"local-1","Moniker":"n0"})"),
                 done("generate-gentx", R"({"ChainID":"local-1","StakingAmount":"10usei","AccountBalance":"100usei"})"),
                 submitted("upload-genesis-artifacts", R"({"NodeName":"n0"})"),
                 pending("configure-genesis", "{}", kRetries),
                 pending("config-apply", kValidatorConfig),
                 pending("set-genesis-peers")
             } +
             to_the_gate(),
         .known = 6,
         .run = RunStatus::Running,
         .first = {"GET upload-genesis-artifacts"},
         .then = [](NodeWorld& world) { world.sidecar.end("upload-genesis-artifacts", RunStatus::Completed); },
         .submitted = {"configure-genesis", kValidatorConfigSent, "set-genesis-peers", "config-validate", "mark-ready"}
        },
    };
}

std::vector<Case> bootstrap_plans() {
    const std::string spec = spec_of(R"("fullNode":{"snapshot":{"s3":{"targetHeight":100},"bootstrapImage":"boot"}})");
    const char* job = R"({"jobName":"n0-bootstrap","namespace":"ns"})";
    const char* both = R"({"jobName":"n0-bootstrap","serviceName":"n0","namespace":"ns"})";
    const char* node = R"({"nodeName":"n0","namespace":"ns"})";
    const char* state_sync = R"({"UseLocalSnapshot":true,"TrustPeriod":"","BackfillBlocks":0})";
    const StoredTasks made{
        done("ensure-data-pvc"),
        done("apply-rbac-proxy-config"),
        done("deploy-bootstrap-service", R"({"serviceName":"n0","namespace":"ns"})"),
        done("deploy-bootstrap-job", job)
    };
    const StoredTasks configured{
        done("snapshot-restore", R"({"TargetHeight":100})"),
        done("configure-genesis", "{}"),
        done("config-apply", kFullConfig),
        done("configure-state-sync", state_sync),
        done("config-validate", "{}"),
        done("mark-ready", "{}")
    };
    const StoredTasks production =
        StoredTasks{
            pending("apply-statefulset", node),
            pending("apply-service", node),
            pending("configure-genesis", "{}", kRetries),
            pending("config-apply", kFullConfig)
        } +
        to_the_gate();
    const Lines in_production{"configure-genesis", kFullConfigSent, "config-validate", "mark-ready"};
    const auto put_live_job = [](NodeWorld& world) {
        put_bootstrap_service(world);
        put_job(world);
    };
    const auto put_done_job = [](NodeWorld& world) {
        put_bootstrap_service(world);
        complete_job(world);
    };
    return {
        {.behaviour = "the sidecar of the Job restores a snapshot",
         .spec = spec,
         .status = kInitializing,
         .rest_of_plan = kFails,
         .tasks = made +
                  StoredTasks{
                      submitted("snapshot-restore", R"({"TargetHeight":100})"),
                      pending("configure-genesis", "{}", kRetries),
                      pending("config-apply", kFullConfig),
                      pending("configure-state-sync", state_sync)
                  } +
                  to_the_gate() +
                  StoredTasks{pending("await-bootstrap-complete", job), pending("teardown-bootstrap", both)} +
                  production,
         .known = 4,
         .run = RunStatus::Running,
         .surroundings = put_live_job,
         .first = {"GET snapshot-restore"},
         .then =
             [](NodeWorld& world) {
                 world.sidecar.end("snapshot-restore", RunStatus::Completed);
                 world.settle();
                 complete_job(world);
             },
         .submitted =
             {"configure-genesis",
              kFullConfigSent,
              R"(configure-state-sync {"useLocalSnapshot":true})",
              "config-validate",
              "mark-ready",
              "configure-genesis",
              kFullConfigSent,
              "config-validate",
              "mark-ready"},
         .replicas = 0},
        {.behaviour = "the Job is awaited",
         .spec = spec,
         .status = kInitializing,
         .rest_of_plan = kFails,
         .tasks = made + configured +
                  StoredTasks{submitted("await-bootstrap-complete", job), pending("teardown-bootstrap", both)} +
                  production,
         .surroundings = put_live_job,
         .first = {},
         .then = complete_job,
         .submitted = in_production,
         .replicas = 0},
        {.behaviour = "the Job is done, and its success is stored",
         .spec = spec,
         .status = kInitializing,
         .rest_of_plan = kFails,
         .tasks = made + configured +
                  StoredTasks{done("await-bootstrap-complete", job), pending("teardown-bootstrap", both)} + production,
         .surroundings = put_done_job,
         .first =
             {"GET configure-genesis",
              "POST configure-genesis",
              "GET configure-genesis",
              "DELETE/jobs/n0-bootstrap",
              "DELETE/services/n0"},
         .then = [](NodeWorld& world) { world.sidecar.end("configure-genesis", RunStatus::Completed); },
         .submitted = in_production},
    };
}

std::vector<Case> plans_of_running_nodes() {
    const std::string spec = spec_of(R"("fullNode":{})", "seid:v2");
    const char* node = R"({"nodeName":"n0","namespace":"ns"})";
    return {
        {.behaviour = "an outdated pod is yet to be replaced",
         .spec = spec,
         .status = kUpdating,
         .tasks =
             {done("apply-statefulset"),
              done("apply-service"),
              submitted("replace-pod", node),
              pending("observe-image", node),
              pending("mark-ready")},
         .observed = show_outdated_pod,
         .first = {"DELETE/pods/n0-0"},
         .then = show_new_pod,
         .submitted = {"mark-ready"},
         .image = "seid:v2"},
        {.behaviour = "the new pod is awaited",
         .spec = spec,
         .status = kUpdating,
         .tasks =
             {done("apply-statefulset"),
              done("apply-service"),
              done("replace-pod"),
              submitted("observe-image", node),
              pending("mark-ready")},
         .observed = [](NodeWorld& world) { world.observe_stateful_set("rev-2", 0, 0); },
         .first = {},
         .then = show_new_pod,
         .submitted = {"mark-ready"},
         .image = "seid:v2"},
        {.behaviour = "the gate of the new pod is opened",
         .spec = spec,
         .status = std::string{R"("phase":"Running","currentImage":"seid:v2")"},
         .tasks =
             {done("apply-statefulset"),
              done("apply-service"),
              done("replace-pod"),
              done("observe-image"),
              submitted("mark-ready", "{}")},
         .known = 4,
         .run = RunStatus::Running,
         .surroundings = show_new_pod,
         .observed = show_new_pod,
         .first = {"GET mark-ready"},
         .then = [](NodeWorld& world) { world.sidecar.end("mark-ready", RunStatus::Completed); },
         .submitted = {},
         .image = "seid:v2"},
        {.behaviour = "a sidecar that was restarted is to open its gate again",
         .spec = spec_of(R"("fullNode":{})"),
         .status = kRunning,
         .tasks = {pending("mark-ready")},
         .first = {"GET mark-ready", "POST mark-ready", "GET mark-ready"},
         .then = [](NodeWorld& world) { world.sidecar.end("mark-ready", RunStatus::Completed); },
         .submitted = {"mark-ready"}},
    };
}

void expect_continued(const Case& c) {
    NodeWorld world;
    world.create_node(c.spec);
    put_objects(world);
    put_status(world, c.status, stored_plan(c.tasks, c.rest_of_plan));
    c.surroundings(world);
    if (c.run) {
        world.sidecar.runs[id_of(c.tasks, c.known)] = {
            c.tasks[c.known].type, {.status = *c.run, .run = 1, .error = "as it was"}
        };
    }
    // The first that is submitted is at work when the first pass ends.
    world.sidecar.leave_tasks_running();
    world.pass();
    if (c.observed) {
        c.observed(world);
        world.pass();
    }
    Lines first = requests_of(world, c.tasks);
    for (std::string& deed : deeds(world)) first.push_back(std::move(deed));
    EXPECT_THAT(first, ElementsAreArray(c.first));
    expect_completed_tasks_as_they_were(world, c.tasks);
    EXPECT_EQ(replicas(world), c.replicas);

    world.sidecar.complete_tasks();
    c.then(world);
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_EQ(world.node().status.plan, std::nullopt);
    EXPECT_EQ(replicas(world), 1);
    if (!c.image.empty()) EXPECT_EQ(world.node().status.currentImage, c.image);
    EXPECT_THAT(submissions_of(world), ElementsAreArray(c.submitted));
    EXPECT_THAT(requests_of(world, c.tasks), Each(Not(HasSubstr("another id"))));
    EXPECT_THAT(plans_written(world), Each(std::string{kPlanId}));
}

TEST(PlanOfTheReference, that_initialises_a_node_goes_on_where_it_stands) {
    for (const Case& c : initial_plans()) {
        SCOPED_TRACE(c.behaviour);
        expect_continued(c);
    }
}

TEST(PlanOfTheReference, that_bootstraps_a_node_goes_on_where_it_stands) {
    for (const Case& c : bootstrap_plans()) {
        SCOPED_TRACE(c.behaviour);
        expect_continued(c);
    }
}

TEST(PlanOfTheReference, of_a_running_node_goes_on_where_it_stands) {
    for (const Case& c : plans_of_running_nodes()) {
        SCOPED_TRACE(c.behaviour);
        expect_continued(c);
    }
}

TEST(PlanOfTheReference, that_is_complete_is_put_away) {
    NodeWorld world;
    world.create_node(spec_of(R"("fullNode":{})", "seid:v2"));
    put_objects(world);
    const StoredTasks tasks{
        done("apply-statefulset"),
        done("apply-service"),
        done("replace-pod"),
        done("observe-image"),
        done("mark-ready", "{}")
    };
    json::Value plan = stored_plan(tasks, "");
    plan.as_object()["phase"] = "Complete";
    std::string status = kUpdating;
    put_status(world, status.replace(status.find("seid:v1"), 7, "seid:v2"), plan);
    show_new_pod(world);
    world.settle();
    EXPECT_EQ(world.node().status.plan, std::nullopt);
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "False/UpdateComplete");
    EXPECT_THAT(submissions_of(world), IsEmpty());
    EXPECT_THAT(deeds(world), IsEmpty());
}

TEST(PlanOfTheReference, that_failed_a_node_stays_with_it) {
    NodeWorld world;
    world.create_node(spec_of(R"("fullNode":{})"));
    put_objects(world);
    StoredTasks tasks = begun();
    tasks.push_back({"configure-genesis", "Failed", R"("params":{},"maxRetries":180,"retryCount":180,"error":"no")"});
    json::Value plan = stored_plan(tasks, kFails);
    plan.as_object()["phase"] = "Failed";
    plan.as_object()["failedTaskIndex"] = 4;
    std::string status = kInitializing;
    put_status(world, status.replace(status.find("Initializing"), 12, "Failed"), plan);
    world.settle();
    EXPECT_EQ(world.phase(), "Failed");
    EXPECT_EQ(world.api.find(kNodePath)->at("status").at("plan"), plan);
    EXPECT_THAT(world.sidecar.requests, IsEmpty());
    EXPECT_THAT(deeds(world), IsEmpty());
}

}  // namespace
}  // namespace sei::test
