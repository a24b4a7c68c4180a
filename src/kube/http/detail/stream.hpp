// A connected socket, plain or TLS, with a time after which it closes itself.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>

#include "kube/async/async.hpp"
#include "kube/async/clock.hpp"
#include "kube/http/detail/input_buffer.hpp"
#include "kube/http/detail/tls.hpp"

namespace kube::detail {

/// Bytes to and from one peer.
///
/// Operations throw `boost::system::system_error`, or TlsError. After `expire_at` has passed, the socket is closed and
/// what waits gets operation_aborted; `is_expired` tells that apart from a cancelled coroutine. One reader and one
/// writer may wait at the same time.
class Stream {
public:
    explicit Stream(boost::asio::ip::tcp::socket socket);
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    /// Sets, moves or, with `MonotonicTime::max()`, lifts the time limit, in real time. Cheap: the timer behind it
    /// moves only when it fires or when the limit comes nearer.
    void expire_at(MonotonicTime when);
    [[nodiscard]] bool is_expired() const;

    [[nodiscard]] Async<> start_tls(std::shared_ptr<TlsContext> context);
    /// Reads at least one byte to the end of `into`; zero when the peer has ended the connection in order.
    [[nodiscard]] Async<std::size_t> read_some(InputBuffer& into);
    [[nodiscard]] Async<> write(std::string_view bytes);
    /// Nothing to read, and not closed by the peer: an idle connection that looks usable.
    [[nodiscard]] bool is_quiet();
    /// Ends what waits, with operation_aborted; also says good-bye to a TLS peer, if that needs no waiting.
    void close();
    [[nodiscard]] boost::asio::ip::tcp::socket& socket();
    /// What the system has taken so far, as it goes over the wire.
    [[nodiscard]] std::uint64_t bytes_sent() const;
    [[nodiscard]] bool was_resumed() const;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

/// What a peer may leave unacknowledged before it counts as dead.
inline constexpr std::chrono::milliseconds kUnacknowledgedMax{15'000};

/// What every socket of ours is set to: no delay of small writes, and dead peers are noticed within 15 s of what is
/// sent to them, and within about 45 s where nothing is.
void tune(boost::asio::ip::tcp::socket& socket);

}  // namespace kube::detail
