// IntOrString: a port by number or by name.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace kube {

using IntOrString = std::variant<std::int32_t, std::string>;

}  // namespace kube
