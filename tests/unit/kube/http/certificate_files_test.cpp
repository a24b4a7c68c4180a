#include "kube/http/certificate_files.hpp"

#include <unistd.h>

#include <fstream>

#include <boost/asio/io_context.hpp>

#include "http_world.hpp"

namespace kube::test {
namespace {

struct Files {
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("certificates-" + std::to_string(::getpid()));
    std::filesystem::path certificate = folder / "tls.crt";
    std::filesystem::path key = folder / "tls.key";
    std::filesystem::file_time_type time = std::filesystem::file_time_type::clock::now();
    std::vector<std::string> warnings;

    Files() { std::filesystem::create_directories(folder); }
    ~Files() { std::filesystem::remove_all(folder); }
    Files(const Files&) = delete;
    Files& operator=(const Files&) = delete;

    /// Each write is a second later than the one before.
    void write(const CertificateAndKey& pair) {
        time += 1s;
        for (const auto& [path, text] : {std::pair{certificate, pair.certificate_pem}, std::pair{key, pair.key_pem}}) {
            std::ofstream{path} << text;
            std::filesystem::last_write_time(path, time);
        }
    }
    CertificateFiles open() {
        return {certificate, key, [this](const std::string& warning) { warnings.push_back(warning); }};
    }
};

TEST(CertificateFiles, names_the_file_that_is_missing) {
    Files files;
    try {
        files.open();
        ADD_FAILURE() << "it was read";
    } catch (const TransportError& error) {
        EXPECT_NE(std::string{error.what()}.find(files.certificate.string()), std::string::npos) << error.what();
    }
}

TEST(CertificateFiles, tells_each_renewal_once_and_keeps_the_last_good_pair) {
    Files files;
    files.write({"a certificate", "a key"});
    CertificateFiles pair = files.open();
    EXPECT_EQ(pair.renewed(), std::nullopt);
    files.write({"another", "key"});
    const auto renewed = pair.renewed();
    ASSERT_TRUE(renewed);
    EXPECT_EQ(renewed->certificate_pem, "another");
    EXPECT_EQ(pair.renewed(), std::nullopt);
    files.write({"", ""});
    EXPECT_EQ(pair.renewed(), std::nullopt);
    EXPECT_EQ(pair.current().certificate_pem, "another");
    EXPECT_EQ(files.warnings.size(), 1u);
}

TEST(CertificateFiles, serve_a_renewed_certificate_to_the_next_connection) {
    const CertificateAuthority first{"first", 1h};
    const CertificateAuthority second{"second", 1h};
    Files files;
    files.write(first.issue_for_server({"127.0.0.1"}));
    CertificateFiles pair = files.open();
    HttpServerOptions options;
    options.tls_certificate_pem = pair.current().certificate_pem;
    options.tls_key_pem = pair.current().key_pem;
    options.renewed_certificate = [&pair] { return pair.renewed(); };
    options.warn = [&files](const std::string& warning) { files.warnings.push_back(warning); };
    HttpWorld world{std::move(options)};
    const auto status = [&](const CertificateAuthority& trusted) {
        world.pool.close_idle();
        auto config = world.config("https");
        config.ca_pem = trusted.certificate_pem();
        HttpsTransport transport{world.pool, std::move(config)};
        return world.get(transport, "/").status;
    };
    EXPECT_EQ(status(first), 200u);
    files.write(second.issue_for_server({"127.0.0.1"}));
    EXPECT_EQ(status(second), 200u);
    EXPECT_THROW(status(first), TransportError);
    files.write({"nonsense", "nonsense"});
    EXPECT_EQ(status(second), 200u);
    EXPECT_EQ(files.warnings.size(), 1u);
}

}  // namespace
}  // namespace kube::test
