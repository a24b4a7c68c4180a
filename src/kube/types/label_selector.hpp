// Which objects are meant, by their labels.
#pragma once

#include <array>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "kube/meta/object_meta.hpp"

namespace kube {

/// `operator`: In, NotIn, Exists, DoesNotExist (and Gt, Lt of node selectors).
struct SelectorRequirement {
    std::string key;
    std::string operator_;
    std::vector<std::string> values;
    static constexpr std::array required{"key", "operator"};
    bool operator==(const SelectorRequirement&) const = default;
};
BOOST_DESCRIBE_STRUCT(SelectorRequirement, (), (key, operator_, values))

/// metav1.LabelSelector: all of both lists must hold.
struct LabelSelector {
    StringMap matchLabels;
    std::vector<SelectorRequirement> matchExpressions;
    bool operator==(const LabelSelector&) const = default;
};
BOOST_DESCRIBE_STRUCT(LabelSelector, (), (matchLabels, matchExpressions))

}  // namespace kube
