#include "devcluster/apiserver/builtin_types.hpp"

#include <charconv>

namespace devcluster::apiserver {
namespace {

using schema::ListType;
using schema::MapType;
using schema::TypeKind;

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

/// The words of a text, split at blanks and line ends.
std::vector<std::string_view> words(std::string_view line) {
    std::vector<std::string_view> out;
    std::size_t at = 0;
    while ((at = line.find_first_not_of(' ', at)) != std::string_view::npos) {
        const std::size_t end = std::min(line.find(' ', at), line.size());
        out.push_back(line.substr(at, end - at));
        at = end;
    }
    return out;
}

}  // namespace

const BuiltinField* BuiltinType::find_field(std::string_view name) const {
    const auto it = index_.find(name);
    return it != index_.end() ? &fields_[it->second] : nullptr;
}

const schema::TypeModel* BuiltinType::field(std::string_view name) const {
    if (element_ != nullptr) return element();
    const BuiltinField* field = find_field(name);
    if (field == nullptr) return nullptr;
    return field->type->scalar() == Scalar::Any ? &schema::deduced_type() : static_cast<const TypeModel*>(field->type);
}

const schema::TypeModel* BuiltinType::element() const {
    if (element_ == nullptr) return nullptr;
    return element_->scalar() == Scalar::Any ? &schema::deduced_type() : static_cast<const TypeModel*>(element_);
}

BuiltinTypes::BuiltinTypes() {
    for (const char letter : std::string_view{"silbftmqxry"}) {
        BuiltinType& scalar = make();
        scalar.scalar_ = Scalar{letter};
        scalars_[letter] = &scalar;
    }
    for (const std::string_view table : builtin_type_tables()) {
        BuiltinType* current = nullptr;
        std::size_t at = 0;
        while (at < table.size()) {
            const std::size_t end = std::min(table.find('\n', at), table.size());
            const std::string_view line = table.substr(at, end - at);
            at = end + 1;
            const auto tokens = words(line);
            if (tokens.empty()) continue;
            if (line.front() != ' ') {
                std::string_view name = tokens[0];
                const bool is_atomic = name.ends_with('~');
                if (is_atomic) name.remove_suffix(1);
                current = &struct_named(name);
                current->package_ = tokens[1];
                if (is_atomic) current->map_type_ = MapType::Atomic;
                structs_.push_back(current);
                continue;
            }
            for (const std::string_view token : tokens) parse_field(*current, token);
        }
    }
    for (const BuiltinType* type : structs_) {
        auto& index = by_name_.at(type->name_)->index_;
        for (std::size_t i = 0; i < type->fields_.size(); ++i) index[type->fields_[i].name] = i;
    }
    for (const auto& [name, type] : by_name_) {
        if (type->package_.empty()) throw std::logic_error{"the table of built-in types lacks " + name};
    }
}

const BuiltinType& BuiltinTypes::get(std::string_view name) const {
    const auto it = by_name_.find(std::string{name});
    if (it == by_name_.end()) throw std::logic_error{fmt::format("the table of built-in types lacks {}", name)};
    return *it->second;
}

const BuiltinType* BuiltinTypes::find(std::string_view name) const {
    const auto it = by_name_.find(std::string{name});
    return it != by_name_.end() ? it->second : nullptr;
}

BuiltinType& BuiltinTypes::make() {
    all_.push_back(std::make_unique<BuiltinType>());
    return *all_.back();
}

BuiltinType& BuiltinTypes::struct_named(std::string_view name) {
    BuiltinType*& type = by_name_[std::string{name}];
    if (type == nullptr) {
        type = &make();
        type->kind_ = TypeKind::Map;
        type->name_ = name;
    }
    return *type;
}

const BuiltinType& BuiltinTypes::parse_type(std::string_view notation, BuiltinField& field) {
    if (notation.front() == '*') {
        field.is_optional = true;
        return parse_type(notation.substr(1), field);
    }
    if (notation.front() == '[' || notation.front() == '{') {
        BuiltinField ignored;
        const BuiltinType& element = parse_type(notation.substr(1), ignored);
        BuiltinType& container = make();
        container.kind_ = notation.front() == '[' ? TypeKind::List : TypeKind::Map;
        container.element_ = &element;
        return container;
    }
    if (notation.size() == 1) return *scalars_.at(notation.front());
    return struct_named(notation);
}

void BuiltinTypes::parse_field(BuiltinType& owner, std::string_view token) {
    const std::size_t colon = token.find(':');
    BuiltinField field;
    field.name = token.substr(0, colon);
    std::size_t at = colon + 1;
    const std::size_t type_begin = at;
    while (at < token.size() &&
           (is_name_character(token[at]) || token[at] == '*' || token[at] == '[' || token[at] == '{')) {
        ++at;
    }
    std::size_t type_end = at;
    if (token[type_end - 1] == '0') {
        field.is_left_out_when_zero_time = true;
        --type_end;
    }
    const BuiltinType* type = &parse_type(token.substr(type_begin, type_end - type_begin), field);
    // What differs from the plain type gets a node of its own.
    const auto own = [&]() -> BuiltinType& {
        BuiltinType& mine = *std::ranges::find_if(all_, [&](const auto& t) { return t.get() == type; })->get();
        return mine;
    };
    while (at < token.size()) {
        const char flag = token[at++];
        std::size_t end = at;
        while (end < token.size() && (is_name_character(token[end]) || token[end] == ',')) ++end;
        switch (flag) {
            case '!':
                field.is_always_written = true;
                break;
            case '#':
                own().list_type_ = ListType::Set;
                break;
            case '%':
                field.retains_keys = true;
                break;
            case '~': {
                if (type->element_ != nullptr) own().map_type_ = MapType::Atomic;
                break;
            }
            case '@': {
                BuiltinType& list = own();
                list.list_type_ = ListType::Map;
                std::string_view keys = token.substr(at, end - at);
                while (!keys.empty()) {
                    const std::size_t comma = std::min(keys.find(','), keys.size());
                    list.list_keys_.emplace_back(keys.substr(0, comma));
                    keys.remove_prefix(std::min(comma + 1, keys.size()));
                }
                at = end;
                break;
            }
            case '+': {
                field.merges = true;
                field.merge_key = token.substr(at, end - at);
                at = end;
                break;
            }
            case '^': {
                std::string_view numbers = token.substr(at);
                while (!numbers.empty()) {
                    unsigned number = 0;
                    const auto [after, error] =
                        std::from_chars(numbers.data(), numbers.data() + numbers.size(), number);
                    if (error != std::errc{}) throw std::logic_error{fmt::format("no number: {}", token)};
                    field.wire_path.push_back(number);
                    numbers.remove_prefix(static_cast<std::size_t>(after - numbers.data()));
                    if (numbers.starts_with('.')) numbers.remove_prefix(1);
                }
                at = token.size();
                break;
            }
            case '=': {
                const Scalar scalar = type->scalar_;
                BuiltinType& mine = make();
                mine.scalar_ = scalar;
                std::size_t close = token.find('"', at + 1);
                close = token[at] == '"' ? close + 1 : end;
                mine.default_ = boost::json::parse(token.substr(at, close - at));
                type = &mine;
                at = close;
                break;
            }
            default:
                throw std::logic_error{fmt::format("table of built-in types: {}: \"{}\"", owner.name_, token)};
        }
    }
    field.type = type;
    owner.fields_.push_back(std::move(field));
}

}  // namespace devcluster::apiserver
