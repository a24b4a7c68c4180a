#include "sim/fleet_oracles.hpp"
#include "sim/oracle.hpp"
#include "sim/pass_oracles.hpp"
#include "sim/plan_oracles.hpp"
#include "sim/world_oracles.hpp"
#include "sim/write_oracles.hpp"

namespace sim {

std::vector<std::unique_ptr<Oracle>> make_oracles(const View& view) {
    std::vector<std::unique_ptr<Oracle>> all;
    all.push_back(std::make_unique<NoBlindWrite>(view));
    all.push_back(std::make_unique<NoConflictWithItself>(view));
    all.push_back(std::make_unique<OneStatusWritePerPass>(view));
    all.push_back(std::make_unique<NoBusyLoop>(view));
    all.push_back(std::make_unique<QuietAtRest>(view));
    all.push_back(std::make_unique<ForeignFinalizersStay>(view));
    all.push_back(std::make_unique<OnlyOursIsDeleted>(view));
    all.push_back(std::make_unique<NoPlanIsLost>(view));
    all.push_back(std::make_unique<NoPlanFailsByItself>(view));
    all.push_back(std::make_unique<PlanBeforeEffect>(view));
    all.push_back(std::make_unique<SubmittedOnce>(view));
    all.push_back(std::make_unique<OneTaskAtATime>(view));
    all.push_back(std::make_unique<OnePodPerVolume>(view));
    all.push_back(std::make_unique<StatusIsTrue>(view));
    all.push_back(std::make_unique<EventsAreTrue>(view));
    all.push_back(std::make_unique<NoNodeIsSetBack>(view));
    all.push_back(std::make_unique<RolloutStaysBounded>(view));
    return all;
}

}  // namespace sim
