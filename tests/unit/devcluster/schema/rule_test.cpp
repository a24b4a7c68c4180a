// Validation rules on testdata/rule_cases.json, whose outcomes were recorded from the validation code of
// kube-apiserver 1.34.
#include "devcluster/schema/schema.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <fstream>
#include <iterator>
#include <string>

namespace devcluster::schema {
namespace {

namespace json = boost::json;

json::value recorded_cases() {
    std::ifstream file(std::string(SEI_SOURCE_DIR) + "/tests/unit/devcluster/schema/testdata/rule_cases.json");
    return json::parse(std::string{std::istreambuf_iterator<char>(file), {}});
}

/// `true`, `false`, `error: …`, or `refused: <line>:<column>: …`.
std::string outcome_of(const json::value& cases, const json::string& rule) {
    json::value with_rule = cases.at("schema");
    with_rule.at("properties").at("spec").as_object()["x-kubernetes-validations"] =
        json::array{json::object{{"rule", rule}}};
    const auto schema = Schema::compile(with_rule);
    if (!schema) {
        std::string message = schema.error().front().message;
        message.erase(0, message.find("}: ") + 3);
        for (const std::string_view prefix : {"compilation failed: ", "ERROR: <input>:"}) {
            if (message.starts_with(prefix)) message.erase(0, prefix.size());
        }
        return "refused: " + message.substr(0, message.find('\n'));
    }
    json::value object = cases.at("object");
    json::value old = cases.at("old");
    const auto errors = schema->validate(object, &old);
    if (errors.empty()) return "true";
    constexpr std::string_view kPrefix = "Invalid value: \"object\": ";
    const std::string message = errors.front().message.substr(kPrefix.size());
    return message.starts_with("failed rule") ? "false" : "error: " + message;
}

TEST(Rules, come_out_as_in_kube_apiserver) {
    const json::value cases = recorded_cases();
    EXPECT_GT(cases.at("rules").as_array().size(), 200U);
    for (const json::value& test : cases.at("rules").as_array()) {
        SCOPED_TRACE(json::value_to<std::string>(test.at("rule")));
        EXPECT_EQ(outcome_of(cases, test.at("rule").as_string()), json::value_to<std::string>(test.at("outcome")));
    }
}

}  // namespace
}  // namespace devcluster::schema
