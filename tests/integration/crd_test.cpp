// The CRDs in an API server: every default, rule, bound and immutability, accepting and refusing.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "integration/crd_cases.hpp"
#include "kube/client/client.hpp"
#include "kube/json/json.hpp"
#include "sei/api/deployment.hpp"
#include "sei/api/node.hpp"
#include "sei/api/node_task.hpp"
#include "support/world.hpp"

namespace {

using integration::CrdCase;
using kube::json::Object;
using kube::json::Value;

const kube::ResourceType& type_of(std::string_view plural) {
    for (const kube::ResourceType* type :
         {&kube::KindOf<sei::api::SeiNode>::type,
          &kube::KindOf<sei::api::SeiNodeDeployment>::type,
          &kube::KindOf<sei::api::SeiNodeTask>::type}) {
        if (type->plural == plural) return *type;
    }
    throw std::logic_error{"a case of an unknown kind"};
}

/// What the server said to a write: the stored object, or the causes of its refusal.
struct Answer {
    Value stored;
    unsigned code = 200;
    std::string message;
    std::vector<kube::ApiErrorCause> causes;
};

Answer refusal(const kube::ApiError& error) {
    return {.code = error.code(), .message = error.message(), .causes = error.causes()};
}

Answer create(support::World& world, std::string_view plural, Object object, const std::string& name) {
    object["metadata"].as_object()["name"] = name;
    object["metadata"].as_object()["namespace"] = world.namespace_name();
    try {
        auto created = world.run(
            kube::detail::unguarded(world.client()).create(type_of(plural), world.namespace_name(), std::move(object))
        );
        if (!created) return {.code = 409, .message = "already exists"};
        return {.stored = kube::json::copy_of(**created)};
    } catch (const kube::ApiError& error) {
        return refusal(error);
    }
}

/// Turns the spec that is stored into that of `after`.
Answer update(support::World& world, std::string_view plural, const Value& before, const Object& after) {
    const kube::NamespacedName key = world.key(std::string{kube::json::find_string(before, {"metadata", "name"})});
    const auto spec_of = [](const Object& object) {
        const Value* spec = object.if_contains("spec");
        return spec == nullptr ? Object{} : spec->as_object();
    };
    Object patch{{"metadata", Object{{"resourceVersion", before.at("metadata").at("resourceVersion")}}}};
    patch["spec"] = kube::json::merge_patch(spec_of(before.as_object()), spec_of(after));
    try {
        auto written =
            world.run(kube::detail::unguarded(world.client()).merge_patch(type_of(plural), key, {}, std::move(patch)));
        if (!written) return {.code = 409, .message = "absent or in conflict"};
        return {.stored = kube::json::copy_of(**written)};
    } catch (const kube::ApiError& error) {
        return refusal(error);
    }
}

/// Of what was created, if it was.
void remove(support::World& world, std::string_view plural, const Answer& created) {
    if (created.stored.is_null()) return;
    const kube::NamespacedName key =
        world.key(std::string{kube::json::find_string(created.stored, {"metadata", "name"})});
    const kube::Uid uid{std::string{kube::json::find_string(created.stored, {"metadata", "uid"})}};
    (void)world.run(kube::detail::unguarded(world.client())
                        .delete_object(type_of(plural), key, {.uid = uid}, kube::Propagation::Background));
}

std::string text_of(const std::vector<kube::ApiErrorCause>& causes) {
    std::string text;
    for (const kube::ApiErrorCause& cause : causes) text += fmt::format("\n  {}: {}", cause.field, cause.message);
    return text.empty() ? "\n  (none)" : text;
}

void expect_as_said(const CrdCase& expected, const Answer& answer) {
    if (expected.is_accepted) {
        EXPECT_EQ(answer.code, 200U) << answer.message;
        if (answer.code != 200 || !expected.stored) return;
        EXPECT_TRUE(integration::contains(answer.stored, *expected.stored))
            << "stored: " << kube::json::serialize(answer.stored);
        return;
    }
    EXPECT_EQ(answer.code, 422U) << answer.message;
    const bool is_named = std::ranges::any_of(answer.causes, [&](const kube::ApiErrorCause& cause) {
        return cause.field == expected.field && cause.message.contains(expected.message);
    });
    EXPECT_TRUE(is_named) << "no cause says \"" << expected.field << ": …" << expected.message
                          << "…\", but:" << text_of(answer.causes);
}

TEST(Crd, accepts_refuses_and_fills_in_as_the_contract_says) {
    support::World world{{.with_operator = false, .with_workloads = false}};
    const std::vector<CrdCase> cases = integration::crd_cases();
    ASSERT_GT(cases.size(), 100U);
    for (std::size_t i = 0; i < cases.size(); ++i) {
        SCOPED_TRACE(cases[i].behaviour);
        const std::string name = fmt::format("case-{}", i);
        if (!cases[i].before) {
            const Answer created = create(world, cases[i].plural, cases[i].after, name);
            expect_as_said(cases[i], created);
            remove(world, cases[i].plural, created);
            continue;
        }
        const Answer before = create(world, cases[i].plural, *cases[i].before, name);
        ASSERT_EQ(before.code, 200U) << before.message << text_of(before.causes);
        expect_as_said(cases[i], update(world, cases[i].plural, before.stored, cases[i].after));
        remove(world, cases[i].plural, before);
    }
}

}  // namespace
