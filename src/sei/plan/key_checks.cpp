#include "sei/plan/key_checks.hpp"

#include <string>
#include <utility>

#include "sei/api/node_queries.hpp"

namespace sei::plan {

std::vector<KeyCheck> key_checks(const api::SeiNode& node) {
    const std::string& namespace_ = node.metadata.namespace_;
    std::vector<KeyCheck> checks;
    const auto add = [&](TaskType type, boost::json::object params) { checks.push_back({type, std::move(params)}); };
    if (const api::KeySecret* key = api::signing_key_secret(node.spec); key != nullptr && !key->secretName.empty()) {
        add(TaskType::ValidateSigningKey, {{"secretName", key->secretName}, {"namespace", namespace_}});
    }
    if (const api::KeySecret* key = api::node_key_secret(node.spec); key != nullptr && !key->secretName.empty()) {
        add(TaskType::ValidateNodeKey, {{"secretName", key->secretName}, {"namespace", namespace_}});
    }
    const api::SecretOperatorKeyring* keyring = api::operator_keyring_secret(node.spec);
    if (keyring == nullptr || keyring->secretName.empty()) return checks;
    add(TaskType::ValidateOperatorKeyring,
        {{"secretName", keyring->secretName},
         {"keyName", api::operator_key_name(node.spec)},
         {"passphraseSecretName", keyring->passphraseSecretRef.secretName},
         {"passphraseSecretKey", keyring->passphraseSecretRef.key},
         {"namespace", namespace_}});
    return checks;
}

bool is_key_check(std::string_view task_type) {
    const auto type = parse_task_type(task_type);
    return type == TaskType::ValidateSigningKey || type == TaskType::ValidateNodeKey ||
           type == TaskType::ValidateOperatorKeyring;
}

}  // namespace sei::plan
