#include <string>
#include <utility>

#include "sei/api/conditions.hpp"
#include "sei/tasks/key_secrets.hpp"
#include "sei/tasks/operator_tasks.hpp"

namespace sei::tasks {
namespace {

constexpr FindingCondition kCondition{
    .type = api::node_condition::kOperatorKeyringReady,
    .ready = api::reason::kOperatorKeyringValidated,
    .not_ready = api::reason::kOperatorKeyringNotReady,
    .invalid = api::reason::kOperatorKeyringInvalid
};

/// The keyring first, then the passphrase: the first finding that is not Ready, or success.
kube::Async<Finding> check_pair(TaskContext& context, KeyringNames names) {
    for (const auto& [value, field] :
         {std::pair{&names.secret, "secretName"},
          std::pair{&names.passphrase_secret, "passphraseSecretName"},
          std::pair{&names.passphrase_key, "passphraseSecretKey"}}) {
        if (!value->empty()) continue;
        co_return Finding{Finding::Verdict::Invalid, "validate-operator-keyring: " + std::string{field} + " is empty"};
    }
    const auto keyring = co_await read_secret(context, names.secret);
    Finding finding = keyring ? check_keyring(**keyring, names.key) : keyring.error();
    if (finding.verdict != Finding::Verdict::Ready) co_return finding;
    const auto passphrase = co_await read_secret(context, names.passphrase_secret);
    finding = passphrase ? check_passphrase(**passphrase, names.passphrase_key) : passphrase.error();
    if (finding.verdict != Finding::Verdict::Ready) co_return finding;
    finding.message = "Secret pair (\"" + names.secret + "\", \"" + names.passphrase_secret +
                      "\") passes operator-keyring validation";
    co_return finding;
}

}  // namespace

kube::Async<plan::TaskOutcome> validate_operator_keyring(TaskContext& context, KeyringNames names) {
    const Finding finding = co_await check_pair(context, std::move(names));
    co_return conclude(context, kCondition, finding);
}

}  // namespace sei::tasks
