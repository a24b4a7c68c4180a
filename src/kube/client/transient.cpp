// Trees that live only until they are decoded, without the bookkeeping of server-side apply.
#include <boost/json/basic_parser_impl.hpp>

#include "kube/client/watch_stream.hpp"

namespace kube::detail {
namespace {

namespace bj = boost::json;
using bj::error_code;

constexpr std::size_t kTransientBytesMin = 1024;
constexpr std::size_t kStackBytes = 4096;

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
        if (is_whole && depth_ == metadata_ && part == "managedFields" && !has_left_out_) {
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

}  // namespace

json::Value parse_transient(std::string_view text, boost::system::error_code& failed) {
    const auto storage =
        bj::make_shared_resource<bj::monotonic_resource>(std::max<std::size_t>(text.size() * 2, kTransientBytesMin));
    std::array<unsigned char, kStackBytes> stack;
    bj::basic_parser<TreeBuilder> parser{bj::parse_options{}, storage, stack.data(), stack.size()};
    const std::size_t consumed = parser.write_some(false, text.data(), text.size(), failed);
    if (!failed && consumed < text.size()) failed = bj::error::extra_data;
    if (failed) return {};
    return parser.handler().release();
}

}  // namespace kube::detail
