// Holds requests back until so many of them have come: several writers at one spot, at one moment.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "kube/async/signal.hpp"
#include "kube/http/transport.hpp"

namespace testkit {

/// A meeting point of requests that say the same thing to the same object. To be awaited in
/// `FaultyTransport::before_each` of every way that may carry one.
///
/// A request that matches waits until `parties` of its kind have arrived, then all of them pass; the next ones meet
/// anew. Others pass at once.
class Gate {
public:
    /// Names what a request competes for ("/apis/…/seinodes/n0/status"); empty: it passes at once.
    using SpotOf = std::function<std::string(const kube::HttpRequest&)>;
    Gate(boost::asio::any_io_executor executor, std::size_t parties, SpotOf spot_of)
        : opened_{std::move(executor)}, parties_{parties}, spot_of_{std::move(spot_of)} {}

    [[nodiscard]] kube::Async<> pass(kube::HttpRequest request);
    /// Called when a request arrives that has to wait: whoever is missing can be sent for.
    std::function<void(const std::string& spot, std::size_t arrived)> on_arrival;

    /// How often all parties met.
    [[nodiscard]] std::size_t meetings() const { return meetings_; }
    [[nodiscard]] std::size_t waiting() const { return waiting_; }
    /// Lets everybody through from now on.
    void open();

private:
    kube::Signal opened_;
    std::size_t parties_;
    SpotOf spot_of_;
    std::map<std::string, std::size_t> arrived_;
    std::map<std::string, std::size_t> met_;
    std::size_t meetings_ = 0;
    std::size_t waiting_ = 0;
    bool is_open_ = false;
};

}  // namespace testkit
