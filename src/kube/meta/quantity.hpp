// resource.Quantity: "32Gi", "4", "50m".
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace kube {

/// An amount with a suffix. Keeps the text that it was read from; compares by value ("1Gi" equals "1024Mi").
class Quantity {
public:
    Quantity() = default;
    /// The text must be valid: check with `parse` where it comes from outside.
    explicit Quantity(std::string text) : text_{std::move(text)} {}
    /// Nullopt when the text is no quantity (pattern of spec 01 §3).
    [[nodiscard]] static std::optional<Quantity> parse(std::string_view text);
    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] std::partial_ordering operator<=>(const Quantity& other) const;
    [[nodiscard]] bool operator==(const Quantity& other) const;

private:
    std::string text_;
};

}  // namespace kube
