// Numbers as Go prints them, which is what messages of a Kubernetes API server contain.
#pragma once

#include <string>

namespace devcluster::cel {

/// As Go's `%v` prints a float64: shortest digits that read back, exponent form below 1e-4 and from 1e21.
[[nodiscard]] std::string format_double(double number);

/// As CEL's string(double) prints it: the same, but exponent form from 1e6 already.
[[nodiscard]] std::string format_double_compact(double number);

}  // namespace devcluster::cel
