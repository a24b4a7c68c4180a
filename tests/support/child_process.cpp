#include "support/child_process.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>

namespace support {
namespace {

/// Below those that Linux gives to outgoing connections: none of them takes a port between the look and its use.
constexpr unsigned kPortMin = 10'000;
constexpr unsigned kPortMax = 32'000;
constexpr int kPortTries = 100;

}  // namespace

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
    std::random_device random;
    std::uniform_int_distribution<unsigned> among{kPortMin, kPortMax};
    for (int tries = 0; tries < kPortTries; ++tries) {
        const auto port = static_cast<unsigned short>(among(random));
        const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket API
        const int bound = ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address));
        ::close(socket);
        if (bound == 0) return port;
    }
    throw std::runtime_error{std::string{"no free port on the loopback: "} + std::strerror(errno)};
}

}  // namespace support
