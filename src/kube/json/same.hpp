// Equality of JSON values, fast where keys stand in the same order, as they do in versions of one object.
#pragma once

#include <boost/json.hpp>

namespace kube::json {

/// Equal as JSON: the order of keys does not matter. (Boost.JSON's own comparison of objects copies them.)
[[nodiscard]] bool same(const boost::json::value& a, const boost::json::value& b);
[[nodiscard]] bool same(const boost::json::object& a, const boost::json::object& b);
[[nodiscard]] bool same(const boost::json::array& a, const boost::json::array& b);

}  // namespace kube::json
