#include "devcluster/apiserver/faults.hpp"

#include <algorithm>

namespace devcluster::apiserver {

Faults::Id Faults::add(Fault fault) {
    active_.push_back({.id = next_id_, .fault = std::make_shared<Fault>(std::move(fault))});
    return next_id_++;
}

void Faults::remove(Id id) {
    std::erase_if(active_, [&](const Active& a) { return a.id == id; });
}

void Faults::clear() {
    active_.clear();
}

int Faults::times_struck(Id id) const {
    const auto it = std::ranges::find(active_, id, &Active::id);
    return it != active_.end() ? it->struck : 0;
}

std::shared_ptr<const Fault> Faults::next_for(const RequestSummary& request) {
    for (Active& active : active_) {
        if (active.is_spent || (active.fault->matches && !active.fault->matches(request))) continue;
        ++active.struck;
        active.is_spent = active.fault->times && active.struck >= *active.fault->times;
        return active.fault;
    }
    return nullptr;
}

}  // namespace devcluster::apiserver
