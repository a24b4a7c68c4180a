// A small API server in memory for the tests of the runtime: any kind, versions, conflicts, watches; and faults on
// demand.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "kube/async/signal.hpp"
#include "kube/http/transport.hpp"
#include "kube/json/json.hpp"
#include "kube/meta/names.hpp"

namespace kube::testing {

class FakeApi final : public Transport {
public:
    explicit FakeApi(boost::asio::any_io_executor executor);

    Async<HttpResponse> send(HttpRequest request) override;
    Async<std::unique_ptr<HttpStream>> open(HttpRequest request) override;

    // ---- What another client does -------------------------------------------------------------------------------
    /// Stores an object as it is (the version, the uid and the generation are set). `plural` as in "widgets".
    void put(const std::string& plural, json::Object object);
    /// Merges a patch into an object; a change of its spec raises the generation.
    void patch(const std::string& plural, const NamespacedName& key, const std::string& merge_patch);
    void erase(const std::string& plural, const NamespacedName& key);
    [[nodiscard]] const json::Value* find(const std::string& plural, const NamespacedName& key) const;
    [[nodiscard]] std::vector<json::Value> all(const std::string& plural) const;
    [[nodiscard]] std::uint64_t version() const { return version_; }

    // ---- Faults -------------------------------------------------------------------------------------------------
    /// Nobody answers; watches break.
    void go_down();
    void come_up() { is_down_ = false; }
    /// All watches break now.
    void break_watches();
    /// All watches end in order now.
    void end_watches();
    /// What is older than now can no longer be watched from.
    void compact() { compacted_ = version_; }
    /// While set, events stay with the server: caches fall behind.
    void hold_events(bool is_held);
    /// Kinds that are not installed.
    void uninstall(const std::string& plural) { missing_[plural] = true; }
    void install(const std::string& plural) { missing_.erase(plural); }
    /// Asked first; an answer replaces the real one.
    std::function<std::optional<HttpResponse>(const HttpRequest&)> instead;
    /// What this says yes to is carried out, and its answer never comes.
    std::function<bool(const HttpRequest&)> keeps_answer_of;
    /// Called when a request has arrived, before it is answered.
    std::function<void(const HttpRequest&)> arriving;

    // ---- What was seen ------------------------------------------------------------------------------------------
    /// "GET /apis/…?…", in the order of arrival.
    std::vector<std::string> requests;
    [[nodiscard]] std::size_t count(const std::string& beginning) const;

private:
    struct Event {
        std::uint64_t version;
        std::string plural;
        std::string type;
        json::Value object;
    };
    struct Target;
    class Watch;

    [[nodiscard]] HttpResponse answer(const HttpRequest& request);
    [[nodiscard]] HttpResponse list(const Target& target) const;
    [[nodiscard]] HttpResponse write(const HttpRequest& request, const Target& target);
    [[nodiscard]] HttpResponse remove(const HttpRequest& request, const Target& target);
    json::Value& store(const std::string& plural, json::Value object, const std::string& type);
    void emit(const std::string& plural, const std::string& type, const json::Value& object);

    boost::asio::any_io_executor executor_;
    Signal changed_;
    Signal never_;
    std::map<std::string, std::map<NamespacedName, json::Value>> objects_;
    std::map<std::string, bool> missing_;
    std::vector<Event> events_;
    std::uint64_t version_ = 100;
    std::uint64_t compacted_ = 0;
    std::uint64_t uids_ = 0;
    std::uint64_t broken_ = 0;
    std::uint64_t ended_ = 0;
    bool is_down_ = false;
    bool is_held_ = false;
};

}  // namespace kube::testing
