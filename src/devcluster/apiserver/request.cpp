#include "devcluster/apiserver/request.hpp"

#include <charconv>

#include "devcluster/apiserver/json_keys.hpp"
#include "devcluster/apiserver/json_memory.hpp"
#include "devcluster/apiserver/protobuf.hpp"
#include "devcluster/apiserver/yaml.hpp"

namespace devcluster::apiserver {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string decoded(std::string_view text, bool plus_is_blank) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else if (plus_is_blank && text[i] == '+') {
            out += ' ';
        } else {
            out += text[i];
        }
    }
    return out;
}

}  // namespace

Query Query::parse(std::string_view query) {
    Query out;
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        out.values_.emplace_back(
            decoded(pair.substr(0, equals), true), decoded(pair.substr(std::min(equals + 1, pair.size())), true)
        );
    }
    return out;
}

std::string_view Query::get(std::string_view name) const {
    for (const auto& [key, value] : values_) {
        if (key == name) return value;
    }
    return {};
}

bool Query::has(std::string_view name) const {
    return std::ranges::any_of(values_, [&](const auto& pair) { return pair.first == name; });
}

bool Query::flag(std::string_view name) const {
    const std::string_view value = get(name);
    if (value == "true" || value == "1" || value == "True") return true;
    if (value.empty() || value == "false" || value == "0" || value == "False") return false;
    throw bad_request(fmt::format("the query parameter \"{}\" must be true or false, not \"{}\"", name, value));
}

std::optional<std::int64_t> Query::integer(std::string_view name) const {
    const std::string_view value = get(name);
    if (value.empty()) return std::nullopt;
    std::int64_t out = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), out);
    if (error != std::errc{} || end != value.data() + value.size()) {
        throw bad_request(fmt::format("strconv.ParseInt: parsing \"{}\": invalid syntax", value));
    }
    return out;
}

Target Target::parse(std::string_view target) {
    Target out;
    const std::size_t question = std::min(target.find('?'), target.size());
    std::string_view path = target.substr(0, question);
    out.query = Query::parse(target.substr(std::min(question + 1, target.size())));
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        if (end > 0) out.segments.push_back(decoded(path.substr(0, end), false));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return out;
}

Endpoint ResourceRequest::endpoint() const {
    if (subresource == "status") return Endpoint::Status;
    if (subresource == "scale") return Endpoint::Scale;
    if (subresource == "finalize") return Endpoint::Finalize;
    return Endpoint::Main;
}

std::string ResourceRequest::field_manager() const {
    const std::string_view given = query.get("fieldManager");
    if (!given.empty()) return std::string{given};
    const std::string_view agent = http.header("user-agent");
    const std::string_view prefix = agent.substr(0, agent.find('/'));
    return prefix.empty() ? "unknown" : std::string{prefix.substr(0, 128)};
}

bool ResourceRequest::is_dry_run() const {
    const std::string_view value = query.get("dryRun");
    if (value.empty()) return false;
    if (value == "All") return true;
    FieldErrors errors;
    errors.unsupported("dryRun", kube::json::Value(value), {"All"});
    errors.throw_if_any("meta.k8s.io", "CreateOptions", "");
    return false;
}

Form negotiate(std::string_view accept) {
    if (accept.empty()) return Form::Object;
    while (!accept.empty()) {
        const std::size_t end = std::min(accept.find(','), accept.size());
        std::string_view one = accept.substr(0, end);
        accept.remove_prefix(std::min(end + 1, accept.size()));
        while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
        const std::string_view type = one.substr(0, one.find(';'));
        if (type == "application/yaml") continue;
        if (type != "application/json" && type != "*/*" && type != "application/*") continue;
        if (one.contains("as=Table") && one.contains("g=meta.k8s.io")) return Form::Table;
        if (one.contains("as=PartialObjectMetadata") && one.contains("g=meta.k8s.io")) return Form::PartialMetadata;
        if (!one.contains(";as=")) return Form::Object;
    }
    throw StatusError{
        406,
        "NotAcceptable",
        "only the following media types are accepted: application/json, application/json;stream=watch"
    };
}

kube::json::Value parse_body(
    const kube::ServedRequest& http,
    const BuiltinTypes& types,
    std::vector<std::string>& duplicates,
    boost::json::storage_ptr storage
) {
    std::string_view type = http.header("content-type");
    type = type.substr(0, type.find(';'));
    const bool is_yaml = type == "application/yaml" || type == "application/apply-patch+yaml";
    if (type == kProtobufType) return decode_protobuf(http.body, types);
    if (!type.empty() && !is_yaml && !type.ends_with("json")) {
        throw unsupported_media_type({"application/json", "application/yaml", std::string{kProtobufType}});
    }
    const std::size_t first = http.body.find_first_not_of(" \t\r\n");
    try {
        if (is_yaml && (first == std::string::npos || http.body[first] != '{')) return yaml_to_json(http.body);
        find_duplicate_keys(http.body, duplicates);
        return parse_into(std::move(storage), http.body);
    } catch (const std::exception& error) {
        throw bad_request(fmt::format("the request body cannot be read: {}", error.what()));
    }
}

}  // namespace devcluster::apiserver
