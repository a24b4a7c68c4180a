// The table of docs/concurrency.md, held against what the operator really sends.
#pragma once

#include <optional>
#include <string>

#include "testkit/faulty_transport.hpp"

namespace support {

/// "seinodes/status | merge patch | resourceVersion": target, request and guard of a write, as the table spells them.
[[nodiscard]] std::string row_of(const testkit::PassedRequest& write);

/// Nothing when the table has a row for this write; else what is to be done.
[[nodiscard]] std::optional<std::string> objection_to(const testkit::PassedRequest& write);

}  // namespace support
