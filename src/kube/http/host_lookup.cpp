#include "kube/http/host_lookup.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include "kube/http/detail/bounded.hpp"

namespace kube {
namespace {

bool has_address(const std::string& host) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    if (::getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0) return false;
    const bool found = list != nullptr;
    ::freeaddrinfo(list);
    return found;
}

}  // namespace

Async<bool> host_resolves(BlockingPool& pool, std::string host, std::chrono::milliseconds limit) {
    auto lookup = pool.run([host = std::move(host)] { return has_address(host); });
    const auto answer = co_await detail::bounded(std::move(lookup), std::chrono::steady_clock::now() + limit);
    co_return answer.value_or(false);
}

}  // namespace kube
