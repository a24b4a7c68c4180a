// Services, endpoints and endpoint slices.
#include <fmt/ranges.h>

#include "devcluster/apiserver/builtin_kind.hpp"
#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/table.hpp"
#include "devcluster/apiserver/validate_metadata.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

/// Cluster addresses come from 10.96.0.0/16, node ports from 30000 to 32767: the lowest that nobody has.
constexpr unsigned kClusterAddressesMax = 65'534;
constexpr std::int64_t kNodePortFirst = 30'000;
constexpr std::int64_t kNodePortLast = 32'767;

const Object& spec_of(const Object& object) {
    static const auto* const nothing = new Object{};  // Leaked: nothing to destroy at exit.
    const Object* spec = object_in(object, "spec");
    return spec != nullptr ? *spec : *nothing;
}

void default_service(Object& service) {
    Object& spec = made_object_in(service, "spec");
    set_default(spec, "sessionAffinity", "None");
    set_default(spec, "type", "ClusterIP");
    const std::string type{string_in(spec, "type")};
    if (string_in(spec, "sessionAffinity") == "ClientIP") {
        set_default(made_object_in(made_object_in(spec, "sessionAffinityConfig"), "clientIP"), "timeoutSeconds", 10800);
    }
    if (Array* ports = array_in(spec, "ports")) {
        for (Value& value : *ports) {
            Object* port = value.if_object();
            if (port == nullptr) continue;
            set_default(*port, "protocol", "TCP");
            const Value* target = port->if_contains("targetPort");
            if (target == nullptr || *target == Value(0) || *target == Value("")) {
                (*port)["targetPort"] = Value(port->if_contains("port") != nullptr ? port->at("port") : Value(0));
            }
        }
    }
    if (type == "NodePort" || type == "LoadBalancer") set_default(spec, "externalTrafficPolicy", "Cluster");
    if (type != "ExternalName") set_default(spec, "internalTrafficPolicy", "Cluster");
    if (type == "LoadBalancer") set_default(spec, "allocateLoadBalancerNodePorts", true);
}

std::string free_cluster_address(Store& store) {
    std::set<std::string, std::less<>> taken;
    for (const auto& [key, object] : store.collection("", "services").objects()) {
        taken.emplace(string_in(spec_of(object->object()), "clusterIP"));
    }
    for (unsigned i = 1; i <= kClusterAddressesMax; ++i) {
        std::string address = fmt::format("10.96.{}.{}", i / 256, i % 256);
        if (!taken.contains(address)) return address;
    }
    throw internal_error("failed to allocate a serviceIP: range is full");
}

std::int64_t free_node_port(Store& store, const std::set<std::int64_t>& also_taken) {
    std::set<std::int64_t> taken = also_taken;
    for (const auto& [key, object] : store.collection("", "services").objects()) {
        const Array* ports = array_in(spec_of(object->object()), "ports");
        if (ports == nullptr) continue;
        for (const Value& port : *ports) {
            if (port.is_object()) taken.insert(integer_in(port.get_object(), "nodePort").value_or(0));
        }
    }
    for (std::int64_t port = kNodePortFirst; port <= kNodePortLast; ++port) {
        if (!taken.contains(port)) return port;
    }
    throw internal_error("failed to allocate a nodePort: range is full");
}

void allocate(Object& service, Store& store) {
    Object& spec = made_object_in(service, "spec");
    const std::string type{string_in(spec, "type")};
    if (type == "ExternalName") return;
    if (string_in(spec, "clusterIP").empty()) {
        const Array* given = array_in(std::as_const(spec), "clusterIPs");
        if (given != nullptr && !given->empty()) {
            spec["clusterIP"] = Value(given->front());
        } else {
            spec["clusterIP"] = free_cluster_address(store);
        }
    }
    set_default(spec, "clusterIPs", Array{Value(spec.at("clusterIP"))});
    set_default(spec, "ipFamilies", Array{Value("IPv4")});
    set_default(spec, "ipFamilyPolicy", "SingleStack");
    const bool wants_ports =
        type == "NodePort" || (type == "LoadBalancer" && spec.if_contains("allocateLoadBalancerNodePorts") != nullptr &&
                               spec.at("allocateLoadBalancerNodePorts") != Value(false));
    Array* ports = array_in(spec, "ports");
    if (!wants_ports || ports == nullptr) return;
    std::set<std::int64_t> mine;
    for (Value& port : *ports) {
        if (!port.is_object()) continue;
        if (integer_in(port.get_object(), "nodePort").value_or(0) == 0) {
            port.get_object()["nodePort"] = free_node_port(store, mine);
        }
        mine.insert(integer_in(port.get_object(), "nodePort").value_or(0));
    }
}

void prepare_service(Object& service, const PrepareContext& context) {
    service["status"] = Object{{"loadBalancer", Object{}}};
    allocate(service, context.store);
}

/// What was allocated stays when an update does not mention it.
void prepare_service_update(Object& service, const Object& before, Endpoint endpoint) {
    if (endpoint != Endpoint::Main) return;
    Object& spec = made_object_in(service, "spec");
    const Object& old = spec_of(before);
    if (string_in(spec, "type") == "ExternalName") return;
    for (const std::string_view key : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"}) {
        if (const Value* value = old.if_contains(key)) set_default(spec, key, Value(*value, spec.storage()));
    }
    const Array* old_ports = array_in(old, "ports");
    Array* ports = array_in(spec, "ports");
    const std::string_view type = string_in(spec, "type");
    if (old_ports == nullptr || ports == nullptr || (type != "NodePort" && type != "LoadBalancer")) return;
    for (Value& port : *ports) {
        if (!port.is_object()) continue;
        for (const Value& theirs : *old_ports) {
            if (!theirs.is_object() || !theirs.get_object().contains("nodePort")) continue;
            if (theirs.get_object().at("port") == port.get_object()["port"]) {
                set_default(port.get_object(), "nodePort", Value(theirs.get_object().at("nodePort"), {}));
            }
        }
    }
}

void validate_service(const Object& service, FieldErrors& errors) {
    const Object& spec = spec_of(service);
    const std::string_view type = string_in(spec, "type");
    if (type != "ClusterIP" && type != "NodePort" && type != "LoadBalancer" && type != "ExternalName") {
        errors.unsupported("spec.type", Value(type), {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"});
    }
    const Array* ports = array_in(spec, "ports");
    const bool is_headless = string_in(spec, "clusterIP") == "None";
    if (is_headless && (type == "NodePort" || type == "LoadBalancer")) {
        errors.invalid(
            "spec.clusterIPs[0]", Value("None"), fmt::format("may not be set to 'None' for {} services", type)
        );
    }
    if ((ports == nullptr || ports->empty()) && !is_headless && type != "ExternalName") errors.required("spec.ports");
    if (type == "ExternalName" && string_in(spec, "externalName").empty()) {
        errors.required("spec.externalName");
    }
    if (ports == nullptr) return;
    std::set<std::string_view> names;
    std::size_t index = 0;
    for (const Value& value : *ports) {
        const std::string at = fmt::format("spec.ports[{}]", index++);
        const Object* port = value.if_object();
        if (port == nullptr) continue;
        const std::string_view name = string_in(*port, "name");
        if (name.empty() && ports->size() > 1) {
            errors.required(at + ".name");
        } else if (!name.empty() && !is_dns_label(name)) {
            errors.invalid(at + ".name", Value(name), kDnsLabelRule);
        } else if (!name.empty() && !names.insert(name).second) {
            errors.duplicate(at + ".name", Value(name));
        }
        const std::int64_t number = integer_in(*port, "port").value_or(0);
        if (number < 1 || number > 65'535) {
            errors.invalid(at + ".port", Value(number), "must be between 1 and 65535, inclusive");
        }
        if (const auto target = integer_in(*port, "targetPort"); target && (*target < 1 || *target > 65'535)) {
            errors.invalid(at + ".targetPort", Value(*target), "must be between 1 and 65535, inclusive");
        }
    }
}

void validate_service_update(const Object& service, const Object& before, FieldErrors& errors) {
    const Object& now = spec_of(service);
    const Object& then = spec_of(before);
    if (string_in(then, "type") == "ExternalName" || string_in(now, "type") == "ExternalName") return;
    const std::string_view address = string_in(now, "clusterIP");
    if (!string_in(then, "clusterIP").empty() && address != string_in(then, "clusterIP")) {
        const Value* list = now.if_contains("clusterIPs");
        errors.invalid("spec.clusterIPs[0]", list != nullptr ? *list : Value(address), "may not change once set");
    }
}

std::string ports_of(const Object& spec) {
    std::vector<std::string> out;
    if (const Array* ports = array_in(spec, "ports")) {
        for (const Value& value : *ports) {
            const Object* port = value.if_object();
            if (port == nullptr) continue;
            const auto node_port = integer_in(*port, "nodePort").value_or(0);
            const auto number = integer_in(*port, "port").value_or(0);
            out.push_back(
                node_port > 0 ? fmt::format("{}:{}/{}", number, node_port, string_in(*port, "protocol"))
                              : fmt::format("{}/{}", number, string_in(*port, "protocol"))
            );
        }
    }
    return out.empty() ? "<none>" : fmt::format("{}", fmt::join(out, ","));
}

std::string selector_text(const Object* labels) {
    std::vector<std::string> out;
    if (labels != nullptr) {
        for (const auto& [key, value] : *labels) {
            if (value.is_string())
                out.push_back(fmt::format("{}={}", std::string_view{key}, std::string_view{value.get_string()}));
        }
    }
    std::ranges::sort(out);
    return out.empty() ? "<none>" : fmt::format("{}", fmt::join(out, ","));
}

Array service_cells(const Object& service, const kube::Clock& clock) {
    const Object& spec = spec_of(service);
    const std::string_view type = string_in(spec, "type");
    std::string external = "<none>";
    if (type == "LoadBalancer") external = "<pending>";
    if (type == "ExternalName") external = string_in(spec, "externalName");
    const std::string_view address = string_in(spec, "clusterIP");
    return {
        Value(string_in(metadata_of(service), "name")),
        Value(type),
        Value(address.empty() ? std::string_view{"<none>"} : address),
        Value(external),
        Value(ports_of(spec)),
        Value(age_cell(service, clock)),
        Value(selector_text(object_in(spec, "selector")))
    };
}

std::optional<std::string> select_service(const Object& service, std::string_view field) {
    if (field.starts_with("spec.")) return std::string{string_in(spec_of(service), field.substr(5))};
    return std::nullopt;
}

void default_endpoints(Object& endpoints) {
    Array* subsets = array_in(endpoints, "subsets");
    if (subsets == nullptr) return;
    for (Value& subset : *subsets) {
        Array* ports = subset.is_object() ? array_in(subset.get_object(), "ports") : nullptr;
        if (ports == nullptr) continue;
        for (Value& port : *ports) {
            if (port.is_object()) set_default(port.get_object(), "protocol", "TCP");
        }
    }
}

Array endpoints_cells(const Object& endpoints, const kube::Clock& clock) {
    std::vector<std::string> out;
    if (const Array* subsets = array_in(endpoints, "subsets")) {
        for (const Value& subset : *subsets) {
            const Array* addresses = subset.is_object() ? array_in(subset.get_object(), "addresses") : nullptr;
            const Array* ports = subset.is_object() ? array_in(subset.get_object(), "ports") : nullptr;
            if (addresses == nullptr) continue;
            for (const Value& address : *addresses) {
                const std::string_view ip = address.is_object() ? string_in(address.get_object(), "ip") : "";
                if (ports == nullptr) out.emplace_back(ip);
                if (ports == nullptr) continue;
                for (const Value& port : *ports) {
                    if (port.is_object()) {
                        out.push_back(fmt::format("{}:{}", ip, integer_in(port.get_object(), "port").value_or(0)));
                    }
                }
            }
        }
    }
    std::string text =
        out.empty() ? "<none>"
                    : fmt::format("{}", fmt::join(std::span{out}.first(std::min<std::size_t>(3, out.size())), ","));
    if (out.size() > 3) text += fmt::format(" + {} more...", out.size() - 3);
    return {Value(string_in(metadata_of(endpoints), "name")), Value(text), Value(age_cell(endpoints, clock))};
}

Array endpoint_slice_cells(const Object& slice, const kube::Clock& clock) {
    std::vector<std::string> ports;
    std::vector<std::string> addresses;
    if (const Array* list = array_in(slice, "ports")) {
        for (const Value& port : *list) {
            if (port.is_object()) ports.push_back(std::to_string(integer_in(port.get_object(), "port").value_or(0)));
        }
    }
    if (const Array* list = array_in(slice, "endpoints")) {
        for (const Value& endpoint : *list) {
            const Array* mine = endpoint.is_object() ? array_in(endpoint.get_object(), "addresses") : nullptr;
            if (mine != nullptr && !mine->empty() && mine->front().is_string())
                addresses.emplace_back(mine->front().get_string());
        }
    }
    return {
        Value(string_in(metadata_of(slice), "name")),
        Value(string_in(slice, "addressType")),
        Value(ports.empty() ? "<unset>" : fmt::format("{}", fmt::join(ports, ","))),
        Value(addresses.empty() ? "<unset>" : fmt::format("{}", fmt::join(addresses, ","))),
        Value(age_cell(slice, clock))
    };
}

}  // namespace

BuiltinHooks service_hooks() {
    return {
        .defaults = default_service,
        .prepare_create = prepare_service,
        .prepare_update = prepare_service_update,
        .validate = validate_service,
        .validate_update = validate_service_update,
        .select = select_service,
        .cells = service_cells
    };
}

BuiltinHooks endpoints_hooks() {
    return {.defaults = default_endpoints, .cells = endpoints_cells};
}

BuiltinHooks endpoint_slice_hooks() {
    return {.cells = endpoint_slice_cells};
}

}  // namespace devcluster::apiserver
