// Lets in only callers whom the API server knows and allows.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "kube/async/clock.hpp"
#include "kube/client/client.hpp"
#include "kube/http/server.hpp"
#include "kube/runtime/log.hpp"
#include "kube/types/access_review.hpp"

namespace kube::detail {

/// Answers of the API server for a while: at most so many that strangers cannot fill the memory.
template <class V>
class AnswersForAWhile {
public:
    [[nodiscard]] const V* find(const std::string& question, MonotonicTime now) const {
        const auto entry = entries_.find(question);
        return entry == entries_.end() || entry->second.until <= now ? nullptr : &entry->second.answer;
    }
    void keep(std::string question, V answer, MonotonicTime now, MonotonicTime until) {
        if (entries_.size() >= kEntriesMax)
            std::erase_if(entries_, [now](const auto& one) { return one.second.until <= now; });
        if (entries_.size() >= kEntriesMax) entries_.clear();
        entries_.insert_or_assign(std::move(question), Entry{std::move(answer), until});
    }

private:
    static constexpr std::size_t kEntriesMax = 1'000;
    struct Entry {
        V answer;
        MonotonicTime until;
    };
    std::map<std::string, Entry> entries_;
};

/// In front of another handler (spec 07 §9): the bearer token is reviewed (the answer holds for 1 min; nobody and
/// `system:anonymous` get 401), then whether its user may use this method on this path (a yes holds for 5 min, a no for
/// 30 s and is 403). 500 when the API server cannot be asked; the log says why. Needs `create` on `tokenreviews` and
/// `subjectaccessreviews`.
class GuardedHandler final : public HttpHandler {
public:
    GuardedHandler(HttpHandler& inner, Client& client, const Clock& clock, Logger log)
        : inner_{inner}, client_{client}, clock_{clock}, log_{std::move(log)} {}
    [[nodiscard]] Async<Answer> handle(ServedRequest request) override;

private:
    [[nodiscard]] Async<TokenReviewStatus> authenticate(std::string token);
    [[nodiscard]] Async<bool> is_allowed(ReviewedUser user, NonResourceAttributes what);

    HttpHandler& inner_;
    Client& client_;
    const Clock& clock_;
    Logger log_;
    AnswersForAWhile<TokenReviewStatus> tokens_;
    AnswersForAWhile<bool> permissions_;
};

}  // namespace kube::detail
