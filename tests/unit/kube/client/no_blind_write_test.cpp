// What must not compile: a write without the version or the identity that it depends on. Each refusal stands beside the
// form that compiles, so that a renamed function cannot make it true by accident.
#include <gtest/gtest.h>

#include <stdexcept>
#include <type_traits>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "kube/client/client.hpp"
#include "scripted_transport.hpp"
#include "testkit/snapshot_of.hpp"
#include "widget.hpp"

namespace kube::testing {
namespace {

using Finalizers = std::vector<std::string>;

// A status is written over a snapshot: not over a value, a key, or what may be absent.
template <class C, class Base>
concept WritesStatusOver = requires(C& client, Base base, WidgetStatus status) { client.write_status(base, status); };
static_assert(WritesStatusOver<Client, Snapshot<Widget>>);
static_assert(!WritesStatusOver<Client, Widget>, "a value does not say at which version it was read");
static_assert(!WritesStatusOver<Client, NamespacedName>);
static_assert(!WritesStatusOver<Client, std::optional<Snapshot<Widget>>>);
static_assert(!WritesStatusOver<Client, std::shared_ptr<const Widget>>);
template <class C>
concept WritesStatusAlone = requires(C& client, Widget changed) { client.write_status(changed); };
static_assert(!WritesStatusAlone<Client>);

// Nobody makes up a snapshot: what it says of a version has been read.
template <class From>
concept MakesSnapshotOf = requires(From from) { Snapshot<Widget>{std::move(from)}; };
static_assert(MakesSnapshotOf<Snapshot<Widget>>);
static_assert(!MakesSnapshotOf<Widget>);
static_assert(!MakesSnapshotOf<std::shared_ptr<const Widget>>);
static_assert(!std::is_default_constructible_v<Snapshot<Widget>>);

// Finalizers likewise.
template <class C, class Base>
concept WritesFinalizersOver =
    requires(C& client, Base base, Finalizers finalizers) { client.write_finalizers(base, finalizers); };
static_assert(WritesFinalizersOver<Client, Snapshot<Widget>>);
static_assert(!WritesFinalizersOver<Client, Widget>);
static_assert(!WritesFinalizersOver<Client, NamespacedName>);

// A patch is the difference to a snapshot.
template <class C, class Base>
concept PatchesFrom = requires(C& client, Base base, Widget changed) { client.patch(base, changed); };
static_assert(PatchesFrom<Client, Snapshot<Widget>>);
static_assert(!PatchesFrom<Client, Widget>);
static_assert(!PatchesFrom<Client, NamespacedName>);

// A delete names the identity that it may hit.
template <class C, class... Precondition>
concept Deletes = requires(C& client, NamespacedName key, Precondition... precondition) {
    client.template delete_object<Widget>(key, precondition...);
};
static_assert(Deletes<Client, DeletePrecondition>);
static_assert(!Deletes<Client>, "a name alone is whatever has come to bear it");
static_assert(!Deletes<Client, ResourceVersion>, "versions may repeat after a restore, identities do not");
template <class C>
concept DeletesWithoutIdentity =
    requires(C& client, NamespacedName key) { client.template delete_object<Widget>(key, {}); };
static_assert(!DeletesWithoutIdentity<Client>, "an empty precondition is none");
static_assert(!std::is_default_constructible_v<DeletePrecondition>);
static_assert(!std::is_default_constructible_v<KnownUid>);

// An apply says who applies, and whether it takes fields from others.
template <class C, class... Rest>
concept Applies = requires(C& client, Widget widget, Rest... rest) { client.apply(widget, rest...); };
static_assert(Applies<Client, FieldManager, Force>);
static_assert(!Applies<Client>);
static_assert(!Applies<Client, FieldManager>);
static_assert(!Applies<Client, FieldManager, bool>);

// Owners of fields are written over what was read of them.
template <class C, class... Args>
concept WritesFieldOwners = requires(C& client, Args... args) { client.template write_field_owners<Widget>(args...); };
static_assert(WritesFieldOwners<Client, FieldOwners>);
static_assert(!WritesFieldOwners<Client, NamespacedName, std::vector<FieldOwner>>);

// What is below the typed writes is no member of a client.
template <class C>
concept HandsOutItsRequests = requires(C& client) { client.raw(); } || requires(C& client) { client.raw_; };
struct Open {
    int raw_ = 0;
};
static_assert(HandsOutItsRequests<Open>);
static_assert(!HandsOutItsRequests<Client> && !HandsOutItsRequests<Reader>);

// Nor is it one of an heir.
template <class Base>
struct Heir : Base {
    static constexpr bool reaches_the_requests() {
        return requires(Heir& self) { self.raw_; };
    }
};
struct OpenToHeirs {
protected:
    int raw_ = 0;
};
static_assert(Heir<OpenToHeirs>::reaches_the_requests());
static_assert(!Heir<Reader>::reaches_the_requests());
static_assert(std::is_final_v<Client>, "an heir could hide a guarded write behind one of its own");

// There is no way to replace a whole object of which we know only a part.
template <class C, class Object>
concept Updates = requires(C& client, Object object) { client.update(object); };
template <class C, class Object>
concept Replaces = requires(C& client, Object object) { client.replace(object); };
static_assert(!Updates<Client, Widget> && !Updates<Client, Snapshot<Widget>>);
static_assert(!Replaces<Client, Widget> && !Replaces<Client, Snapshot<Widget>>);

// Who only reads cannot write.
static_assert(!WritesStatusOver<Reader, Snapshot<Widget>>);
static_assert(!PatchesFrom<Reader, Snapshot<Widget>>);
static_assert(!Deletes<Reader, DeletePrecondition>);

// What was read does not change under its version.
template <class S>
concept IsChangedInPlace = requires(S snapshot) { snapshot->status.phase = "Ready"; };
static_assert(IsChangedInPlace<Widget*>);
static_assert(!IsChangedInPlace<Snapshot<Widget>>);

// A refusal cannot be overlooked as a version: there is no order between unrelated ones, and none by `<`.
template <class V>
concept IsOrdered = requires(V one, V other) { one < other; };
static_assert(IsOrdered<std::string>);
static_assert(!IsOrdered<ResourceVersion>);

/// What can only be known when it runs: a snapshot of something that was made here.
struct BlindWriteTest : ::testing::Test {
    boost::asio::io_context loop;
    ScriptedTransport transport;
    Client client{transport, {}};

    template <class T>
    static Async<> outcome_aside(Async<T> write) {
        (void)co_await std::move(write);
    }
    template <class T>
    void expect_refused(Async<T> write) {
        std::exception_ptr failure;
        boost::asio::co_spawn(loop, outcome_aside(std::move(write)), [&](std::exception_ptr error) {
            failure = error;
        });
        loop.restart();
        loop.run();
        ASSERT_TRUE(failure) << "it was sent";
        EXPECT_THROW(std::rethrow_exception(failure), std::logic_error);
    }
    static Snapshot<Widget> made_here() {
        Widget widget;
        widget.metadata.name = "w";
        widget.metadata.namespace_ = "ns";
        return testkit::snapshot_of(std::move(widget));
    }
};

TEST_F(BlindWriteTest, is_refused_for_an_object_that_was_never_read) {
    WidgetStatus status;
    status.phase = "Ready";
    expect_refused(client.write_status(made_here(), status));
    expect_refused(client.write_finalizers(made_here(), {"example.io/x"}));
    Widget changed = *made_here();
    changed.metadata.labels["a"] = "b";
    expect_refused(client.patch(made_here(), changed));
    expect_refused(client.write_field_owners<Widget>(FieldOwners{.metadata = made_here()->metadata}));
}

TEST_F(BlindWriteTest, is_refused_for_finalizers_in_an_apply) {
    Widget widget = *made_here();
    widget.metadata.finalizers = {"example.io/x"};
    expect_refused(client.apply(widget, FieldManager{"test"}, Force::No));
    expect_refused(client.apply_returning_metadata(widget, FieldManager{"test"}, Force::Yes));
}

TEST_F(BlindWriteTest, is_refused_for_a_deletion_of_an_identity_that_is_empty) {
    expect_refused(client.delete_object<Widget>({"ns", "w"}, {.uid = Uid{}, .resource_version = {}}));
}

}  // namespace
}  // namespace kube::testing
