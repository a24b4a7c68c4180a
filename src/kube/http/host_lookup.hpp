// Has a host name an address? For those who only want to know.
#pragma once

#include <chrono>
#include <string>

#include "kube/async/async.hpp"
#include "kube/async/blocking_pool.hpp"

namespace kube {

/// Asks the system's resolver on a helper thread. False when there is no address, and when there is no answer within
/// `limit`.
[[nodiscard]] Async<bool> host_resolves(BlockingPool& pool, std::string host, std::chrono::milliseconds limit);

}  // namespace kube
