// Planted bugs in what an operator says to sidecars, and in what it makes of their answers.
#pragma once

#include <cstdint>
#include <memory>

#include "kube/runtime/random.hpp"
#include "sim/operator_process.hpp"

namespace sim {

/// An operator's sidecars, whose questions and answers may be changed.
class OverSidecars : public Tampering, private sei::sidecar::SidecarFactory {
public:
    [[nodiscard]] sei::sidecar::SidecarFactory& sidecars(sei::sidecar::SidecarFactory& real) final;

protected:
    virtual void tamper(sei::sidecar::TaskSubmission& submission) { static_cast<void>(submission); }
    virtual void tamper(sei::sidecar::LookupOutcome& found) { static_cast<void>(found); }

private:
    class One;
    [[nodiscard]] std::unique_ptr<sei::sidecar::Sidecar> sidecar_of(const kube::NamespacedName& node) final;
    void forget(const kube::NamespacedName& node) final { real_->forget(node); }
    sei::sidecar::SidecarFactory* real_ = nullptr;
};

class RandomTaskIdentifier final : public OverSidecars {
public:
    explicit RandomTaskIdentifier(std::uint64_t seed) : random_{seed} {}

private:
    void tamper(sei::sidecar::TaskSubmission& submission) override;
    kube::Random random_;
};

class RunningTakenForComplete final : public OverSidecars {
public:
    explicit RunningTakenForComplete(std::uint64_t) {}

private:
    void tamper(sei::sidecar::LookupOutcome& found) override;
};

class SilenceTakenForUnknown final : public OverSidecars {
public:
    explicit SilenceTakenForUnknown(std::uint64_t) {}

private:
    void tamper(sei::sidecar::LookupOutcome& found) override;
};

class SilenceTakenForFailure final : public OverSidecars {
public:
    explicit SilenceTakenForFailure(std::uint64_t) {}

private:
    void tamper(sei::sidecar::LookupOutcome& found) override;
};

}  // namespace sim
