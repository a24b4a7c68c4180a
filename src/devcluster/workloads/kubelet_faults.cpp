#include "devcluster/workloads/kubelet_faults.hpp"

#include <algorithm>
#include <charconv>

namespace devcluster::workloads {

namespace {

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

/// "90s".
std::optional<std::chrono::seconds> seconds(std::string_view text) {
    if (!text.ends_with('s')) return std::nullopt;
    const auto value = number(text.substr(0, text.size() - 1));
    if (!value) return std::nullopt;
    return std::chrono::seconds{*value};
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

std::string_view annotation(const kube::Pod& pod, std::string_view key) {
    const auto found = pod.metadata.annotations.find(std::string{key});
    return found == pod.metadata.annotations.end() ? std::string_view{} : std::string_view{found->second};
}

std::vector<Fault> annotated(const kube::Pod& pod) {
    std::vector<Fault> faults;
    std::string_view rest = annotation(pod, kFaultAnnotation);
    while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        if (const auto fault = parse_fault(trimmed(rest.substr(0, comma)))) faults.push_back(*fault);
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    }
    return faults;
}

}  // namespace

std::optional<Fault> parse_fault(std::string_view word) {
    if (word == "slow-start") return Fault{FaultKind::SlowStart};
    if (word == "pending") return Fault{FaultKind::Pending};
    if (word == "image-pull") return Fault{FaultKind::ImagePull};
    if (word == "crash-loop") return Fault{FaultKind::CrashLoop};
    if (word == "never-ready") return Fault{FaultKind::NeverReady};
    constexpr std::string_view kSlowStartFor = "slow-start=";
    if (!word.starts_with(kSlowStartFor)) return std::nullopt;
    const auto duration = seconds(word.substr(kSlowStartFor.size()));
    if (!duration) return std::nullopt;
    return Fault{FaultKind::SlowStart, *duration};
}

bool FaultTarget::covers(const kube::Pod& of) const {
    if (!namespace_.empty() && namespace_ != of.metadata.namespace_) return false;
    if (!pod.empty() && pod != of.metadata.name) return false;
    return std::ranges::all_of(labels, [&](const auto& label) {
        const auto found = of.metadata.labels.find(label.first);
        return found != of.metadata.labels.end() && found->second == label.second;
    });
}

bool FaultTarget::covers(const kube::Pod& of, const kube::Container& in) const {
    if (!container.empty() && container != in.name) return false;
    if (!image.empty() && image != in.image) return false;
    return covers(of);
}

KubeletFaults::Id KubeletFaults::add(Entry entry) {
    entry.id = next_id_++;
    entries_.push_back(std::move(entry));
    if (changed_) changed_();
    return entries_.back().id;
}

KubeletFaults::Id KubeletFaults::add(FaultTarget target, Fault fault) {
    return add(Entry{.target = std::move(target), .fault = fault});
}

KubeletFaults::Id KubeletFaults::set_exit(FaultTarget target, ContainerExit exit) {
    return add(Entry{.target = std::move(target), .exit = exit});
}

void KubeletFaults::remove(Id id) {
    std::erase_if(entries_, [&](const Entry& entry) { return entry.id == id; });
    if (changed_) changed_();
}

void KubeletFaults::clear() {
    entries_.clear();
    if (changed_) changed_();
}

std::vector<Fault> KubeletFaults::of(const kube::Pod& pod, const kube::Container& container) const {
    std::vector<Fault> faults = annotated(pod);
    for (const Entry& entry : entries_) {
        if (entry.fault && entry.target.covers(pod, container)) faults.push_back(*entry.fault);
    }
    return faults;
}

std::optional<Fault> KubeletFaults::of_pod(const kube::Pod& pod, FaultKind kind) const {
    for (const Fault& fault : annotated(pod)) {
        if (fault.kind == kind) return fault;
    }
    for (const Entry& entry : entries_) {
        if (!entry.fault || entry.fault->kind != kind) continue;
        for (const auto* containers : {&pod.spec.initContainers, &pod.spec.containers}) {
            for (const kube::Container& container : *containers) {
                if (entry.target.covers(pod, container)) return entry.fault;
            }
        }
    }
    return std::nullopt;
}

ContainerExit KubeletFaults::exit_of(const kube::Pod& pod, const kube::Container& container) const {
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
        if (entry->exit && entry->target.covers(pod, container)) return *entry->exit;
    }
    ContainerExit exit;
    if (const auto code = number(annotation(pod, kExitCodeAnnotation))) exit.code = static_cast<std::int32_t>(*code);
    const std::string_view run_for = annotation(pod, kRunForAnnotation);
    if (run_for == "forever") exit.after.reset();
    if (const auto after = seconds(run_for)) exit.after = *after;
    return exit;
}

}  // namespace devcluster::workloads
