// Which situations runs get into: a simulator that finds nothing may just never get anywhere.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "sim/oracle.hpp"

namespace sim {

/// Counts situations that the operator has to get out of. It never objects.
class Reached final : public Oracle {
public:
    explicit Reached(const View& view) : Oracle{view} {}
    [[nodiscard]] std::string_view name() const override { return "reached"; }
    [[nodiscard]] std::string_view sentence() const override { return "Runs get into the situations that matter."; }
    void exchanged(const Exchange& exchange) override;
    void exchanged(const SidecarExchange& exchange) override;
    void changed(const Change& change) override;

    /// Every situation that there is, as a sentence.
    [[nodiscard]] static std::vector<std::string_view> situations();
    /// How often each of them was met; those that were not are left out.
    [[nodiscard]] const std::map<std::string_view, std::uint64_t>& counts() const { return counts_; }

private:
    void node_changed(const Change& change);
    void reach(std::string_view situation) { ++counts_[situation]; }

    std::map<std::string_view, std::uint64_t> counts_;
    /// By plan: the incarnation that stored it.
    std::map<std::string, unsigned> plan_authors_;
    /// By task: the incarnation that handed it over.
    std::map<std::string, unsigned> submitters_;
    std::map<kube::NamespacedName, std::string> last_writers_;
    std::set<std::pair<unsigned, std::string>> lists_;
    std::string lease_holder_;
    bool has_stored_plan_ = false;
};

}  // namespace sim
