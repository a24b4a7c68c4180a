// Every body of spec 05 §16, by its digest (§16.6) and as a golden file with our scripts in it.
#include "examples.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/sha.h>

#include "golden.hpp"
#include "sei/resources/bootstrap_job.hpp"
#include "sei/resources/bootstrap_service.hpp"
#include "sei/resources/data_volume_claim.hpp"
#include "sei/resources/headless_service.hpp"
#include "sei/resources/rbac_proxy_config.hpp"
#include "sei/resources/stateful_set.hpp"

namespace sei::resources {
namespace {

std::string sha256_hex(const std::string& text) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    std::vector<unsigned char> bytes(text.begin(), text.end());
    SHA256(bytes.data(), bytes.size(), digest.data());
    std::string hex;
    for (const unsigned char byte : digest) hex += fmt::format("{:02x}", byte);
    return hex;
}

template <class K>
std::string digest_of(const K& object) {
    return sha256_hex(kube::json::serialize_canonical(examples::body_of(object)));
}

/// The digests are those of bodies with placeholders where the scripts are.
kube::StatefulSet without_scripts(kube::StatefulSet set) {
    kube::PodSpec& pod = set.spec.template_.spec;
    pod.initContainers.at(0).command.at(2) = "<script: seid-init>";
    pod.containers.at(0).args.at(0) = "<script: seid-wait>";
    pod.containers.at(1).args.at(0) = "<script: exporter-wait>";
    return set;
}

TEST(WorkedExamples, stateful_sets_have_their_digests) {
    struct Case {
        std::string behaviour;
        api::SeiNode node;
        std::string digest;
    };
    const std::vector<Case> cases{
        {"16.1 a full node", examples::full_node(), "5a1add8d5ca3247be006e9da412e1c9c5011affa188f051be71f6b1bb90173f2"},
        {"16.2 an archive with resources for its sidecar",
         examples::archive(),
         "c62b3b12922d9fd500c2536099af91411ff08e4ccacd8562f159056433350ca8"},
        {"16.3 a replayer with a sidecar of its own",
         examples::replayer(),
         "ffa4123faf3e70ec2a2d0ea5875c2e81f8ff4a012e2a844d39684e3ceace2be5"},
        {"16.4 a validator with all its keys",
         examples::validator(),
         "85d84c6d9ff581f909824c11382f20cd0502abd61d58e453893d6969145140c0"},
        {"16.5 a validator in a genesis ceremony",
         examples::ceremony_validator(),
         "a0b3857851f59b1d1075e853dc1a13b5ca0fd80eda7fa17423c396d19d61e92c"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        const auto set = render_stateful_set(c.node, examples::platform_p());
        EXPECT_TRUE(set) << set.error().text;
        if (!set) continue;
        EXPECT_EQ(digest_of(without_scripts(*set)), c.digest);
        testing_support::expect_golden(
            examples::body_of(*set), "resources/" + c.node.metadata.name + ".statefulset.json"
        );
    }
}

TEST(WorkedExamples, the_headless_service_has_its_digest) {
    const kube::Service service = render_headless_service(examples::full_node());
    EXPECT_EQ(digest_of(service), "b650d51c974dec550cbe26f21a1d080b3f3709a7307d540e4851ac6696692659");
    testing_support::expect_golden(examples::body_of(service), "resources/rpc-0.service.json");
}

TEST(WorkedExamples, data_volume_claims_have_their_digests) {
    const auto full = render_data_volume_claim(examples::full_node(), examples::platform_p());
    const auto archive = render_data_volume_claim(examples::archive(), examples::platform_p());
    ASSERT_TRUE(full && archive);
    EXPECT_EQ(digest_of(*full), "d1318a69e0d8f566e7710e29daf3682e2450f1288bc5c7ddf83fd0afec57ed91");
    EXPECT_EQ(digest_of(*archive), "ab664d7e1b8ede1b2f0b074f4268ddf83a72daba71f76391df1c2cb17d4ebd31");
    testing_support::expect_golden(examples::body_of(*full), "resources/rpc-0.persistentvolumeclaim.json");
    testing_support::expect_golden(examples::body_of(*archive), "resources/archive-0.persistentvolumeclaim.json");
}

TEST(WorkedExamples, the_proxy_configuration_has_its_digest) {
    const kube::ConfigMap config = render_rbac_proxy_config(examples::full_node());
    EXPECT_EQ(digest_of(config), "0f5e0ce013f5da2b13a072db7bbfd78cd5bb7d01e7415621db42ddc05b5fb54c");
    testing_support::expect_golden(examples::body_of(config), "resources/rpc-0.configmap.json");
}

TEST(WorkedExamples, the_bootstrap_job_has_its_digest) {
    auto job = render_bootstrap_job(examples::replayer(), examples::platform_p());
    ASSERT_TRUE(job) << job.error().text;
    testing_support::expect_golden(examples::body_of(*job), "resources/replay-0.job.json");
    kube::PodSpec& pod = job->spec.template_.spec;
    pod.initContainers.at(0).command.at(2) = "<script: seid-init>";
    pod.containers.at(0).args.at(0) = "<script: bootstrap>";
    EXPECT_EQ(digest_of(*job), "644d11aaf5bb6a9c345004cb0688171edce032b5daf24056e743dd4ddb568f69");
}

TEST(WorkedExamples, the_bootstrap_job_of_an_imported_claim_differs_in_the_claim_alone) {
    api::SeiNode node = examples::replayer();
    const auto plain = render_bootstrap_job(node, examples::platform_p());
    node.spec.dataVolume.emplace().import_.emplace().pvcName = "old-data";
    auto job = render_bootstrap_job(node, examples::platform_p());
    ASSERT_TRUE(plain && job);
    testing_support::expect_golden(examples::body_of(*job), "resources/replay-0.imported.job.json");
    kube::Volume& data = job->spec.template_.spec.volumes.at(0);
    ASSERT_TRUE(data.persistentVolumeClaim);
    EXPECT_EQ(data.persistentVolumeClaim->claimName, "old-data");
    data.persistentVolumeClaim->claimName = "data-replay-0";
    EXPECT_EQ(digest_of(*job), digest_of(*plain));
}

TEST(WorkedExamples, the_bootstrap_job_that_halts_above_its_target_differs_in_the_height_alone) {
    api::SeiNode node = examples::replayer();
    const auto plain = render_bootstrap_job(node, examples::platform_p());
    node.spec.replayer->snapshot.s3->haltHeight = 200'500'000;
    auto job = render_bootstrap_job(node, examples::platform_p());
    ASSERT_TRUE(plain && job);
    testing_support::expect_golden(examples::body_of(*job), "resources/replay-0.halting.job.json");
    std::string& script = job->spec.template_.spec.containers.at(0).args.at(0);
    EXPECT_NE(script.find("--halt-height 200500000"), std::string::npos) << script;
    for (std::size_t at = 0; (at = script.find("200500000", at)) != std::string::npos;) {
        script.replace(at, 9, "200100000");
    }
    EXPECT_EQ(digest_of(*job), digest_of(*plain));
}

TEST(WorkedExamples, the_bootstrap_service_has_its_digest) {
    const kube::Service service = render_bootstrap_service(examples::replayer());
    EXPECT_EQ(digest_of(service), "97505775ae31ba5f196e44364200d39d623d7a8ab228f8d8731b7bd3da78052c");
    testing_support::expect_golden(examples::body_of(service), "resources/replay-0.bootstrap-service.json");
}

}  // namespace
}  // namespace sei::resources
