#include "sei/sidecar/bearer_token.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace sei::sidecar {
namespace {

constexpr std::chrono::seconds kTokenAgeMax{50};
/// A missing file is not looked for at each request.
constexpr std::chrono::seconds kMissingIsTrueFor{1};

std::string trimmed(const std::string& text) {
    constexpr const char* kWhiteSpace = " \t\r\n\v\f";
    const auto first = text.find_first_not_of(kWhiteSpace);
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

}  // namespace

BearerToken::BearerToken(const kube::Clock& clock, std::string path, Log log)
    : clock_{clock}, path_{std::move(path)}, log_{std::move(log)} {}

std::optional<std::string> BearerToken::current() {
    const kube::MonotonicTime now = clock_.monotonic();
    if (token_ && now - read_at_ <= kTokenAgeMax) return token_;

    if (!token_ && missing_at_ && now - *missing_at_ < kMissingIsTrueFor) return std::nullopt;
    std::error_code missing;
    if (!std::filesystem::exists(path_, missing) && !token_) {
        missing_at_ = now;
        if (!said_missing_) {
            log_("no service-account token at " + path_ + ": sidecar requests carry no Authorization header");
            said_missing_ = true;
        }
        return std::nullopt;
    }
    std::ifstream file{path_, std::ios::binary};
    const std::string token =
        file ? trimmed(std::string{std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}}) : "";
    if (!token.empty()) {
        token_ = token;
        read_at_ = now;
        return token_;
    }
    const std::string what = (file ? "read empty token from file \"" : "failed to read token file \"") + path_ + "\"";
    if (!token_) throw TokenError{what};
    log_(what + ": the token read before stays in use");
    read_at_ = now;
    return token_;
}

void BearerToken::refused(kube::MonotonicTime began) {
    if (token_ && read_at_ <= began) token_.reset();
    missing_at_.reset();
}

}  // namespace sei::sidecar
