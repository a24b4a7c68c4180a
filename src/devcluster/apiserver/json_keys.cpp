#include "devcluster/apiserver/json_keys.hpp"

#include <fmt/core.h>
#include <algorithm>

namespace devcluster::apiserver {
namespace {

/// One object or array that is open.
struct Level {
    bool is_object;
    std::vector<std::string_view> keys;
    std::size_t index = 0;
};

std::string path_of(const std::vector<Level>& levels) {
    std::string path;
    for (const Level& level : levels) {
        if (level.is_object) {
            if (!path.empty()) path += '.';
            path += level.keys.empty() ? std::string_view{} : level.keys.back();
        } else {
            path += fmt::format("[{}]", level.index);
        }
    }
    return path;
}

}  // namespace

void find_duplicate_keys(std::string_view json, std::vector<std::string>& duplicates) {
    std::vector<Level> levels;
    bool expects_key = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (c == '"') {
            const std::size_t begin = ++i;
            while (i < json.size() && json[i] != '"') i += json[i] == '\\' ? 2 : 1;
            if (!expects_key || levels.empty() || i > json.size()) continue;
            const std::string_view key = json.substr(begin, i - begin);
            auto& keys = levels.back().keys;
            const bool is_repeated = std::ranges::find(keys, key) != keys.end();
            keys.push_back(key);
            if (is_repeated) duplicates.push_back(path_of(levels));
            expects_key = false;
        } else if (c == '{') {
            levels.push_back({.is_object = true, .keys = {}});
            expects_key = true;
        } else if (c == '[') {
            levels.push_back({.is_object = false, .keys = {}});
            expects_key = false;
        } else if ((c == '}' || c == ']') && !levels.empty()) {
            levels.pop_back();
            expects_key = false;
        } else if (c == ',' && !levels.empty()) {
            expects_key = levels.back().is_object;
            ++levels.back().index;
        }
    }
}

}  // namespace devcluster::apiserver
