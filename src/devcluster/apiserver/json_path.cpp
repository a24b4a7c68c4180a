#include "devcluster/apiserver/json_path.hpp"

#include <charconv>
#include <optional>
#include <string>

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

/// One step of a path.
struct Step {
    enum class Kind { Field, Index, All, Filter } kind = Kind::Field;
    std::string name;  ///< Of a field; of a filter, the field that is compared.
    long index = 0;
    bool is_equal = true;
    Value operand;
};

std::optional<std::vector<Step>> parse_filter(std::string_view text, std::vector<Step> steps) {
    // ?(@.type=="Ready")
    if (!text.starts_with("?(@.") || !text.ends_with(")")) return std::nullopt;
    text = text.substr(4, text.size() - 5);
    std::size_t at = text.find("==");
    const bool is_equal = at != std::string_view::npos;
    if (!is_equal) at = text.find("!=");
    if (at == std::string_view::npos) return std::nullopt;
    const auto trim = [](std::string_view part) {
        while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
        while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
        return part;
    };
    std::string operand{trim(text.substr(at + 2))};
    if (operand.size() >= 2 && operand.front() == '\'') operand = "\"" + operand.substr(1, operand.size() - 2) + "\"";
    boost::system::error_code error;
    Value value = boost::json::parse(operand, error);
    if (error) return std::nullopt;
    steps.push_back(
        {.kind = Step::Kind::Filter,
         .name = std::string{trim(text.substr(0, at))},
         .is_equal = is_equal,
         .operand = value}
    );
    return steps;
}

std::optional<std::vector<Step>> parse(std::string_view path) {
    std::vector<Step> steps;
    if (path.starts_with('{') && path.ends_with('}')) path = path.substr(1, path.size() - 2);
    if (path.starts_with('$')) path.remove_prefix(1);
    while (!path.empty()) {
        if (path.front() == '.') {
            path.remove_prefix(1);
            std::string name;
            while (!path.empty() && path.front() != '.' && path.front() != '[') {
                if (path.front() == '\\' && path.size() > 1) path.remove_prefix(1);
                name += path.front();
                path.remove_prefix(1);
            }
            if (name.empty()) {
                if (path.empty() && steps.empty()) return steps;
                if (path.starts_with('[')) continue;
                return std::nullopt;  // "..", recursive descent.
            }
            if (name == "*") {
                steps.push_back({.kind = Step::Kind::All, .name = {}, .operand = nullptr});
            } else {
                steps.push_back({.name = std::move(name), .operand = nullptr});
            }
            continue;
        }
        if (path.front() != '[') return std::nullopt;
        std::size_t close = std::string_view::npos;
        int depth = 0;
        for (std::size_t i = 0; i < path.size() && close == std::string_view::npos; ++i) {
            if (path[i] == '[') ++depth;
            if (path[i] == ']' && --depth == 0) close = i;
        }
        if (close == std::string_view::npos) return std::nullopt;
        const std::string_view inner = path.substr(1, close - 1);
        path.remove_prefix(close + 1);
        if (inner == "*") {
            steps.push_back({.kind = Step::Kind::All, .name = {}, .operand = nullptr});
        } else if (inner.starts_with('?')) {
            auto with_filter = parse_filter(inner, std::move(steps));
            if (!with_filter) return std::nullopt;
            steps = std::move(*with_filter);
        } else if (inner.size() >= 2 && (inner.front() == '\'' || inner.front() == '"')) {
            steps.push_back({.name = std::string{inner.substr(1, inner.size() - 2)}, .operand = nullptr});
        } else {
            Step step{.kind = Step::Kind::Index, .name = {}, .operand = nullptr};
            const auto [end, error] = std::from_chars(inner.data(), inner.data() + inner.size(), step.index);
            if (error != std::errc{} || end != inner.data() + inner.size()) return std::nullopt;
            steps.push_back(std::move(step));
        }
    }
    return steps;
}

void follow(const Value& value, const Step& step, std::vector<const Value*>& out) {
    switch (step.kind) {
        case Step::Kind::Field:
            if (const Object* object = value.if_object()) {
                if (const Value* field = object->if_contains(step.name)) out.push_back(field);
            }
            return;
        case Step::Kind::Index:
            if (const Array* array = value.if_array()) {
                const long size = static_cast<long>(array->size());
                const long index = step.index < 0 ? size + step.index : step.index;
                if (index >= 0 && index < size) out.push_back(&(*array)[static_cast<std::size_t>(index)]);
            }
            return;
        case Step::Kind::All:
            if (const Array* array = value.if_array()) {
                for (const Value& element : *array) out.push_back(&element);
            } else if (const Object* object = value.if_object()) {
                for (const auto& entry : *object) out.push_back(&entry.value());
            }
            return;
        case Step::Kind::Filter:
            if (const Array* array = value.if_array()) {
                for (const Value& element : *array) {
                    const Object* object = element.if_object();
                    const Value* field = object != nullptr ? object->if_contains(step.name) : nullptr;
                    if (field != nullptr && (*field == step.operand) == step.is_equal) out.push_back(&element);
                }
            }
            return;
    }
}

}  // namespace

std::vector<const Value*> json_path(const Object& root, std::string_view path) {
    const auto steps = parse(path);
    if (!steps || steps->empty()) return {};
    std::vector<const Value*> current;
    if (steps->front().kind != Step::Kind::Field) return {};
    if (const Value* first = root.if_contains(steps->front().name)) current.push_back(first);
    for (std::size_t i = 1; i < steps->size(); ++i) {
        std::vector<const Value*> next;
        for (const Value* value : current) follow(*value, (*steps)[i], next);
        current = std::move(next);
    }
    return current;
}

bool is_supported_json_path(std::string_view path) {
    return parse(path).has_value();
}

}  // namespace devcluster::apiserver
