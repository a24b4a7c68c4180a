// Documents that take some work to make and are asked for again and again: discovery and OpenAPI.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace devcluster::apiserver {

/// The bytes of documents, each with the fingerprint of what it was made from.
class DocumentCache {
public:
    /// The document `name`, made by `make()` unless the one at hand has this fingerprint.
    template <class Make>
    [[nodiscard]] const std::string& get(std::string_view name, std::uint64_t fingerprint, Make make) {
        const auto it = documents_.find(name);
        if (it != documents_.end() && it->second.fingerprint == fingerprint) return it->second.bytes;
        Document made{.fingerprint = fingerprint, .bytes = make()};
        ++made_count_;
        return documents_.insert_or_assign(std::string{name}, std::move(made)).first->second.bytes;
    }
    /// How many documents were made since the start.
    [[nodiscard]] std::uint64_t made_count() const { return made_count_; }

private:
    struct Document {
        std::uint64_t fingerprint = 0;
        std::string bytes;
    };
    std::map<std::string, Document, std::less<>> documents_;
    std::uint64_t made_count_ = 0;
};

}  // namespace devcluster::apiserver
