#include "kube/runtime/listen_address.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace kube {
namespace {

TEST(ListenAddress, reads_what_flags_say) {
    struct Case {
        std::string text;
        std::string host;
        unsigned short port;
    };
    for (const Case& one : std::vector<Case>{
             {":8080", "::", 8080},
             {"127.0.0.1:0", "127.0.0.1", 0},
             {"localhost:81", "127.0.0.1", 81},
             {"[::1]:82", "::1", 82},
         }) {
        SCOPED_TRACE(one.text);
        const auto address = parse_listen_address(one.text);
        ASSERT_TRUE(address);
        EXPECT_EQ(address->host, one.host);
        EXPECT_EQ(address->port, one.port);
    }
}

TEST(ListenAddress, takes_zero_and_nothing_for_no_server) {
    EXPECT_FALSE(parse_listen_address("0"));
    EXPECT_FALSE(parse_listen_address(""));
}

TEST(ListenAddress, says_what_is_wrong) {
    for (const char* text : {"8080", ":http", ":70000", "host:"}) {
        EXPECT_THROW((void)parse_listen_address(text), std::invalid_argument) << text;
    }
}

}  // namespace
}  // namespace kube
