#include "testkit/faulty_transport.hpp"

#include <utility>

namespace testkit {

/// A watch that can be broken from outside: at its next chunk.
class FaultyTransport::Stream final : public kube::HttpStream {
public:
    Stream(const FaultyTransport& owner, std::unique_ptr<kube::HttpStream> below)
        : owner_{owner}, below_{std::move(below)}, epoch_{owner.watch_epoch_} {}
    [[nodiscard]] unsigned status() const override { return below_->status(); }
    [[nodiscard]] kube::Async<std::optional<std::string>> next_chunk() override {
        throw_if_broken();
        auto chunk = co_await below_->next_chunk();
        throw_if_broken();
        co_return chunk;
    }

private:
    void throw_if_broken() const {
        owner_.throw_if_dead();
        if (epoch_ != owner_.watch_epoch_) {
            throw kube::TransportError{kube::TransportError::Kind::Broken, "the test broke this watch"};
        }
    }
    const FaultyTransport& owner_;
    std::unique_ptr<kube::HttpStream> below_;
    std::size_t epoch_;
};

void FaultyTransport::throw_if_dead() const {
    if (has_crashed_) throw kube::TransportError{kube::TransportError::Kind::Broken, "the test crashed this process"};
    if (is_cut_off_) throw kube::TransportError{kube::TransportError::Kind::Connect, "the test cut this process off"};
}

FaultyTransport::Fault* FaultyTransport::fault_for(const kube::HttpRequest& request) {
    for (Fault& fault : faults_) {
        if (fault.times == 0 || !fault.matches(request)) continue;
        --fault.times;
        ++fired_;
        return &fault;
    }
    return nullptr;
}

kube::Async<kube::HttpResponse> FaultyTransport::send(kube::HttpRequest request) {
    if (has_crashed_ || is_cut_off_) ++turned_away_;
    throw_if_dead();
    const Flight flight{*this};
    if (before_each) co_await before_each(request);
    throw_if_dead();
    for (const Rewrite& one : rewrites_) {
        if (!one.matches(request)) continue;
        one.change(request);
        ++rewritten_;
    }
    bool is_last = false;
    const std::size_t life = restores_;
    if (crash_in_ && --*crash_in_ == 0) {
        crash_in_.reset();
        is_last = true;
        if (crash_effect_ == Effect::Before) {
            has_crashed_ = true;
            throw_if_dead();
        }
    }
    bool loses_answer = false;
    if (const Fault* fault = fault_for(request)) {
        if (fault->response) co_return *fault->response;
        if (fault->effect == Effect::Before) {
            throw kube::TransportError{kube::TransportError::Kind::Broken, "the test broke this request"};
        }
        loses_answer = true;
    }
    const std::size_t index = passed();
    requests_.push_back(
        {.method = request.method,
         .target = request.target,
         .content_type = request.content_type,
         .body = request.body,
         .answer = {},
         .status = 0}
    );
    const bool request_is_write = requests_.back().is_write();
    if (request_is_write && on_write) on_write(requests_.back());
    kube::HttpResponse response = co_await below_.send(std::move(request));
    if (index >= forgotten_) {
        requests_[index - forgotten_].status = response.status;
        if (request_is_write) requests_[index - forgotten_].answer = response.body;
    }
    // Unless the process was started anew while this request was under way.
    if (is_last && life == restores_) {
        has_crashed_ = true;
        throw_if_dead();
    }
    if (loses_answer) throw kube::TransportError{kube::TransportError::Kind::Broken, "the test lost this answer"};
    throw_if_dead();
    co_return response;
}

kube::Async<std::unique_ptr<kube::HttpStream>> FaultyTransport::open(kube::HttpRequest request) {
    if (has_crashed_ || is_cut_off_) ++turned_away_;
    throw_if_dead();
    watches_.push_back(request.target);
    if (const Fault* fault = fault_for(request); fault != nullptr) {
        throw kube::TransportError{kube::TransportError::Kind::Broken, "the test broke this watch before it began"};
    }
    auto stream = co_await below_.open(std::move(request));
    throw_if_dead();
    co_return std::make_unique<Stream>(*this, std::move(stream));
}

void FaultyTransport::crash_at(std::size_t nth, Effect effect) {
    crash_in_ = nth;
    crash_effect_ = effect;
}

void FaultyTransport::restore() {
    has_crashed_ = false;
    is_cut_off_ = false;
    crash_in_.reset();
    ++restores_;
    ++watch_epoch_;
}

void FaultyTransport::cut_off() {
    is_cut_off_ = true;
    ++watch_epoch_;
}

void FaultyTransport::answer(Matches matches, kube::HttpResponse response, std::size_t times) {
    faults_.push_back(
        {.matches = std::move(matches), .response = std::move(response), .effect = Effect::Before, .times = times}
    );
}

void FaultyTransport::fail(Matches matches, Effect effect, std::size_t times) {
    faults_.push_back({.matches = std::move(matches), .response = std::nullopt, .effect = effect, .times = times});
}

void FaultyTransport::rewrite(Matches matches, std::function<void(kube::HttpRequest&)> change) {
    rewrites_.push_back({std::move(matches), std::move(change)});
}

void FaultyTransport::forget_requests() {
    forgotten_ += requests_.size();
    requests_.clear();
}

void FaultyTransport::break_watches() {
    ++watch_epoch_;
}

std::vector<PassedRequest> FaultyTransport::writes() const {
    std::vector<PassedRequest> found;
    for (const PassedRequest& request : requests_) {
        if (request.is_write()) found.push_back(request);
    }
    return found;
}

}  // namespace testkit
