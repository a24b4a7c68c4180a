#include "sei/api/schema/rules.hpp"

namespace kube::schema {

void Rules<sei::api::PlannedTask>::add(SchemaNode schema) {
    schema.describe("One step of the plan.");
    schema.field("type").describe("What is to be done.");
    schema.field("id").describe("The step's UUID, which the sidecar knows it by.");
    schema.field("status").describe("How far the step is; one in flight is Pending with submittedAt set.");
    schema.field("params").describe("The step's parameters, as they are handed over.");
    schema.field("submittedAt").describe("When the step was first handed over; cleared by a retry.");
    schema.field("error").describe("Why the step failed.");
    schema.field("maxRetries").describe("How often the step may be tried again.").any_size();
    schema.field("retryCount").describe("How often the step was tried again.").any_size();
    schema.field("run").describe("The sidecar's number of the newest run of the step that is known.").any_size();
    schema.field("attempts")
        .describe("How many attempts came to nothing since the step was last accepted, as of lastAttemptAt.")
        .any_size();
    schema.field("lastError").describe("What the last attempt or run came to, while the step is Pending.");
    schema.field("lastAttemptAt").describe("When the attempt took place that lastError tells of.");
    schema.field("notBefore").describe("The earliest time of the next attempt.");
    schema.field("deadline").describe("When the step fails unless it is complete.");
    schema.field("afterTasks").describe("Steps of earlier plans that the sidecar ends first; left out once it has.");
}

void Rules<sei::api::FailedTaskInfo>::add(SchemaNode schema) {
    schema.describe("The step that failed the plan.");
    schema.field("type").describe("What was to be done.");
    schema.field("id").describe("The step's UUID.");
    schema.field("error").describe("Why the step failed.");
    schema.field("retryCount").describe("How often the step was tried again.").any_size();
    schema.field("maxRetries").describe("How often it might have been tried again.").any_size();
}

void Rules<sei::api::TaskPlan>::add(SchemaNode schema) {
    schema.describe("The plan that brings the object to what its spec says.");
    schema.field("id").describe("The plan's UUID.");
    schema.field("phase").describe("How far the plan is.");
    schema.field("tasks").describe("The steps, executed strictly from front to back.");
    schema.field("targetPhase").describe("The node's phase once the plan is complete; no change where it is left out.");
    schema.field("failedPhase").describe("The node's phase once the plan has failed; no change where it is left out.");
    schema.field("failedTaskIndex").describe("The index of the failed step, counted from 0.").any_size();
    schema.field("failedTaskDetail").describe("The step that failed the plan.");
}

}  // namespace kube::schema
