#include "devcluster/apiserver/json_memory.hpp"

#include <array>
#include <cassert>
#include <memory>
#include <new>

namespace devcluster::apiserver {
namespace {

/// More than this is not kept between requests.
constexpr std::size_t kKeptBytesMax = std::size_t{1} << 20U;
constexpr std::size_t kBlockBytesMax = std::size_t{1} << 20U;
constexpr std::size_t kParserStackBytes = 4096;
/// As kube::json::parse.
constexpr std::size_t kDepthMax = 512;

}  // namespace

JsonMemory::JsonMemory(std::size_t first_block_bytes) : next_block_bytes_{first_block_bytes} {}

JsonMemory::~JsonMemory() {
    free_blocks(blocks_);
}

void JsonMemory::free_blocks(Block* first) {
    while (first != nullptr) {
        Block* const next = first->next;
        ::operator delete(first);
        first = next;
    }
}

void JsonMemory::clear() {
    used_in_older_ = 0;
    if (blocks_ == nullptr) return;
    free_blocks(std::exchange(blocks_->next, nullptr));
    if (blocks_->bytes > kKeptBytesMax) {
        free_blocks(std::exchange(blocks_, nullptr));
        next_ = end_ = nullptr;
        return;
    }
    next_ = reinterpret_cast<char*>(blocks_ + 1);
}

std::size_t JsonMemory::used_bytes() const {
    if (blocks_ == nullptr) return 0;
    return used_in_older_ + static_cast<std::size_t>(next_ - reinterpret_cast<const char*>(blocks_ + 1));
}

void* JsonMemory::do_allocate(std::size_t bytes, std::size_t alignment) {
    assert(!is_sealed_ && "a copy of a stored object that names no storage: it would live in the stored object");
    const auto aligned = [alignment](char* at) {
        const auto misaligned = reinterpret_cast<std::uintptr_t>(at) % alignment;
        return misaligned == 0 ? at : at + (alignment - misaligned);
    };
    char* at = aligned(next_);
    if (next_ == nullptr || at + bytes > end_) {
        used_in_older_ = used_bytes();
        std::size_t block_bytes = next_block_bytes_;
        if (block_bytes < sizeof(Block) + bytes + alignment) block_bytes = sizeof(Block) + bytes + alignment;
        auto* const memory = static_cast<char*>(::operator new(block_bytes));
        blocks_ = new (memory) Block{.next = blocks_, .bytes = block_bytes};
        next_ = memory + sizeof(Block);
        end_ = memory + block_bytes;
        next_block_bytes_ = std::min(block_bytes * 2, kBlockBytesMax);
        at = aligned(next_);
    }
    next_ = at + bytes;
    return at;
}

kube::json::Value parse_into(boost::json::storage_ptr storage, std::string_view text) {
    std::array<unsigned char, kParserStackBytes> stack;
    boost::json::parse_options options;
    options.max_depth = kDepthMax;
    boost::json::parser parser{{}, options, stack.data(), stack.size()};
    parser.reset(std::move(storage));
    boost::json::error_code error;
    const std::size_t consumed = parser.write_some(text.data(), text.size(), error);
    if (error || consumed < text.size()) return kube::json::parse(text);  // It says what is wrong.
    return parser.release();
}

}  // namespace devcluster::apiserver
