#include "sei/plan/task_id.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sei::plan {
namespace {

TEST(TaskId, matches_the_vectors_of_the_specification) {
    struct Case {
        std::string plan_id;
        std::string type;
        std::size_t index;
        std::string expected;
    };
    const std::vector<Case> cases{
        {"11111111-2222-4333-8444-555555555555", "mark-ready", 0, "27669cc2-ff5c-5954-a251-8491a7bd9284"},
        {"11111111-2222-4333-8444-555555555555", "ensure-data-pvc", 0, "859d8a92-8a4f-5ce6-a0b0-ace7c5793bc4"},
        {"11111111-2222-4333-8444-555555555555", "config-apply", 5, "9ce1fa13-9abe-55cc-af21-2697559af5a6"},
        {"2f1c6d1e-0b7a-4a53-9a57-6a0f7c5b1d42", "ensure-data-pvc", 0, "2c21ad7b-4721-5529-a9e7-e0287c88b399"},
        {"2f1c6d1e-0b7a-4a53-9a57-6a0f7c5b1d42", "config-apply", 6, "a0f1bd3e-8c78-50dd-aedb-2823cebb2ff0"},
        {"2f1c6d1e-0b7a-4a53-9a57-6a0f7c5b1d42", "mark-ready", 10, "7161dcd3-d9ad-503a-b2b1-5594327ef502"},
        {"test-plan-retry", "configure-genesis", 0, "52870ba7-7f29-5143-8fa9-c17316f83728"},
        {"test-group-plan", "assemble-and-upload-genesis", 0, "62c167fe-ce5a-5643-8f9d-e41cc3250365"},
        {"3f2504e0-4f89-41d3-9a0c-0305e82c3301", "update-node-specs", 0, "4e3f7c6e-62ac-5bb4-8fd8-e95cb658ddb9"},
        {"3f2504e0-4f89-41d3-9a0c-0305e82c3301", "await-spec-update", 1, "2d5531fb-0972-5fa8-9d84-dc9dcf4a7fe7"},
        {"3f2504e0-4f89-41d3-9a0c-0305e82c3301",
         "assemble-and-upload-genesis",
         0,
         "88e39b67-9f41-5abd-ba65-3881601aa664"},
        {"3f2504e0-4f89-41d3-9a0c-0305e82c3301", "collect-and-set-peers", 1, "fcf64f10-3e5f-5f30-8f52-1f4eabe67112"},
        {"3f2504e0-4f89-41d3-9a0c-0305e82c3301", "await-nodes-running", 2, "2ff51e55-e13b-51ee-a6f3-4ba106114be1"},
        {"7c9e6679-7425-40de-944b-e07fc1f90ae7", "GovVote", 0, "23893dce-22ea-57c7-9d4c-2d7a211c56c7"},
        {"7c9e6679-7425-40de-944b-e07fc1f90ae7", "UpdateNodeImage", 0, "25642ddd-e906-5c22-846c-859b18ac7a74"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.plan_id + "/" + c.type + "/" + std::to_string(c.index));
        EXPECT_EQ(task_id(c.plan_id, c.type, c.index), c.expected);
    }
}

TEST(UuidSource, makes_version_four_of_any_bits) {
    UuidSource zeros{[] { return std::uint64_t{0}; }};
    EXPECT_EQ(zeros.next(), "00000000-0000-4000-8000-000000000000");
    UuidSource ones{[] { return ~std::uint64_t{0}; }};
    EXPECT_EQ(ones.next(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
}

}  // namespace
}  // namespace sei::plan
