// The cases of the CRDs against the embedded cluster's schemas, without a server: in a moment, what tests/integration
// also shows on a real kube-apiserver.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "devcluster/schema/schema.hpp"
#include "integration/crd_cases.hpp"
#include "kube/json/json.hpp"
#include "sei/api/schema/crds.hpp"

namespace sei::api {
namespace {

using devcluster::schema::FieldError;
using devcluster::schema::Schema;
using kube::json::Value;

Schema schema_of(std::string_view plural) {
    for (const CrdManifest& manifest : crd_manifests()) {
        const Value& spec = manifest.crd.at("spec");
        if (std::string_view{spec.at("names").at("plural").as_string()} != plural) continue;
        auto schema = Schema::compile(spec.at("versions").at(0).at("schema").at("openAPIV3Schema"));
        if (!schema) throw std::runtime_error{devcluster::schema::describe(schema.error())};
        return *std::move(schema);
    }
    throw std::logic_error{"a case of an unknown kind"};
}

/// As a request goes: prune, default, validate.
std::vector<FieldError> admit(const Schema& schema, Value& object, const Value* old) {
    (void)schema.prune(object);
    schema.apply_defaults(object);
    return schema.validate(object, old);
}

void expect_as_said(const integration::CrdCase& expected, const Value& stored, const std::vector<FieldError>& errors) {
    if (expected.is_accepted) {
        EXPECT_TRUE(errors.empty()) << devcluster::schema::describe(errors);
        EXPECT_TRUE(!expected.stored || integration::contains(stored, *expected.stored))
            << "stored: " << kube::json::serialize(stored);
        return;
    }
    const bool is_named = std::ranges::any_of(errors, [&](const FieldError& error) {
        return error.field == expected.field && error.message.contains(expected.message);
    });
    EXPECT_TRUE(is_named) << "no cause says \"" << expected.field << ": …" << expected.message
                          << "…\", but: " << devcluster::schema::describe(errors);
}

TEST(Admission, accepts_refuses_and_fills_in_as_the_contract_says) {
    std::map<std::string_view, Schema> schemas;
    for (const std::string_view plural : {"seinodes", "seinodedeployments", "seinodetasks"}) {
        schemas.emplace(plural, schema_of(plural));
    }
    for (const integration::CrdCase& expected : integration::crd_cases()) {
        SCOPED_TRACE(expected.behaviour);
        const Schema& schema = schemas.at(expected.plural);
        Value after = expected.after;
        if (!expected.before) {
            const auto errors = admit(schema, after, nullptr);
            expect_as_said(expected, after, errors);
            continue;
        }
        Value before = *expected.before;
        const auto before_errors = admit(schema, before, nullptr);
        ASSERT_TRUE(before_errors.empty()) << devcluster::schema::describe(before_errors);
        const auto errors = admit(schema, after, &before);
        expect_as_said(expected, after, errors);
    }
}

}  // namespace
}  // namespace sei::api
