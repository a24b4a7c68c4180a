// The bytes of a watch, as events: one JSON object in each line.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kube/client/client.hpp"

namespace kube::detail {

/// A line longer than this ends the watch with an error: no object is that large (etcd's limit is 1.5 MiB).
inline constexpr std::size_t kWatchLineBytesMax = 32u << 20u;

/// Cuts a stream of chunks into lines. Each byte is looked at once and moved a bounded number of times, however the
/// chunks fall.
class LineSplitter {
public:
    void append(std::string_view chunk);
    /// The next whole line without its end, valid until the next call of any function; nullopt when none is complete.
    [[nodiscard]] std::optional<std::string_view> next_line();
    /// Bytes of a line that has begun.
    [[nodiscard]] std::size_t pending_bytes() const { return buffer_.size() - begin_; }

private:
    std::string buffer_;
    std::size_t begin_ = 0;    // of the first line not handed out
    std::size_t scanned_ = 0;  // no line end before this
};

/// Parses what lives only until it is decoded. `metadata.managedFields` is left out, `unread` lists and objects are
/// empty.
[[nodiscard]] json::Tree parse_transient(
    std::string_view text, boost::system::error_code& failed, UnreadMembers unread = {}
);

/// Parses a list so. An item that is nested more deeply than `json::kDepthMax` is left out and named: whoever may write
/// one object with a free-form field must not hide all others of its kind.
[[nodiscard]] json::Tree parse_list(
    std::string_view text,
    boost::system::error_code& failed,
    std::vector<Undecodable>& undecodable,
    UnreadMembers unread = {}
);

/// Of an object, or of an event about one, that is nested too deeply: what is outside of its spec and status, which
/// says what it is called.
[[nodiscard]] json::Tree parse_without_body(std::string_view text, boost::system::error_code& failed);
[[nodiscard]] bool is_too_deep(const boost::system::error_code& failed);
/// What is said of such an object.
[[nodiscard]] std::string too_deep_text();

/// Reads one line of a watch. Throws std::runtime_error when it is no event.
[[nodiscard]] RawWatchEvent parse_watch_event(std::string_view line, UnreadMembers unread = {});

/// A watch over a stream that was opened with status 200.
[[nodiscard]] std::unique_ptr<RawWatch> make_watch(
    std::unique_ptr<HttpStream> stream, std::string request, UnreadMembers unread = {}
);

}  // namespace kube::detail
