// Trees that live only until they are decoded, without the bookkeeping of server-side apply.
#include <array>

#include <fmt/format.h>
#include <boost/json/basic_parser_impl.hpp>

#include "kube/client/watch_stream.hpp"
#include "kube/json/skip.hpp"

namespace kube::detail {
namespace {

namespace bj = boost::json;
using bj::error_code;

constexpr std::size_t kTransientBytesMin = 1024;
constexpr std::size_t kStackBytes = 4096;
constexpr std::string_view kManagedFields = "managedFields";
constexpr std::string_view kItemsKey = "\"items\":";
constexpr std::array kItems = std::to_array<std::string_view>({"items"});
constexpr std::array kBody = std::to_array<std::string_view>({"spec", "status"});

/// What the parser of Boost.JSON tells, as a tree without `metadata.managedFields`: of what a server sends of an object
/// that is up to a half, and nobody here reads it.
class TreeBuilder {
public:
    static constexpr std::size_t max_object_size = bj::object::max_size();
    static constexpr std::size_t max_array_size = bj::array::max_size();
    static constexpr std::size_t max_key_size = bj::string::max_size();
    static constexpr std::size_t max_string_size = bj::string::max_size();

    TreeBuilder(const bj::storage_ptr& storage, unsigned char* stack, std::size_t stack_bytes)
        : tree_{storage, stack, stack_bytes} {
        tree_.reset(storage);
    }
    [[nodiscard]] bj::value release() { return tree_.release(); }
    /// Is what comes next no part of the tree?
    [[nodiscard]] bool is_leaving_out() const { return !is_kept(); }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) {
        const bool is_metadata = std::exchange(is_metadata_next_, false);
        ++depth_;
        if (is_metadata) metadata_ = depth_;
        return true;
    }
    bool on_object_end(std::size_t members, error_code&) {
        const bool has_left_out = depth_ == metadata_ && std::exchange(has_left_out_, false);
        if (depth_ == metadata_) metadata_ = 0;
        if (leave()) tree_.push_object(has_left_out ? members - 1 : members);
        return true;
    }
    bool on_array_begin(error_code&) {
        is_metadata_next_ = false;
        ++depth_;
        return true;
    }
    bool on_array_end(std::size_t items, error_code&) {
        if (leave()) tree_.push_array(items);
        return true;
    }
    bool on_key_part(bj::string_view part, std::size_t, error_code&) {
        if (is_kept()) tree_.push_chars(part);
        return true;
    }
    bool on_key(bj::string_view part, std::size_t bytes, error_code&) {
        if (!is_kept()) return true;
        const bool is_whole = part.size() == bytes;
        if (is_whole && depth_ == metadata_ && part == kManagedFields && !has_left_out_) {
            left_out_ = depth_ + 1;
            has_left_out_ = true;
            return true;
        }
        is_metadata_next_ = is_whole && metadata_ == 0 && part == "metadata";
        tree_.push_key(part);
        return true;
    }
    bool on_string_part(bj::string_view part, std::size_t, error_code&) {
        if (is_kept()) tree_.push_chars(part);
        return true;
    }
    bool on_string(bj::string_view part, std::size_t, error_code&) {
        if (takes_scalar()) tree_.push_string(part);
        return true;
    }
    bool on_number_part(bj::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t number, bj::string_view, error_code&) {
        if (takes_scalar()) tree_.push_int64(number);
        return true;
    }
    bool on_uint64(std::uint64_t number, bj::string_view, error_code&) {
        if (takes_scalar()) tree_.push_uint64(number);
        return true;
    }
    bool on_double(double number, bj::string_view, error_code&) {
        if (takes_scalar()) tree_.push_double(number);
        return true;
    }
    bool on_bool(bool value, error_code&) {
        if (takes_scalar()) tree_.push_bool(value);
        return true;
    }
    bool on_null(error_code&) {
        if (takes_scalar()) tree_.push_null();
        return true;
    }
    bool on_comment_part(bj::string_view, error_code&) { return true; }
    bool on_comment(bj::string_view, error_code&) { return true; }

private:
    [[nodiscard]] bool is_kept() const { return left_out_ == 0; }
    /// Of an object or array: does it belong to the tree? The end of what is left out is the end of leaving out.
    bool leave() {
        const bool belongs = is_kept();
        if (left_out_ == depth_) left_out_ = 0;
        --depth_;
        return belongs;
    }
    bool takes_scalar() {
        is_metadata_next_ = false;
        const bool belongs = is_kept();
        if (left_out_ == depth_ + 1) left_out_ = 0;
        return belongs;
    }

    bj::value_stack tree_;
    /// Of the innermost object or array that has begun.
    std::size_t depth_ = 0;
    /// Of the metadata that has begun; of the value that is left out. 0: none.
    std::size_t metadata_ = 0;
    std::size_t left_out_ = 0;
    bool has_left_out_ = false;
    /// Is an object that comes next a metadata?
    bool is_metadata_next_ = false;
};

/// The name of the member whose value comes behind `colon`, when it stands as it is sent, without escapes and spaces;
/// else empty. A quote behind a brace or a comma begins a string: in one there are only escaped quotes, and behind its
/// closing one there is no name.
std::string_view name_before(std::string_view text, std::size_t colon) {
    if (colon < 2 || text[colon - 1] != '"') return {};
    const std::size_t begin = text.rfind('"', colon - 2);
    if (begin == text.npos || begin == 0 || (text[begin - 1] != ',' && text[begin - 1] != '{')) return {};
    return text.substr(begin + 1, colon - begin - 2);
}

/// Hands `text` to the parser, with an empty list or object in the place of each that is `unread`, and of each that the
/// tree leaves out.
template <class Parser>
void feed(Parser& parser, std::string_view text, UnreadMembers unread, boost::system::error_code& failed) {
    const auto give = [&](std::string_view part, bool is_last) {
        if (failed) return;
        const std::size_t consumed = parser.write_some(!is_last, part.data(), part.size(), failed);
        if (!failed && consumed < part.size()) failed = bj::error::extra_data;
    };
    std::size_t given = 0;
    for (std::size_t i = text.find("\":"); i != text.npos && !failed; i = text.find("\":", i)) {
        const std::size_t colon = i + 1;
        i = colon + 1;
        if (i == text.size() || (text[i] != '[' && text[i] != '{')) continue;
        const std::string_view name = name_before(text, colon);
        const bool is_unread = std::ranges::find(unread, name) != unread.end();
        if (!is_unread && name != kManagedFields) continue;
        give(text.substr(given, i - given), false);
        given = i;
        if (!is_unread && !parser.handler().is_leaving_out()) continue;
        if (const auto value = json::leading_container(text.substr(i))) {
            give(text[i] == '[' ? "[]" : "{}", false);
            given = i += value->size();
        }
    }
    give(text.substr(given), true);
}

}  // namespace

json::Tree parse_transient(std::string_view text, boost::system::error_code& failed, UnreadMembers unread) {
    json::Tree tree{std::max<std::size_t>(text.size() * 2, kTransientBytesMin)};
    std::array<unsigned char, kStackBytes> stack;
    bj::parse_options options;
    options.max_depth = json::kDepthMax;
    bj::basic_parser<TreeBuilder> parser{options, tree.root().storage(), stack.data(), stack.size()};
    feed(parser, text, unread, failed);
    if (!failed) tree.root() = parser.handler().release();
    return tree;
}

json::Tree parse_list(
    std::string_view text,
    boost::system::error_code& failed,
    std::vector<Undecodable>& undecodable,
    UnreadMembers unread
) {
    json::Tree list = parse_transient(text, failed, unread);
    if (!is_too_deep(failed)) return list;
    // Around the items there is nothing that somebody could have nested.
    const std::size_t key = text.find(kItemsKey);
    const auto items = key == text.npos ? std::nullopt : json::leading_container(text.substr(key + kItemsKey.size()));
    if (!items) return list;
    failed.clear();
    list = parse_transient(text, failed, kItems);
    if (failed || !list->is_object()) return list;
    json::Array& parsed = list.root().get_object()["items"].emplace_array();
    std::string_view rest = items->substr(1);
    while (const auto item = json::leading_container(rest)) {
        rest.remove_prefix(item->size());
        if (rest.starts_with(',')) rest.remove_prefix(1);
        boost::system::error_code item_failed;
        const json::Tree one = parse_transient(*item, item_failed, unread);
        if (!item_failed) {
            parsed.push_back(*one);
            continue;
        }
        item_failed.clear();
        undecodable.push_back(detail::undecodable(*parse_without_body(*item, item_failed), too_deep_text()));
    }
    return list;
}

json::Tree parse_without_body(std::string_view text, boost::system::error_code& failed) {
    return parse_transient(text, failed, kBody);
}

bool is_too_deep(const boost::system::error_code& failed) {
    return failed == bj::error::too_deep;
}

std::string too_deep_text() {
    return fmt::format("it is nested more than {} levels deep", json::kDepthMax);
}

}  // namespace kube::detail
