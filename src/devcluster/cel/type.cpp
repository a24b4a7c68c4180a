#include "devcluster/cel/type.hpp"

#include <algorithm>
#include <array>

namespace devcluster::cel {
namespace {

constexpr std::array<std::string_view, 21> kReservedWords{
    "as",  "break", "const",     "continue", "else",    "false",  "for",  "function", "if",   "import", "in",
    "let", "loop",  "namespace", "null",     "package", "return", "true", "var",      "void", "while",
};

constexpr std::size_t kKinds = static_cast<std::size_t>(TypeKind::Type) + 1;

std::array<Type, kKinds> make_simple_types() {
    std::array<Type, kKinds> types;
    for (std::size_t index = 0; index < kKinds; ++index) types[index].kind = static_cast<TypeKind>(index);
    return types;
}

}  // namespace

bool is_reserved_word(std::string_view name) {
    return std::ranges::find(kReservedWords, name) != kReservedWords.end();
}

const Type& simple_type(TypeKind kind) {
    static const auto* const types =
        new std::array<Type, kKinds>(make_simple_types());  // Leaked: nothing to destroy at exit.
    return (*types)[static_cast<std::size_t>(kind)];
}

const Type::Field* Type::find_field(std::string_view name) const {
    const auto exact = [this](std::string_view wanted) -> const Field* {
        const auto found = std::ranges::lower_bound(fields, wanted, {}, &Field::name);
        return found != fields.end() && found->name == wanted ? &*found : nullptr;
    };
    if (const Field* field = exact(name)) return field;
    return is_reserved_word(name) ? exact("__" + std::string(name) + "__") : nullptr;
}

std::optional<std::string> escape_field_name(std::string_view name) {
    if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return std::nullopt;
    if (is_reserved_word(name)) return "__" + std::string(name) + "__";
    std::string escaped;
    for (std::size_t at = 0; at < name.size(); ++at) {
        const char letter = name[at];
        if (letter == '_' && name.substr(at).starts_with("__")) {
            escaped += "__underscores__";
            ++at;
        } else if (letter == '.') {
            escaped += "__dot__";
        } else if (letter == '-') {
            escaped += "__dash__";
        } else if (letter == '/') {
            escaped += "__slash__";
        } else if (letter == '_' || (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                   (letter >= 'A' && letter <= 'Z')) {
            escaped.push_back(letter);
        } else {
            return std::nullopt;
        }
    }
    return escaped;
}

std::string to_string(const Type& type) {
    const auto shown = [](const Type* part, std::string_view otherwise) {
        return part == nullptr ? std::string(otherwise) : to_string(*part);
    };
    switch (type.kind) {
        case TypeKind::Dyn:
            return "dyn";
        case TypeKind::Null:
            return "null";
        case TypeKind::Bool:
            return "bool";
        case TypeKind::Int:
            return "int";
        case TypeKind::Uint:
            return "uint";
        case TypeKind::Double:
            return "double";
        case TypeKind::String:
            return "string";
        case TypeKind::Bytes:
            return "bytes";
        case TypeKind::Duration:
            return "duration";
        case TypeKind::Timestamp:
            return "timestamp";
        case TypeKind::List:
            return "list(" + shown(type.element, "dyn") + ")";
        case TypeKind::Map:
            return "map(" + shown(type.key, "string") + ", " + shown(type.element, "dyn") + ")";
        case TypeKind::Object:
            return "object";
        case TypeKind::Type:
            return "type";
    }
    return "dyn";
}

std::string runtime_name(TypeKind kind) {
    if (kind == TypeKind::Duration) return "google.protobuf.Duration";
    if (kind == TypeKind::Timestamp) return "google.protobuf.Timestamp";
    return to_string(simple_type(kind));
}

}  // namespace devcluster::cel
