#include "kube/http/url.hpp"

#include <gtest/gtest.h>

#include "kube/http/retry.hpp"
#include "kube/http/transport.hpp"

namespace kube {
namespace {

TEST(PercentEncoding, keeps_only_unreserved_characters) {
    EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
    EXPECT_EQ(percent_encode("app in (a, b)/c?&=+%"), "app%20in%20%28a%2C%20b%29%2Fc%3F%26%3D%2B%25");
    EXPECT_EQ(percent_encode("ü"), "%C3%BC");
}

TEST(PercentEncoding, comes_back_when_decoded) {
    EXPECT_EQ(percent_decode("app%20in%20%28a%2C%20b%29"), "app in (a, b)");
    EXPECT_EQ(percent_decode("100%"), "100%");
    EXPECT_EQ(percent_decode("%zz%2"), "%zz%2");
}

TEST(Origin, is_parsed) {
    struct Case {
        std::string url;
        std::string text;
        std::string host_header;
        std::string path;
    };
    const std::vector<Case> cases{
        {"https://10.0.0.1:6443", "https://10.0.0.1:6443", "10.0.0.1:6443", ""},
        {"https://API.Example.org", "https://api.example.org:443", "api.example.org", ""},
        {"http://[::1]:8001/", "http://[::1]:8001", "[::1]:8001", ""},
        {"https://host/k8s/clusters/c-1/", "https://host:443", "host", "/k8s/clusters/c-1"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.url);
        const auto origin = parse_origin(c.url, "server");
        EXPECT_EQ(origin.text(), c.text);
        EXPECT_EQ(origin.host_header(), c.host_header);
        EXPECT_EQ(origin.path, c.path);
    }
}

TEST(Origin, is_refused_with_the_reason) {
    struct Case {
        std::string url;
        std::string words;
    };
    const std::vector<Case> cases{
        {"", "expected something like"},
        {"host:6443", "scheme must be"},
        {"ftp://host", "scheme must be"},
        {"https://", "names no host"},
        {"https://host:0", "between 1 and"},
        {"https://host:70000", "between 1 and"},
        {"https://host/?a=b", "query"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.url);
        try {
            static_cast<void>(parse_origin(c.url, "cluster \"dev\": server"));
            ADD_FAILURE() << "it was accepted";
        } catch (const TransportError& error) {
            const std::string words = error.what();
            EXPECT_EQ(error.kind(), TransportError::Kind::Configuration);
            EXPECT_TRUE(words.starts_with("cluster \"dev\": server is not a usable URL")) << words;
            EXPECT_TRUE(words.find(c.words) != std::string::npos) << words;
        }
    }
}

TEST(RetryAfter, is_read_from_answers_that_ask_to_wait) {
    struct Case {
        std::string behaviour;
        unsigned status;
        std::string header;
        std::optional<std::chrono::milliseconds> wait;
    };
    using std::chrono::seconds;
    const std::vector<Case> cases{
        {"429", 429, "1", seconds{1}},
        {"503", 503, "30", seconds{30}},
        {"another status", 500, "1", std::nullopt},
        {"no header", 429, "", std::nullopt},
        {"a date", 429, "Wed, 21 Oct 2015 07:28:00 GMT", std::nullopt},
        {"zero", 429, "0", seconds{0}},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.behaviour);
        HttpResponse response;
        response.status = c.status;
        if (!c.header.empty()) response.headers = {{"retry-after", c.header}};
        EXPECT_EQ(retry_after(response), c.wait);
    }
}

TEST(RetryDelay, doubles_up_to_a_bound) {
    using std::chrono::milliseconds;
    EXPECT_EQ(retry_delay(1, 1.0), milliseconds{100});
    EXPECT_EQ(retry_delay(2, 1.0), milliseconds{200});
    EXPECT_EQ(retry_delay(2, 0.0), milliseconds{100});
    EXPECT_EQ(retry_delay(30, 1.0), milliseconds{5000});
}

}  // namespace
}  // namespace kube
