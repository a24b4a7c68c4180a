#include "kube/schema/condition_rules.hpp"

namespace kube::schema {

void Rules<Condition>::add(SchemaNode schema) {
    schema.describe("One aspect of the object's state, as the controller last saw it.");
    schema.field("type")
        .describe("What the condition is about.")
        .max_length(316)
        .pattern(
            R"(^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$)"
        );
    schema.field("status").describe("Whether the condition holds; Unknown when that could not be found out.");
    schema.field("observedGeneration")
        .describe("The metadata.generation that the condition was derived from.")
        .minimum(0);
    schema.field("lastTransitionTime").describe("When the status last changed.");
    schema.field("reason")
        .describe("Why, in one word for programs.")
        .min_length(1)
        .max_length(1024)
        .pattern("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$");
    schema.field("message").describe("Why, in a sentence for people.").max_length(kConditionMessageBytesMax);
}

}  // namespace kube::schema
