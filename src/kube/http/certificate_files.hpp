// A certificate and its key in files that somebody renews.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "kube/http/certificates.hpp"

namespace kube {

/// Reads two PEM files, and again when either has changed, as cert-manager and mounted Secrets renew them.
class CertificateFiles {
public:
    /// Reads both at once: TransportError (Configuration) names the file that cannot be read. `warn` is told when files
    /// that changed cannot be read; the last good pair stays in use.
    CertificateFiles(
        std::filesystem::path certificate, std::filesystem::path key, std::function<void(const std::string&)> warn
    );
    [[nodiscard]] const CertificateAndKey& current() const { return current_; }
    /// The new pair, once after each change of the files; nullopt while there is none. Costs two stat calls.
    [[nodiscard]] std::optional<CertificateAndKey> renewed();

private:
    struct Times {
        std::filesystem::file_time_type certificate;
        std::filesystem::file_time_type key;
        bool operator==(const Times&) const = default;
    };
    [[nodiscard]] std::optional<Times> times() const;

    std::filesystem::path certificate_;
    std::filesystem::path key_;
    std::function<void(const std::string&)> warn_;
    std::optional<Times> read_at_;
    CertificateAndKey current_;
};

}  // namespace kube
