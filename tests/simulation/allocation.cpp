// Memory for a program of one thread that builds up a world and tears it down, hundreds of times a second: blocks of a
// few sizes, kept for the next of their size. Under a sanitizer, which has to see each block come and go, nothing of
// this.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#if !defined(__SANITIZE_ADDRESS__) && !__has_feature(address_sanitizer)

namespace {

constexpr std::size_t kGrain = 16;
constexpr std::size_t kSmallMax = 1024;
constexpr std::size_t kSmallClasses = kSmallMax / kGrain + 1;
/// 2 KiB to 1 MiB.
constexpr std::size_t kLargeClasses = 10;
constexpr std::size_t kClasses = kSmallClasses + kLargeClasses;
constexpr std::size_t kNoClass = kClasses;
constexpr std::size_t kChunkBytes = std::size_t{1} << 20U;

/// In front of each block; a free block's payload begins with the next free one.
struct alignas(kGrain) Header {
    std::size_t size_class = 0;
};

struct Free {
    Free* next = nullptr;
};

/// Per thread: a block that another thread frees goes to that thread's list, which does no harm.
constinit thread_local Free* free_blocks[kClasses] = {};
constinit thread_local char* chunk = nullptr;
constinit thread_local std::size_t chunk_left = 0;

std::size_t class_of(std::size_t bytes) {
    if (bytes <= kSmallMax) return (bytes + kGrain - 1) / kGrain;
    const auto power = static_cast<std::size_t>(std::bit_width(bytes - 1)) - 11;
    return power < kLargeClasses ? kSmallClasses + power : kNoClass;
}

std::size_t bytes_of(std::size_t size_class) {
    if (size_class < kSmallClasses) return size_class == 0 ? kGrain : size_class * kGrain;
    return std::size_t{2048} << (size_class - kSmallClasses);
}

void* from_system(std::size_t bytes) {
    void* block = std::malloc(bytes);
    if (block == nullptr) throw std::bad_alloc{};
    return block;
}

void* begin(void* block, std::size_t size_class) {
    auto* header = new (block) Header{size_class};
    return header + 1;
}

void* fresh_block(std::size_t size_class) {
    const std::size_t bytes = sizeof(Header) + bytes_of(size_class);
    if (size_class >= kSmallClasses) return begin(from_system(bytes), size_class);
    if (chunk_left < bytes) {
        chunk = static_cast<char*>(from_system(kChunkBytes));
        chunk_left = kChunkBytes;
    }
    void* block = chunk;
    chunk += bytes;
    chunk_left -= bytes;
    return begin(block, size_class);
}

}  // namespace

void* operator new(std::size_t bytes) {
    const std::size_t size_class = class_of(bytes);
    if (size_class == kNoClass) return begin(from_system(sizeof(Header) + bytes), kNoClass);
    Free*& first = free_blocks[size_class];
    if (first == nullptr) return fresh_block(size_class);
    Free* block = first;
    first = block->next;
    return block;
}

void operator delete(void* block) noexcept {
    if (block == nullptr) return;
    Header* header = static_cast<Header*>(block) - 1;
    const std::size_t size_class = header->size_class;
    if (size_class == kNoClass) return std::free(header);
    free_blocks[size_class] = new (block) Free{free_blocks[size_class]};
}

void operator delete(void* block, std::size_t) noexcept {
    operator delete(block);
}

#endif
