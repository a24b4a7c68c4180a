#include "support/child_process.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace support {

Finished run_to_end(ChildProcess::Options options, std::chrono::milliseconds limit) {
    const TemporaryFolder folder;
    options.log = folder.path() / "output";
    ChildProcess child{std::move(options)};
    const auto status = child.wait(limit);
    if (!status) child.signal(SIGKILL);
    return {status.value_or(-1), child.log() + (status ? "" : "\n(did not end in time)")};
}

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sei-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        throw std::runtime_error{"cannot make a folder " + pattern + ": " + std::strerror(errno)};
    }
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) throw std::runtime_error{"cannot read " + path.string()};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

void write_file(const std::filesystem::path& path, std::string_view text) {
    std::ofstream file{path, std::ios::binary};
    file << text;
    if (!file) throw std::runtime_error{"cannot write " + path.string()};
}

unsigned short free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket API
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket, generic, sizeof(address)) != 0 || ::getsockname(socket, generic, &size) != 0) {
        ::close(socket);
        throw std::runtime_error{std::string{"no free port on the loopback: "} + std::strerror(errno)};
    }
    ::close(socket);
    return ntohs(address.sin_port);
}

}  // namespace support
