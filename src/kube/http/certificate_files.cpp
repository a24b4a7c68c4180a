#include "kube/http/certificate_files.hpp"

#include <fstream>
#include <iterator>
#include <utility>

#include "kube/http/transport.hpp"

namespace kube {

namespace {

std::string contents_of(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
    if (!file || text.empty()) {
        throw TransportError{
            TransportError::Kind::Configuration, "the file " + path.string() + " cannot be read, or is empty"
        };
    }
    return text;
}

}  // namespace

CertificateFiles::CertificateFiles(
    std::filesystem::path certificate, std::filesystem::path key, std::function<void(const std::string&)> warn
)
    : certificate_{std::move(certificate)},
      key_{std::move(key)},
      warn_{std::move(warn)},
      read_at_{times()},
      current_{contents_of(certificate_), contents_of(key_)} {}

std::optional<CertificateFiles::Times> CertificateFiles::times() const {
    std::error_code error;
    const auto certificate = std::filesystem::last_write_time(certificate_, error);
    if (error) return std::nullopt;
    const auto key = std::filesystem::last_write_time(key_, error);
    if (error) return std::nullopt;
    return Times{certificate, key};
}

std::optional<CertificateAndKey> CertificateFiles::renewed() {
    const auto now = times();
    if (now == read_at_) return std::nullopt;
    read_at_ = now;
    try {
        current_ = {contents_of(certificate_), contents_of(key_)};
    } catch (const TransportError& error) {
        warn_(std::string{error.what()} + "; the certificate that was read before stays in use");
        return std::nullopt;
    }
    return current_;
}

}  // namespace kube
