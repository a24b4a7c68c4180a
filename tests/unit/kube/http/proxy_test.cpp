#include "kube/http/proxy.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include "http_world.hpp"

namespace kube::test {
namespace {

namespace asio = boost::asio;

TEST(ProxySettings, decide_who_goes_through_the_proxy) {
    struct Case {
        std::string behaviour;
        std::string url;
        std::string no_proxy;
        bool is_proxied;
    };
    const std::vector<Case> cases{
        {"anything by default", "http://example.org", "", true},
        {"localhost never", "http://localhost:8080", "", false},
        {"a loopback address never", "http://127.0.0.1:8080", "", false},
        {"any address of the loopback range never", "http://127.8.8.8", "", false},
        {"the IPv6 loopback never", "http://[::1]:80", "", false},
        {"a private address does", "http://10.0.0.1", "", true},
        {"a star excepts everything", "http://example.org", "*", false},
        {"a star among others excepts everything", "http://example.org", "a.b, *", false},
        {"a name excepts itself", "http://example.org", "example.org", false},
        {"a name excepts its subdomains", "http://a.example.org", "example.org", false},
        {"a name does not except what merely ends like it", "http://myexample.org", "example.org", true},
        {"a name with a dot excepts subdomains", "http://a.b.example.org", ".example.org", false},
        {"a name with a dot does not except itself", "http://example.org", ".example.org", true},
        {"a name with a star is one with a dot", "http://a.example.org", "*.example.org", false},
        {"a name with a star does not except itself", "http://example.org", "*.example.org", true},
        {"case does not matter", "http://EXAMPLE.org", "Example.ORG", false},
        {"spaces do not matter", "http://example.org", " other.org ,  example.org ", false},
        {"an address excepts itself", "http://10.1.2.3", "10.1.2.3", false},
        {"an address does not except another", "http://10.1.2.3", "10.1.2.4", true},
        {"an IPv6 address excepts itself", "http://[2001:db8::1]", "2001:db8::1", false},
        {"a range excepts its addresses", "http://10.1.2.3", "10.0.0.0/8", false},
        {"a range does not except others", "http://11.1.2.3", "10.0.0.0/8", true},
        {"a range does not except names", "http://example.org", "0.0.0.0/0", true},
        {"an IPv6 range excepts its addresses", "http://[2001:db8::7]", "2001:db8::/32", false},
        {"an IPv6 range does not except others", "http://[2001:db9::7]", "2001:db8::/32", true},
        {"a port that matches excepts", "http://example.org:8080", "example.org:8080", false},
        {"a port that does not match does not", "http://example.org:8080", "example.org:9090", true},
        {"the scheme's port counts", "http://example.org", "example.org:80", false},
        {"an address with a port", "http://10.1.2.3:8443", "10.1.2.3:8443", false},
        {"an IPv6 address with a port", "http://[2001:db8::1]:8443", "[2001:db8::1]:8443", false},
        {"empty entries mean nothing", "http://example.org", ",,", true},
        {"a broken range means nothing", "http://10.1.2.3", "10.0.0.0/99", true},
        {"the service names of a cluster", "http://n-0.n.default.svc.cluster.local:8443", ".svc,.cluster.local", false},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.behaviour);
        const ProxySettings settings{.http_proxy = "http://proxy:3128", .https_proxy = "", .no_proxy = c.no_proxy};
        EXPECT_EQ(settings.proxy_for(parse_origin(c.url, "test")).has_value(), c.is_proxied);
    }
}

TEST(ProxySettings, are_chosen_by_the_scheme_of_the_request) {
    const ProxySettings settings{.http_proxy = "http://one:1", .https_proxy = "http://two:2", .no_proxy = ""};
    EXPECT_EQ(settings.proxy_for(parse_origin("http://example.org", "test"))->text(), "http://one:1");
    EXPECT_EQ(settings.proxy_for(parse_origin("https://example.org", "test"))->text(), "http://two:2");
}

TEST(ProxySettings, take_an_address_without_scheme) {
    const ProxySettings settings{.http_proxy = "proxy:3128", .https_proxy = "", .no_proxy = ""};
    EXPECT_EQ(settings.proxy_for(parse_origin("http://example.org", "test"))->text(), "http://proxy:3128");
}

TEST(ProxySettings, refuse_what_is_not_supported) {
    for (const std::string proxy : {"https://proxy:3128", "socks5://proxy:1080", "http://", "http://a b"}) {
        SCOPED_TRACE(proxy);
        const ProxySettings settings{.http_proxy = proxy, .https_proxy = "", .no_proxy = ""};
        EXPECT_THROW(static_cast<void>(settings.proxy_for(parse_origin("http://example.org", "test"))), TransportError);
    }
}

TEST(ProxySettings, read_upper_case_variables_before_lower_case_ones) {
    const std::map<std::string, std::string> variables{
        {"HTTP_PROXY", "upper"}, {"http_proxy", "lower"}, {"https_proxy", "lower"}, {"NO_PROXY", ""}, {"no_proxy", "x"}
    };
    const auto settings = ProxySettings::from_environment([&](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) return std::nullopt;
        return found->second;
    });
    EXPECT_EQ(settings.http_proxy, "upper");
    EXPECT_EQ(settings.https_proxy, "lower");
    EXPECT_EQ(settings.no_proxy, "x");
}

TEST(Proxy, gets_plain_requests_with_the_whole_url) {
    HttpWorld world;  // Its server plays the proxy.
    world.answers.answer = [](const ServedRequest& request) { return Answers::text(200, request.target); };
    auto config = world.config();
    config.origin = "http://val-0.val.default.svc.cluster.local:8443";
    config.proxy_settings = ProxySettings{
        .http_proxy = "http://me:secret@127.0.0.1:" + std::to_string(world.server.port()),
        .https_proxy = "",
        .no_proxy = "",
    };
    HttpsTransport transport{world.pool, config};
    EXPECT_EQ(
        world.get(transport, "/v0/status?x=1").body, "http://val-0.val.default.svc.cluster.local:8443/v0/status?x=1"
    );
    EXPECT_EQ(world.answers.seen.at(0).header("host"), "val-0.val.default.svc.cluster.local:8443");
    EXPECT_EQ(world.answers.seen.at(0).header("proxy-authorization"), "Basic bWU6c2VjcmV0");
}

TEST(Proxy, its_connections_serve_all_plain_targets) {
    HttpWorld world;
    auto config = world.config();
    config.proxy_url = config.origin;
    for (int i = 0; i < 3; ++i) {
        config.origin = "http://node-" + std::to_string(i) + ".example.org:8443";
        HttpsTransport transport{world.pool, config};
        EXPECT_EQ(world.get(transport, "/").status, 200u);
    }
    EXPECT_EQ(world.pool.counts().opened, 1u);
}

/// Carries bytes both ways until one side ends.
Async<> carry(asio::ip::tcp::socket& from, asio::ip::tcp::socket& to) {
    std::array<char, 4096> buffer{};
    try {
        for (;;) {
            const auto count = co_await from.async_read_some(asio::buffer(buffer), asio::use_awaitable);
            co_await asio::async_write(to, asio::buffer(buffer, count), asio::use_awaitable);
        }
    } catch (const boost::system::system_error&) {
        co_return;
    }
}

/// A proxy that opens one tunnel, or refuses it.
struct TunnelProxy {
    asio::ip::tcp::acceptor acceptor;
    unsigned short target_port;
    std::string refusal;
    std::string request = {};

    Async<> serve() {
        using asio::experimental::awaitable_operators::operator||;
        auto client = co_await acceptor.async_accept(asio::use_awaitable);
        co_await asio::async_read_until(client, asio::dynamic_buffer(request), "\r\n\r\n", asio::use_awaitable);
        const std::string answer = refusal.empty() ? "HTTP/1.1 200 Connection established\r\n\r\n" : refusal;
        co_await asio::async_write(client, asio::buffer(answer), asio::use_awaitable);
        if (!refusal.empty()) co_return;
        asio::ip::tcp::socket server{acceptor.get_executor()};
        const asio::ip::tcp::endpoint target{asio::ip::address_v4::loopback(), target_port};
        co_await server.async_connect(target, asio::use_awaitable);
        co_await (carry(client, server) || carry(server, client));
    }
};

struct TunnelWorld : HttpWorld {
    CertificateAuthority& ca;
    TunnelProxy proxy;
    explicit TunnelWorld(CertificateAuthority& of, CertificateAndKey certificate, std::string refusal = {})
        : HttpWorld{HttpServerOptions{
              .tls_certificate_pem = certificate.certificate_pem, .tls_key_pem = certificate.key_pem
          }},
          ca{of},
          proxy{{io, {asio::ip::address_v4::loopback(), 0}}, server.port(), std::move(refusal)} {
        scope.spawn("proxy", proxy.serve());
    }
    ~TunnelWorld() { run(scope.stop()); }
    [[nodiscard]] TransportConfig through_proxy() const {
        auto made = config("https", "api.example.org");
        made.ca_pem = ca.certificate_pem();
        made.proxy_url = "http://127.0.0.1:" + std::to_string(proxy.acceptor.local_endpoint().port());
        return made;
    }
};

TEST(Proxy, opens_a_tunnel_for_https) {
    CertificateAuthority ca{"CA", 1h};
    TunnelWorld world{ca, ca.issue_for_server({"api.example.org"})};
    {
        HttpsTransport transport{world.pool, world.through_proxy()};
        EXPECT_EQ(world.get(transport, "/a").body, "GET /a");
        EXPECT_EQ(world.get(transport, "/b").body, "GET /b") << "the tunnel is kept";
    }
    const auto authority = "api.example.org:" + std::to_string(world.server.port());
    EXPECT_EQ(world.proxy.request, "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
    world.pool.close_idle();
}

TEST(Proxy, that_refuses_a_tunnel_is_named) {
    CertificateAuthority ca{"CA", 1h};
    TunnelWorld world{
        ca, ca.issue_for_server({"api.example.org"}), "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    };
    HttpsTransport transport{world.pool, world.through_proxy()};
    try {
        world.get(transport, "/");
        ADD_FAILURE() << "there was a response";
    } catch (const TransportError& error) {
        EXPECT_EQ(error.kind(), TransportError::Kind::Connect);
        const std::string words = error.what();
        EXPECT_TRUE(words.find("the proxy http://127.0.0.1:") != std::string::npos) << words;
        EXPECT_TRUE(words.find("with 403") != std::string::npos) << words;
    }
}

}  // namespace
}  // namespace kube::test
