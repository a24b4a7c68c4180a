// Equality of JSON values, as expressions compare them.
#pragma once

#include "devcluster/cel/same_json.hpp"

namespace devcluster::apiserver {

using cel::same;

}  // namespace devcluster::apiserver
