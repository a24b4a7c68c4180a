#include "kube/client/watch_stream.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <boost/json.hpp>

namespace kube::detail {

namespace {

/// Below this the front of the buffer is not worth moving.
constexpr std::size_t kCompactBytesMin = 64u << 10u;
/// More than this is not kept between events.
constexpr std::size_t kKeptBytesMax = 16u << 10u;
constexpr std::size_t kQuotedLineBytesMax = 120;

std::optional<RawWatchEvent::Type> type_of(std::string_view word) {
    if (word == "ADDED") return RawWatchEvent::Type::Added;
    if (word == "MODIFIED") return RawWatchEvent::Type::Modified;
    if (word == "DELETED") return RawWatchEvent::Type::Deleted;
    if (word == "BOOKMARK") return RawWatchEvent::Type::Bookmark;
    if (word == "ERROR") return RawWatchEvent::Type::Error;
    return std::nullopt;
}

class StreamWatch final : public RawWatch {
public:
    StreamWatch(std::unique_ptr<HttpStream> stream, std::string request, UnreadMembers unread)
        : stream_{std::move(stream)}, request_{std::move(request)}, unread_{unread} {}

    Async<std::optional<RawWatchEvent>> next() override {
        for (;;) {
            while (const auto line = lines_.next_line()) {
                if (line->find_first_not_of(" \t\r") == std::string_view::npos) continue;
                co_return parse_watch_event(*line, unread_);
            }
            if (lines_.pending_bytes() > kWatchLineBytesMax) {
                throw TransportError{
                    TransportError::Kind::TooLarge,
                    fmt::format("{}: a watch event is longer than {} bytes", request_, kWatchLineBytesMax)
                };
            }
            auto chunk = co_await stream_->next_chunk();
            if (!chunk) {
                if (lines_.pending_bytes() == 0) co_return std::nullopt;
                throw TransportError{
                    TransportError::Kind::Broken, fmt::format("{}: the watch ended within an event", request_)
                };
            }
            lines_.append(*chunk);
        }
    }

private:
    std::unique_ptr<HttpStream> stream_;
    std::string request_;
    UnreadMembers unread_;
    LineSplitter lines_;
};

}  // namespace

void LineSplitter::append(std::string_view chunk) {
    if (begin_ == buffer_.size()) {
        if (buffer_.capacity() > kKeptBytesMax) std::string{}.swap(buffer_);
        buffer_.clear();
        begin_ = scanned_ = 0;
    } else if (begin_ >= kCompactBytesMin && begin_ * 2 >= buffer_.size()) {
        buffer_.erase(0, begin_);
        scanned_ -= begin_;
        begin_ = 0;
    }
    buffer_.append(chunk);
}

std::optional<std::string_view> LineSplitter::next_line() {
    const std::size_t end = buffer_.find('\n', scanned_);
    if (end == std::string::npos) {
        scanned_ = buffer_.size();
        return std::nullopt;
    }
    const std::string_view line = std::string_view{buffer_}.substr(begin_, end - begin_);
    begin_ = scanned_ = end + 1;
    return line;
}

RawWatchEvent parse_watch_event(std::string_view line, UnreadMembers unread) {
    const auto broken = [line](const std::string& why) {
        return std::runtime_error{fmt::format("not a watch event ({}): {}", why, line.substr(0, kQuotedLineBytesMax))};
    };
    boost::system::error_code failed;
    json::Tree event = parse_transient(line, failed, unread);
    std::string undecodable;
    if (is_too_deep(failed)) {
        undecodable = too_deep_text();
        failed.clear();
        event = parse_without_body(line, failed);
    }
    if (failed) throw broken(failed.message());
    const auto type = type_of(json::find_string(*event, {"type"}));
    if (!type) throw broken("no known type");
    const json::Value* object = json::find(*event, {"object"});
    if (object == nullptr || !object->is_object()) throw broken("no object");
    return {.type = *type, .event = std::move(event), .undecodable = std::move(undecodable)};
}

std::unique_ptr<RawWatch> make_watch(std::unique_ptr<HttpStream> stream, std::string request, UnreadMembers unread) {
    return std::make_unique<StreamWatch>(std::move(stream), std::move(request), unread);
}

}  // namespace kube::detail
