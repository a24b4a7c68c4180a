#include "kube/runtime/requeue.hpp"

#include <stdexcept>

namespace kube {

Requeue after_refusal(WriteRefusal refusal, const ResourceVersion& read_at) {
    switch (refusal) {
        case WriteRefusal::Absent:
            return Requeue::on_change("nothing: the object is gone");
        case WriteRefusal::Conflict:
            return Requeue::when_newer_than(read_at);
    }
    throw std::logic_error{"a write refusal that has no name"};
}

}  // namespace kube
