#include "kube/runtime/listen_address.hpp"

#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

namespace kube {

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
    if (text.empty() || text == "0") return std::nullopt;
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        throw std::invalid_argument{fmt::format("\"{}\" is no listen address: it needs a port, as in \":8080\"", text)};
    }
    const std::string_view port_text = text.substr(colon + 1);
    ListenAddress address;
    const auto [end, error] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), address.port);
    if (error != std::errc{} || end != port_text.data() + port_text.size()) {
        throw std::invalid_argument{
            fmt::format("\"{}\" is no listen address: \"{}\" is no port (0 to 65535)", text, port_text)
        };
    }
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (host.empty()) host = "::";
    if (host == "localhost") host = "127.0.0.1";
    address.host = host;
    return address;
}

}  // namespace kube
