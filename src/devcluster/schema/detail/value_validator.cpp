#include "devcluster/schema/detail/value_validator.hpp"

#include "devcluster/cel/number_text.hpp"
#include "devcluster/cel/utf8.hpp"
#include "devcluster/schema/detail/correlation.hpp"
#include "devcluster/schema/detail/formats.hpp"
#include "devcluster/schema/detail/path.hpp"
#include "kube/json/same.hpp"

#include <fmt/core.h>

#include <cmath>

namespace devcluster::schema::detail {
namespace {

/// What a check found. `matches` counts the checks that were made; where alternatives fail, the one with most of them
/// is shown.
struct Result {
    std::vector<FieldError> errors;
    int matches = 0;

    void add(FieldError error) {
        for (const FieldError& known : errors) {
            if (known == error) return;
        }
        errors.push_back(std::move(error));
    }
    void merge(Result other) {
        for (FieldError& error : other.errors) add(std::move(error));
        matches += other.matches;
    }
    [[nodiscard]] bool is_valid() const { return errors.empty(); }
};

bool is_integer(const json::value& value) {
    return value.is_int64() || (value.is_uint64() && value.get_uint64() <= INT64_MAX);
}
std::int64_t as_integer(const json::value& value) {
    return value.is_int64() ? value.get_int64() : static_cast<std::int64_t>(value.get_uint64());
}
double as_double(const json::value& value) {
    if (value.is_int64()) return static_cast<double>(value.get_int64());
    return value.is_uint64() ? static_cast<double>(value.get_uint64()) : value.get_double();
}

JsonType type_of(const json::value& value) {
    switch (value.kind()) {
        case json::kind::null:
            return JsonType::Any;
        case json::kind::bool_:
            return JsonType::Boolean;
        case json::kind::string:
            return JsonType::String;
        case json::kind::array:
            return JsonType::Array;
        case json::kind::object:
            return JsonType::Object;
        case json::kind::int64:
        case json::kind::uint64:
        case json::kind::double_:
            break;
    }
    return is_integer(value) ? JsonType::Integer : JsonType::Number;
}

bool is_whole(double number) {
    constexpr double kSafeMax = 9007199254740991.0;
    return std::trunc(number) == number && std::fabs(number) <= kSafeMax;
}

/// Numbers compare by their value, whatever they are stored as.
bool is_same(const json::value& left, const json::value& right) {
    if (left.is_number() && right.is_number()) {
        return is_integer(left) && is_integer(right) ? as_integer(left) == as_integer(right)
                                                     : as_double(left) == as_double(right);
    }
    return kube::json::same(left, right);
}

class Validator {
public:
    explicit Validator(std::string_view prefix, bool is_root) : prefix_(prefix), is_root_(is_root) {}

    /// `spine` is the node that has the structure at this place: `node` itself, but where that is part of anyOf and the
    /// like.
    Result validate(
        const Node& node, const Node* spine, const json::value& value, const json::value* old_value, const Path& path
    ) {
        Result result;
        check_type(node, value, path, result);
        if (value.is_null()) {
            check_enumeration(node, value, path, result);
            return result;
        }
        if (has_type(node)) ++result.matches;
        result.merge(check_alternatives(node, spine, value, old_value, path));
        ++result.matches;
        if (value.is_string()) check_string(node, view(value.get_string()), path, result);
        if (value.is_number()) check_number(node, value, path, result);
        if (value.is_array()) check_array(node, spine, value.get_array(), old_value, path, result);
        check_enumeration(node, value, path, result);
        ++result.matches;
        if (value.is_object()) {
            check_object(node, spine, value, old_value, path, result);
            ++result.matches;
        }
        ++result.matches;
        return result;
    }

private:
    std::string field(const Path& path) const { return with_prefix(body_path(path)); }
    std::string with_prefix(std::string_view path) const {
        while (path.starts_with('.')) path.remove_prefix(1);
        const std::string joined = join_paths(prefix_, path);
        return joined.empty() ? "<nil>" : joined;
    }

    void fail(Result& result, const Path& path, const json::value& shown, std::string_view what) const {
        result.add(invalid(field(path), shown, fmt::format("{} in body {}", body_path(path), what)));
    }
    void fail_type(Result& result, const Path& path, std::string_view wanted, std::string_view found) const {
        const std::string detail =
            fmt::format("{} in body must be of type {}: {}", body_path(path), wanted, quote(found));
        result.add(type_invalid(field(path), json::value(found), detail));
    }
    void fail_whole(Result& result, const Path& path, std::string_view what) const {
        result.add(invalid(
            prefix_.empty() ? "<nil>" : std::string(prefix_),
            json::value(""),
            fmt::format("{} {}", quote(body_path(path)), what)
        ));
    }

    static bool has_type(const Node& node) {
        return node.type != JsonType::Any || node.is_int_or_string || node.format != Format::None;
    }

    void check_type(const Node& node, const json::value& value, const Path& path, Result& result) const {
        if (!has_type(node)) return;
        const std::string_view wanted = node.is_int_or_string ? "integer,string" : type_name(node.type);
        if (value.is_null()) {
            if (!wanted.empty() && !node.is_nullable) fail_type(result, path, wanted, "null");
            return;
        }
        const JsonType found = type_of(value);
        const bool wants_integer = node.is_int_or_string || node.type == JsonType::Integer;
        const bool wants_number = node.type == JsonType::Number;
        const bool is_listed =
            node.is_int_or_string ? found == JsonType::Integer || found == JsonType::String : found == node.type;
        const bool converts = (found == JsonType::Integer && wants_number) ||
                              (found == JsonType::Number && wants_integer && is_whole(as_double(value)));
        const bool has_text_kind = found == JsonType::String || found == JsonType::Array;
        if (node.format != Format::None && !has_text_kind && !is_listed && !converts) {
            const std::string_view number_format = found == JsonType::Integer  ? "int64"
                                                   : found == JsonType::Number ? "float64"
                                                                               : "";
            fail_type(result, path, node.format_name, number_format);
            return;
        }
        const bool is_left_to_the_format =
            node.format != Format::None && !wants_number && !wants_integer && has_text_kind;
        if (!is_left_to_the_format && !is_listed && !converts) {
            fail_type(result, path, wanted, type_name(found));
            return;
        }
        ++result.matches;
    }

    Result check_alternatives(
        const Node& node, const Node* spine, const json::value& value, const json::value* old_value, const Path& path
    ) {
        Result result;
        if (!node.any_of.empty()) check_any_of(node, spine, value, old_value, path, result);
        if (!node.one_of.empty()) check_one_of(node, spine, value, old_value, path, result);
        if (!node.all_of.empty()) {
            std::size_t valid = 0;
            for (const auto& part : node.all_of) {
                Result one = validate(*part, spine, value, old_value, path);
                if (one.is_valid()) ++valid;
                result.merge(std::move(one));
            }
            if (valid != node.all_of.size()) {
                fail_whole(
                    result,
                    path,
                    fmt::format("must validate all the schemas (allOf){}", valid == 0 ? ". None validated" : "")
                );
            }
        }
        if (node.negated && validate(*node.negated, spine, value, old_value, path).is_valid()) {
            fail_whole(result, path, "must not validate the schema (not)");
        }
        ++result.matches;
        return result;
    }

    void check_any_of(
        const Node& node,
        const Node* spine,
        const json::value& value,
        const json::value* old_value,
        const Path& path,
        Result& result
    ) {
        std::optional<Result> best;
        for (const auto& part : node.any_of) {
            Result one = validate(*part, spine, value, old_value, path);
            if (one.is_valid()) {
                result.merge(std::move(one));
                return;
            }
            if (!best || one.matches > best->matches) best = std::move(one);
        }
        fail_whole(result, path, "must validate at least one schema (anyOf)");
        result.merge(std::move(*best));
    }

    void check_one_of(
        const Node& node,
        const Node* spine,
        const json::value& value,
        const json::value* old_value,
        const Path& path,
        Result& result
    ) {
        std::optional<Result> best;
        std::optional<Result> first_success;
        int valid = 0;
        for (const auto& part : node.one_of) {
            Result one = validate(*part, spine, value, old_value, path);
            if (one.is_valid()) {
                ++valid;
                best.reset();
                if (!first_success) first_success = std::move(one);
            } else if (valid == 0 && (!best || one.matches > best->matches)) {
                best = std::move(one);
            }
        }
        if (valid == 1) {
            result.merge(std::move(*first_success));
            return;
        }
        const std::string count = valid == 0 ? "Found none valid" : fmt::format("Found {} valid alternatives", valid);
        fail_whole(result, path, "must validate one and only one schema (oneOf). " + count);
        if (best) result.merge(std::move(*best));
    }

    /// Of length and pattern the first failure alone is told.
    void check_string(const Node& node, std::string_view text, const Path& path, Result& result) const {
        ++result.matches;
        const auto length =
            static_cast<std::int64_t>(node.length_max || node.length_min ? cel::count_code_points(text) : 0);
        if (node.length_max && length > *node.length_max) {
            result.add(too_long(field(path), *node.length_max));
        } else if (node.length_min && length < *node.length_min) {
            fail(result, path, json::value(text), fmt::format("should be at least {} chars long", *node.length_min));
        } else if (node.pattern && !node.pattern->matches(text)) {
            fail(result, path, json::value(text), fmt::format("should match '{}'", node.pattern_text));
        }
        if (node.format == Format::None) return;
        ++result.matches;
        if (!has_format(node.format, text)) fail_type(result, path, node.format_name, text);
    }

    void check_number(const Node& node, const json::value& value, const Path& path, Result& result) const {
        result.matches += 2;
        const bool is_int = is_integer(value);
        const auto shown = [&](double bound) {
            return is_int ? std::to_string(static_cast<std::int64_t>(bound)) : cel::format_double(bound);
        };
        // Bounds of integers are cut to integers, as kube-apiserver does.
        const auto order = [&](double bound) {
            if (is_int) {
                const auto whole = static_cast<std::int64_t>(bound);
                return as_integer(value) < whole ? -1 : as_integer(value) > whole ? 1 : 0;
            }
            return as_double(value) < bound ? -1 : as_double(value) > bound ? 1 : 0;
        };
        if (node.multiple_of && !is_multiple(value, *node.multiple_of)) {
            fail(result, path, value, "should be a multiple of " + shown(*node.multiple_of));
        }
        if (node.minimum && (order(*node.minimum) < 0 || (node.is_minimum_exclusive && order(*node.minimum) == 0))) {
            fail(
                result,
                path,
                value,
                (node.is_minimum_exclusive ? "should be greater than " : "should be greater than or equal to ") +
                    shown(*node.minimum)
            );
        }
        if (node.maximum && (order(*node.maximum) > 0 || (node.is_maximum_exclusive && order(*node.maximum) == 0))) {
            fail(
                result,
                path,
                value,
                (node.is_maximum_exclusive ? "should be less than " : "should be less than or equal to ") +
                    shown(*node.maximum)
            );
        }
    }

    static bool is_multiple(const json::value& value, double factor) {
        if (is_integer(value)) {
            const auto whole = static_cast<std::int64_t>(factor);
            return whole != 0 && as_integer(value) % whole == 0;
        }
        return is_whole(factor < 1 ? 1 / factor * as_double(value) : as_double(value) / factor);
    }

    void check_array(
        const Node& node,
        const Node* spine,
        const json::array& array,
        const json::value* old_value,
        const Path& path,
        Result& result
    ) {
        if (node.items) {
            const Node* spine_items = spine == nullptr ? nullptr : spine->items.get();
            for (std::size_t index = 0; index < array.size(); ++index) {
                const json::value* old_element =
                    spine_items == nullptr ? nullptr : correlated_element(*spine, old_value, array[index]);
                result.merge(validate_part(*node.items, spine_items, array[index], old_element, path.at(index)));
            }
        }
        const auto size = static_cast<std::int64_t>(array.size());
        if (node.items_min && size < *node.items_min) {
            fail(result, path, json::value(size), fmt::format("should have at least {} items", *node.items_min));
        }
        if (node.items_max && size > *node.items_max) result.add(too_many(field(path), size, *node.items_max));
        result.matches += 2;
    }

    void check_object(
        const Node& node,
        const Node* spine,
        const json::value& value,
        const json::value* old_value,
        const Path& path,
        Result& result
    ) {
        const json::object& object = value.get_object();
        const auto size = static_cast<std::int64_t>(object.size());
        if (node.properties_min && size < *node.properties_min) {
            fail(
                result, path, json::value(size), fmt::format("should have at least {} properties", *node.properties_min)
            );
        }
        if (node.properties_max && size > *node.properties_max)
            result.add(too_many(field(path), size, *node.properties_max));
        const auto check_member = [&](const Node& part, std::string_view name, const json::value& member, const Path& at
                                  ) {
            const Node* spine_part = spine == nullptr ? nullptr : spine->child(name);
            const bool is_type_meta = is_root_ && path.is_root() && (name == "apiVersion" || name == "kind");
            const json::value* old_member =
                spine_part == nullptr || is_type_meta ? nullptr : correlated_member(old_value, name);
            result.merge(validate_part(part, spine_part, member, old_member, at));
        };
        if (node.additional_properties) {
            for (const json::key_value_pair& member : object) {
                if (node.find_property(key_view(member)) != nullptr) continue;
                check_member(*node.additional_properties, key_view(member), member.value(), path.key(key_view(member)));
            }
        }
        for (const Node::Property& property : node.properties) {
            const json::value* member = object.if_contains(property.name);
            if (member != nullptr) check_member(*property.node, property.name, *member, path.child(property.name));
        }
        for (const std::string& name : node.required) {
            if (!object.contains(name)) result.add(required(with_prefix(body_path(path) + "." + name), ""));
        }
    }

    /// A part of a structure: forgiven when it fails but did not change.
    Result validate_part(
        const Node& part, const Node* spine, const json::value& value, const json::value* old_value, const Path& path
    ) {
        Result result = validate(part, spine, value, old_value, path);
        if (!result.is_valid() && old_value != nullptr && spine != nullptr && is_unchanged(*spine, value, *old_value))
            result.errors.clear();
        return result;
    }

    void check_enumeration(const Node& node, const json::value& value, const Path& path, Result& result) const {
        if (node.enumeration.empty()) return;
        std::vector<std::string> names;
        for (const json::value& allowed : node.enumeration) {
            if (!value.is_null() && is_same(allowed, value)) return;
            names.push_back(allowed.is_string() ? std::string(view(allowed.get_string())) : show(allowed));
        }
        result.add(not_supported(field(path), value, names));
    }

    std::string_view prefix_;
    bool is_root_;
};

}  // namespace

std::vector<FieldError> validate_values(
    const Node& node, const json::value& value, const json::value* old_value, std::string_view prefix, bool is_root
) {
    Result result = Validator{prefix, is_root}.validate(node, &node, value, old_value, Path{});
    if (!result.is_valid() && old_value != nullptr && is_unchanged(node, value, *old_value)) return {};
    return std::move(result.errors);
}

}  // namespace devcluster::schema::detail
