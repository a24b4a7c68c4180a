#include "devcluster/apiserver/protobuf.hpp"

#include <bit>

#include "devcluster/apiserver/base64.hpp"
#include "devcluster/apiserver/status_error.hpp"
#include "kube/meta/time.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;
using schema::TypeKind;

/// One field as it stands in a message.
struct WireField {
    unsigned number = 0;
    std::uint64_t integer = 0;
    std::string_view bytes;
};

/// Reads the fields of a message one after the other.
class Message {
public:
    explicit Message(std::string_view bytes) : rest_{bytes} {}

    bool next(WireField& field) {
        if (rest_.empty()) return false;
        const std::uint64_t key = varint();
        field = {.number = static_cast<unsigned>(key >> 3u)};
        switch (key & 7u) {
            case 0:
                field.integer = varint();
                break;
            case 1:
                field.integer = fixed(8);
                break;
            case 2:
                field.bytes = take(varint());
                break;
            case 5:
                field.integer = fixed(4);
                break;
            default:
                throw bad_request("the body is no protocol buffer message: unknown wire type");
        }
        return true;
    }

private:
    std::string_view take(std::uint64_t count) {
        if (count > rest_.size()) throw bad_request("the body is no protocol buffer message: it ends too early");
        const std::string_view out = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return out;
    }
    std::uint64_t varint() {
        std::uint64_t out = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const auto byte = static_cast<unsigned char>(take(1).front());
            out |= static_cast<std::uint64_t>(byte & 0x7fu) << shift;
            if (byte < 0x80) return out;
        }
        throw bad_request("the body is no protocol buffer message: a number is too long");
    }
    std::uint64_t fixed(unsigned count) {
        std::uint64_t out = 0;
        const std::string_view bytes = take(count);
        for (unsigned i = 0; i < count; ++i) {
            out |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
        }
        return out;
    }

    std::string_view rest_;
};

std::int64_t as_signed(std::uint64_t value) {
    return static_cast<std::int64_t>(value);
}

Value decode_time(std::string_view bytes, bool with_microseconds) {
    std::int64_t seconds = 0;
    std::int64_t nanos = 0;
    Message message{bytes};
    for (WireField field; message.next(field);) {
        if (field.number == 1) seconds = as_signed(field.integer);
        if (field.number == 2) nanos = as_signed(field.integer);
    }
    // Go writes the zero time as the year 1.
    if (bytes.empty() || seconds < 0) return nullptr;
    const std::chrono::sys_seconds whole{std::chrono::seconds{seconds}};
    if (!with_microseconds) return Value(kube::to_string(kube::Time{whole}));
    return Value(kube::to_string(kube::MicroTime{whole + std::chrono::microseconds{nanos / 1000}}));
}

Value decode_int_or_string(std::string_view bytes) {
    std::uint64_t kind = 0;
    std::int64_t number = 0;
    std::string_view text;
    Message message{bytes};
    for (WireField field; message.next(field);) {
        if (field.number == 1) kind = field.integer;
        if (field.number == 2) number = as_signed(field.integer);
        if (field.number == 3) text = field.bytes;
    }
    return kind == 0 ? Value(number) : Value(text);
}

std::string_view first_bytes(std::string_view bytes) {
    Message message{bytes};
    for (WireField field; message.next(field);) {
        if (field.number == 1) return field.bytes;
    }
    return {};
}

Object decode_struct(std::string_view bytes, const BuiltinType& type);

Value decode_value(const WireField& wire, const BuiltinType& type) {
    if (type.is_struct()) return decode_struct(wire.bytes, type);
    switch (type.scalar()) {
        case Scalar::String:
            return Value(wire.bytes);
        case Scalar::Int32:
        case Scalar::Int64:
            return as_signed(wire.integer);
        case Scalar::Bool:
            return wire.integer != 0;
        case Scalar::Float:
            return std::bit_cast<double>(wire.integer);
        case Scalar::Time:
            return decode_time(wire.bytes, false);
        case Scalar::MicroTime:
            return decode_time(wire.bytes, true);
        case Scalar::Quantity:
            return Value(first_bytes(wire.bytes));
        case Scalar::IntOrString:
            return decode_int_or_string(wire.bytes);
        case Scalar::Bytes:
            return Value(base64(wire.bytes));
        case Scalar::Any: {
            const std::string_view raw = first_bytes(wire.bytes);
            return raw.empty() ? Value() : kube::json::parse(raw);
        }
        case Scalar::None:
            break;
    }
    // A list in a map: a message that holds the list in its first field.
    Array list;
    Message message{wire.bytes};
    for (WireField field; message.next(field);) {
        if (type.element_type() != nullptr) list.push_back(decode_value(field, *type.element_type()));
    }
    return list;
}

void add_map_entry(Object& map, std::string_view entry, const BuiltinType& type) {
    std::string key;
    WireField value{.number = 2};
    Message message{entry};
    for (WireField field; message.next(field);) {
        if (field.number == 1) key = field.bytes;
        if (field.number == 2) value = field;
    }
    map[key] = decode_value(value, *type.element_type());
}

void add_field(Object& object, const WireField& wire, const BuiltinField& field) {
    Value& slot = object[field.name];
    if (field.type->kind() == TypeKind::List) {
        if (!slot.is_array()) slot = Array{};
        slot.get_array().push_back(decode_value(wire, *field.type->element_type()));
    } else if (field.type->kind() == TypeKind::Map && !field.type->is_struct()) {
        if (!slot.is_object()) slot = Object{};
        add_map_entry(slot.get_object(), wire.bytes, *field.type);
    } else {
        slot = decode_value(wire, *field.type);
    }
}

/// Reads the fields whose numbers come behind `prefix`; deeper ones are in messages of their own.
void decode_level(Object& object, std::string_view bytes, const BuiltinType& type, std::vector<unsigned>& prefix) {
    Message message{bytes};
    for (WireField wire; message.next(wire);) {
        prefix.push_back(wire.number);
        bool is_inline = false;
        for (const BuiltinField& field : type.fields()) {
            if (field.wire_path == prefix) {
                add_field(object, wire, field);
                is_inline = false;
                break;
            }
            is_inline = is_inline || (field.wire_path.size() > prefix.size() &&
                                      std::equal(prefix.begin(), prefix.end(), field.wire_path.begin()));
        }
        if (is_inline) decode_level(object, wire.bytes, type, prefix);
        prefix.pop_back();
    }
}

Object decode_struct(std::string_view bytes, const BuiltinType& type) {
    Object object;
    std::vector<unsigned> prefix;
    decode_level(object, bytes, type, prefix);
    return object;
}

}  // namespace

Object decode_protobuf(std::string_view body, const BuiltinTypes& types) {
    constexpr std::string_view kMagic{"k8s\0", 4};
    if (!body.starts_with(kMagic)) throw bad_request("the body does not begin as Kubernetes' protocol buffers do");
    std::string api_version;
    std::string kind;
    std::string_view raw;
    Message envelope{body.substr(kMagic.size())};
    for (WireField field; envelope.next(field);) {
        if (field.number == 2) raw = field.bytes;
        if (field.number != 1) continue;
        Message type_meta{field.bytes};
        for (WireField part; type_meta.next(part);) {
            if (part.number == 1) api_version = part.bytes;
            if (part.number == 2) kind = part.bytes;
        }
    }
    const BuiltinType* type = types.find(kind);
    if (type == nullptr || kind == "CustomResourceDefinition") {
        throw unsupported_media_type({"application/json", "application/yaml"});
    }
    Object object = decode_struct(raw, *type);
    object["apiVersion"] = api_version;
    object["kind"] = kind;
    return object;
}

}  // namespace devcluster::apiserver
