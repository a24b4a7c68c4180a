// Bytes that were received and are not yet consumed, in one piece.
#pragma once

#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace kube::detail {

/// A flat buffer that grows with what is in it.
class InputBuffer {
public:
    [[nodiscard]] std::string_view view() const { return {data_.get() + begin_, end_ - begin_}; }
    [[nodiscard]] bool empty() const { return begin_ == end_; }
    void consume(std::size_t count) {
        begin_ += count;
        if (begin_ == end_) begin_ = end_ = 0;
    }
    /// At least `count` writable bytes behind the view; what was received may move.
    [[nodiscard]] std::span<char> prepare(std::size_t count) {
        if (size_ - end_ < count) make_room(count);
        return {data_.get() + end_, size_ - end_};
    }
    void commit(std::size_t count) { end_ += count; }
    void append(std::string_view bytes) {
        if (bytes.empty()) return;
        const auto space = prepare(bytes.size());
        std::memcpy(space.data(), bytes.data(), bytes.size());
        commit(bytes.size());
    }
    /// Gives memory back that a large message needed.
    void shrink(std::size_t bytes_max) {
        if (empty() && size_ > bytes_max) {
            data_.reset();
            size_ = 0;
        }
    }

private:
    void make_room(std::size_t count) {
        const std::size_t used = end_ - begin_;
        if (size_ - used < count) {
            const std::size_t grown = std::max(used + count, size_ * 2);
            std::unique_ptr<char[]> larger{new char[grown]};
            if (used > 0) std::memcpy(larger.get(), data_.get() + begin_, used);
            data_ = std::move(larger);
            size_ = grown;
        } else if (used > 0) {
            std::memmove(data_.get(), data_.get() + begin_, used);
        }
        begin_ = 0;
        end_ = used;
    }

    std::unique_ptr<char[]> data_;
    std::size_t size_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace kube::detail
