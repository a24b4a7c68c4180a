// Schemas on the cases in testdata/validation_cases.json, whose expectations were recorded from the validation code of
// kube-apiserver 1.34 (apiextensions): what it prunes, defaults, reports and refuses, word by word.
#include "devcluster/schema/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace devcluster::schema {
namespace {

namespace json = boost::json;

std::string test_data(const std::string& name) {
    std::ifstream file(std::string(SEI_SOURCE_DIR) + "/tests/unit/devcluster/schema/testdata/" + name);
    EXPECT_TRUE(file.good()) << name;
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The schema of a case: its own, or the one of a file.
json::value schema_of(const json::object& test) {
    if (const json::value* own = test.if_contains("schema")) return *own;
    return json::parse(test_data(json::value_to<std::string>(test.at("schema_of")) + ".json"));
}

std::string line(std::string_view reason, std::string_view field, std::string_view message) {
    return std::string(reason).append(" | ").append(field).append(" | ").append(message);
}

std::vector<std::string> lines(const std::vector<FieldError>& errors) {
    std::vector<std::string> all;
    for (const FieldError& error : errors) all.push_back(line(reason_of(error.type), error.field, error.message));
    return all;
}

std::vector<std::string> recorded_lines(const json::object& test, const char* name) {
    std::vector<std::string> all;
    const json::value* recorded = test.if_contains(name);
    if (recorded == nullptr) return all;
    for (const json::value& error : recorded->as_array()) {
        all.push_back(line(error.at("type").as_string(), error.at("field").as_string(), error.at("message").as_string())
        );
    }
    return all;
}

/// Go writes whole numbers without a point, whatever they were read from.
json::value with_go_numbers(json::value value) {
    if (value.is_double() && value.get_double() == static_cast<double>(static_cast<std::int64_t>(value.get_double()))) {
        return static_cast<std::int64_t>(value.get_double());
    }
    if (json::object* object = value.if_object()) {
        for (json::key_value_pair& member : *object) member.value() = with_go_numbers(std::move(member.value()));
    }
    if (json::array* array = value.if_array()) {
        for (json::value& element : *array) element = with_go_numbers(std::move(element));
    }
    return value;
}

void run(const json::object& test) {
    const auto schema = Schema::compile(schema_of(test));
    const std::vector<std::string> refused = recorded_lines(test, "refused");
    if (!refused.empty()) {
        ASSERT_FALSE(schema.has_value());
        EXPECT_THAT(lines(schema.error()), testing::UnorderedElementsAreArray(refused));
        return;
    }
    ASSERT_TRUE(schema.has_value()) << describe(schema.error());

    json::value object = test.at("object");
    const json::value* pruned = test.if_contains("pruned");
    EXPECT_EQ(
        schema->prune(object),
        pruned == nullptr ? std::vector<std::string>{} : json::value_to<std::vector<std::string>>(*pruned)
    );
    schema->apply_defaults(object);
    EXPECT_EQ(with_go_numbers(object), test.at("result"));

    json::value old;
    const json::value* recorded_old = test.if_contains("old");
    if (recorded_old != nullptr) {
        old = *recorded_old;
        (void)schema->prune(old);
        schema->apply_defaults(old);
    }
    const bool is_status = test.contains("status");
    const auto errors = is_status ? schema->validate_status(object, old)
                                  : schema->validate(object, recorded_old == nullptr ? nullptr : &old);
    EXPECT_THAT(lines(errors), testing::UnorderedElementsAreArray(recorded_lines(test, "errors")));
}

TEST(Schema, prunes_defaults_validates_or_refuses_as_kube_apiserver_does) {
    const json::value cases = json::parse(test_data("validation_cases.json"));
    EXPECT_GT(cases.as_array().size(), 150U);
    for (const json::value& test : cases.as_array()) {
        SCOPED_TRACE(json::value_to<std::string>(test.at("behaviour")));
        run(test.as_object());
    }
}

}  // namespace
}  // namespace devcluster::schema
