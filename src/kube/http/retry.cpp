#include "kube/http/retry.hpp"

#include <charconv>

namespace kube {

using std::chrono::milliseconds;

std::optional<milliseconds> retry_after(const HttpResponse& response) {
    if (response.status != 429 && response.status != 503) return std::nullopt;
    const auto value = response.header("retry-after");
    unsigned seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error != std::errc{} || end != value.data() + value.size()) return std::nullopt;
    return milliseconds{std::chrono::seconds{seconds}};
}

milliseconds retry_delay(unsigned tries_made, double random) {
    const auto doublings = std::min(tries_made, 16u);
    const auto whole = std::min(milliseconds{50} * (1u << doublings), milliseconds{5'000});
    return milliseconds{static_cast<milliseconds::rep>(static_cast<double>(whole.count()) * (0.5 + 0.5 * random))};
}

}  // namespace kube
