// Decoding of built-in kinds: what Go's codec and its `omitempty` make of a body.
#include "devcluster/apiserver/builtin_types.hpp"
#include "devcluster/apiserver/status_error.hpp"
#include "kube/meta/quantity.hpp"
#include "kube/meta/time.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;
using schema::TypeKind;

std::string_view json_kind_name(const Value& value) {
    switch (value.kind()) {
        case boost::json::kind::null:
            return "null";
        case boost::json::kind::bool_:
            return "bool";
        case boost::json::kind::string:
            return "string";
        case boost::json::kind::array:
            return "array";
        case boost::json::kind::object:
            return "object";
        default:
            return "number";
    }
}

std::string_view go_type_name(const BuiltinType& type) {
    switch (type.scalar()) {
        case Scalar::String:
            return "string";
        case Scalar::Int32:
            return "int32";
        case Scalar::Int64:
            return "int64";
        case Scalar::Bool:
            return "bool";
        case Scalar::Float:
            return "float64";
        case Scalar::Time:
        case Scalar::MicroTime:
            return "string";
        case Scalar::Quantity:
            return "resource.Quantity";
        case Scalar::IntOrString:
            return "intstr.IntOrString";
        case Scalar::Bytes:
            return "[]uint8";
        case Scalar::Any:
            return "runtime.RawExtension";
        case Scalar::None:
            break;
    }
    return type.is_struct() ? std::string_view{type.name()} : type.kind() == TypeKind::List ? "slice" : "map";
}

/// Where in a body we are: spelled only when somebody asks.
struct Place {
    const Place* parent = nullptr;
    std::string_view key;
    std::size_t index = 0;  // of an element, when `key` has no data

    [[nodiscard]] Place child(std::string_view of_object) const { return {.parent = this, .key = of_object}; }
    [[nodiscard]] Place element(std::size_t at) const { return {.parent = this, .key = {}, .index = at}; }
    [[nodiscard]] std::string path() const {
        if (parent == nullptr) return {};
        const std::string above = parent->path();
        if (key.data() == nullptr) return fmt::format("{}[{}]", above, index);
        return above.empty() ? std::string{key} : fmt::format("{}.{}", above, key);
    }
};

class Decoder {
public:
    explicit Decoder(DecodeProblems& problems) : problems_{problems} {}

    void decode_struct(Object& object, const BuiltinType& type, const Place& place) {
        for (auto it = object.begin(); it != object.end();) {
            const BuiltinField* field = type.find_field(it->key());
            if (field == nullptr) {
                problems_.unknown_fields.push_back(place.child(it->key()).path());
                it = object.erase(it);
                continue;
            }
            Value& value = it->value();
            if (!value.is_null()) decode(value, *field->type, place.child(it->key()), type, *field);
            if (is_left_out(value, *field)) {
                it = object.erase(it);
            } else {
                ++it;
            }
        }
        for (const BuiltinField& field : type.fields()) write_when_absent(object, field);
    }

private:
    static bool is_zero(const Value& value) {
        switch (value.kind()) {
            case boost::json::kind::null:
                return true;
            case boost::json::kind::bool_:
                return !value.get_bool();
            case boost::json::kind::int64:
                return value.get_int64() == 0;
            case boost::json::kind::uint64:
                return value.get_uint64() == 0;
            case boost::json::kind::double_:
                return value.get_double() == 0;
            case boost::json::kind::string:
                return value.get_string().empty();
            case boost::json::kind::array:
                return value.get_array().empty();
            case boost::json::kind::object:
                return false;
        }
        return false;
    }

    static bool is_left_out(const Value& value, const BuiltinField& field) {
        if (value.is_null()) return true;  // `write_when_absent` puts it back where Go writes null.
        if (field.is_always_written || field.is_optional) return false;
        const Scalar scalar = field.type->scalar();
        if (scalar == Scalar::Quantity || scalar == Scalar::IntOrString) return false;
        if (field.type->kind() == TypeKind::Map) return !field.type->is_struct() && value.get_object().empty();
        return is_zero(value);
    }

    /// Go writes structs that are no pointers always, and every field without `omitempty`.
    static void write_when_absent(Object& object, const BuiltinField& field) {
        const bool is_time = field.type->scalar() == Scalar::Time || field.type->scalar() == Scalar::MicroTime;
        const bool is_embedded = !field.is_optional && (field.type->is_struct() || is_time);
        if (!field.is_always_written && !is_embedded) return;
        if (field.is_left_out_when_zero_time || object.contains(field.name)) return;
        object.emplace(field.name, zero_of(field));
    }

    static Value zero_of(const BuiltinField& field) {
        if (field.is_optional) return nullptr;
        switch (field.type->scalar()) {
            case Scalar::String:
                return "";
            case Scalar::Int32:
            case Scalar::Int64:
            case Scalar::Float:
            case Scalar::IntOrString:
                return 0;
            case Scalar::Bool:
                return false;
            case Scalar::Quantity:
                return "0";
            case Scalar::Time:
            case Scalar::MicroTime:
            case Scalar::Any:
            case Scalar::Bytes:
                return nullptr;
            case Scalar::None:
                break;
        }
        if (!field.type->is_struct()) return nullptr;
        Object zero;
        for (const BuiltinField& inner : field.type->fields()) write_when_absent(zero, inner);
        return zero;
    }

    [[noreturn]] static void refuse(
        const Value& value, const BuiltinType& type, const Place& place, const BuiltinType& owner
    ) {
        const std::string path = place.path();
        std::string shown;  // Go tells no indexes.
        for (std::size_t at = 0; at < path.size(); ++at) {
            if (path[at] == '[') {
                at = path.find(']', at);
            } else {
                shown += path[at];
            }
        }
        throw bad_request(fmt::format(
            "json: cannot unmarshal {} into Go struct field {}.{} of type {}",
            json_kind_name(value),
            owner.name(),
            shown,
            go_type_name(type)
        ));
    }

    void decode(
        Value& value, const BuiltinType& type, const Place& place, const BuiltinType& owner, const BuiltinField& field
    ) {
        switch (type.kind()) {
            case TypeKind::Scalar:
                decode_scalar(value, type, place, owner);
                return;
            case TypeKind::List: {
                if (!value.is_array()) refuse(value, type, place, owner);
                std::size_t index = 0;
                for (Value& element : value.get_array()) {
                    const Place at = place.element(index++);
                    if (element.is_null()) {
                        if (type.element_type()->is_struct())
                            element = Object{};
                        else if (type.element_type()->scalar() == Scalar::String)
                            element = "";
                        else
                            continue;
                    }
                    decode(element, *type.element_type(), at, owner, field);
                }
                return;
            }
            case TypeKind::Map:
                break;
            case TypeKind::Deduced:
                return;
        }
        if (!value.is_object()) refuse(value, type, place, owner);
        if (type.is_struct()) {
            decode_struct(value.get_object(), type, place);
            return;
        }
        for (auto& entry : value.get_object()) {
            if (entry.value().is_null() && type.element_type()->scalar() == Scalar::String) entry.value() = "";
            if (entry.value().is_null()) continue;
            decode(entry.value(), *type.element_type(), place.child(entry.key()), owner, field);
        }
    }

    static void decode_integer(Value& value, const BuiltinType& type, const Place& place, const BuiltinType& owner) {
        if (value.is_double()) {
            const double number = value.get_double();
            const auto whole = static_cast<std::int64_t>(number);
            if (static_cast<double>(whole) != number) refuse(value, type, place, owner);
            value = whole;
        }
        if (!value.is_int64()) refuse(value, type, place, owner);
        const std::int64_t number = value.get_int64();
        if (type.scalar() == Scalar::Int32 && (number < INT32_MIN || number > INT32_MAX))
            refuse(value, type, place, owner);
    }

    static void decode_scalar(Value& value, const BuiltinType& type, const Place& place, const BuiltinType& owner) {
        switch (type.scalar()) {
            case Scalar::String:
            case Scalar::Bytes:
                if (!value.is_string()) refuse(value, type, place, owner);
                return;
            case Scalar::Bool:
                if (!value.is_bool()) refuse(value, type, place, owner);
                return;
            case Scalar::Int32:
            case Scalar::Int64:
                decode_integer(value, type, place, owner);
                return;
            case Scalar::Float:
                if (!value.is_number()) refuse(value, type, place, owner);
                return;
            case Scalar::IntOrString:
                if (!value.is_int64() && !value.is_string()) refuse(value, type, place, owner);
                return;
            case Scalar::Quantity: {
                if (!value.is_string() && !value.is_number()) refuse(value, type, place, owner);
                const std::string text =
                    value.is_string() ? std::string{value.get_string()} : boost::json::serialize(value);
                const auto quantity = kube::Quantity::parse(text);
                if (!quantity) {
                    throw bad_request(
                        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
                    );
                }
                value = quantity->canonical();
                return;
            }
            case Scalar::Time: {
                if (!value.is_string()) refuse(value, type, place, owner);
                const auto time = kube::parse_time(std::string_view{value.get_string()});
                if (!time) refuse_time(value, "2006-01-02T15:04:05Z07:00");
                value = kube::to_string(*time);
                return;
            }
            case Scalar::MicroTime: {
                if (!value.is_string()) refuse(value, type, place, owner);
                const std::string_view text{value.get_string()};
                const auto time = kube::parse_micro_time(text);
                // Go's layout wants exactly six digits.
                if (!time || text.size() < 27 || text[19] != '.' || (text[26] >= '0' && text[26] <= '9')) {
                    refuse_time(value, "2006-01-02T15:04:05.000000Z07:00");
                }
                value = kube::to_string(*time);
                return;
            }
            case Scalar::Any:
            case Scalar::None:
                return;
        }
    }

    [[noreturn]] static void refuse_time(const Value& value, std::string_view layout) {
        throw bad_request(fmt::format("parsing time {} as \"{}\": cannot parse", boost::json::serialize(value), layout)
        );
    }

    DecodeProblems& problems_;
};

}  // namespace

void decode_builtin(Object& object, const BuiltinType& type, DecodeProblems& problems) {
    Decoder{problems}.decode_struct(object, type, Place{});
}

}  // namespace devcluster::apiserver
