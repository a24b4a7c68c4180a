// Label and field selectors of list, watch and delete-collection.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kube/json/json.hpp"

namespace devcluster::apiserver {

/// A label selector: `a=b,c!=d,e in (f,g),!h`.
class LabelSelector {
public:
    /// Throws StatusError 400 saying what cannot be read.
    [[nodiscard]] static LabelSelector parse(std::string_view text);
    /// From an object's LabelSelector (matchLabels, matchExpressions). Empty matches everything.
    [[nodiscard]] static LabelSelector from_json(const kube::json::Value& selector);
    [[nodiscard]] bool matches(const kube::json::Object* labels) const;
    [[nodiscard]] bool empty() const { return requirements_.empty(); }

private:
    enum class Operator { In, NotIn, Exists, DoesNotExist, GreaterThan, LessThan };
    struct Requirement {
        std::string key;
        Operator is;
        std::vector<std::string> values;
    };
    std::vector<Requirement> requirements_;
};

/// A field selector: `metadata.name=a,status.phase!=Running`.
class FieldSelector {
public:
    /// Reads the value of a selectable field; nullopt when the kind cannot be selected by it.
    using Reader = std::function<std::optional<std::string>(std::string_view field)>;

    /// Throws StatusError 400 saying what cannot be read.
    [[nodiscard]] static FieldSelector parse(std::string_view text);
    [[nodiscard]] bool matches(const Reader& read) const;
    [[nodiscard]] bool empty() const { return terms_.empty(); }
    [[nodiscard]] std::vector<std::string> fields() const;
    /// The value that `field` must have, where the selector says so with `=`.
    [[nodiscard]] std::optional<std::string> required_value(std::string_view field) const;

private:
    struct Term {
        std::string field;
        bool is_equal;
        std::string value;
    };
    std::vector<Term> terms_;
};

}  // namespace devcluster::apiserver
