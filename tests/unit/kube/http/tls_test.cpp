#include <boost/system/system_error.hpp>

#include "http_world.hpp"

namespace kube::test {
namespace {

/// A CA for all tests of this file: making keys takes a moment.
struct Authority {
    CertificateAuthority ca{"test CA", 1h};
    CertificateAndKey server = ca.issue_for_server({"127.0.0.1", "::1", "localhost", "api.example.org"});
};
const Authority& authority() {
    static const Authority made;
    return made;
}

HttpServerOptions with_tls(CertificateAndKey certificate = authority().server) {
    HttpServerOptions options;
    options.tls_certificate_pem = std::move(certificate.certificate_pem);
    options.tls_key_pem = std::move(certificate.key_pem);
    return options;
}

struct TlsWorld : HttpWorld {
    explicit TlsWorld(HttpServerOptions options = with_tls()) : HttpWorld{std::move(options)} {}
    [[nodiscard]] TransportConfig trusting() const {
        auto made = config("https");
        made.ca_pem = authority().ca.certificate_pem();
        return made;
    }
    /// The words of the error, or the status.
    std::string outcome(TransportConfig config, std::optional<TransportError::Kind> expected = std::nullopt) {
        HttpsTransport transport{pool, std::move(config)};
        try {
            return std::to_string(get(transport, "/").status);
        } catch (const TransportError& error) {
            EXPECT_EQ(error.kind(), expected.value_or(TransportError::Kind::Tls)) << error.what();
            return error.what();
        }
    }
};

TEST(Tls, carries_requests_and_bodies_of_any_size) {
    TlsWorld world;
    world.answers.answer = [](const ServedRequest& request) { return Answers::text(200, request.body); };
    HttpsTransport transport{world.pool, world.trusting()};
    for (const std::size_t size : {0u, 1u, 16'384u, 16'385u, 1'000'000u}) {
        SCOPED_TRACE(size);
        HttpRequest request;
        request.method = HttpMethod::Put;
        request.target = "/";
        request.body.assign(size, 'x');
        EXPECT_EQ(world.send(transport, request).body, request.body);
    }
    EXPECT_EQ(world.pool.counts().opened, 1u);
}

TEST(Tls, shortens_the_handshake_of_later_connections) {
    TlsWorld world;
    HttpsTransport transport{world.pool, world.trusting()};
    world.get(transport, "/");
    world.pool.close_idle();
    world.get(transport, "/");
    EXPECT_EQ(world.pool.counts().opened, 2u);
    EXPECT_EQ(world.pool.counts().resumed, 1u);
}

TEST(Tls, carries_streams) {
    TlsWorld world;
    world.answers.answer = [&](const ServedRequest&) { return world.answers.streamed(2); };
    HttpsTransport transport{world.pool, world.trusting()};
    const auto stream = world.run(transport.open({}));
    EXPECT_EQ(world.run(stream->next_chunk()), "piece 0");
    world.answers.release.notify_all();
    EXPECT_EQ(world.run(stream->next_chunk()), "piece 1");
    world.answers.release.notify_all();
    EXPECT_EQ(world.run(stream->next_chunk()), std::nullopt);
}

TEST(Tls, a_dropped_stream_ends_its_source) {
    TlsWorld world;
    world.answers.answer = [&](const ServedRequest&) { return world.answers.streamed(2); };
    HttpsTransport transport{world.pool, world.trusting()};
    {
        const auto stream = world.run(transport.open({}));
        EXPECT_EQ(world.run(stream->next_chunk()), "piece 0");
    }
    world.run_until([&] { return world.answers.streams_ended == 1; });
}

TEST(Tls, accepts_a_certificate_for_the_address_that_was_asked_for) {
    TlsWorld world;
    EXPECT_EQ(world.outcome(world.trusting()), "200");
}

TEST(Tls, accepts_a_certificate_for_the_name_that_was_asked_for) {
    TlsWorld world;
    auto config = world.config("https", "localhost");
    config.ca_pem = authority().ca.certificate_pem();
    EXPECT_EQ(world.outcome(config), "200");
}

TEST(Tls, refuses_a_certificate_for_another_name_and_tells_both) {
    TlsWorld world{with_tls(authority().ca.issue_for_server({"other.example.org", "10.0.0.1"}))};
    const auto words = world.outcome(world.trusting());
    EXPECT_TRUE(
        words.find("the server's certificate is for other.example.org, 10.0.0.1, not for 127.0.0.1") !=
        std::string::npos
    ) << words;
}

TEST(Tls, checks_the_name_of_the_configuration_in_place_of_the_hosts) {
    TlsWorld world;
    auto config = world.trusting();
    config.tls_server_name = "api.example.org";
    EXPECT_EQ(world.outcome(config), "200");
    config.tls_server_name = "elsewhere.example.org";
    const auto words = world.outcome(config);
    EXPECT_TRUE(words.find("not for elsewhere.example.org") != std::string::npos) << words;
}

TEST(Tls, refuses_a_certificate_of_an_unknown_authority) {
    TlsWorld world;
    auto config = world.trusting();
    config.ca_pem = CertificateAuthority{"another CA", 1h}.certificate_pem();
    const auto words = world.outcome(config);
    EXPECT_TRUE(words.find("the server's certificate is not trusted") != std::string::npos) << words;
}

TEST(Tls, refuses_an_expired_certificate) {
    const CertificateAuthority ca{"past CA", 2h};
    CertificateAuthority expired{"expired CA", std::chrono::seconds{-60}};
    TlsWorld world{with_tls(expired.issue_for_server({"127.0.0.1"}))};
    auto config = world.trusting();
    config.ca_pem = expired.certificate_pem();
    const auto words = world.outcome(config);
    EXPECT_TRUE(words.find("expired") != std::string::npos) << words;
}

TEST(Tls, verifies_nothing_when_told_so) {
    TlsWorld world{with_tls(CertificateAuthority{"nobody", 1h}.issue_for_server({"nowhere"}))};
    auto config = world.config("https");
    config.insecure_skip_tls_verify = true;
    EXPECT_EQ(world.outcome(config), "200");
}

TEST(Tls, presents_the_client_certificate) {
    auto options = with_tls();
    options.tls_client_ca_pem = authority().ca.certificate_pem();
    TlsWorld world{std::move(options)};
    auto config = world.trusting();
    const auto client = authority().ca.issue_for_client("me", {"system:masters"});
    config.authorizer = std::make_shared<FixedAuthorizer>(
        Credential{.client_certificate_pem = client.certificate_pem, .client_key_pem = client.key_pem}
    );
    EXPECT_EQ(world.outcome(config), "200");
}

TEST(Tls, says_that_the_server_wants_a_client_certificate) {
    auto options = with_tls();
    options.tls_client_ca_pem = authority().ca.certificate_pem();
    TlsWorld world{std::move(options)};
    const auto words = world.outcome(world.trusting());
    EXPECT_TRUE(words.find("certificate required") != std::string::npos) << words;
}

TEST(Tls, says_that_the_peer_does_not_speak_tls) {
    TlsWorld world{HttpServerOptions{}};
    const auto words = world.outcome(world.trusting());
    EXPECT_TRUE(words.find("does not speak TLS") != std::string::npos) << words;
}

TEST(Tls, says_that_plain_http_meets_a_tls_server) {
    TlsWorld world;
    const auto words = world.outcome(world.config("http"), TransportError::Kind::Broken);
    EXPECT_FALSE(words.empty());
}

TEST(Tls, tells_which_pem_is_wrong_before_the_first_request) {
    struct Case {
        std::string behaviour;
        std::function<void(TransportConfig&)> spoil;
        std::string words;
    };
    const auto client = authority().ca.issue_for_client("me", {});
    const auto other = authority().ca.issue_for_client("other", {});
    const auto with_identity = [](std::string certificate, std::string key) {
        return [certificate, key](TransportConfig& config) {
            config.authorizer = std::make_shared<FixedAuthorizer>(
                Credential{.client_certificate_pem = certificate, .client_key_pem = key}
            );
        };
    };
    const std::vector<Case> cases{
        {"a CA that is no PEM", [](TransportConfig& c) { c.ca_pem = "nonsense"; }, "CA bundle holds no PEM certificate"
        },
        {"a client certificate that is no PEM", with_identity("nonsense", client.key_pem), "client certificate is not"},
        {"a client key that is no PEM", with_identity(client.certificate_pem, "nonsense"), "client key is not"},
        {"the key of another", with_identity(client.certificate_pem, other.key_pem), "does not belong"},
    };
    TlsWorld world;
    for (const auto& c : cases) {
        SCOPED_TRACE(c.behaviour);
        auto config = world.trusting();
        c.spoil(config);
        try {
            HttpsTransport{world.pool, config};
            ADD_FAILURE() << "the transport was made";
        } catch (const TransportError& error) {
            EXPECT_EQ(error.kind(), TransportError::Kind::Configuration);
            EXPECT_TRUE(std::string{error.what()}.find(c.words) != std::string::npos) << error.what();
        }
    }
}

TEST(Tls, a_client_that_never_begins_its_handshake_is_dropped) {
    auto options = with_tls();
    options.head_time_limit = 30ms;
    TlsWorld world{std::move(options)};
    boost::asio::ip::tcp::socket silent{world.io};
    silent.connect({boost::asio::ip::address_v4::loopback(), world.server.port()});
    bool is_ended = false;
    std::array<char, 1> byte{};
    silent.async_read_some(boost::asio::buffer(byte), [&](const boost::system::error_code& error, std::size_t) {
        is_ended = error.failed();
    });
    world.run_until([&] { return is_ended; });
}

}  // namespace
}  // namespace kube::test
