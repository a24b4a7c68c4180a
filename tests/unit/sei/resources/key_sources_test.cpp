// A validator's keys come in pairs or not at all, and its keyring independently of them (spec 01 V1, spec 05 §6): the
// two bodies that spec 05 §16 does not show, beside those of a validator with all of them and with none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "examples.hpp"
#include "golden.hpp"
#include "sei/resources/stateful_set.hpp"

namespace sei::resources {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kKeys =
    R"("signingKey":{"secret":{"secretName":"val-1-signing"}},"nodeKey":{"secret":{"secretName":"val-1-nodekey"}})";
constexpr const char* kKeyring =
    R"("operatorKeyring":{"secret":{"secretName":"val-1-opk","keyName":"node_admin",
       "passphraseSecretRef":{"secretName":"val-1-opk-pass","key":"passphrase"}}})";

kube::StatefulSet rendered(const std::string& sources) {
    const auto set = render_stateful_set(
        examples::node_from(
            "val-1",
            "6",
            R"({"chainId":"atlantic-2","image":"ghcr.io/sei-protocol/seid:v6.5.0","validator":{)" + sources + "}}"
        ),
        examples::platform_p()
    );
    EXPECT_TRUE(set) << set.error().text;
    return set.value_or(kube::StatefulSet{});
}

std::string body_of(const kube::StatefulSet& set) {
    return kube::json::serialize_canonical(examples::body_of(set));
}

kube::Container& container(kube::StatefulSet& set, std::string_view name) {
    kube::PodSpec& pod = set.spec.template_.spec;
    for (auto* list : {&pod.containers, &pod.initContainers}) {
        const auto found = std::ranges::find(*list, name, &kube::Container::name);
        if (found != list->end()) return *found;
    }
    throw std::runtime_error{"no container " + std::string{name}};
}

/// The names that `of` has and `than` has not, in order.
template <class T>
std::vector<std::string> more(const std::vector<T>& of, const std::vector<T>& than) {
    std::vector<std::string> names;
    for (const T& one : of) {
        if (std::ranges::find(than, one) == than.end()) names.push_back(one.name);
    }
    return names;
}

/// Makes the parts alike that keys and keyring may change: what is left is the same in every combination.
kube::StatefulSet without_key_parts(kube::StatefulSet set, kube::StatefulSet other) {
    set.spec.template_.spec.volumes = other.spec.template_.spec.volumes;
    container(set, "seid").volumeMounts = container(other, "seid").volumeMounts;
    container(set, "sei-sidecar").volumeMounts = container(other, "sei-sidecar").volumeMounts;
    container(set, "sei-sidecar").env = container(other, "sei-sidecar").env;
    return set;
}

TEST(ValidatorWithKeys, but_without_a_keyring_mounts_them_into_seid_alone) {
    kube::StatefulSet plain = rendered("");
    kube::StatefulSet keys = rendered(kKeys);
    const auto& volumes = keys.spec.template_.spec.volumes;
    EXPECT_THAT(more(volumes, plain.spec.template_.spec.volumes), ElementsAre("signing-key", "node-key"));
    EXPECT_THAT(
        more(container(keys, "seid").volumeMounts, container(plain, "seid").volumeMounts),
        ElementsAre("signing-key", "node-key")
    );
    EXPECT_EQ(container(keys, "sei-sidecar"), container(plain, "sei-sidecar")) << "it signs with the test keyring";
    EXPECT_EQ(body_of(without_key_parts(keys, plain)), body_of(plain));
    testing_support::expect_golden(examples::body_of(keys), "resources/val-1.keys.statefulset.json");
}

TEST(ValidatorWithAKeyring, but_without_keys_mounts_it_into_the_sidecar_alone) {
    kube::StatefulSet plain = rendered("");
    kube::StatefulSet keyring = rendered(kKeyring);
    const auto& volumes = keyring.spec.template_.spec.volumes;
    EXPECT_THAT(more(volumes, plain.spec.template_.spec.volumes), ElementsAre("operator-keyring"));
    EXPECT_THAT(
        more(container(keyring, "sei-sidecar").volumeMounts, container(plain, "sei-sidecar").volumeMounts),
        ElementsAre("operator-keyring")
    );
    EXPECT_THAT(
        more(container(keyring, "sei-sidecar").env, container(plain, "sei-sidecar").env),
        ElementsAre("SEI_KEYRING_BACKEND", "SEI_KEYRING_PASSPHRASE")
    );
    EXPECT_EQ(container(keyring, "seid"), container(plain, "seid"));
    EXPECT_EQ(body_of(without_key_parts(keyring, plain)), body_of(plain));
    testing_support::expect_golden(examples::body_of(keyring), "resources/val-1.keyring.statefulset.json");
}

TEST(ValidatorWithAllItsKeys, has_those_of_both_and_nothing_else) {
    kube::StatefulSet keys = rendered(kKeys);
    kube::StatefulSet keyring = rendered(kKeyring);
    kube::StatefulSet all = rendered(std::string{kKeys} + "," + kKeyring);
    EXPECT_EQ(container(all, "seid"), container(keys, "seid"));
    EXPECT_EQ(container(all, "sei-sidecar"), container(keyring, "sei-sidecar"));
    const auto& volumes = all.spec.template_.spec.volumes;
    EXPECT_THAT(more(volumes, keys.spec.template_.spec.volumes), ElementsAre("operator-keyring"));
    EXPECT_THAT(more(volumes, keyring.spec.template_.spec.volumes), ElementsAre("signing-key", "node-key"));
    EXPECT_THAT(more(keys.spec.template_.spec.volumes, volumes), IsEmpty());
}

}  // namespace
}  // namespace sei::resources
