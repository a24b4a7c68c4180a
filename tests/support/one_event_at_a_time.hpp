// Watches whose events come one in each turn of the loop, so that a test sees every version.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "kube/http/transport.hpp"

namespace support {

/// Passes everything on. What a server sends of a watch may come in one piece: here it is handed out line by line, and
/// whoever looks between two turns of the loop (`World::run_until`) has looked at each version of an object.
class OneEventAtATime final : public kube::Transport {
public:
    explicit OneEventAtATime(std::unique_ptr<kube::Transport> below) : below_{std::move(below)} {}
    [[nodiscard]] kube::Async<kube::HttpResponse> send(kube::HttpRequest request) override {
        return below_->send(std::move(request));
    }
    [[nodiscard]] kube::Async<std::unique_ptr<kube::HttpStream>> open(kube::HttpRequest request) override {
        co_return std::make_unique<Lines>(co_await below_->open(std::move(request)));
    }

private:
    class Lines final : public kube::HttpStream {
    public:
        explicit Lines(std::unique_ptr<kube::HttpStream> below) : below_{std::move(below)} {}
        [[nodiscard]] unsigned status() const override { return below_->status(); }
        [[nodiscard]] kube::Async<std::optional<std::string>> next_chunk() override {
            for (;;) {
                if (const auto end = pending_.find('\n'); end != std::string::npos) {
                    std::string line = pending_.substr(0, end + 1);
                    pending_.erase(0, end + 1);
                    co_await boost::asio::post(boost::asio::use_awaitable);
                    co_return line;
                }
                std::optional<std::string> chunk = co_await below_->next_chunk();
                if (!chunk && pending_.empty()) co_return std::nullopt;
                if (!chunk) co_return std::exchange(pending_, {});
                pending_ += *chunk;
            }
        }

    private:
        std::unique_ptr<kube::HttpStream> below_;
        std::string pending_;
    };
    std::unique_ptr<kube::Transport> below_;
};

}  // namespace support
