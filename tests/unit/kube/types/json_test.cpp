// The kinds of Kubernetes as the API server writes them: read, and written without what was not there.
#include <gtest/gtest.h>

#include "kube/json/json.hpp"
#include "kube/types/cluster_node.hpp"
#include "kube/types/config_map.hpp"
#include "kube/types/controller_revision.hpp"
#include "kube/types/event.hpp"
#include "kube/types/job.hpp"
#include "kube/types/lease.hpp"
#include "kube/types/namespace.hpp"
#include "kube/types/persistent_volume.hpp"
#include "kube/types/persistent_volume_claim.hpp"
#include "kube/types/pod.hpp"
#include "kube/types/secret.hpp"
#include "kube/types/service.hpp"
#include "kube/types/stateful_set.hpp"

namespace kube {
namespace {

template <class K>
void expect_round_trip(std::string_view text) {
    SCOPED_TRACE(KindOf<K>::type.kind);
    const json::Value value = json::parse(text);
    const K object = json::from_json<K>(value);
    EXPECT_EQ(json::to_json(object), value);
    EXPECT_EQ(json::from_json<K>(json::to_json(object)), object);
}

TEST(Types, come_back_as_they_went) {
    expect_round_trip<ConfigMap>(R"({"metadata": {"name": "c"}, "data": {"config.yaml": "a: b\n"}})");
    expect_round_trip<Secret>(R"({"metadata": {"name": "s"}, "data": {"k": "dg=="}, "type": "Opaque"})");
    expect_round_trip<Namespace>(R"({"metadata": {"name": "n"}, "status": {"phase": "Active"}})");
    expect_round_trip<Lease>(R"({"metadata": {"name": "l"}, "spec": {"holderIdentity": "", "leaseDurationSeconds": 15,
        "acquireTime": "2026-01-02T15:04:05.000001Z", "renewTime": "2026-01-02T15:04:05.123456Z", "leaseTransitions": 0}})"
    );
    expect_round_trip<Service>(R"({"metadata": {"name": "s"}, "spec": {"clusterIP": "None", "selector": {"a": "b"},
        "publishNotReadyAddresses": true, "ports": [{"name": "grpc", "protocol": "TCP", "appProtocol": "kubernetes.io/h2c",
        "port": 9090, "targetPort": 9090}, {"port": 80, "targetPort": "http"}]}})");
    expect_round_trip<PersistentVolumeClaim>(R"({"metadata": {"name": "p"}, "spec": {"accessModes": ["ReadWriteOnce"],
        "storageClassName": "", "volumeName": "pv", "resources": {"requests": {"storage": "2000Gi"}}},
        "status": {"phase": "Bound", "capacity": {"storage": "2000Gi"}}})");
    expect_round_trip<PersistentVolume>(R"({"metadata": {"name": "pv"}, "spec": {"capacity": {"storage": "1Ti"},
        "claimRef": {"namespace": "sei", "name": "p", "uid": "u"}}, "status": {"phase": "Bound"}})");
    expect_round_trip<ClusterNode>(
        R"({"metadata": {"name": "m"}, "spec": {"taints": [{"key": "k", "effect": "NoSchedule"}]},
        "status": {"allocatable": {"cpu": "8"}, "conditions": [{"type": "Ready", "status": "True"}]}})"
    );
    expect_round_trip<ControllerRevision>(
        R"({"metadata": {"name": "r"}, "data": {"spec": {"template": {}}}, "revision": 0})"
    );
    expect_round_trip<Event>(
        R"({"metadata": {"name": "e"}, "involvedObject": {"kind": "SeiNode", "name": "n", "uid": "u"},
        "reason": "R", "message": "m", "source": {"component": "seinode-controller"}, "count": 2, "type": "Normal",
        "firstTimestamp": "2026-01-02T15:04:05Z", "lastTimestamp": "2026-01-02T15:04:06Z",
        "reportingComponent": "seinode-controller", "reportingInstance": ""})"
    );
    expect_round_trip<Job>(R"({"metadata": {"name": "j"}, "spec": {"backoffLimit": 0, "ttlSecondsAfterFinished": 3600,
        "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"restartPolicy": "Never", "containers": [{"name": "c"}],
        "terminationGracePeriodSeconds": 120}}},
        "status": {"failed": 1, "conditions": [{"type": "Failed", "status": "True", "message": "m"}]}})");
    expect_round_trip<StatefulSet>(R"({"metadata": {"name": "s"}, "spec": {"replicas": 0, "serviceName": "s",
        "selector": {"matchLabels": {"a": "b"}}, "updateStrategy": {"type": "OnDelete"},
        "template": {"spec": {"containers": []}}},
        "status": {"observedGeneration": 1, "replicas": 0, "currentRevision": "s-1", "updateRevision": "s-2"}})");
}

TEST(Pod, holds_what_a_template_renders) {
    expect_round_trip<Pod>(R"({"metadata": {"name": "p"}, "spec": {
        "serviceAccountName": "a", "automountServiceAccountToken": false, "shareProcessNamespace": true, "hostname": "h",
        "subdomain": "d", "securityContext": {"fsGroup": 65532, "fsGroupChangePolicy": "OnRootMismatch"},
        "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
            {"matchExpressions": [{"key": "k", "operator": "In", "values": ["v"]}]}]}}},
        "tolerations": [{"key": "k", "value": "v", "effect": "NoSchedule"}],
        "volumes": [{"name": "tmp", "emptyDir": {}}, {"name": "data", "persistentVolumeClaim": {"claimName": "c"}},
                    {"name": "cfg", "configMap": {"name": "m"}},
                    {"name": "key", "secret": {"secretName": "s", "items": [{"key": "a", "path": "b"}], "defaultMode": 256}}],
        "initContainers": [{"name": "i", "restartPolicy": "Always"}],
        "containers": [{"name": "c", "image": "img", "command": ["sh"], "args": ["-c"],
            "ports": [{"name": "http", "containerPort": 80, "protocol": "TCP"}],
            "env": [{"name": "A", "value": "b"},
                    {"name": "S", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
                    {"name": "F", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
            "envFrom": [{"secretRef": {"name": "s"}}],
            "resources": {}, "volumeMounts": [{"name": "data", "mountPath": "/d", "subPath": "x", "readOnly": true}],
            "startupProbe": {"httpGet": {"path": "/h", "port": 8443}, "initialDelaySeconds": 5, "failureThreshold": 86400},
            "livenessProbe": {"tcpSocket": {"port": "http"}, "periodSeconds": 10},
            "readinessProbe": {"exec": {"command": ["true"]}},
            "securityContext": {"runAsUser": 0, "runAsNonRoot": true, "allowPrivilegeEscalation": false,
                "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"},
                "readOnlyRootFilesystem": true}}]}})");
}

TEST(Pod, holds_what_the_kubelet_says) {
    const auto pod = json::from_json<Pod>(json::parse(R"({"metadata": {"name": "p"}, "status": {"phase": "Pending",
        "initContainerStatuses": [{"name": "i", "ready": true, "restartCount": 0, "image": "", "imageID": "",
            "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}],
        "containerStatuses": [{"name": "c", "ready": false, "restartCount": 3, "image": "img", "imageID": "",
            "state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}},
            "lastState": {"terminated": {"exitCode": 137, "finishedAt": "2026-01-02T15:04:05Z"}}}]}})"));
    ASSERT_NE(find_container_status(pod.status, "c"), nullptr);
    EXPECT_EQ(find_container_status(pod.status, "c")->state->waiting->reason, "ImagePullBackOff");
    EXPECT_EQ(find_container_status(pod.status, "c")->lastState->terminated->exitCode, 137);
    EXPECT_EQ(find_container_status(pod.status, "i")->state->terminated->exitCode, 0);
    EXPECT_EQ(find_container_status(pod.status, "x"), nullptr);
}

TEST(Container, reads_well_as_an_initialiser) {
    const Container container{
        .name = "seid", .image = "seid:v1", .ports = {{.name = "rpc", .containerPort = 26657, .protocol = "TCP"}}
    };
    EXPECT_EQ(
        json::to_json(PodSpec{.containers = {container}}),
        json::parse(R"({"containers": [{"name": "seid", "image": "seid:v1",
                        "ports": [{"name": "rpc", "containerPort": 26657, "protocol": "TCP"}]}]})")
    );
}

TEST(WorkloadConditions, are_found_by_type) {
    const std::vector<WorkloadCondition> conditions{{.type = "Complete", .status = "True"}};
    EXPECT_TRUE(is_condition_true(conditions, "Complete"));
    EXPECT_FALSE(is_condition_true(conditions, "Failed"));
    EXPECT_EQ(find_condition(conditions, "Failed"), nullptr);
}

TEST(ObjectReference, names_an_object_in_full) {
    const Pod pod{.metadata = {.name = "p", .namespace_ = "ns", .uid = "u", .resourceVersion = "7"}};
    const ObjectReference reference = reference_to(pod);
    EXPECT_EQ(
        json::to_json(reference),
        json::parse(R"({"apiVersion": "v1", "kind": "Pod", "namespace": "ns", "name": "p", "uid": "u",
                        "resourceVersion": "7"})")
    );
}

}  // namespace
}  // namespace kube
