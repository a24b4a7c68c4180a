#include "sei/api/schema/rules.hpp"

namespace kube::schema {

void Rules<sei::api::StatefulSetIdentity>::add(SchemaNode schema) {
    schema.describe("The identity of the node's StatefulSet.");
    schema.field("name").describe("Its name, which is the node's.");
    schema.field("uid").describe(
        "Its UID; a StatefulSet of this name with another one is not the node's, and is replaced."
    );
}

void Rules<sei::api::AppliedConfig>::add(SchemaNode schema) {
    schema.describe("The configuration that the operator gave the node last; left out while it is not known.");
    schema.field("mode").describe("The mode that the defaults were made for.");
    schema.field("overrides").describe("The keys that the operator owns, with their values.");
    schema.field("peers").describe("A digest of the sources of peers that the node was given last.");
    schema.field("unvalidated").describe("The sidecar has not found it valid yet.");
}

void Rules<sei::api::SeiNodeStatus>::add(SchemaNode schema) {
    schema.describe("What the operator last saw and did.");
    schema.field("phase").describe("Where the node is in its life; left out before its first plan.");
    schema.field("currentImage").describe("The image of seid that was last seen rolled out.");
    schema.field("conditions").describe("The node's conditions.").keyed_by({"type"});
    schema.field("phaseTransitionTime").describe("When the phase was last set.");
    schema.field("plan").describe("The plan in progress, or the one that failed the node.");
    schema.field("resolvedPeers").describe("The peers that label sources found, sorted, as host names.");
    schema.field("externalAddress").describe("The host:port that other nodes can reach this one at.");
    schema.field("statefulSet").describe("The identity of the node's StatefulSet.");
    schema.field("appliedConfig").describe("The configuration that the operator gave the node last.");
}

}  // namespace kube::schema
