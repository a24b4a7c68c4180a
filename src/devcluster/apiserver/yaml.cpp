#include "devcluster/apiserver/yaml.hpp"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cmath>

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

std::optional<std::int64_t> integer(std::string_view text) {
    bool is_negative = false;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        is_negative = text.front() == '-';
        text.remove_prefix(1);
    }
    int base = 10;
    if (text.starts_with("0x")) {
        base = 16;
        text.remove_prefix(2);
    } else if (text.starts_with("0o")) {
        base = 8;
        text.remove_prefix(2);
    } else if (text.size() > 1 && text.front() == '0') {
        base = 8;  // YAML 1.1, as file modes are written.
        text.remove_prefix(1);
    }
    std::int64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return is_negative ? -out : out;
}

std::optional<double> floating(const std::string& text) {
    if (text.find_first_of("0123456789") == std::string::npos) return std::nullopt;
    if (text.find_first_not_of("+-.0123456789eE") != std::string::npos) return std::nullopt;
    char* end = nullptr;
    const double out = std::strtod(text.c_str(), &end);
    if (end != text.c_str() + text.size() || !std::isfinite(out)) return std::nullopt;
    return out;
}

Value plain_scalar(const std::string& text) {
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return nullptr;
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    if (const auto number = integer(text)) return *number;
    if (const auto number = floating(text)) return *number;
    return Value(text);
}

Value convert(const YAML::Node& node) {
    switch (node.Type()) {
        case YAML::NodeType::Undefined:
        case YAML::NodeType::Null:
            return nullptr;
        case YAML::NodeType::Scalar:
            // yaml-cpp tags quoted scalars "!", plain ones "?".
            return node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str" ? Value(node.Scalar())
                                                                              : plain_scalar(node.Scalar());
        case YAML::NodeType::Sequence: {
            Array array;
            for (const YAML::Node& element : node) array.push_back(convert(element));
            return array;
        }
        case YAML::NodeType::Map: {
            Object object;
            for (const auto& entry : node) object[entry.first.Scalar()] = convert(entry.second);
            return object;
        }
    }
    return nullptr;
}

}  // namespace

Value yaml_to_json(std::string_view text) {
    return convert(YAML::Load(std::string{text}));
}

std::vector<Value> yaml_documents(std::string_view text) {
    std::vector<Value> documents;
    for (const YAML::Node& node : YAML::LoadAll(std::string{text})) {
        Value value = convert(node);
        if (!value.is_null()) documents.push_back(std::move(value));
    }
    return documents;
}

}  // namespace devcluster::apiserver
