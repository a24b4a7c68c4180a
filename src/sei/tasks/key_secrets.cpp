#include "sei/tasks/key_secrets.hpp"

#include <initializer_list>
#include <optional>
#include <utility>

#include <boost/json.hpp>

#include "kube/client/api_error.hpp"
#include "sei/sidecar/answers.hpp"

namespace sei::tasks {
namespace {

using Verdict = Finding::Verdict;

Finding invalid(std::string message) {
    return {Verdict::Invalid, std::move(message)};
}
Finding not_ready(std::string message) {
    return {Verdict::NotReady, std::move(message)};
}

std::string quoted(std::string_view text) {
    return boost::json::serialize(boost::json::string(text));
}

std::string secret_named(const kube::Secret& secret) {
    return "secret " + quoted(secret.metadata.name);
}

/// A member of a key file that is there, but is something else.
struct WrongType {
    std::string what;
};
/// A member of a key file, such as `pub_key.value`: empty where it is missing.
std::string text_at(const boost::json::object& file, std::initializer_list<std::string_view> path) {
    const boost::json::object* object = &file;
    std::string where;
    for (auto step = path.begin(); step != path.end(); ++step) {
        if (!where.empty()) where += ".";
        where += *step;
        const boost::json::value* value = object->if_contains(*step);
        if (value == nullptr || value->is_null()) return {};
        if (std::next(step) == path.end()) {
            if (!value->is_string()) throw WrongType{where + " is not a string"};
            return std::string{value->get_string()};
        }
        if (!value->is_object()) throw WrongType{where + " is not an object"};
        object = &value->get_object();
    }
    return {};
}

/// Where a key file is, and what messages call it.
struct KeyFile {
    std::string_view data_key;
    std::string_view kind;
};

/// What is wrong with a file, or nothing.
using FileRule = std::optional<std::string> (*)(const boost::json::object& file);

Finding check_file(const kube::Secret& secret, const KeyFile& file, FileRule rule, std::string success) {
    const std::optional<std::string> bytes = kube::secret_bytes(secret, file.data_key);
    if (!bytes || bytes->empty()) {
        return invalid(secret_named(secret) + " missing required data key " + quoted(file.data_key));
    }
    const auto refused = [&](const std::string& why) {
        return invalid(
            secret_named(secret) + " data key " + quoted(file.data_key) + " is not a valid Tendermint " +
            std::string{file.kind} + ": " + why
        );
    };
    boost::system::error_code error;
    const boost::json::value parsed = boost::json::parse(*bytes, error);
    if (error) return refused("not valid JSON: " + error.message());
    if (!parsed.is_object()) return refused("not valid JSON: not an object");
    try {
        if (const auto why = rule(parsed.get_object())) return refused(*why);
    } catch (const WrongType& wrong) {
        return refused("not valid JSON: " + wrong.what);
    }
    return {Verdict::Ready, std::move(success)};
}

bool lacks_key_pair(const boost::json::object& file, std::string_view member) {
    return text_at(file, {member, "type"}).empty() || text_at(file, {member, "value"}).empty();
}

std::optional<std::string> signing_key_problem(const boost::json::object& file) {
    const bool lacks_address = text_at(file, {"address"}).empty();
    const bool lacks_public_key = lacks_key_pair(file, "pub_key");
    const bool lacks_private_key = lacks_key_pair(file, "priv_key");
    if (lacks_address) return "missing address";
    if (lacks_public_key) return "missing pub_key.type or pub_key.value";
    if (lacks_private_key) return "missing priv_key.type or priv_key.value";
    return std::nullopt;
}

std::optional<std::string> node_key_problem(const boost::json::object& file) {
    if (lacks_key_pair(file, "priv_key")) return "missing priv_key.type or priv_key.value";
    return std::nullopt;
}

}  // namespace

kube::Async<std::expected<kube::Snapshot<kube::Secret>, Finding>> read_secret(TaskContext& context, std::string name) {
    const kube::NamespacedName key{context.node->metadata.namespace_, name};
    std::optional<kube::Snapshot<kube::Secret>> secret;
    try {
        secret = co_await context.client.get<kube::Secret>(key);
    } catch (const kube::ApiError& error) {
        co_return std::unexpected(
            not_ready("getting Secret " + quoted(name) + ": " + sidecar::bounded_text(error.what()))
        );
    }
    if (!secret) {
        co_return std::unexpected(
            not_ready("secret " + quoted(name) + " not found in namespace " + quoted(key.namespace_))
        );
    }
    if (const auto& deleted = (*secret)->metadata.deletionTimestamp) {
        co_return std::unexpected(not_ready(
            "secret " + quoted(name) + " is being deleted (deletionTimestamp=" + time_in_message(*deleted) + ")"
        ));
    }
    co_return *secret;
}

Finding check_signing_key(const kube::Secret& secret) {
    return check_file(
        secret,
        {.data_key = "priv_validator_key.json", .kind = "validator key"},
        signing_key_problem,
        "Secret " + quoted(secret.metadata.name) + " passes all signing-key validation rules"
    );
}

Finding check_node_key(const kube::Secret& secret) {
    return check_file(
        secret,
        {.data_key = "node_key.json", .kind = "node key"},
        node_key_problem,
        "Secret " + quoted(secret.metadata.name) + " passes all node-key validation rules"
    );
}

Finding check_keyring(const kube::Secret& secret, std::string_view key_name) {
    const std::string name = secret_named(secret);
    bool has_entry = false;
    bool has_address = false;
    for (const auto& [key, value] : secret.data) {
        if (key.ends_with(".address")) has_address = true;
        if (!key.ends_with(".info")) continue;
        has_entry = true;
        if (value.empty()) {
            return invalid(name + " data key " + quoted(key) + " is empty (expected non-empty keyring entry payload)");
        }
    }
    if (!has_entry) return invalid(name + " has no \"*.info\" data keys (expected at least one keyring entry)");
    if (!has_address) {
        return invalid(
            name + " has no \"*.address\" data keys (expected name→address index for at least one keyring entry)"
        );
    }
    const std::string entry = std::string{key_name} + ".info";
    if (!key_name.empty() && !secret.data.contains(entry)) {
        return invalid(name + " is missing data key " + quoted(entry) + " for keyName " + quoted(key_name));
    }
    return {Verdict::Ready, {}};
}

Finding check_passphrase(const kube::Secret& secret, std::string_view key) {
    const auto found = secret.data.find(std::string{key});
    const std::string name = "passphrase Secret " + quoted(secret.metadata.name);
    if (found == secret.data.end()) return invalid(name + " missing data key " + quoted(key));
    if (found->second.empty()) return invalid(name + " data key " + quoted(key) + " is empty");
    return {Verdict::Ready, {}};
}

}  // namespace sei::tasks
