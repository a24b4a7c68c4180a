// The small languages: selectors, paths, YAML, protocol buffers, field sets.
#include <gtest/gtest.h>

#include "devcluster/apiserver/field_set.hpp"
#include "devcluster/apiserver/json_path.hpp"
#include "devcluster/apiserver/protobuf.hpp"
#include "devcluster/apiserver/selectors.hpp"
#include "devcluster/apiserver/status_error.hpp"
#include "devcluster/apiserver/yaml.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Object;
using kube::json::Value;

TEST(LabelSelectors, match_as_they_say) {
    const Object labels{{"app", "web"}, {"tier", "front"}, {"n", "5"}};
    const std::vector<std::pair<std::string, bool>> cases{
        {"app=web", true},
        {"app==web", true},
        {"app!=web", false},
        {"app in (web, db)", true},
        {"app notin (web)", false},
        {"tier", true},
        {"!tier", false},
        {"!zone", true},
        {"app=web,tier=back", false},
        {"n>4", true},
        {"n<4", false},
        {"zone!=a", true},
        {"", true},
    };
    for (const auto& [selector, matches] : cases) {
        SCOPED_TRACE(selector);
        EXPECT_EQ(LabelSelector::parse(selector).matches(&labels), matches);
    }
}

TEST(LabelSelectors, are_refused_when_they_cannot_be_read) {
    for (const char* selector : {"a in b)", "a unknown (b)", "a b=c"}) {
        SCOPED_TRACE(selector);
        EXPECT_THROW(static_cast<void>(LabelSelector::parse(selector)), StatusError);
    }
}

TEST(JsonPath, finds_what_printer_columns_ask_for) {
    const Value root =
        boost::json::parse(R"({"a":{"b.c":1,"list":[{"type":"X","status":"No"},{"type":"Ready","status":"Yes"}]}})");
    const std::vector<std::pair<std::string, std::string>> cases{
        {R"(.a.list[?(@.type=="Ready")].status)", R"("Yes")"},
        {R"(.a.list[0].type)", R"("X")"},
        {R"(.a.list[-1].type)", R"("Ready")"},
        {R"(.a.b\.c)", "1"},
        {R"(.a['b.c'])", "1"},
        {R"({.a.list[1].status})", R"("Yes")"},
        {R"(.a.nope.deeper)", "<none>"},
    };
    for (const auto& [path, expected] : cases) {
        SCOPED_TRACE(path);
        const auto found = json_path(root.as_object(), path);
        EXPECT_EQ(found.empty() ? "<none>" : boost::json::serialize(*found.front()), expected);
    }
}

TEST(JsonPath, tells_what_it_does_not_support) {
    EXPECT_TRUE(is_supported_json_path(".spec.x"));
    EXPECT_FALSE(is_supported_json_path("..x"));
    EXPECT_FALSE(is_supported_json_path(".x[?(@.a>1)]"));
}

TEST(Yaml, reads_scalars_as_kubectl_does) {
    const Value read = yaml_to_json("{a: true, b: \"true\", c: 12, d: 1.5, e: 0644, f: ~, g: text, h: '12', i: 1.2.3}");
    EXPECT_EQ(
        boost::json::serialize(read),
        R"({"a":true,"b":"true","c":12,"d":1.5E0,"e":420,"f":null,"g":"text","h":"12","i":"1.2.3"})"
    );
}

TEST(FieldSets, survive_the_way_through_json) {
    const Value fields = boost::json::parse(
        R"({"f:data":{"f:x":{}},"f:list":{".":{},"k:{\"name\":\"a\"}":{".":{},"f:name":{}},"v:\"s\"":{}}})"
    );
    const FieldSet set = FieldSet::from_json(fields.as_object());
    EXPECT_EQ(Value(set.to_json()), fields);
    EXPECT_EQ(
        set.paths(),
        (std::vector<std::string>{".data.x", ".list", R"(.list[name="a"])", R"(.list[name="a"].name)", R"(.list[="s"])"}
        )
    );
}

TEST(FieldSets, compute_like_sets) {
    FieldSet a;
    a.insert({"f:x", "f:y"});
    a.insert({"f:x"});
    FieldSet b;
    b.insert({"f:x"});
    b.insert({"f:z"});
    EXPECT_EQ(set_union(a, b).paths(), (std::vector<std::string>{".x", ".x.y", ".z"}));
    EXPECT_EQ(set_intersection(a, b).paths(), (std::vector<std::string>{".x"}));
    EXPECT_EQ(set_difference(a, b).paths(), (std::vector<std::string>{".x.y"}));
    EXPECT_TRUE(set_difference_deep(a, b).empty());
}

TEST(Protobuf, is_read_by_the_numbers_of_the_type_table) {
    const auto field = [](int number, const std::string& bytes) {
        return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(bytes.size())} + bytes;
    };
    const std::string metadata = field(1, "cm") + field(3, "default");
    const std::string entry = field(1, "key") + field(2, "value");
    const std::string object = field(1, metadata) + field(2, entry);
    const std::string envelope = field(1, field(1, "v1") + field(2, "ConfigMap")) + field(2, object);
    const Object read = decode_protobuf(std::string{"k8s\0", 4} + envelope, BuiltinTypes{});
    EXPECT_EQ(
        kube::json::serialize_canonical(read),
        R"({"apiVersion":"v1","data":{"key":"value"},"kind":"ConfigMap","metadata":{"name":"cm","namespace":"default"}})"
    );
}

TEST(Protobuf, is_refused_when_it_is_cut_short) {
    const std::string cut{"k8s\0\x0a\x7f", 6};
    EXPECT_THROW(static_cast<void>(decode_protobuf(cut, BuiltinTypes{})), StatusError);
}

}  // namespace
}  // namespace devcluster::apiserver
