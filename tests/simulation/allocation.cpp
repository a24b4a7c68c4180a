// Memory for a program of one thread that builds up a world and tears it down, many times a second: pages of blocks of
// one size, each with a list of its own, so that what is asked for together lies together, and a page whose blocks are
// all free is as good as new. Under a sanitizer, which has to see each block come and go, nothing of this.
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#if !defined(__SANITIZE_ADDRESS__) && !__has_feature(address_sanitizer)

namespace {

constexpr std::size_t kGrain = 16;
constexpr std::size_t kSmallMax = 1024;
constexpr std::size_t kSmallClasses = kSmallMax / kGrain;
/// Up to 16 KiB, four sizes for each power of two.
constexpr std::size_t kMiddleMax = 16'384;
constexpr std::size_t kMiddleClasses = 16;
constexpr std::size_t kClasses = kSmallClasses + kMiddleClasses;
/// Blocks of more are pages of their own, in powers of two up to 16 MiB.
constexpr std::size_t kWholeClasses = 12;
constexpr std::size_t kPageBytes = std::size_t{1} << 17U;
constexpr std::size_t kPagesAtOnce = 16;

struct Free {
    Free* next = nullptr;
};

/// The head of a page, at a multiple of kPageBytes: each block finds it by its own address.
struct alignas(64) Page {
    Free* free = nullptr;
    /// What no block was made of yet.
    char* fresh = nullptr;
    char* end = nullptr;
    std::size_t used = 0;
    std::size_t block_bytes = 0;
    /// Of a block that is a page of its own: its class; else that of its blocks.
    std::size_t size_class = 0;
    bool is_whole = false;
    /// Is it in the list of pages of its class that have room?
    bool is_listed = false;
    Page* next = nullptr;
    Page* previous = nullptr;
    /// The thread that made it. What another thread frees stays unused: nothing here is locked.
    const void* owner = nullptr;
};

/// Of one thread.
struct Pool {
    /// Where blocks come from.
    std::array<Page*, kClasses> current;
    std::array<Page*, kClasses> with_room;
    std::array<Page*, kWholeClasses> whole;
    Page* empty;
};

constinit thread_local Pool pool{};

std::size_t class_of(std::size_t bytes) {
    if (bytes <= kSmallMax) return bytes == 0 ? 0 : (bytes - 1) / kGrain;
    const auto power = static_cast<std::size_t>(std::bit_width(bytes - 1)) - 1;  // 10 to 13
    const std::size_t quarter = ((bytes - 1) >> (power - 2)) & 3U;
    return kSmallClasses + (power - 10) * 4 + quarter;
}

std::size_t bytes_of(std::size_t size_class) {
    if (size_class < kSmallClasses) return (size_class + 1) * kGrain;
    const std::size_t power = (size_class - kSmallClasses) / 4 + 10;
    const std::size_t quarter = (size_class - kSmallClasses) % 4;
    return (std::size_t{4} + quarter + 1) << (power - 2);
}

void* from_system(std::size_t bytes) {
    void* block = std::aligned_alloc(kPageBytes, bytes);
    if (block == nullptr) throw std::bad_alloc{};
    return block;
}

Page* page_of(void* block) {
    return reinterpret_cast<Page*>(reinterpret_cast<std::uintptr_t>(block) & ~std::uintptr_t{kPageBytes - 1});
}

void renew(Page& page) {
    page.free = nullptr;
    page.fresh = reinterpret_cast<char*>(&page + 1);
    page.end = page.fresh + (kPageBytes - sizeof(Page)) / page.block_bytes * page.block_bytes;
}

Page* empty_page(std::size_t size_class) {
    if (pool.empty == nullptr) {
        char* memory = static_cast<char*>(from_system(kPageBytes * kPagesAtOnce));
        for (std::size_t i = kPagesAtOnce; i-- > 0;) {
            auto* page = new (memory + i * kPageBytes) Page{.next = pool.empty, .owner = &pool};
            pool.empty = page;
        }
    }
    Page* page = pool.empty;
    pool.empty = page->next;
    page->next = nullptr;
    page->size_class = size_class;
    page->block_bytes = bytes_of(size_class);
    renew(*page);
    return page;
}

void list(Page& page) {
    Page*& first = pool.with_room[page.size_class];
    page.previous = nullptr;
    page.next = first;
    if (first != nullptr) first->previous = &page;
    first = &page;
    page.is_listed = true;
}

void unlist(Page& page) {
    if (page.previous != nullptr) {
        page.previous->next = page.next;
    } else {
        pool.with_room[page.size_class] = page.next;
    }
    if (page.next != nullptr) page.next->previous = page.previous;
    page.next = page.previous = nullptr;
    page.is_listed = false;
}

void* block_of_next_page(std::size_t size_class) {
    Page* page = pool.with_room[size_class];
    if (page != nullptr) {
        unlist(*page);
    } else {
        page = empty_page(size_class);
    }
    pool.current[size_class] = page;
    ++page->used;
    if (Free* block = page->free) {
        page->free = block->next;
        return block;
    }
    char* block = page->fresh;
    page->fresh += page->block_bytes;
    return block;
}

void* whole_page(std::size_t bytes) {
    const std::size_t with_head = bytes + sizeof(Page);
    const auto power = static_cast<std::size_t>(std::bit_width((with_head - 1) / kPageBytes));
    if (power < kWholeClasses && pool.whole[power] != nullptr) {
        Page* page = pool.whole[power];
        pool.whole[power] = page->next;
        return page + 1;
    }
    void* memory = from_system(kPageBytes << power);
    return new (memory) Page{.size_class = power, .is_whole = true, .owner = &pool} + 1;
}

void free_whole(Page& page) {
    if (page.size_class >= kWholeClasses) return std::free(&page);
    page.next = pool.whole[page.size_class];
    pool.whole[page.size_class] = &page;
}

/// The last block of a page, or the first of a full one, was freed.
void page_changed(Page& page) {
    if (pool.current[page.size_class] == &page) {
        if (page.used == 0) renew(page);
        return;
    }
    if (page.used > 0) {
        if (!page.is_listed) list(page);
        return;
    }
    if (page.is_listed) unlist(page);
    page.next = pool.empty;
    pool.empty = &page;
}

}  // namespace

void* operator new(std::size_t bytes) {
    if (bytes > kMiddleMax) return whole_page(bytes);
    const std::size_t size_class = class_of(bytes);
    Page* page = pool.current[size_class];
    if (page != nullptr) {
        if (Free* block = page->free) {
            page->free = block->next;
            ++page->used;
            return block;
        }
        if (page->fresh < page->end) {
            char* block = page->fresh;
            page->fresh += page->block_bytes;
            ++page->used;
            return block;
        }
    }
    return block_of_next_page(size_class);
}

void operator delete(void* block) noexcept {
    if (block == nullptr) return;
    Page& page = *page_of(block);
    if (page.owner != &pool) return;
    if (page.is_whole) return free_whole(page);
    page.free = new (block) Free{page.free};
    if (--page.used == 0 || !page.is_listed) page_changed(page);
}

void operator delete(void* block, std::size_t) noexcept {
    operator delete(block);
}

#endif
