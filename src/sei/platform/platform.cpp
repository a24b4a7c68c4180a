#include "sei/platform/platform.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "kube/meta/name_syntax.hpp"

namespace sei::platform {

namespace {

constexpr auto kVariables = std::to_array<Variable>({
    {"SEI_NODEPOOL_NAME", "names the node pool that full nodes, replayers and validators are scheduled to"},
    {"SEI_NODEPOOL_ARCHIVE", "names the node pool that archive nodes are scheduled to"},
    {"SEI_TOLERATION_KEY", "is the key of the taint that node pods tolerate; its value is the node pool"},
    {"SEI_SERVICE_ACCOUNT", "names the ServiceAccount of node pods and bootstrap Jobs"},
    {"SEI_STORAGE_CLASS_PERF", "names the StorageClass of the data volume of full nodes, replayers and validators"},
    {"SEI_STORAGE_CLASS_DEFAULT", "names the StorageClass of the data volume of any other mode"},
    {"SEI_STORAGE_CLASS_ARCHIVE", "names the StorageClass of the data volume of archive nodes"},
    {"SEI_STORAGE_SIZE_DEFAULT", "is the size of the data volume of every node but archive nodes"},
    {"SEI_STORAGE_SIZE_ARCHIVE", "is the size of the data volume of archive nodes"},
    {"SEI_RESOURCE_CPU_ARCHIVE", "is the CPU that seid requests on archive nodes"},
    {"SEI_RESOURCE_MEM_ARCHIVE", "is the memory that seid requests on archive nodes"},
    {"SEI_RESOURCE_CPU_DEFAULT", "is the CPU that seid requests on every node but archive nodes"},
    {"SEI_RESOURCE_MEM_DEFAULT", "is the memory that seid requests on every node but archive nodes"},
    {"SEI_SNAPSHOT_BUCKET", "names the bucket that sidecars restore snapshots from and upload them to"},
    {"SEI_SNAPSHOT_REGION", "is the region of the snapshot bucket"},
    {"SEI_GENESIS_BUCKET", "names the bucket of genesis files and genesis artifacts"},
    {"SEI_GENESIS_REGION", "is the region of the genesis bucket"},
    {"SEI_RESULT_EXPORT_BUCKET", "names the bucket of exported results; nothing uses it", false},
    {"SEI_RESULT_EXPORT_REGION", "is the region of the bucket of exported results; nothing uses it", false},
    {"SEI_RESULT_EXPORT_PREFIX", "is the prefix in the bucket of exported results; nothing uses it", false},
    {"SEI_GATEWAY_NAME", "names the Gateway that routes of deployments attach to"},
    {"SEI_GATEWAY_NAMESPACE", "is the namespace of that Gateway"},
    {"SEI_GATEWAY_DOMAIN", "is the domain that the host names of routes end in"},
    {"SEI_GATEWAY_PUBLIC_DOMAIN", "is a second domain for the same routes", false},
    {"SEI_SIDECAR_IMAGE", "names the sidecar image of every node pod"},
    {"SEI_KUBE_RBAC_PROXY_IMAGE", "names the image of the proxy that guards the sidecar in every node pod"},
    {"SEI_COSMOS_EXPORTER_IMAGE", "names the image of the metrics exporter in every node pod"},
});

constexpr std::string_view kWhiteSpace = " \t\r\n\v\f";

/// Without the white space around it.
std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(kWhiteSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

enum class Zero { Allowed, Refused };

bool is_one_word(std::string_view text) {
    return text.find_first_of(kWhiteSpace) == std::string_view::npos;
}

/// What a text must look like to be of any use, and what is said of one that does not: "is \"x y\", which …".
struct Syntax {
    bool (*admits)(std::string_view text);
    std::string_view otherwise;
};
constexpr Syntax kAnyText{[](std::string_view) { return true; }, ""};
constexpr Syntax kLabelValue{
    &kube::is_label_value,
    "is no label value: write at most 63 letters, digits, '-', '_' and '.', the first and the last a letter or a digit"
};
constexpr Syntax kLabelKey{
    &kube::is_label_key,
    "is no key of a taint: write at most 63 letters, digits, '-', '_' and '.', after a domain and '/' if anything"
};
constexpr Syntax kObjectName{
    &kube::is_object_name,
    "is no name of an object: write at most 253 lower-case letters, digits, '-' and '.', neither of these at an end"
};
constexpr Syntax kNamespaceName{
    &kube::is_namespace_name,
    "is no name of a namespace: write at most 63 lower-case letters, digits and '-', which stands at neither end"
};
constexpr Syntax kDomain{
    &kube::is_object_name,
    "is no domain: write lower-case letters, digits and '-' with dots between, without a dot at the end"
};
constexpr Syntax kImage{&is_one_word, "is no image: there is white space in it"};

/// Takes values out of an environment and collects what is wrong with them.
class Reader {
public:
    explicit Reader(const Environment& environment) : environment_{environment} {}

    void text(const Variable& variable, std::string& into, const Syntax& syntax) {
        if (const auto found = environment_.find(variable.name); found != environment_.end()) {
            into = trimmed(found->second);
        }
        if (into.empty()) {
            if (variable.is_required) {
                problem(variable, fmt::format("{} is required: it {}.", variable.name, variable.purpose));
            }
        } else if (!syntax.admits(into)) {
            refuse(variable, into, syntax.otherwise);
        }
    }

    void quantity(const Variable& variable, kube::Quantity& into, Zero zero) {
        std::string value;
        text(variable, value, kAnyText);
        if (value.empty()) return;
        const std::optional<kube::Quantity> parsed = kube::Quantity::parse(value);
        if (!parsed) {
            refuse(variable, value, "is no quantity: write a number with a suffix such as 4, 500m, 32Gi");
        } else if (*parsed < kube::Quantity{"0"}) {
            refuse(variable, value, "must not be negative");
        } else if (zero == Zero::Refused && *parsed == kube::Quantity{"0"}) {
            refuse(variable, value, "must be greater than zero");
        } else {
            into = *parsed;
        }
    }

    /// By name: whoever reads them looks a name up (spec 07 §27, 3).
    [[nodiscard]] std::vector<Problem> problems() && {
        std::ranges::sort(problems_, {}, &Problem::variable);
        return std::move(problems_);
    }

private:
    void refuse(const Variable& variable, const std::string& value, std::string_view why) {
        problem(
            variable, fmt::format("{0} is \"{1}\", which {2}. It {3}.", variable.name, value, why, variable.purpose)
        );
    }
    void problem(const Variable& variable, std::string text) {
        problems_.push_back({std::string{variable.name}, std::move(text)});
    }

    const Environment& environment_;
    std::vector<Problem> problems_;
};

}  // namespace

std::span<const Variable> variables() {
    return kVariables;
}

std::expected<Platform, std::vector<Problem>> read(const Environment& environment) {
    Platform platform;
    Reader reader{environment};
    // In the order of kVariables; the test that gives each variable a value of its own checks it.
    auto variable = kVariables.begin();
    const auto read_text = [&](std::string& into, const Syntax& syntax) { reader.text(*variable++, into, syntax); };
    const auto read_quantity = [&](kube::Quantity& into, Zero zero) { reader.quantity(*variable++, into, zero); };

    read_text(platform.standard.node_pool, kLabelValue);
    read_text(platform.archive.node_pool, kLabelValue);
    read_text(platform.toleration_key, kLabelKey);
    read_text(platform.service_account, kObjectName);
    read_text(platform.standard.storage_class, kObjectName);
    read_text(platform.storage_class_of_other_modes, kObjectName);
    read_text(platform.archive.storage_class, kObjectName);
    read_quantity(platform.standard.storage_size, Zero::Refused);
    read_quantity(platform.archive.storage_size, Zero::Refused);
    read_quantity(platform.archive.cpu, Zero::Allowed);
    read_quantity(platform.archive.memory, Zero::Allowed);
    read_quantity(platform.standard.cpu, Zero::Allowed);
    read_quantity(platform.standard.memory, Zero::Allowed);
    read_text(platform.snapshot_bucket, kAnyText);
    read_text(platform.snapshot_region, kAnyText);
    read_text(platform.genesis_bucket, kAnyText);
    read_text(platform.genesis_region, kAnyText);
    read_text(platform.result_export_bucket, kAnyText);
    read_text(platform.result_export_region, kAnyText);
    read_text(platform.result_export_prefix, kAnyText);
    read_text(platform.gateway_name, kObjectName);
    read_text(platform.gateway_namespace, kNamespaceName);
    read_text(platform.gateway_domain, kDomain);
    read_text(platform.gateway_public_domain, kDomain);
    read_text(platform.sidecar_image, kImage);
    read_text(platform.kube_rbac_proxy_image, kImage);
    read_text(platform.cosmos_exporter_image, kImage);

    std::vector<Problem> problems = std::move(reader).problems();
    if (!problems.empty()) return std::unexpected(std::move(problems));
    return platform;
}

std::string to_string(const std::vector<Problem>& problems) {
    std::string all;
    for (const Problem& problem : problems) {
        if (!all.empty()) all += ' ';
        all += problem.text;
    }
    return all;
}

}  // namespace sei::platform
