// TLS without sockets: bytes in, bytes out. OpenSSL stays behind this header.
#pragma once

#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "kube/http/detail/input_buffer.hpp"

namespace kube::detail {

/// What a handshake, a certificate or a key is refused for, in words.
class TlsError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct TlsClientOptions {
    /// PEM; empty for the system's.
    std::string ca_pem;
    std::string certificate_pem;
    std::string key_pem;
    bool insecure_skip_verify = false;
    /// The name or address that the server's certificate must be for.
    std::string server_name;
};

/// What many connections to one server share: trust, identity, the last session for a short handshake.
class TlsContext {
public:
    /// Throws TlsError that says which of the PEM texts is wrong.
    static std::shared_ptr<TlsContext> client(TlsClientOptions options);
    /// With a `client_ca_pem`, only clients with a certificate of that authority are let in.
    static std::shared_ptr<TlsContext> server(
        const std::string& certificate_pem, const std::string& key_pem, const std::string& client_ca_pem
    );
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

    struct Impl;
    [[nodiscard]] Impl& impl() { return *impl_; }

private:
    TlsContext();
    std::unique_ptr<Impl> impl_;
};

/// One TLS connection. The owner moves bytes: what was received goes into `received`, what `to_send` holds must be
/// sent.
class TlsEngine {
public:
    explicit TlsEngine(std::shared_ptr<TlsContext> context);
    ~TlsEngine();
    TlsEngine(const TlsEngine&) = delete;
    TlsEngine& operator=(const TlsEngine&) = delete;

    enum class Step { Done, NeedsInput, Closed };
    /// Throws TlsError, which names what the certificate is for when it is for another name.
    [[nodiscard]] Step handshake();
    /// Encrypts all of `plain` into `to_send`.
    void write(std::string_view plain);
    struct Read {
        Step step;
        std::size_t bytes = 0;
    };
    [[nodiscard]] Read read(std::span<char> into);
    void close_notify();
    [[nodiscard]] bool was_resumed() const;

    InputBuffer received;
    std::string to_send;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace kube::detail
