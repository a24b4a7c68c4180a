#include "devcluster/apiserver/json_patch.hpp"

#include <charconv>

#include "devcluster/apiserver/metadata.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

std::vector<std::string> tokens_of(std::string_view pointer) {
    std::vector<std::string> tokens;
    if (pointer.empty()) return tokens;
    if (pointer.front() != '/')
        throw std::runtime_error{fmt::format("the path \"{}\" does not begin with a slash", pointer)};
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const std::size_t end = std::min(pointer.find('/'), pointer.size());
        std::string token;
        for (std::size_t i = 0; i < end; ++i) {
            if (pointer[i] == '~' && i + 1 < end && (pointer[i + 1] == '0' || pointer[i + 1] == '1')) {
                token += pointer[++i] == '0' ? '~' : '/';
            } else {
                token += pointer[i];
            }
        }
        tokens.push_back(std::move(token));
        pointer.remove_prefix(end);
    }
    return tokens;
}

std::size_t index_in(const Array& array, const std::string& token, bool may_be_end) {
    if (token == "-" && may_be_end) return array.size();
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
    if (error != std::errc{} || end != token.data() + token.size() || index > array.size() ||
        (index == array.size() && !may_be_end)) {
        throw std::runtime_error{fmt::format("invalid array index \"{}\"", token)};
    }
    return index;
}

Value& child(Value& parent, const std::string& token) {
    if (Object* object = parent.if_object()) {
        Value* found = object->if_contains(token);
        if (found == nullptr) throw std::runtime_error{fmt::format("there is nothing at \"{}\"", token)};
        return *found;
    }
    if (Array* array = parent.if_array()) return (*array)[index_in(*array, token, false)];
    throw std::runtime_error{fmt::format("there is nothing below a scalar: \"{}\"", token)};
}

Value& locate(Value& document, std::string_view pointer) {
    Value* at = &document;
    for (const std::string& token : tokens_of(pointer)) at = &child(*at, token);
    return *at;
}

/// The container that holds the last token of a path, and that token.
std::pair<Value*, std::string> locate_parent(Value& document, std::string_view pointer) {
    std::vector<std::string> tokens = tokens_of(pointer);
    if (tokens.empty()) throw std::runtime_error{"the whole document cannot be the target"};
    std::string last = std::move(tokens.back());
    tokens.pop_back();
    Value* at = &document;
    for (const std::string& token : tokens) at = &child(*at, token);
    return {at, std::move(last)};
}

void add(Value& document, std::string_view pointer, Value value) {
    auto [parent, last] = locate_parent(document, pointer);
    if (Object* object = parent->if_object()) {
        (*object)[last] = std::move(value);
    } else if (Array* array = parent->if_array()) {
        const std::size_t index = index_in(*array, last, true);
        array->insert(array->begin() + static_cast<std::ptrdiff_t>(index), std::move(value));
    } else {
        throw std::runtime_error{"cannot add below a scalar"};
    }
}

void remove(Value& document, std::string_view pointer) {
    auto [parent, last] = locate_parent(document, pointer);
    if (Object* object = parent->if_object()) {
        if (object->erase(last) == 0)
            throw std::runtime_error{fmt::format("Unable to remove nonexistent key: {}", last)};
    } else if (Array* array = parent->if_array()) {
        array->erase(array->begin() + static_cast<std::ptrdiff_t>(index_in(*array, last, false)));
    } else {
        throw std::runtime_error{"cannot remove below a scalar"};
    }
}

void apply_one(Value& document, const Object& operation) {
    const std::string_view name = string_in(operation, "op");
    const std::string_view path = string_in(operation, "path");
    const auto value = [&]() -> const Value& {
        const Value* given = operation.if_contains("value");
        if (given == nullptr) throw std::runtime_error{"the operation has no value"};
        return *given;
    };
    if (!operation.contains("path")) throw std::runtime_error{"the operation has no path"};
    if (name == "add") {
        add(document, path, value());
    } else if (name == "remove") {
        remove(document, path);
    } else if (name == "replace") {
        locate(document, path) = value();
    } else if (name == "test") {
        if (locate(document, path) != value()) throw std::runtime_error{fmt::format("testing value {} failed", path)};
    } else if (name == "copy") {
        add(document, path, Value(locate(document, string_in(operation, "from"))));
    } else if (name == "move") {
        Value moved = locate(document, string_in(operation, "from"));
        remove(document, string_in(operation, "from"));
        add(document, path, std::move(moved));
    } else {
        throw std::runtime_error{fmt::format("Unexpected kind: {}", name)};
    }
}

}  // namespace

void apply_json_patch(Value& document, const Value& patch) {
    const Array* operations = patch.if_array();
    if (operations == nullptr) throw std::runtime_error{"a JSON patch is a list of operations"};
    for (const Value& value : *operations) {
        const Object* operation = value.if_object();
        if (operation == nullptr) throw std::runtime_error{"an operation of a JSON patch is an object"};
        try {
            apply_one(document, *operation);
        } catch (const std::runtime_error& error) {
            throw std::runtime_error{fmt::format(
                "{} operation does not apply: doc is missing path or value: {}: {}",
                string_in(*operation, "op"),
                string_in(*operation, "path"),
                error.what()
            )};
        }
    }
}

}  // namespace devcluster::apiserver
