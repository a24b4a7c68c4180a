#include "kube/http/name_lookups.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <cstring>
#include <exception>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>

#include "kube/async/blocking_pool.hpp"
#include "kube/async/signal.hpp"
#include "kube/http/detail/bounded.hpp"
#include "kube/http/transport.hpp"

namespace kube {

namespace asio = boost::asio;

namespace {

using Addresses = NameLookups::Addresses;

/// Blocks, for many seconds where a name server does not answer.
Addresses ask_the_system(const std::string& host) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    if (const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &list); error != 0) {
        throw TransportError{
            TransportError::Kind::Connect, fmt::format("the name {} has no address: {}", host, ::gai_strerror(error))
        };
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned{list, &::freeaddrinfo};
    Addresses addresses;
    for (const auto* entry = list; entry != nullptr; entry = entry->ai_next) {
        asio::ip::tcp::endpoint endpoint;
        if (entry->ai_addrlen > endpoint.capacity()) continue;
        endpoint.resize(entry->ai_addrlen);
        std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
        addresses.push_back(endpoint.address().to_string());
    }
    return addresses;
}

struct Lookup {
    explicit Lookup(asio::any_io_executor executor) : done{std::move(executor)} {}
    Signal done;
    bool is_done = false;
    Addresses addresses;
    std::exception_ptr failure;
};

}  // namespace

struct NameLookups::Impl {
    Ask ask;
    std::map<std::string, std::shared_ptr<Lookup>> under_way;
    BlockingPool threads;

    Impl(std::size_t at_once_max, Ask with) : ask{std::move(with)}, threads{at_once_max} {}
    [[nodiscard]] std::shared_ptr<Lookup> find(const std::string& host) const {
        const auto found = under_way.find(host);
        return found == under_way.end() ? nullptr : found->second;
    }

    /// Belongs to the threads' pool while it waits, and goes with it: it must not keep the pool.
    static Async<> look_up(
        std::weak_ptr<Impl> whose, BlockingPool& threads, Ask ask, std::string host, std::shared_ptr<Lookup> lookup
    ) {
        try {
            lookup->addresses = co_await threads.run([ask = std::move(ask), host] { return ask(host); });
        } catch (...) {
            lookup->failure = std::current_exception();
        }
        if (const auto impl = whose.lock()) impl->under_way.erase(host);
        lookup->is_done = true;
        lookup->done.notify_all();
    }
};

NameLookups::NameLookups(std::size_t at_once_max) : NameLookups{at_once_max, &ask_the_system} {}

NameLookups::NameLookups(std::size_t at_once_max, Ask ask)
    : impl_{std::make_shared<Impl>(at_once_max, std::move(ask))} {}

NameLookups::~NameLookups() = default;

Async<NameLookups::Addresses> NameLookups::addresses_of(std::string host) {
    const auto executor = co_await asio::this_coro::executor;
    std::shared_ptr<Lookup> lookup = impl_->find(host);
    if (!lookup) {
        lookup = impl_->under_way.emplace(host, std::make_shared<Lookup>(executor)).first->second;
        auto work = Impl::look_up(impl_, impl_->threads, impl_->ask, host, lookup);
        asio::co_spawn(executor, std::move(work), [](const std::exception_ptr&) {});
    }
    while (!lookup->is_done) co_await lookup->done.wait();
    if (lookup->failure) std::rethrow_exception(lookup->failure);
    co_return lookup->addresses;
}

std::size_t NameLookups::under_way() const {
    return impl_->under_way.size();
}

Async<bool> host_resolves(NameLookups& names, std::string host, std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    try {
        const auto found = co_await detail::bounded(names.addresses_of(std::move(host)), until);
        co_return found && !found->empty();
    } catch (const TransportError&) {
        co_return false;
    }
}

}  // namespace kube
