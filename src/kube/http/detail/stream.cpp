#include "kube/http/detail/stream.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <span>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

namespace kube::detail {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// What one read takes at most: a TLS record.
constexpr std::size_t kReadBytesMax = 16u << 10u;

/// Where bytes arrive before they go where they belong, sized to what they are: a connection that waits holds no memory
/// for what may come. Valid up to the next suspension.
std::span<char> scratch() {
    thread_local std::array<char, kReadBytesMax> bytes;
    return bytes;
}

}  // namespace

struct Stream::Impl : std::enable_shared_from_this<Impl> {
    explicit Impl(asio::ip::tcp::socket connected) : socket{std::move(connected)}, timer{socket.get_executor()} {}

    asio::ip::tcp::socket socket;
    asio::steady_timer timer;
    MonotonicTime expires = MonotonicTime::max();
    std::optional<MonotonicTime> armed;
    bool is_expired = false;
    std::optional<TlsEngine> tls;
    std::string sending;
    /// Stays true when a write fails half way: nothing can follow it.
    bool is_sending = false;
    std::uint64_t bytes_sent = 0;
    /// The last read filled all of its space: then the next one need not wait first.
    bool has_more = false;

    void arm() {
        armed = expires;
        timer.expires_at(expires);
        timer.async_wait([weak = weak_from_this()](error_code error) {
            const auto self = weak.lock();
            if (!self || error) return;
            self->armed.reset();
            if (self->expires == MonotonicTime::max()) return;
            if (std::chrono::steady_clock::now() < self->expires) return self->arm();
            self->is_expired = true;
            self->close();
        });
    }

    void close() {
        error_code ignored;
        socket.close(ignored);
        timer.cancel();
        armed.reset();
    }

    /// What the peer sent, in the scratch memory; empty at the end of the connection.
    Async<std::string_view> receive() {
        for (;;) {
            if (!has_more) co_await socket.async_wait(asio::ip::tcp::socket::wait_read, asio::use_awaitable);
            if (!socket.is_open()) throw boost::system::system_error{asio::error::operation_aborted};
            const auto here = scratch();
            const auto count = ::recv(socket.native_handle(), here.data(), here.size(), MSG_DONTWAIT);
            has_more = count == static_cast<ssize_t>(here.size());
            if (count >= 0) co_return std::string_view{here.data(), static_cast<std::size_t>(count)};
            if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
                throw boost::system::system_error{error_code{errno, boost::system::system_category()}};
            }
        }
    }

    /// Gives the TLS engine what the peer sent; false at the end of the connection.
    Async<bool> feed_tls() {
        tls->received.shrink(0);
        const std::string_view bytes = co_await receive();
        tls->received.append(bytes);
        co_return !bytes.empty();
    }

    Async<> write_raw(std::string_view bytes) {
        const auto [error, count] =
            co_await asio::async_write(socket, asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
        bytes_sent += count;
        if (error) throw boost::system::system_error{error};
    }

    /// Sends what the TLS engine has produced. Where the other direction is sending already, it sends this too.
    Async<> flush() {
        if (is_sending || tls->to_send.empty()) co_return;
        is_sending = true;
        while (!tls->to_send.empty()) {
            sending.clear();
            sending.swap(tls->to_send);
            co_await write_raw(sending);
        }
        is_sending = false;
        std::string{}.swap(sending);
    }
};

Stream::Stream(asio::ip::tcp::socket socket) : impl_{std::make_shared<Impl>(std::move(socket))} {}

Stream::~Stream() {
    close();
}

void Stream::expire_at(MonotonicTime when) {
    impl_->expires = when;
    if (when != MonotonicTime::max() && (!impl_->armed || when < *impl_->armed)) impl_->arm();
}

bool Stream::is_expired() const {
    return impl_->is_expired;
}

Async<> Stream::start_tls(std::shared_ptr<TlsContext> context) {
    const auto impl = impl_;
    impl->tls.emplace(std::move(context));
    for (;;) {
        auto step = TlsEngine::Step::NeedsInput;
        std::exception_ptr failure;
        try {
            step = impl->tls->handshake();
        } catch (const TlsError&) {
            failure = std::current_exception();
        }
        co_await impl->flush();  // Also the alert that tells the peer what is wrong.
        if (failure) std::rethrow_exception(failure);
        if (step == TlsEngine::Step::Done) co_return;
        if (!co_await impl->feed_tls()) throw TlsError{"the peer ended the connection during the TLS handshake"};
    }
}

Async<std::size_t> Stream::read_some(InputBuffer& into) {
    const auto impl = impl_;
    into.shrink(0);
    if (!impl->tls) {
        const std::string_view bytes = co_await impl->receive();
        into.append(bytes);
        co_return bytes.size();
    }
    for (;;) {
        const auto space = scratch();
        const auto read = impl->tls->read(space);
        if (read.step == TlsEngine::Step::Done) {
            into.append({space.data(), read.bytes});
            co_return read.bytes;
        }
        if (read.step == TlsEngine::Step::Closed) co_return 0;
        // An answer of the protocol itself (a key update) must not wait for our next write.
        if (!impl->tls->to_send.empty()) co_await impl->flush();
        if (!co_await impl->feed_tls()) throw TlsError{"the connection ended without the peer's good-bye"};
    }
}

Async<> Stream::write(std::string_view bytes) {
    const auto impl = impl_;
    if (impl->tls) {
        impl->tls->write(bytes);
        co_await impl->flush();
        co_return;
    }
    co_await impl->write_raw(bytes);
}

bool Stream::is_quiet() {
    if (!impl_->socket.is_open()) return false;
    char byte = 0;
    const auto count = ::recv(impl_->socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void Stream::close() {
    auto& impl = *impl_;
    if (impl.tls && impl.socket.is_open() && !impl.is_sending) {
        impl.tls->to_send.clear();
        impl.tls->close_notify();
        if (const auto& bytes = impl.tls->to_send; !bytes.empty()) {
            ::send(impl.socket.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        }
    }
    impl.close();
}

asio::ip::tcp::socket& Stream::socket() {
    return impl_->socket;
}

std::uint64_t Stream::bytes_sent() const {
    return impl_->bytes_sent;
}

bool Stream::was_resumed() const {
    return impl_->tls && impl_->tls->was_resumed();
}

void tune(asio::ip::tcp::socket& socket) {
    error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay{true}, ignored);
    socket.set_option(asio::socket_base::keep_alive{true}, ignored);
    const auto set = [&](int option, int value) {
        ::setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof value);
    };
    set(TCP_KEEPIDLE, 30);
    set(TCP_KEEPINTVL, 15);
    set(TCP_KEEPCNT, 3);
    // Bytes that nobody acknowledges for so long end the connection, and so does a probe after such a silence.
    set(TCP_USER_TIMEOUT, static_cast<int>(kUnacknowledgedMax.count()));
}

}  // namespace kube::detail
