#include "kube/http/detail/tls.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>

namespace kube::detail {

namespace {

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* pointer) const {
        Free(pointer);
    }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

/// The first entry of OpenSSL's error queue in words; empties the queue.
std::string openssl_error() {
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    if (code == 0) return "no reason given";
    const char* reason = ERR_reason_error_string(code);
    return reason != nullptr ? reason : fmt::format("OpenSSL error {:#x}", code);
}

Bio memory_of(const std::string& pem) {
    return Bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
}

int no_password(char*, int, int, void*) {
    return 0;
}

bool is_address(const std::string& name) {
    boost::system::error_code error;
    boost::asio::ip::make_address(name, error);
    return !error;
}

// A BIO over the engine's two buffers: OpenSSL reads what was received and appends what is to be sent.
TlsEngine* engine_of(BIO* bio) {
    return static_cast<TlsEngine*>(BIO_get_data(bio));
}

int bio_write(BIO* bio, const char* data, std::size_t size, std::size_t* written) {
    engine_of(bio)->to_send.append(data, size);
    *written = size;
    return 1;
}

int bio_read(BIO* bio, char* data, std::size_t size, std::size_t* read) {
    BIO_clear_retry_flags(bio);
    auto& received = engine_of(bio)->received;
    if (received.empty()) {
        BIO_set_retry_read(bio);
        return 0;
    }
    const std::size_t count = std::min(size, received.view().size());
    std::memcpy(data, received.view().data(), count);
    received.consume(count);
    *read = count;
    return 1;
}

long bio_control(BIO*, int command, long, void*) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

using BioMethod = std::unique_ptr<BIO_METHOD, Freed<BIO_meth_free>>;

BioMethod make_bio_method() {
    BioMethod method{BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "buffers of a connection")};
    BIO_meth_set_write_ex(method.get(), bio_write);
    BIO_meth_set_read_ex(method.get(), bio_read);
    BIO_meth_set_ctrl(method.get(), bio_control);
    return method;
}

std::string names_in(X509* certificate) {
    std::string names;
    auto* alternatives =
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; i < sk_GENERAL_NAME_num(alternatives); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(alternatives, i);
        std::string text;
        if (name->type == GEN_DNS) {
            const auto* data = ASN1_STRING_get0_data(name->d.dNSName);
            text.assign(data, data + ASN1_STRING_length(name->d.dNSName));
        } else if (name->type == GEN_IPADD) {
            const auto* data = ASN1_STRING_get0_data(name->d.iPAddress);
            if (const int length = ASN1_STRING_length(name->d.iPAddress); length == 4) {
                text = fmt::format("{}.{}.{}.{}", data[0], data[1], data[2], data[3]);
            } else if (length == 16) {
                boost::asio::ip::address_v6::bytes_type bytes;
                std::copy_n(data, bytes.size(), bytes.begin());
                text = boost::asio::ip::make_address_v6(bytes).to_string();
            }
        }
        if (text.empty()) continue;
        if (!names.empty()) names += ", ";
        names += text;
    }
    GENERAL_NAMES_free(alternatives);
    return names.empty() ? "no name at all" : names;
}

constexpr std::array<unsigned char, 9> kAlpnHttp11 = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

int select_alpn(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* in, unsigned in_length, void*) {
    unsigned char* selected = nullptr;
    const int found =
        SSL_select_next_proto(&selected, out_length, kAlpnHttp11.data(), kAlpnHttp11.size(), in, in_length);
    *out = selected;
    // A client that asks for protocols we do not have is served HTTP/1.1, which it then sees in the answer.
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

struct TlsContext::Impl {
    std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>> context;
    std::unique_ptr<SSL_SESSION, Freed<SSL_SESSION_free>> session;
    BioMethod bio_method = make_bio_method();
    TlsClientOptions client;
    bool is_server = false;

    void use_certificate(const std::string& certificate_pem, const std::string& key_pem, std::string_view whose) {
        ERR_clear_error();
        const auto chain = memory_of(certificate_pem);
        const Certificate leaf{PEM_read_bio_X509(chain.get(), nullptr, no_password, nullptr)};
        if (!leaf)
            throw TlsError{fmt::format("the {} certificate is not a PEM certificate: {}", whose, openssl_error())};
        SSL_CTX_use_certificate(context.get(), leaf.get());
        while (X509* next = PEM_read_bio_X509(chain.get(), nullptr, no_password, nullptr)) {
            SSL_CTX_add0_chain_cert(context.get(), next);
        }
        ERR_clear_error();
        const Key key{PEM_read_bio_PrivateKey(memory_of(key_pem).get(), nullptr, no_password, nullptr)};
        if (!key) throw TlsError{fmt::format("the {} key is not an unencrypted PEM key: {}", whose, openssl_error())};
        if (SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1) {
            throw TlsError{fmt::format("the {} key does not belong to its certificate: {}", whose, openssl_error())};
        }
    }

    void trust(const std::string& ca_pem) {
        if (ca_pem.empty()) {
            SSL_CTX_set_default_verify_paths(context.get());
            return;
        }
        const auto bundle = memory_of(ca_pem);
        auto* store = SSL_CTX_get_cert_store(context.get());
        std::size_t count = 0;
        while (const Certificate ca{PEM_read_bio_X509(bundle.get(), nullptr, no_password, nullptr)}) {
            X509_STORE_add_cert(store, ca.get());
            ++count;
        }
        if (count == 0) throw TlsError{"the CA bundle holds no PEM certificate: " + openssl_error()};
        ERR_clear_error();
        // A self-signed server certificate may be its own CA, and an intermediate one the root of trust.
        X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context.get()), X509_V_FLAG_PARTIAL_CHAIN);
    }
};

TlsContext::TlsContext() : impl_{std::make_unique<Impl>()} {}
TlsContext::~TlsContext() = default;

std::shared_ptr<TlsContext> TlsContext::client(TlsClientOptions options) {
    std::shared_ptr<TlsContext> made{new TlsContext};
    auto& impl = *made->impl_;
    impl.client = std::move(options);
    impl.context.reset(SSL_CTX_new(TLS_client_method()));
    auto* context = impl.context.get();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_alpn_protos(context, kAlpnHttp11.data(), kAlpnHttp11.size());
    if (impl.client.insecure_skip_verify) {
        SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    } else {
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
        impl.trust(impl.client.ca_pem);
    }
    if (!impl.client.certificate_pem.empty() || !impl.client.key_pem.empty()) {
        impl.use_certificate(impl.client.certificate_pem, impl.client.key_pem, "client");
    }
    // The last session is kept by hand: OpenSSL's own cache does not serve clients.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_set_app_data(context, made.get());
    SSL_CTX_sess_set_new_cb(context, [](SSL* ssl, SSL_SESSION* session) {
        auto* owner = static_cast<TlsContext*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
        owner->impl().session.reset(session);
        return 1;
    });
    return made;
}

std::shared_ptr<TlsContext> TlsContext::server(
    const std::string& certificate_pem, const std::string& key_pem, const std::string& client_ca_pem
) {
    std::shared_ptr<TlsContext> made{new TlsContext};
    auto& impl = *made->impl_;
    impl.is_server = true;
    impl.context.reset(SSL_CTX_new(TLS_server_method()));
    auto* context = impl.context.get();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_alpn_select_cb(context, select_alpn, nullptr);
    constexpr std::string_view kSessionsOf = "kube http server";
    SSL_CTX_set_session_id_context(
        context, reinterpret_cast<const unsigned char*>(kSessionsOf.data()), kSessionsOf.size()
    );
    impl.use_certificate(certificate_pem, key_pem, "server");
    if (!client_ca_pem.empty()) {
        impl.trust(client_ca_pem);
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
    return made;
}

struct TlsEngine::Impl {
    std::shared_ptr<TlsContext> context;
    /// Whom the peer's certificate is for, kept when it is refused: then OpenSSL does not hand it out any more.
    std::string refused_names;

    static int verified(int is_good, X509_STORE_CTX* store) {
        if (is_good == 1 || X509_STORE_CTX_get_error_depth(store) != 0) return is_good;
        const auto* ssl =
            static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
        static_cast<Impl*>(SSL_get_app_data(ssl))->refused_names = names_in(X509_STORE_CTX_get_current_cert(store));
        return 0;
    }

    std::unique_ptr<SSL, Freed<SSL_free>> ssl;
};

TlsEngine::TlsEngine(std::shared_ptr<TlsContext> context) : impl_{std::make_unique<Impl>()} {
    auto& shared = context->impl();
    impl_->context = std::move(context);
    impl_->ssl.reset(SSL_new(shared.context.get()));
    SSL* ssl = impl_->ssl.get();
    BIO* bio = BIO_new(shared.bio_method.get());
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    if (shared.is_server) {
        SSL_set_accept_state(ssl);
        return;
    }
    SSL_set_connect_state(ssl);
    SSL_set_app_data(ssl, impl_.get());
    if (!shared.client.insecure_skip_verify) SSL_set_verify(ssl, SSL_VERIFY_PEER, Impl::verified);
    const std::string& name = shared.client.server_name;
    if (is_address(name)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str());
    } else {
        SSL_set_tlsext_host_name(ssl, name.c_str());
        SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
        SSL_set1_host(ssl, name.c_str());
    }
    if (shared.session) SSL_set_session(ssl, shared.session.get());
}

TlsEngine::~TlsEngine() {
    // A connection that is dropped without close_notify must not make OpenSSL discard its session.
    SSL_set_shutdown(impl_->ssl.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

TlsEngine::Step TlsEngine::handshake() {
    ERR_clear_error();
    SSL* ssl = impl_->ssl.get();
    const int result = SSL_do_handshake(ssl);
    if (result == 1) return Step::Done;
    const int error = SSL_get_error(ssl, result);
    if (error == SSL_ERROR_WANT_READ) return Step::NeedsInput;

    const auto& client = impl_->context->impl().client;
    const long verified = SSL_get_verify_result(ssl);
    if (!impl_->context->impl().is_server && verified != X509_V_OK) {
        ERR_clear_error();
        if (verified == X509_V_ERR_HOSTNAME_MISMATCH || verified == X509_V_ERR_IP_ADDRESS_MISMATCH) {
            throw TlsError{
                fmt::format("the server's certificate is for {}, not for {}", impl_->refused_names, client.server_name)
            };
        }
        throw TlsError{
            fmt::format("the server's certificate is not trusted: {}", X509_verify_cert_error_string(verified))
        };
    }
    if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_WRONG_VERSION_NUMBER) {
        ERR_clear_error();
        throw TlsError{"the peer does not speak TLS (an http:// address behind https://?)"};
    }
    throw TlsError{"the TLS handshake failed: " + openssl_error()};
}

void TlsEngine::write(std::string_view plain) {
    ERR_clear_error();
    constexpr std::size_t kRecordBytes = 16u << 10u;
    constexpr std::size_t kRecordOverhead = 32;
    to_send.reserve(to_send.size() + plain.size() + kRecordOverhead * (1 + plain.size() / kRecordBytes));
    // The BIO takes everything, so that a write is never left half done.
    while (!plain.empty()) {
        std::size_t written = 0;
        if (SSL_write_ex(impl_->ssl.get(), plain.data(), plain.size(), &written) != 1) {
            throw TlsError{"cannot send: " + openssl_error()};
        }
        plain.remove_prefix(written);
    }
}

TlsEngine::Read TlsEngine::read(std::span<char> into) {
    ERR_clear_error();
    std::size_t count = 0;
    if (SSL_read_ex(impl_->ssl.get(), into.data(), into.size(), &count) == 1) return {Step::Done, count};
    switch (SSL_get_error(impl_->ssl.get(), 0)) {
        case SSL_ERROR_WANT_READ:
            return {Step::NeedsInput, 0};
        case SSL_ERROR_ZERO_RETURN:
            return {Step::Closed, 0};
        default:
            throw TlsError{"the connection broke: " + openssl_error()};
    }
}

void TlsEngine::close_notify() {
    ERR_clear_error();
    SSL_shutdown(impl_->ssl.get());
    ERR_clear_error();
}

bool TlsEngine::was_resumed() const {
    return SSL_session_reused(impl_->ssl.get()) == 1;
}

}  // namespace kube::detail
