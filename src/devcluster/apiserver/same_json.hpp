// Equality of JSON values: one for all rooms.
#pragma once

#include "kube/json/same.hpp"

namespace devcluster::apiserver {

using kube::json::same;

}  // namespace devcluster::apiserver
