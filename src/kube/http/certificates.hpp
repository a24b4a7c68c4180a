// Certificates for clusters that live for minutes: the embedded one, and those of tests.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace kube {

/// PEM of a certificate and of its key.
struct CertificateAndKey {
    std::string certificate_pem;
    std::string key_pem;
};

/// A certificate authority that is made on the spot, with P-256 keys.
class CertificateAuthority {
public:
    CertificateAuthority(const std::string& common_name, std::chrono::seconds valid_for);
    ~CertificateAuthority();
    CertificateAuthority(const CertificateAuthority&) = delete;
    CertificateAuthority& operator=(const CertificateAuthority&) = delete;

    /// What a client trusts.
    [[nodiscard]] std::string certificate_pem() const;
    [[nodiscard]] CertificateAndKey certificate_and_key() const;
    /// For a server that is reached under these names and IP addresses.
    [[nodiscard]] CertificateAndKey issue_for_server(const std::vector<std::string>& names_and_addresses) const;
    /// For a client: Kubernetes takes the common name for the user and the organizations for groups.
    [[nodiscard]] CertificateAndKey issue_for_client(const std::string& user, const std::vector<std::string>& groups)
        const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace kube
