// resource.Quantity: "32Gi", "4", "50m".
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace kube {

/// An amount with a suffix. Keeps the text that it was read from; compares by value ("1Gi" equals "1024Mi").
///
/// Values are exact, however many digits they have. A text that is no quantity is equal to itself only, and has no
/// order.
class Quantity {
public:
    Quantity() = default;
    /// The text must be valid: check with `parse` where it comes from outside.
    explicit Quantity(std::string text) : text_{std::move(text)} {}
    /// Nullopt when the text is no quantity: the pattern of spec 01 §3, but for exponents, which must be whole.
    [[nodiscard]] static std::optional<Quantity> parse(std::string_view text);
    [[nodiscard]] const std::string& text() const { return text_; }
    /// The form that the API server gives the value (spec 05 §14): no fraction, the largest suffix of the same family
    /// that leaves a whole number; no more precise than nano; "1000m" is "1", "1.5Gi" is "1536Mi". The text itself
    /// when it is no quantity.
    [[nodiscard]] std::string canonical() const;
    [[nodiscard]] std::partial_ordering operator<=>(const Quantity& other) const;
    [[nodiscard]] bool operator==(const Quantity& other) const;

private:
    std::string text_;
};

}  // namespace kube
