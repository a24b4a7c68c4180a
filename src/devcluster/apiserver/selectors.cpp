#include "devcluster/apiserver/selectors.hpp"

#include <charconv>

#include "devcluster/apiserver/status_error.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Object;
using kube::json::Value;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

/// Splits at commas outside of parentheses.
std::vector<std::string_view> split_terms(std::string_view text) {
    std::vector<std::string_view> terms;
    int depth = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size() && text[i] == '(') ++depth;
        if (i < text.size() && text[i] == ')') --depth;
        if (i == text.size() || (text[i] == ',' && depth == 0)) {
            const std::string_view term = trimmed(text.substr(begin, i - begin));
            if (!term.empty()) terms.push_back(term);
            begin = i + 1;
        }
    }
    return terms;
}

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
    throw bad_request(fmt::format("unable to parse requirement: {} in \"{}\"", why, text));
}

bool is_label_key(std::string_view key) {
    return !key.empty() && std::ranges::all_of(key, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.' || c == '/';
    });
}

std::optional<std::int64_t> integer(std::string_view text) {
    std::int64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return out;
}

}  // namespace

LabelSelector LabelSelector::parse(std::string_view text) {
    LabelSelector selector;
    for (const std::string_view term : split_terms(text)) {
        const auto add = [&](std::string_view key, Operator is, std::vector<std::string> values) {
            if (!is_label_key(trimmed(key))) refuse(text, fmt::format("invalid label key \"{}\"", trimmed(key)));
            selector.requirements_.push_back({std::string{trimmed(key)}, is, std::move(values)});
        };
        if (const auto open = term.find('('); open != std::string_view::npos) {
            if (term.back() != ')') refuse(text, "missing \")\"");
            const std::string_view head = trimmed(term.substr(0, open));
            const std::size_t blank = head.rfind(' ');
            if (blank == std::string_view::npos) refuse(text, "expected \"in\" or \"notin\"");
            const std::string_view word = head.substr(blank + 1);
            if (word != "in" && word != "notin") refuse(text, fmt::format("unknown operator \"{}\"", word));
            std::vector<std::string> values;
            std::string_view inner = term.substr(open + 1, term.size() - open - 2);
            for (;;) {
                const std::size_t comma = std::min(inner.find(','), inner.size());
                values.emplace_back(trimmed(inner.substr(0, comma)));
                if (comma == inner.size()) break;
                inner.remove_prefix(comma + 1);
            }
            add(head.substr(0, blank), word == "in" ? Operator::In : Operator::NotIn, std::move(values));
        } else if (const auto differs = term.find("!="); differs != std::string_view::npos) {
            add(term.substr(0, differs), Operator::NotIn, {std::string{trimmed(term.substr(differs + 2))}});
        } else if (const auto equals = term.find('='); equals != std::string_view::npos) {
            std::string_view value = term.substr(equals + 1);
            if (value.starts_with('=')) value.remove_prefix(1);
            add(term.substr(0, equals), Operator::In, {std::string{trimmed(value)}});
        } else if (const auto greater = term.find('>'); greater != std::string_view::npos) {
            add(term.substr(0, greater), Operator::GreaterThan, {std::string{trimmed(term.substr(greater + 1))}});
        } else if (const auto less = term.find('<'); less != std::string_view::npos) {
            add(term.substr(0, less), Operator::LessThan, {std::string{trimmed(term.substr(less + 1))}});
        } else if (term.starts_with('!')) {
            add(term.substr(1), Operator::DoesNotExist, {});
        } else {
            add(term, Operator::Exists, {});
        }
    }
    return selector;
}

LabelSelector LabelSelector::from_json(const Value& value) {
    LabelSelector selector;
    if (const Value* labels = kube::json::find(value, {"matchLabels"}); labels != nullptr && labels->is_object()) {
        for (const auto& [key, label] : labels->get_object()) {
            if (label.is_string())
                selector.requirements_.push_back({key, Operator::In, {std::string{label.get_string()}}});
        }
    }
    const Value* expressions = kube::json::find(value, {"matchExpressions"});
    if (expressions == nullptr || !expressions->is_array()) return selector;
    for (const Value& expression : expressions->get_array()) {
        const std::string_view word = kube::json::find_string(expression, {"operator"});
        const Operator is = word == "In"       ? Operator::In
                            : word == "NotIn"  ? Operator::NotIn
                            : word == "Exists" ? Operator::Exists
                                               : Operator::DoesNotExist;
        std::vector<std::string> values;
        if (const Value* list = kube::json::find(expression, {"values"}); list != nullptr && list->is_array()) {
            for (const Value& one : list->get_array()) {
                if (one.is_string()) values.emplace_back(one.get_string());
            }
        }
        selector.requirements_.push_back(
            {std::string{kube::json::find_string(expression, {"key"})}, is, std::move(values)}
        );
    }
    return selector;
}

bool LabelSelector::matches(const Object* labels) const {
    return std::ranges::all_of(requirements_, [&](const Requirement& requirement) {
        const Value* value = labels != nullptr ? labels->if_contains(requirement.key) : nullptr;
        const bool is_set = value != nullptr && value->is_string();
        const std::string_view text = is_set ? std::string_view{value->get_string()} : std::string_view{};
        const bool is_listed = is_set && std::ranges::find(requirement.values, text) != requirement.values.end();
        switch (requirement.is) {
            case Operator::In:
                return is_listed;
            case Operator::NotIn:
                return !is_listed;
            case Operator::Exists:
                return is_set;
            case Operator::DoesNotExist:
                return !is_set;
            case Operator::GreaterThan:
            case Operator::LessThan: {
                const auto mine = integer(text);
                const auto bound = integer(requirement.values.front());
                if (!is_set || !mine || !bound) return false;
                return requirement.is == Operator::GreaterThan ? *mine > *bound : *mine < *bound;
            }
        }
        return false;
    });
}

FieldSelector FieldSelector::parse(std::string_view text) {
    FieldSelector selector;
    for (const std::string_view term : split_terms(text)) {
        const std::size_t equals = term.find('=');
        if (equals == std::string_view::npos || equals == 0) {
            throw bad_request(fmt::format("invalid selector: '{}'; can't understand '{}'", text, term));
        }
        const bool differs = term[equals - 1] == '!';
        std::string_view value = term.substr(equals + 1);
        if (!differs && value.starts_with('=')) value.remove_prefix(1);
        selector.terms_.push_back(
            {std::string{trimmed(term.substr(0, differs ? equals - 1 : equals))}, !differs, std::string{value}}
        );
    }
    return selector;
}

bool FieldSelector::matches(const Reader& read) const {
    return std::ranges::all_of(terms_, [&](const Term& term) {
        return (read(term.field).value_or("") == term.value) == term.is_equal;
    });
}

std::vector<std::string> FieldSelector::fields() const {
    std::vector<std::string> fields;
    for (const Term& term : terms_) fields.push_back(term.field);
    return fields;
}

std::optional<std::string> FieldSelector::required_value(std::string_view field) const {
    for (const Term& term : terms_) {
        if (term.field == field && term.is_equal) return term.value;
    }
    return std::nullopt;
}

}  // namespace devcluster::apiserver
