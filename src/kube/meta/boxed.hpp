// An optional part of an object that is large and mostly unset.
#pragma once

#include <memory>
#include <optional>
#include <utility>

namespace kube {

/// Like std::optional<T>, with the value in memory of its own: unset, it takes one pointer. For parts of cached objects
/// that are larger than some 100 bytes and that most objects lack: caches hold thousands of them. A copy copies the
/// value; a moved-from one is unset.
template <class T>
class Boxed {
public:
    using value_type = T;

    Boxed() = default;
    Boxed(std::nullopt_t) {}  // NOLINT(google-explicit-constructor): as std::optional
    Boxed(T value) : held_{std::make_unique<T>(std::move(value))} {}  // NOLINT(google-explicit-constructor)
    Boxed(std::optional<T> value) {  // NOLINT(google-explicit-constructor): both say the same
        if (value) emplace(*std::move(value));
    }
    Boxed(const Boxed& other) : held_{other ? std::make_unique<T>(*other) : nullptr} {}
    Boxed(Boxed&&) noexcept = default;
    Boxed& operator=(const Boxed& other) {
        if (this == &other) return *this;
        if (held_ && other) {
            *held_ = *other;
        } else {
            held_ = other ? std::make_unique<T>(*other) : nullptr;
        }
        return *this;
    }
    Boxed& operator=(Boxed&&) noexcept = default;
    ~Boxed() = default;

    [[nodiscard]] bool has_value() const { return held_ != nullptr; }
    explicit operator bool() const { return has_value(); }
    /// Only while it is set.
    [[nodiscard]] T& operator*() { return *held_; }
    [[nodiscard]] const T& operator*() const { return *held_; }
    [[nodiscard]] T* operator->() { return held_.get(); }
    [[nodiscard]] const T* operator->() const { return held_.get(); }
    [[nodiscard]] T value_or(T otherwise) const { return held_ ? *held_ : std::move(otherwise); }

    template <class... Args>
    T& emplace(Args&&... args) {
        held_ = std::make_unique<T>(std::forward<Args>(args)...);
        return *held_;
    }
    void reset() { held_.reset(); }

    bool operator==(const Boxed& other) const {
        if (!held_ || !other.held_) return held_ == other.held_;
        return *held_ == *other.held_;
    }

private:
    std::unique_ptr<T> held_;
};

}  // namespace kube
