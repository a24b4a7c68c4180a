#include "kube/client/token_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "kube/http/transport.hpp"

namespace kube {

using namespace std::chrono_literals;

namespace {

constexpr auto kFreshFor = 50s;
/// How soon a file that could not be read is tried again.
constexpr auto kTryAgainAfter = 10s;

struct ReadToken {
    std::string token;
    std::string problem;
};

ReadToken read_token(const std::string& path) {
    errno = 0;
    std::ifstream file{path, std::ios::binary};
    std::ostringstream content;
    if (file) content << file.rdbuf();
    if (!file || !content) {
        const char* reason = errno != 0 ? std::strerror(errno) : "it is empty or no file";
        return {{}, fmt::format("failed to read token file \"{}\": {}", path, reason)};
    }
    auto token = content.str();
    while (!token.empty() && std::isspace(static_cast<unsigned char>(token.back())) != 0) token.pop_back();
    const auto first = token.find_first_not_of(" \t\r\n");
    if (first != std::string::npos) token.erase(0, first);
    if (token.empty()) return {{}, fmt::format("read empty token from file \"{}\"", path)};
    return {std::move(token), {}};
}

}  // namespace

struct TokenFile::Impl {
    std::string path;
    Credential rest;
    BlockingPool& blocking;
    Clock& clock;
    Warn warn;
    SharedCredential current;
    MonotonicTime fresh_until{};
    bool is_dropped = false;
    bool is_reading = false;

    /// Others go on with the last token while one reads the file.
    struct Reading {
        Impl& impl;
        explicit Reading(Impl& of) : impl{of} { impl.is_reading = true; }
        ~Reading() { impl.is_reading = false; }
        Reading(const Reading&) = delete;
        Reading& operator=(const Reading&) = delete;
    };
};

TokenFile::TokenFile(std::string path, BlockingPool& blocking, Clock& clock, Warn warn)
    : TokenFile{std::move(path), Credential{}, blocking, clock, std::move(warn)} {}

TokenFile::TokenFile(std::string path, Credential rest, BlockingPool& blocking, Clock& clock, Warn warn)
    : impl_{std::make_shared<Impl>(std::move(path), std::move(rest), blocking, clock, std::move(warn))} {}

TokenFile::~TokenFile() = default;

SharedCredential TokenFile::ready() {
    auto& impl = *impl_;
    if (!impl.current || impl.is_dropped) return nullptr;
    if (impl.is_reading || impl.clock.monotonic() < impl.fresh_until) return impl.current;
    return nullptr;
}

Async<SharedCredential> TokenFile::credential() {
    const auto impl = impl_;
    if (auto known = ready()) co_return known;
    const Impl::Reading reading{*impl};
    const auto read = co_await impl->blocking.run([path = impl->path] { return read_token(path); });
    if (!read.problem.empty()) {
        if (!impl->current) throw TransportError{TransportError::Kind::Configuration, read.problem};
        impl->fresh_until = impl->clock.monotonic() + kTryAgainAfter;
        impl->is_dropped = false;
        if (impl->warn) impl->warn(read.problem + "; the last token goes on being used");
        co_return impl->current;
    }
    impl->fresh_until = impl->clock.monotonic() + kFreshFor;
    impl->is_dropped = false;
    const auto authorization = "Bearer " + read.token;
    if (!impl->current || impl->current->authorization != authorization) {
        Credential fresh = impl->rest;
        fresh.authorization = authorization;
        impl->current = std::make_shared<const Credential>(std::move(fresh));
    }
    co_return impl->current;
}

bool TokenFile::refused(const SharedCredential& refused) {
    // Somebody else may have read a newer one meanwhile.
    if (refused == impl_->current) impl_->is_dropped = true;
    return true;
}

}  // namespace kube
