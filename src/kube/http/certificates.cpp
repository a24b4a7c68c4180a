#include "kube/http/certificates.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>

namespace kube {

namespace {

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* pointer) const {
        Free(pointer);
    }
};
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

void require(bool worked, const char* what) {
    if (worked) return;
    ERR_clear_error();
    throw std::runtime_error{fmt::format("cannot make a certificate: {} failed", what)};
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
    const Bio bio{BIO_new(BIO_s_mem())};
    require(PEM_write_bio_X509(bio.get(), certificate) == 1, "writing PEM");
    return text_of(bio.get());
}

std::string pem_of(EVP_PKEY* key) {
    const Bio bio{BIO_new(BIO_s_mem())};
    require(
        PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "writing the key as PEM"
    );
    return text_of(bio.get());
}

void add_name(X509_NAME* name, const char* field, const std::string& value) {
    require(
        X509_NAME_add_entry_by_txt(
            name,
            field,
            MBSTRING_UTF8,
            reinterpret_cast<const unsigned char*>(value.data()),
            static_cast<int>(value.size()),
            -1,
            0
        ) == 1,
        "adding a name"
    );
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension{X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str())};
    require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1, "adding an extension");
}

/// A certificate with a fresh random number, valid from a little before now, so that skewed clocks do no harm.
Certificate begin_certificate(EVP_PKEY* key, std::chrono::seconds valid_for) {
    Certificate certificate{X509_new()};
    X509_set_version(certificate.get(), X509_VERSION_3);
    std::uint64_t number = 0;
    require(RAND_bytes(reinterpret_cast<unsigned char*>(&number), sizeof number) == 1, "drawing a serial number");
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), number >> 1u);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -300);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), static_cast<long>(valid_for.count()));
    X509_set_pubkey(certificate.get(), key);
    return certificate;
}

}  // namespace

struct CertificateAuthority::Impl {
    Key key;
    Certificate certificate;
    std::chrono::seconds valid_for{0};

    [[nodiscard]] CertificateAndKey issue(
        const std::string& common_name,
        const std::vector<std::string>& organizations,
        const std::string& usage,
        const std::string& alternative_names
    ) const {
        const Key of_leaf{EVP_EC_gen("P-256")};
        require(of_leaf != nullptr, "making a key");
        const auto leaf = begin_certificate(of_leaf.get(), valid_for);
        auto* subject = X509_get_subject_name(leaf.get());
        for (const auto& organization : organizations) add_name(subject, "O", organization);
        add_name(subject, "CN", common_name);
        X509_set_issuer_name(leaf.get(), X509_get_subject_name(certificate.get()));
        add_extension(leaf.get(), certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
        add_extension(leaf.get(), certificate.get(), NID_key_usage, "critical,digitalSignature,keyEncipherment");
        add_extension(leaf.get(), certificate.get(), NID_ext_key_usage, usage);
        add_extension(leaf.get(), certificate.get(), NID_authority_key_identifier, "keyid");
        if (!alternative_names.empty()) {
            add_extension(leaf.get(), certificate.get(), NID_subject_alt_name, alternative_names);
        }
        require(X509_sign(leaf.get(), key.get(), EVP_sha256()) > 0, "signing");
        return {.certificate_pem = pem_of(leaf.get()), .key_pem = pem_of(of_leaf.get())};
    }
};

CertificateAuthority::CertificateAuthority(const std::string& common_name, std::chrono::seconds valid_for)
    : impl_{std::make_unique<Impl>()} {
    impl_->valid_for = valid_for;
    impl_->key.reset(EVP_EC_gen("P-256"));
    require(impl_->key != nullptr, "making a key");
    impl_->certificate = begin_certificate(impl_->key.get(), valid_for);
    auto* certificate = impl_->certificate.get();
    add_name(X509_get_subject_name(certificate), "CN", common_name);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(certificate, certificate, NID_key_usage, "critical,digitalSignature,keyEncipherment,keyCertSign");
    add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
    require(X509_sign(certificate, impl_->key.get(), EVP_sha256()) > 0, "signing");
}

CertificateAuthority::~CertificateAuthority() = default;

std::string CertificateAuthority::certificate_pem() const {
    return pem_of(impl_->certificate.get());
}

CertificateAndKey CertificateAuthority::certificate_and_key() const {
    return {.certificate_pem = certificate_pem(), .key_pem = pem_of(impl_->key.get())};
}

CertificateAndKey CertificateAuthority::issue_for_server(const std::vector<std::string>& names_and_addresses) const {
    std::string alternatives;
    for (const auto& name : names_and_addresses) {
        boost::system::error_code no_address;
        boost::asio::ip::make_address(name, no_address);
        if (!alternatives.empty()) alternatives += ",";
        alternatives += (no_address ? "DNS:" : "IP:") + name;
    }
    const std::string common_name = names_and_addresses.empty() ? "server" : names_and_addresses.front();
    return impl_->issue(common_name, {}, "serverAuth", alternatives);
}

CertificateAndKey CertificateAuthority::issue_for_client(
    const std::string& user, const std::vector<std::string>& groups
) const {
    return impl_->issue(user, groups, "clientAuth", {});
}

}  // namespace kube
