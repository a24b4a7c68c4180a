#include "devcluster/schema/detail/path.hpp"

namespace devcluster::schema::detail {
namespace {

void append(std::string& out, const Path& path, bool keys_are_fields) {
    if (path.parent != nullptr) append(out, *path.parent, keys_are_fields);
    switch (path.kind) {
        case Path::Kind::Root:
            if (!keys_are_fields) out += path.name;
            return;
        case Path::Kind::Index:
            out.append("[").append(std::to_string(path.index)).append("]");
            return;
        case Path::Kind::Key:
            if (!keys_are_fields) {
                out.append("[").append(path.name).append("]");
                return;
            }
            out.append(".").append(path.name);
            return;
        case Path::Kind::Field:
            if (!out.empty()) out += '.';
            out += path.name;
            return;
    }
}

}  // namespace

std::string field_path(const Path& path) {
    std::string out;
    append(out, path, false);
    return out.empty() ? "<nil>" : out;
}

std::string body_path(const Path& path) {
    std::string out;
    append(out, path, true);
    return out;
}

std::string join_paths(std::string_view base, std::string_view below) {
    if (base.empty() || base == "<nil>") return std::string(below.empty() ? base : below);
    if (below.empty() || below == "<nil>") return std::string(base);
    return std::string(base).append(below.starts_with('[') ? "" : ".").append(below);
}

}  // namespace devcluster::schema::detail
