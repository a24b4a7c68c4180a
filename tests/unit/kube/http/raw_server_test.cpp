// The implementation of RawServer, and the proof that it does what the other tests rely on.
#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include "http_world.hpp"

namespace kube::test {

namespace asio = boost::asio;

Async<> RawServer::serve() {
    for (;;) {
        asio::ip::tcp::socket socket{acceptor_.get_executor()};
        try {
            co_await acceptor_.async_accept(socket, asio::use_awaitable);
        } catch (const boost::system::system_error&) {
            co_return;  // The test has destroyed this server.
        }
        ++connections;
        bool stays = true;
        while (stays) {
            std::string input;
            std::size_t size = 0;
            try {
                size = co_await asio::async_read_until(
                    socket, asio::dynamic_buffer(input), "\r\n\r\n", asio::use_awaitable
                );
            } catch (const boost::system::system_error& error) {
                if (error.code() == asio::error::operation_aborted) throw;
                break;
            }
            requests.push_back(input.substr(0, size));
            if (replies.empty()) break;
            const auto reply = replies.front();
            replies.pop_front();
            co_await asio::async_write(socket, asio::buffer(reply.bytes), asio::use_awaitable);
            stays = !reply.closes;
        }
    }
}

namespace {

TEST(RawServer, plays_its_replies) {
    HttpWorld world;
    RawServer raw{world.io};
    raw.replies = {{"HTTP/1.1 204 No Content\r\n\r\n", true}};
    world.scope.spawn("raw", raw.serve());
    auto config = world.config();
    config.origin = "http://127.0.0.1:" + std::to_string(raw.port());
    HttpsTransport transport{world.pool, config};
    EXPECT_EQ(world.get(transport, "/x").status, 204u);
    EXPECT_EQ(raw.connections, 1);
    ASSERT_EQ(raw.requests.size(), 1u);
    EXPECT_TRUE(raw.requests[0].starts_with("GET /x HTTP/1.1\r\n")) << raw.requests[0];
}

}  // namespace
}  // namespace kube::test
