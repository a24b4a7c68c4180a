#include "sei/resources/guards.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "examples.hpp"
#include "sei/resources/bootstrap_job.hpp"
#include "sei/resources/stateful_set.hpp"

namespace sei::resources {
namespace {

using testing::HasSubstr;

kube::PodSpec pod_of(const api::SeiNode& node) {
    return render_stateful_set(node, examples::platform_p()).value().spec.template_.spec;
}

kube::EnvVar from_secret(std::string secret) {
    kube::EnvVar variable{.name = "SECRET"};
    variable.valueFrom = kube::EnvVarSource{};
    variable.valueFrom->secretKeyRef = kube::KeySelector{.name = std::move(secret), .key = "k"};
    return variable;
}

kube::EnvFromSource all_of_secret(std::string secret) {
    kube::EnvFromSource source;
    source.secretRef = kube::EnvFromObject{.name = std::move(secret)};
    return source;
}

TEST(KeyringContainment, accepts_what_is_rendered) {
    for (const auto& node : {examples::full_node(), examples::validator(), examples::ceremony_validator()}) {
        EXPECT_TRUE(check_keyring_containment(node, pod_of(node)));
    }
}

TEST(KeyringContainment, rejects_the_keyring_outside_the_sidecar) {
    const api::SeiNode node = examples::validator();
    kube::PodSpec pod = pod_of(node);
    pod.containers.at(0).volumeMounts.push_back({.name = "operator-keyring", .mountPath = "/keys"});
    EXPECT_THAT(
        check_keyring_containment(node, pod).error().text,
        HasSubstr("pod-spec for sei/val-0 mounts operator-keyring volume on container \"seid\"")
    );
}

TEST(KeyringContainment, rejects_the_passphrase_outside_the_sidecar) {
    const api::SeiNode node = examples::validator();
    kube::PodSpec by_env = pod_of(node);
    by_env.initContainers.at(0).env.push_back(from_secret("val-0-opk-pass"));
    EXPECT_THAT(
        check_keyring_containment(node, by_env).error().text,
        HasSubstr("passphrase Secret \"val-0-opk-pass\" in env \"SECRET\" on container \"seid-init\"")
    );
    kube::PodSpec by_all = pod_of(node);
    by_all.containers.at(1).envFrom.push_back(all_of_secret("val-0-opk-pass"));
    EXPECT_THAT(
        check_keyring_containment(node, by_all).error().text,
        HasSubstr("passphrase Secret \"val-0-opk-pass\" via envFrom on container \"cosmos-exporter\"")
    );
}

TEST(KeyringContainment, tells_violations_of_containers_before_those_of_init_containers) {
    const api::SeiNode node = examples::validator();
    kube::PodSpec pod = pod_of(node);
    pod.initContainers.at(0).env.push_back(from_secret("val-0-opk-pass"));
    pod.containers.at(1).env.push_back(from_secret("val-0-opk-pass"));
    EXPECT_THAT(check_keyring_containment(node, pod).error().text, HasSubstr("\"cosmos-exporter\""));
}

TEST(KeyringContainment, ignores_everything_without_a_keyring_secret) {
    const api::SeiNode node = examples::ceremony_validator();
    kube::PodSpec pod = pod_of(node);
    pod.containers.at(0).volumeMounts.push_back({.name = "operator-keyring", .mountPath = "/keys"});
    EXPECT_TRUE(check_keyring_containment(node, pod));
}

TEST(SecretUse, keeps_each_key_with_the_container_that_it_is_for) {
    struct Case {
        std::string behaviour;
        std::function<void(kube::PodSpec&)> change;
        std::string expected;
    };
    const auto container = [](kube::PodSpec& pod, std::string_view name) -> kube::Container& {
        for (auto* list : {&pod.containers, &pod.initContainers}) {
            for (kube::Container& candidate : *list) {
                if (candidate.name == name) return candidate;
            }
        }
        throw std::runtime_error{"no such container"};
    };
    const std::vector<Case> cases{
        {"the signing key never reaches the sidecar",
         [&](kube::PodSpec& pod) {
             container(pod, "sei-sidecar").volumeMounts.push_back({.name = "signing-key", .mountPath = "/keys"});
         },
         "container \"sei-sidecar\" mounts volume \"signing-key\" of Secret \"val-0-signing\", which is given to "
         "container \"seid\""},
        {"not under another volume name either",
         [&](kube::PodSpec& pod) {
             kube::Volume volume{.name = "innocent"};
             volume.secret = kube::SecretVolume{.secretName = "val-0-signing"};
             pod.volumes.push_back(volume);
             container(pod, "cosmos-exporter").volumeMounts.push_back({.name = "innocent", .mountPath = "/x"});
         },
         "container \"cosmos-exporter\" mounts volume \"innocent\" of Secret \"val-0-signing\""},
        {"the node key never reaches the proxy",
         [&](kube::PodSpec& pod) { container(pod, "kube-rbac-proxy").env.push_back(from_secret("val-0-nodekey")); },
         "container \"kube-rbac-proxy\" reads env \"SECRET\" of Secret \"val-0-nodekey\""},
        {"the keyring never reaches seid",
         [&](kube::PodSpec& pod) { container(pod, "seid").envFrom.push_back(all_of_secret("val-0-opk")); },
         "container \"seid\" reads envFrom of Secret \"val-0-opk\", which is given to container \"sei-sidecar\""},
        {"no other Secret reaches anybody",
         [&](kube::PodSpec& pod) { container(pod, "seid").env.push_back(from_secret("somebody-elses")); },
         "of Secret \"somebody-elses\", which the node does not name"},
    };
    const api::SeiNode node = examples::validator();
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        kube::PodSpec pod = pod_of(node);
        EXPECT_TRUE(check_secret_use(node, pod));
        c.change(pod);
        const auto checked = check_secret_use(node, pod);
        EXPECT_FALSE(checked);
        if (!checked) EXPECT_THAT(checked.error().text, HasSubstr(c.expected));
    }
}

api::SeiNode bootstrapped_validator() {
    api::SeiNode node = examples::validator();
    node.spec.validator->snapshot = api::SnapshotSource{};
    node.spec.validator->snapshot->s3 = api::S3Snapshot{.targetHeight = 100};
    node.spec.validator->snapshot->bootstrapImage = "seid:old";
    return node;
}

TEST(BootstrapIsolation, leaves_no_secret_in_the_pod_of_a_validator_with_all_its_keys) {
    const auto job = render_bootstrap_job(bootstrapped_validator(), examples::platform_p());
    ASSERT_TRUE(job) << job.error().text;
    const std::string body = kube::json::serialize(examples::body_of(*job));
    EXPECT_EQ(body.find("secret"), std::string::npos) << body;
    EXPECT_EQ(body.find("KEYRING"), std::string::npos) << body;
}

TEST(BootstrapIsolation, rejects_each_credential_of_the_validator) {
    struct Case {
        std::string behaviour;
        std::function<void(kube::PodSpec&)> change;
        std::string expected;
    };
    const std::vector<Case> cases{
        {"a volume",
         [](kube::PodSpec& pod) {
             kube::Volume volume{.name = "v"};
             volume.secret = kube::SecretVolume{.secretName = "val-0-signing"};
             pod.volumes.push_back(volume);
         },
         "references signing-key Secret \"val-0-signing\" on volume \"v\"; bootstrap pods must never carry"},
        {"env of a container",
         [](kube::PodSpec& pod) { pod.containers.at(0).env.push_back(from_secret("val-0-opk")); },
         "references operator-keyring Secret \"val-0-opk\" in container \"seid\" env"},
        {"envFrom of an init container",
         [](kube::PodSpec& pod) { pod.initContainers.at(1).envFrom.push_back(all_of_secret("val-0-opk-pass")); },
         "references operator-keyring-passphrase Secret \"val-0-opk-pass\" in container \"sei-sidecar\" envFrom"},
    };
    const api::SeiNode node = bootstrapped_validator();
    const kube::PodSpec clean = render_bootstrap_job(node, examples::platform_p()).value().spec.template_.spec;
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        kube::PodSpec pod = clean;
        EXPECT_TRUE(check_bootstrap_isolation(node, pod));
        c.change(pod);
        const auto checked = check_bootstrap_isolation(node, pod);
        EXPECT_FALSE(checked);
        if (!checked) EXPECT_THAT(checked.error().text, HasSubstr(c.expected));
    }
}

TEST(BootstrapIsolation, has_nothing_against_the_node_key) {
    const api::SeiNode node = bootstrapped_validator();
    kube::PodSpec pod;
    pod.containers.push_back({.name = "seid", .env = {from_secret("val-0-nodekey")}});
    EXPECT_TRUE(check_bootstrap_isolation(node, pod));
}

TEST(BootstrapIsolation, refuses_a_node_without_a_height_to_restore) {
    const auto job = render_bootstrap_job(examples::full_node(), examples::platform_p());
    ASSERT_FALSE(job);
    EXPECT_EQ(job.error().text, "bootstrap job requires an S3 snapshot source (node sei/rpc-0)");
}

TEST(Amounts, that_are_none_are_told_with_their_container) {
    api::SeiNode node = examples::full_node();
    EXPECT_TRUE(check_amounts(node, pod_of(node)));
    node.spec.sidecar.emplace().resources.emplace().limits = {{"memory", kube::Quantity{"1e1.5"}}};
    const auto rendered = render_stateful_set(node, examples::platform_p());
    ASSERT_FALSE(rendered);
    EXPECT_THAT(
        rendered.error().text, HasSubstr("container \"sei-sidecar\" asks for memory \"1e1.5\", which is no quantity")
    );
}

}  // namespace
}  // namespace sei::resources
