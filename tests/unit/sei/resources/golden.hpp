// Compares an object with its golden file, and accepts it on demand.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "kube/json/json.hpp"

namespace sei::testing_support {

/// Keys sorted, two spaces, one element per line: for people to read and for diffs.
inline void print_pretty(const kube::json::Value& value, std::string& out, int depth = 0) {
    const std::string indent(static_cast<std::size_t>(depth + 1) * 2, ' ');
    const std::string closing(static_cast<std::size_t>(depth) * 2, ' ');
    if (value.is_object() && !value.as_object().empty()) {
        std::map<std::string, const kube::json::Value*> sorted;
        for (const auto& member : value.as_object()) sorted[std::string{member.key()}] = &member.value();
        const char* separator = "{\n";
        for (const auto& [key, member] : sorted) {
            out += separator + indent + kube::json::serialize(kube::json::Value(key)) + ": ";
            print_pretty(*member, out, depth + 1);
            separator = ",\n";
        }
        out += "\n" + closing + "}";
    } else if (value.is_array() && !value.as_array().empty()) {
        const char* separator = "[\n";
        for (const auto& element : value.as_array()) {
            out += separator + indent;
            print_pretty(element, out, depth + 1);
            separator = ",\n";
        }
        out += "\n" + closing + "]";
    } else {
        out += kube::json::serialize(value);
    }
}

/// `name` is a path below testdata/. With SEI_ACCEPT_GOLDEN=1 in the environment the file is written instead.
inline void expect_golden(const kube::json::Value& value, const std::string& name) {
    const std::filesystem::path path = std::filesystem::path{SEI_SOURCE_DIR} / "testdata" / name;
    std::string actual;
    print_pretty(value, actual);
    actual += "\n";
    if (const char* accept = std::getenv("SEI_ACCEPT_GOLDEN"); accept != nullptr && std::string_view{accept} == "1") {
        std::filesystem::create_directories(path.parent_path());
        std::ofstream{path} << actual;
        return;
    }
    std::ifstream file{path};
    std::stringstream expected;
    expected << file.rdbuf();
    EXPECT_EQ(actual, expected.str()) << path << " differs. Accept the new one with: SEI_ACCEPT_GOLDEN=1 "
                                      << testing::UnitTest::GetInstance()->current_test_info()->test_suite_name() << "."
                                      << testing::UnitTest::GetInstance()->current_test_info()->name();
}

}  // namespace sei::testing_support
