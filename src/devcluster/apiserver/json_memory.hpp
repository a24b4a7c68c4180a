// Memory for trees of JSON that go all at once: the one of a stored object, and those that a request works on.
#pragma once

#include <cstddef>

#include <boost/json.hpp>

#include "kube/json/json.hpp"

namespace devcluster::apiserver {
class JsonMemory;
}

template <>
struct boost::json::is_deallocate_trivial<devcluster::apiserver::JsonMemory> {
    static constexpr bool value = true;
};

namespace devcluster::apiserver {

/// Gives out memory in a row and takes nothing back before `clear` or its end: a copy costs a fraction of what it costs
/// with an allocation for each key and string, its destruction costs nothing, and what is read together lies together.
///
/// A tree refers to its memory without owning it, and a copy that names no storage is made in the memory of its
/// original. So a copy of what may go earlier than the copy has to name its own: `Object(original, {})`.
class JsonMemory final : public boost::json::memory_resource {
public:
    /// Asks for nothing yet. `first_block_bytes`: of the first block, when it is needed; later ones are larger.
    explicit JsonMemory(std::size_t first_block_bytes);
    ~JsonMemory() override;
    JsonMemory(const JsonMemory&) = delete;
    JsonMemory& operator=(const JsonMemory&) = delete;

    [[nodiscard]] boost::json::storage_ptr storage() { return this; }
    /// Everything made here is gone; the last block is kept for what comes next.
    void clear();
    /// Nothing more is to be made here: who tries has forgotten to name a storage. Checked with assertions only.
    void seal() { is_sealed_ = true; }
    /// How much was given out since the last `clear`.
    [[nodiscard]] std::size_t used_bytes() const;

private:
    struct Block {
        Block* next;
        std::size_t bytes;
    };
    void* do_allocate(std::size_t bytes, std::size_t alignment) override;
    void do_deallocate(void*, std::size_t, std::size_t) override {}
    [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
    void free_blocks(Block* first);

    std::size_t next_block_bytes_;
    Block* blocks_ = nullptr;  // The newest first.
    char* next_ = nullptr;
    char* end_ = nullptr;
    std::size_t used_in_older_ = 0;
    bool is_sealed_ = false;
};

/// Parses text into `storage`. Throws as `kube::json::parse` does.
[[nodiscard]] kube::json::Value parse_into(boost::json::storage_ptr storage, std::string_view text);

}  // namespace devcluster::apiserver
