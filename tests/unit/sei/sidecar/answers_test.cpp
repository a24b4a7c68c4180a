// The interpretation table of spec 04 §8.8, row by row.
#include "sei/sidecar/answers.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sei::sidecar {
namespace {

kube::HttpResponse answer(unsigned status, std::string body, std::string content_type = "application/json") {
    kube::HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    if (!content_type.empty()) response.headers.push_back({"content-type", std::move(content_type)});
    return response;
}

/// An outcome as one line, so that a table can hold what is expected.
struct Describe {
    std::string operator()(const Accepted&) const { return "accepted"; }
    std::string operator()(const Rejected& rejected) const { return "rejected: " + rejected.reason; }
    std::string operator()(const Ready&) const { return "ready"; }
    std::string operator()(const NotReady&) const { return "not ready"; }
    std::string operator()(const UnknownTask&) const { return "unknown task"; }
    std::string operator()(const TaskRun& run) const {
        const char* status = run.status == RunStatus::Running     ? "running"
                             : run.status == RunStatus::Completed ? "completed"
                                                                  : "failed";
        return status + std::string{" run "} + std::to_string(run.run) + (run.error.empty() ? "" : ": " + run.error);
    }
    std::string operator()(const Unavailable& unavailable) const {
        switch (unavailable.kind) {
            case Unavailable::Kind::NoAnswer:
                return "no answer: " + unavailable.text;
            case Unavailable::Kind::Unauthorized:
                return "unauthorized: " + unavailable.text;
            case Unavailable::Kind::Forbidden:
                return "forbidden: " + unavailable.text;
            case Unavailable::Kind::Status:
                return "status: " + unavailable.text;
            case Unavailable::Kind::Garbled:
                return "garbled: " + unavailable.text;
        }
        return "?";
    }
};

struct Case {
    std::string behaviour;
    kube::HttpResponse answer;
    std::string expected;
};

constexpr const char* kId = "a0f1bd3e-8c78-50dd-aedb-2823cebb2ff0";

TEST(Submission, means_what_the_table_says) {
    const std::vector<Case> cases{
        {"201 with an id is accepted", answer(201, R"({"id":"a0f1bd3e-8c78-50dd-aedb-2823cebb2ff0"})"), "accepted"},
        {"202 is accepted like 201", answer(202, R"({"id":"x"})"), "accepted"},
        {"another id than the requested one is accepted", answer(201, R"({"id":"another"})"), "accepted"},
        {"a content type with parameters is JSON",
         answer(201, R"({"id":"x"})", "Application/JSON; charset=utf-8"),
         "accepted"},
        {"201 that is no JSON says nothing",
         answer(201, "ok", "text/plain"),
         "garbled: sidecar returned 201 but no task id in the response body"},
        {"201 with the nil id says nothing",
         answer(201, R"({"id":"00000000-0000-0000-0000-000000000000"})"),
         "garbled: sidecar returned 201 with a nil task id"},
        {"201 without an id says nothing", answer(201, "{}"), "garbled: sidecar returned 201 with a nil task id"},
        {"201 with broken JSON says nothing",
         answer(201, "{"),
         "garbled: sidecar returned 201 with a body that is no JSON object"},
        {"400 with an error is a rejection",
         answer(400, R"({"error":"unknown task type: config-apply"})"),
         "rejected: sidecar rejected the config-apply task: unknown task type: config-apply"},
        {"400 as text is a rejection",
         answer(400, "  nope \n", "text/plain"),
         "rejected: sidecar rejected the config-apply task: nope"},
        {"400 with broken JSON says nothing",
         answer(400, "{"),
         "garbled: sidecar returned 400 with a body that is no JSON object"},
        {"400 because the sidecar's store failed may pass",
         answer(400, R"({"error":"persist task: disk full"})"),
         "status: persist task: disk full"},
        {"401 is a matter of the token",
         answer(401, "Unauthorized\n", "text/plain"),
         "unauthorized: sidecar config-apply submission returned 401: Unauthorized"},
        {"403 is a matter of RBAC",
         answer(403, "Forbidden (user=u)", "text/plain"),
         "forbidden: sidecar config-apply submission returned 403: Forbidden (user=u)"},
        {"409 may pass", answer(409, "", ""), "status: sidecar config-apply submission returned 409"},
        {"502 without a body may pass", answer(502, "", ""), "status: sidecar config-apply submission returned 502"},
        {"500 with an error body shows its text",
         answer(500, R"({"error":"broken"})"),
         "status: sidecar config-apply submission returned 500: broken"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        EXPECT_EQ(std::visit(Describe{}, read_submission("config-apply", c.answer)), c.expected);
    }
}

TEST(Lookup, means_what_the_table_says) {
    const std::vector<Case> cases{
        {"a running task", answer(200, R"({"status":"running","run":2})"), "running run 2"},
        {"a completed task", answer(200, R"({"status":"completed","run":1})"), "completed run 1"},
        {"a failed task says why", answer(200, R"({"status":"failed","run":1,"error":"S3"})"), "failed run 1: S3"},
        {"a failed task without a text", answer(200, R"({"status":"failed"})"), "failed run 0"},
        {"any other status is running", answer(200, R"({"status":"queued"})"), "running run 0"},
        {"200 that is no JSON says nothing",
         answer(200, "hello", "text/html"),
         std::string{"garbled: sidecar returned 200 for task "} + kId + " but no JSON"},
        {"200 with broken JSON says nothing",
         answer(200, "[1"),
         std::string{"garbled: sidecar returned 200 for task "} + kId + " with broken JSON"},
        {"404 with the error body is an unknown task", answer(404, R"({"error":"task not found"})"), "unknown task"},
        {"404 as text is an unknown task", answer(404, "404 page not found", "text/plain"), "unknown task"},
        {"404 with broken JSON says nothing",
         answer(404, "{"),
         std::string{"garbled: sidecar returned 404 for task "} + kId + " with broken JSON"},
        {"401 is a matter of the token", answer(401, "", ""), "unauthorized: sidecar task look-up returned 401"},
        {"403 is a matter of RBAC", answer(403, "", ""), "forbidden: sidecar task look-up returned 403"},
        {"500 may pass", answer(500, "x", ""), "status: sidecar task look-up returned 500: x"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        EXPECT_EQ(std::visit(Describe{}, read_lookup(kId, c.answer)), c.expected);
    }
}

TEST(Health, means_what_the_table_says) {
    const std::vector<Case> cases{
        {"200 is ready", answer(200, "", ""), "ready"},
        {"503 is not ready", answer(503, "", ""), "not ready"},
        {"anything else is no answer about readiness",
         answer(404, " no such path\n", ""),
         "status: sidecar healthz returned 404"},
        {"nobody's text comes into a condition",
         answer(502, "<html>" + std::string(1000, 'x'), "text/html"),
         "status: sidecar healthz returned 502"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        EXPECT_EQ(std::visit(Describe{}, read_health(c.answer)), c.expected);
    }
}

TEST(TasksAtWork, are_those_of_the_list_that_run) {
    const auto read = read_tasks_at_work(
        answer(200, R"([{"id":"a","type":"x","status":"running"},{"id":"b","type":"y","status":"completed"}])")
    );
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 1u);
    EXPECT_EQ(read->front().id, "a");
    EXPECT_EQ(read->front().type, "x");
    EXPECT_TRUE(read_tasks_at_work(answer(200, "[]"))->empty());
}

TEST(TasksAtWork, are_not_known_when_the_answer_is_no_list) {
    EXPECT_EQ(read_tasks_at_work(answer(200, "{}")).error().text, "sidecar list of tasks is no JSON array");
    EXPECT_EQ(read_tasks_at_work(answer(502, "")).error().text, "sidecar list of tasks returned 502");
}

TEST(NodeId, is_the_member_of_the_answer) {
    EXPECT_EQ(read_node_id(answer(200, R"({"nodeId":"a1b2"})")).value(), "a1b2");
    EXPECT_EQ(read_node_id(answer(200, R"({})")).error().text, "sidecar node-id answer has no nodeId");
    EXPECT_EQ(read_node_id(answer(200, "x")).error().text, "sidecar node-id answer is no JSON object");
    EXPECT_EQ(
        read_node_id(answer(500, R"({"error":"node_key.json not found"})")).error().text,
        "sidecar node-id returned 500: node_key.json not found"
    );
}

TEST(NoAnswer, does_not_repeat_what_changes_from_try_to_try) {
    const kube::TransportError refused{
        kube::TransportError::Kind::Connect, "10.0.0.7:40312 -> 10.0.0.9:8443: connection refused"
    };
    EXPECT_EQ(
        no_answer("querying sidecar healthz", refused).text, "querying sidecar healthz: no connection to the sidecar"
    );
}

TEST(BoundedText, is_cut_between_characters) {
    const std::string text = std::string(kTextBytesMax - 1, 'a') + "\xC3\xA4";
    EXPECT_EQ(bounded_text(text), std::string(kTextBytesMax - 1, 'a'));
}

}  // namespace
}  // namespace sei::sidecar
