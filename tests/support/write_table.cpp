#include "support/write_table.hpp"

#include <filesystem>
#include <set>
#include <string_view>
#include <vector>

#include "kube/json/json.hpp"
#include "support/child_process.hpp"

namespace support {
namespace {

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> parts;
    for (;;) {
        const std::size_t end = text.find(at);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

/// "seinodes/status" of "/apis/sei.io/v1alpha1/namespaces/x/seinodes/n0/status".
std::string target_of(const std::string& path) {
    std::vector<std::string> parts = split(path.substr(1), '/');
    // "api/v1/…" or "apis/group/version/…", then "namespaces/x/…" where the kind is namespaced.
    parts.erase(parts.begin(), parts.begin() + (parts.front() == "api" ? 2 : 3));
    if (parts.size() > 2 && parts.front() == "namespaces") parts.erase(parts.begin(), parts.begin() + 2);
    std::string target = parts.at(0);
    if (parts.size() > 2) target += "/" + parts.at(2);
    return target;
}

bool has_text(const kube::json::Value& body, std::initializer_list<std::string_view> path) {
    return !kube::json::find_string(body, path).empty();
}

std::string guard_of_patch(const kube::json::Value& body) {
    std::string guard;
    if (has_text(body, {"metadata", "resourceVersion"})) guard = "resourceVersion";
    if (has_text(body, {"metadata", "uid"})) guard += guard.empty() ? "uid" : ", uid";
    return guard.empty() ? "none" : guard;
}

std::string guard_of_delete(const kube::json::Value& body) {
    std::string guard;
    if (has_text(body, {"preconditions", "uid"})) guard = "uid";
    if (has_text(body, {"preconditions", "resourceVersion"})) guard += ", resourceVersion";
    return guard.empty() ? "none" : guard;
}

std::string guard_of_apply(const std::string& target, const kube::json::Value& body) {
    std::string manager;
    bool is_forced = false;
    const std::size_t query = target.find('?');
    for (const std::string& one : split(target.substr(query == std::string::npos ? target.size() : query + 1), '&')) {
        if (one.starts_with("fieldManager=")) manager = one.substr(one.find('=') + 1);
        if (one == "force=true") is_forced = true;
    }
    std::string guard = "apply: " + manager + (is_forced ? ", force" : "");
    if (has_text(body, {"metadata", "resourceVersion"})) guard += ", resourceVersion";
    return guard;
}

/// The rows of docs/concurrency.md that begin like a write, without their prose.
const std::set<std::string>& rows() {
    static const std::set<std::string> all = [] {
        std::set<std::string> found;
        const std::string text = read_file(std::filesystem::path{SEI_SOURCE_DIR} / "docs" / "concurrency.md");
        const std::string begin = "| target | request | guard |";
        const std::size_t table = text.find(begin);
        if (table == std::string::npos) throw std::runtime_error{"docs/concurrency.md has no table of writes"};
        for (const std::string& line : split(std::string_view{text}.substr(table), '\n')) {
            if (!line.starts_with('|')) break;
            std::string plain;
            for (const char c : line) {
                if (c != '`') plain += c;
            }
            std::vector<std::string> cells = split(plain, '|');
            if (cells.size() < 4) continue;
            const auto trimmed = [](const std::string& cell) {
                const std::size_t first = cell.find_first_not_of(' ');
                return first == std::string::npos ? std::string{}
                                                  : cell.substr(first, cell.find_last_not_of(' ') - first + 1);
            };
            found.insert(trimmed(cells[1]) + " | " + trimmed(cells[2]) + " | " + trimmed(cells[3]));
        }
        return found;
    }();
    return all;
}

}  // namespace

std::string row_of(const testkit::PassedRequest& write) {
    const std::string target = target_of(write.path());
    boost::system::error_code failed;
    const kube::json::Value body = write.body.empty() ? kube::json::Value{} : boost::json::parse(write.body, failed);
    switch (write.method) {
        case kube::HttpMethod::Post:
            return target + " | create | absent";
        case kube::HttpMethod::Delete:
            return target + " | delete | " + guard_of_delete(body);
        case kube::HttpMethod::Patch:
            if (write.content_type.starts_with("application/apply-patch")) {
                return target + " | apply | " + guard_of_apply(write.target, body);
            }
            return target + " | merge patch | " + guard_of_patch(body);
        case kube::HttpMethod::Put:
            return target + " | replace | none";
        case kube::HttpMethod::Get:
            break;
    }
    return target + " | read | none";
}

std::optional<std::string> objection_to(const testkit::PassedRequest& write) {
    const std::string row = row_of(write);
    if (rows().contains(row)) return std::nullopt;
    return "the operator sent a write that is in no row of docs/concurrency.md: " + row + "\n" + write.target + "\n" +
           write.body + "\nSend it with a guard that the page knows, or add the row with the reason why it is safe.";
}

}  // namespace support
