#include "kube/http/transport.hpp"

#include "kube/http/server.hpp"

namespace kube {

namespace {

std::string_view find_header(const std::vector<HttpHeader>& headers, std::string_view name) {
    for (const auto& header : headers) {
        if (header.name == name) return header.value;
    }
    return {};
}

}  // namespace

std::string_view to_string(HttpMethod method) {
    switch (method) {
        case HttpMethod::Get:
            return "GET";
        case HttpMethod::Post:
            return "POST";
        case HttpMethod::Put:
            return "PUT";
        case HttpMethod::Patch:
            return "PATCH";
        case HttpMethod::Delete:
            return "DELETE";
    }
    return "GET";
}

std::string_view HttpResponse::header(std::string_view name) const {
    return find_header(headers, name);
}

std::string_view ServedRequest::header(std::string_view name) const {
    return find_header(headers, name);
}

}  // namespace kube
