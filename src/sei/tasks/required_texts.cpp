#include "sei/tasks/sidecar_params.hpp"

namespace sei::tasks {

WireParams required_texts(
    const StoredParams& stored, std::string_view task, std::initializer_list<RequiredText> members
) {
    boost::json::object wire;
    for (const RequiredText& member : members) {
        std::string text = stored.text(member.stored_key);
        if (text.empty()) {
            return std::unexpected(std::string{task} + ": missing required field " + std::string{member.stored_key});
        }
        wire[member.wire_key] = std::move(text);
    }
    return wire;
}

}  // namespace sei::tasks
