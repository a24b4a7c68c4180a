#include "devcluster/workloads/recorders.hpp"

namespace devcluster::workloads {
namespace {

class SilentRecorder final : public kube::EventRecorder {
public:
    void record(kube::ObjectReference, kube::EventType, std::string, std::string) override {}
};

}  // namespace

kube::EventRecorder& recorder(kube::Manager& manager, const std::string& component, Events events) {
    static auto* const silent = new SilentRecorder{};  // Leaked: nothing to destroy at exit.
    return events == Events::Silent ? *silent : manager.event_recorder(component);
}

}  // namespace devcluster::workloads
