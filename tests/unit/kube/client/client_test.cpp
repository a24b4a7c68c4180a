#include "kube/client/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kube/json/codec.hpp"
#include "scripted_transport.hpp"
#include "widget.hpp"

template void kube::json::write_json(const kube::testing::Widget&, kube::json::Value&);
template kube::testing::Widget kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const kube::testing::WidgetStatus&, kube::json::Value&);

namespace kube::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What must not compile: a status write without the snapshot that it was computed from (architecture §3.3).
template <class SomeClient>
concept WritesStatusBlindly =
    requires(SomeClient& client, Widget widget) { client.write_status(widget, widget.status); };
static_assert(!WritesStatusBlindly<Client>, "a status write needs the snapshot that it was computed from");
template <class SomeClient>
concept WritesStatusOfSnapshot =
    requires(SomeClient& client, Snapshot<Widget> widget) { client.write_status(widget, widget->status); };
static_assert(WritesStatusOfSnapshot<Client>);
template <class SomeClient>
concept DeletesByNameAlone =
    requires(SomeClient& client, NamespacedName key) { client.template delete_object<Widget>(key); };
static_assert(!DeletesByNameAlone<Client>, "a delete needs the identity of what it deletes");

constexpr const char* kWidget =
    R"({"apiVersion":"example.io/v1","kind":"Widget","metadata":{"name":"w","namespace":"ns","uid":"u1",)"
    R"("resourceVersion":"7","managedFields":[{"manager":"x"}]},"spec":{"size":3},"status":{"phase":"Pending"}})";

std::string status(unsigned code, const std::string& reason, const std::string& name, const std::string& kind) {
    json::Object details{{"kind", kind}};
    if (!name.empty()) details["name"] = name;
    return json::serialize(json::Object{
        {"kind", "Status"},
        {"apiVersion", "v1"},
        {"status", "Failure"},
        {"message", kind + " \"" + name + "\": " + reason},
        {"reason", reason},
        {"details", details},
        {"code", code},
    });
}

struct Observed final : WriteObserver {
    std::vector<std::string> seen;
    void written(const ResourceType& type, const ObjectMeta& metadata) override {
        seen.push_back("written " + std::string{type.kind} + " " + metadata.resourceVersion);
    }
    void deleted(const ResourceType& type, const NamespacedName& key, const Uid& uid, const ObjectMeta* left) override {
        seen.push_back(
            "deleted " + std::string{type.kind} + " " + to_string(key) + " " + uid.value() +
            (left == nullptr ? " gone" : " remains at " + left->resourceVersion)
        );
    }
};

struct ClientTest : ::testing::Test {
    ScriptedTransport transport;
    Observed observed;
    Client client{transport, ClientOptions{.observer = &observed}};
    NamespacedName key{"ns", "w"};

    Snapshot<Widget> read() {
        transport.answer(200, kWidget);
        auto widget = run(client.get<Widget>(key));
        transport.sent.clear();
        return *widget;
    }
};

TEST_F(ClientTest, gets_an_object_as_a_snapshot) {
    transport.answer(200, kWidget);
    const auto widget = run(client.get<Widget>(key));
    ASSERT_TRUE(widget);
    EXPECT_EQ((*widget)->spec.size, 3);
    EXPECT_EQ(widget->resource_version().value(), "7");
    EXPECT_EQ(transport.sent.at(0).target, "/apis/example.io/v1/namespaces/ns/widgets/w");
    EXPECT_EQ(transport.sent.at(0).repeat, Repeat::WhenSafe);
}

TEST_F(ClientTest, tells_an_absent_object_from_a_type_that_is_not_served) {
    transport.answer(404, status(404, "NotFound", "w", "widgets"));
    EXPECT_FALSE(run(client.get<Widget>(key)));
    for (const std::string& body :
         {std::string{"404 page not found\n"}, status(404, "NotFound", "", ""), std::string{}}) {
        transport.answer(404, body);
        try {
            (void)run(client.get<Widget>(key));
            ADD_FAILURE() << "no error for " << body;
        } catch (const ApiError& error) {
            EXPECT_TRUE(error.is_type_not_served());
            EXPECT_THAT(error.what(), HasSubstr("CustomResourceDefinition"));
        }
    }
}

TEST_F(ClientTest, carries_the_servers_status_in_an_api_error) {
    transport.answer(
        422,
        R"({"kind":"Status","status":"Failure","message":"Widget \"w\" is invalid","reason":"Invalid","code":422,)"
        R"("details":{"name":"w","causes":[{"reason":"FieldValueInvalid","message":"must be > 0","field":"spec.size"}]}})"
    );
    try {
        (void)run(client.get<Widget>(key));
        ADD_FAILURE() << "no error";
    } catch (const ApiError& error) {
        EXPECT_EQ(error.code(), 422u);
        EXPECT_EQ(error.reason(), "Invalid");
        EXPECT_EQ(error.causes().at(0).field, "spec.size");
        EXPECT_STREQ(
            error.what(), "GET /apis/example.io/v1/namespaces/ns/widgets/w: 422 Invalid: Widget \"w\" is invalid"
        );
    }
}

TEST_F(ClientTest, quotes_the_beginning_of_an_error_body_that_is_no_status) {
    transport.answer(502, "<html>\r\n" + std::string(5000, 'x'));
    try {
        (void)run(client.get<Widget>(key));
        ADD_FAILURE() << "no error";
    } catch (const ApiError& error) {
        EXPECT_EQ(error.reason(), "");
        EXPECT_LT(error.message().size(), 300u);
        EXPECT_THAT(error.what(), HasSubstr("502: the response is no Status: <html>"));
    }
}

TEST_F(ClientTest, refuses_a_success_whose_body_is_garbage) {
    transport.answer(200, "<html>");
    EXPECT_THROW((void)run(client.get<Widget>(key)), TransportError);
}

TEST_F(ClientTest, lists_page_after_page) {
    transport.answer(
        200,
        R"({"metadata":{"resourceVersion":"9","continue":"t/1"},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]})"
    );
    transport.answer(200, R"({"metadata":{"resourceVersion":"9"},"items":[{"metadata":{"name":"c"}}]})");
    const auto list = run(client.list<Widget>({.namespace_ = "ns", .label_selector = "a=b", .any_version = true}));
    ASSERT_EQ(list.items.size(), 3u);
    EXPECT_EQ(list.items[2]->metadata.name, "c");
    EXPECT_EQ(list.resource_version.value(), "9");
    EXPECT_EQ(
        transport.sent.at(0).target,
        "/apis/example.io/v1/namespaces/ns/widgets?limit=500&labelSelector=a%3Db&resourceVersion=0"
    );
    EXPECT_EQ(
        transport.sent.at(1).target,
        "/apis/example.io/v1/namespaces/ns/widgets?limit=500&labelSelector=a%3Db&continue=t%2F1"
    );
}

TEST_F(ClientTest, begins_a_list_again_when_its_continue_token_has_expired) {
    transport.answer(
        200, R"({"metadata":{"resourceVersion":"9","continue":"t"},"items":[{"metadata":{"name":"old"}}]})"
    );
    transport.answer(410, status(410, "Expired", "", ""));
    transport.answer(200, R"({"metadata":{"resourceVersion":"20"},"items":[{"metadata":{"name":"new"}}]})");
    const auto list = run(client.list<Widget>({}));
    ASSERT_EQ(list.items.size(), 1u);
    EXPECT_EQ(list.items[0]->metadata.name, "new");
    EXPECT_EQ(list.resource_version.value(), "20");
}

TEST_F(ClientTest, reports_an_undecodable_item_beside_the_others) {
    transport.answer(
        200,
        R"({"metadata":{"resourceVersion":"9"},"items":[{"metadata":{"name":"bad","namespace":"ns"},"spec":{"size":"x"}},)"
        R"({"metadata":{"name":"good"}}]})"
    );
    const auto list = run(client.list<Widget>({}));
    ASSERT_EQ(list.items.size(), 1u);
    ASSERT_EQ(list.undecodable.size(), 1u);
    EXPECT_EQ(list.undecodable[0].key, (NamespacedName{"ns", "bad"}));
    EXPECT_THAT(list.undecodable[0].error, HasSubstr("spec.size"));
}

TEST_F(ClientTest, reports_an_item_that_is_nested_too_deeply_beside_the_others) {
    const std::string deep = std::string(600, '[') + std::string(600, ']');
    transport.answer(
        200,
        R"({"metadata":{"resourceVersion":"9","continue":"t"},"items":[{"metadata":{"name":"a"}},)"
        R"({"metadata":{"name":"bad","namespace":"ns","resourceVersion":"8"},"spec":{"free":)" +
            deep + R"(}},{"metadata":{"name":"b"},"spec":{"size":5,"colour":"]}"}}]})"
    );
    transport.answer(200, R"({"metadata":{"resourceVersion":"9"},"items":[{"metadata":{"name":"c"}}]})");
    const auto list = run(client.list<Widget>({}));
    ASSERT_EQ(list.items.size(), 3u);
    EXPECT_EQ(list.items[1]->metadata.name, "b");
    EXPECT_EQ(list.items[1]->spec.size, 5);
    EXPECT_EQ(list.resource_version.value(), "9");
    ASSERT_EQ(list.undecodable.size(), 1u);
    EXPECT_EQ(list.undecodable[0].key, (NamespacedName{"ns", "bad"}));
    EXPECT_EQ(list.undecodable[0].resource_version.value(), "8");
    EXPECT_EQ(list.undecodable[0].error, "it is nested more than 512 levels deep");
}

TEST_F(ClientTest, takes_null_items_for_an_empty_list) {
    transport.answer(200, R"({"metadata":{"resourceVersion":"9"},"items":null})");
    EXPECT_TRUE(run(client.list<Widget>({})).items.empty());
}

TEST_F(ClientTest, creates_once_without_repeating) {
    transport.answer(201, kWidget);
    Widget widget;
    widget.metadata.name = "w";
    widget.metadata.namespace_ = "ns";
    widget.spec.size = 3;
    widget.status.phase = "never sent";
    const auto created = run(client.create(widget));
    ASSERT_TRUE(created);
    const HttpRequest& request = transport.sent.at(0);
    EXPECT_EQ(request.method, HttpMethod::Post);
    EXPECT_EQ(request.target, "/apis/example.io/v1/namespaces/ns/widgets?fieldManager=manager");
    EXPECT_EQ(request.repeat, Repeat::Never);
    EXPECT_EQ(
        json::serialize_canonical(json::parse(request.body)),
        R"({"apiVersion":"example.io/v1","kind":"Widget","metadata":{"name":"w","namespace":"ns"},"spec":{"size":3}})"
    );
    EXPECT_THAT(observed.seen, ElementsAre("written Widget 7"));
}

TEST_F(ClientTest, tells_already_exists_from_other_refusals_of_a_create) {
    Widget widget;
    widget.metadata.name = "w";
    widget.metadata.namespace_ = "ns";
    transport.answer(409, status(409, "AlreadyExists", "w", "widgets"));
    EXPECT_FALSE(run(client.create(widget)));
    transport.answer(409, status(409, "Conflict", "w", "widgets"));
    EXPECT_THROW((void)run(client.create(widget)), ApiError);
    transport.answer(404, status(404, "NotFound", "ns", "namespaces"));
    try {
        (void)run(client.create(widget));
        ADD_FAILURE() << "no error";
    } catch (const ApiError& error) {
        EXPECT_FALSE(error.is_type_not_served());
        EXPECT_EQ(error.reason(), "NotFound");
    }
    EXPECT_TRUE(observed.seen.empty());
}

TEST_F(ClientTest, writes_the_smallest_status_patch_with_the_version_that_was_read) {
    const auto widget = read();
    transport.answer(200, kWidget);
    WidgetStatus changed = widget->status;
    changed.phase = "Running";
    const auto written = run(client.write_status(widget, changed));
    ASSERT_TRUE(written);
    const HttpRequest& request = transport.sent.at(0);
    EXPECT_EQ(request.method, HttpMethod::Patch);
    EXPECT_EQ(request.target, "/apis/example.io/v1/namespaces/ns/widgets/w/status?fieldManager=manager");
    EXPECT_EQ(request.content_type, "application/merge-patch+json");
    EXPECT_EQ(request.repeat, Repeat::WhenSafe);
    EXPECT_EQ(
        json::serialize_canonical(json::parse(request.body)),
        R"({"metadata":{"resourceVersion":"7"},"status":{"phase":"Running"}})"
    );
}

TEST_F(ClientTest, sends_nothing_when_the_status_did_not_change) {
    const auto widget = read();
    const auto written = run(client.write_status(widget, widget->status));
    ASSERT_TRUE(written);
    EXPECT_EQ(written->shared(), widget.shared());
    EXPECT_TRUE(transport.sent.empty());
}

TEST_F(ClientTest, turns_refused_writes_into_outcomes) {
    const auto widget = read();
    WidgetStatus changed = widget->status;
    changed.count = 0;
    transport.answer(409, status(409, "Conflict", "w", "widgets"));
    EXPECT_EQ(run(client.write_status(widget, changed)).error(), WriteRefusal::Conflict);
    transport.answer(404, status(404, "NotFound", "w", "widgets"));
    EXPECT_EQ(run(client.write_status(widget, changed)).error(), WriteRefusal::Absent);
    transport.answer(404, "404 page not found");
    EXPECT_THROW((void)run(client.write_status(widget, changed)), ApiError);
    EXPECT_TRUE(observed.seen.empty());
}

TEST_F(ClientTest, replaces_finalizers_under_version_and_identity) {
    const auto widget = read();
    transport.answer(200, kWidget);
    ASSERT_TRUE(run(client.write_finalizers(widget, {"example.io/f"})));
    EXPECT_EQ(
        json::serialize_canonical(json::parse(transport.sent.at(0).body)),
        R"({"metadata":{"finalizers":["example.io/f"],"resourceVersion":"7","uid":"u1"}})"
    );
}

TEST_F(ClientTest, reads_who_owns_which_fields_and_writes_it_under_version_and_identity) {
    const std::string entry =
        R"({"manager":"manager","operation":"Update","apiVersion":"example.io/v1","time":"2026-01-01T00:00:00Z",)"
        R"("fieldsType":"FieldsV1","fieldsV1":{"f:spec":{"f:size":{}}}})";
    const std::string metadata =
        R"({"kind":"PartialObjectMetadata","metadata":{"name":"w","namespace":"ns","uid":"u1",)"
        R"("resourceVersion":"7","managedFields":[)" +
        entry + "]}}";
    transport.answer(200, metadata);
    auto owners = run(client.get_field_owners<Widget>(key));
    ASSERT_TRUE(owners);
    ASSERT_EQ(owners->owners.size(), 1U);
    EXPECT_EQ(owners->owners.front().manager, "manager");
    EXPECT_EQ(owners->owners.front().operation, "Update");
    EXPECT_EQ(json::serialize(owners->owners.front().fields), R"({"f:spec":{"f:size":{}}})");
    owners->owners.front().subresource = "status";
    transport.answer(200, metadata);
    ASSERT_TRUE(run(client.write_field_owners<Widget>(*owners)));
    const json::Value sent = json::parse(transport.sent.at(1).body);
    EXPECT_EQ(transport.sent.at(1).content_type, "application/merge-patch+json");
    EXPECT_EQ(sent.at("metadata").at("resourceVersion"), "7");
    EXPECT_EQ(sent.at("metadata").at("uid"), "u1");
    json::Value expected = json::parse(entry);
    expected.as_object()["subresource"] = "status";
    EXPECT_EQ(sent.at("metadata").at("managedFields"), json::Value(json::Array{expected}));
    transport.answer(404, status(404, "NotFound", "w", "widgets"));
    EXPECT_FALSE(run(client.get_field_owners<Widget>(key)));
}

TEST_F(ClientTest, reads_the_owners_of_fields_that_are_nested_deeply) {
    std::string fields = "{}";
    for (int i = 0; i < 100; ++i) fields = R"({"f:a":)" + fields + "}";
    transport.answer(
        200,
        R"({"metadata":{"name":"w","namespace":"ns","uid":"u1","resourceVersion":"7","managedFields":[{"manager":"m",)"
        R"("operation":"Update","fieldsType":"FieldsV1","fieldsV1":)" +
            fields + "}]}}"
    );
    const auto owners = run(client.get_field_owners<Widget>(key));
    ASSERT_TRUE(owners);
    EXPECT_EQ(json::serialize(owners->owners.at(0).fields), fields);
}

TEST_F(ClientTest, patches_the_difference_without_status) {
    const auto widget = read();
    transport.answer(200, kWidget);
    Widget changed = *widget;
    changed.spec.colour = "red";
    changed.status.phase = "not sent";
    ASSERT_TRUE(run(client.patch(widget, changed)));
    EXPECT_EQ(
        json::serialize_canonical(json::parse(transport.sent.at(0).body)),
        R"({"metadata":{"resourceVersion":"7"},"spec":{"colour":"red"}})"
    );
}

TEST_F(ClientTest, applies_the_fields_that_the_object_has) {
    transport.answer(200, kWidget);
    Widget widget;
    widget.metadata.name = "w";
    widget.metadata.namespace_ = "ns";
    widget.spec.size = 5;
    (void)run(client.apply(widget, FieldManager{"my controller"}, Force::Yes));
    const HttpRequest& request = transport.sent.at(0);
    EXPECT_EQ(request.target, "/apis/example.io/v1/namespaces/ns/widgets/w?fieldManager=my%20controller&force=true");
    EXPECT_EQ(request.content_type, "application/apply-patch+yaml");
    EXPECT_EQ(request.repeat, Repeat::WhenSafe);
    EXPECT_THAT(observed.seen, ElementsAre("written Widget 7"));
}

TEST_F(ClientTest, reports_a_field_conflict_of_an_apply_as_an_error) {
    transport.answer(409, status(409, "Conflict", "w", "widgets"));
    Widget widget;
    widget.metadata.name = "w";
    try {
        (void)run(client.apply(widget, FieldManager{"m"}, Force::No));
        ADD_FAILURE() << "no error";
    } catch (const ApiError& error) {
        EXPECT_EQ(error.reason(), "Conflict");
    }
}

TEST_F(ClientTest, deletes_one_identity) {
    transport.answer(200, R"({"kind":"Status","status":"Success"})");
    EXPECT_EQ(run(client.delete_object<Widget>(key, {.uid = Uid{"u1"}})), DeleteOutcome::Accepted);
    EXPECT_EQ(
        json::serialize_canonical(json::parse(transport.sent.at(0).body)),
        R"({"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u1"},"propagationPolicy":"Background"})"
    );
    transport.answer(202, kWidget);
    EXPECT_EQ(
        run(client.delete_object<Widget>(
            key, {.uid = Uid{"u1"}, .resource_version = ResourceVersion{"7"}}, Propagation::Foreground
        )),
        DeleteOutcome::Accepted
    );
    EXPECT_THAT(observed.seen, ElementsAre("deleted Widget ns/w u1 gone", "deleted Widget ns/w u1 remains at 7"));
}

TEST_F(ClientTest, turns_refused_deletes_into_outcomes) {
    transport.answer(404, status(404, "NotFound", "w", "widgets"));
    EXPECT_EQ(run(client.delete_object<Widget>(key, {.uid = Uid{"u1"}})), DeleteOutcome::Absent);
    transport.answer(409, status(409, "Conflict", "w", "widgets"));
    EXPECT_EQ(run(client.delete_object<Widget>(key, {.uid = Uid{"u1"}})), DeleteOutcome::PreconditionFailed);
    EXPECT_TRUE(observed.seen.empty());
}

TEST_F(ClientTest, opens_a_watch_with_bookmarks_from_a_version) {
    transport.stream(200, {R"({"type":"ADDED","object":{"metadata":{"name":"a"}}})", "\n"});
    auto watch = run(kube::detail::unguarded(client).watch(
        KindOf<Widget>::type, {.watch_time_limit = std::chrono::seconds{300}}, ResourceVersion{"12"}
    ));
    EXPECT_EQ(
        transport.sent.at(0).target,
        "/apis/example.io/v1/widgets?watch=true&allowWatchBookmarks=true&resourceVersion=12&timeoutSeconds=300"
    );
    const auto event = run(watch->next());
    ASSERT_TRUE(event);
    EXPECT_EQ(event->type, RawWatchEvent::Type::Added);
    EXPECT_FALSE(run(watch->next()));
}

TEST_F(ClientTest, throws_the_servers_error_when_a_watch_is_refused) {
    transport.stream(410, {R"({"kind":"Status","reason":"Expired",)", R"("message":"too old","code":410})"});
    try {
        (void)run(kube::detail::unguarded(client).watch(KindOf<Widget>::type, {}, ResourceVersion{"1"}));
        ADD_FAILURE() << "no error";
    } catch (const ApiError& error) {
        EXPECT_EQ(error.code(), 410u);
        EXPECT_EQ(error.reason(), "Expired");
    }
}

}  // namespace
}  // namespace kube::testing
