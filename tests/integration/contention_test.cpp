// Several writers of one object at the moment when a plan is to be made: two operators that both believe to lead, and
// in one of them two passes at once for the same object, which the runtime never lets happen by itself.
//
// A gate holds every status write that carries a new plan until all contenders have theirs ready; then they go off
// together. What must hold: exactly one plan comes to be, the others' writes are refused, and whoever lost observes the
// plan and leaves it alone, to its end. Where the precondition is taken out of the requests on their way, the same test
// must see plans replaced: else it would prove nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "kube/json/json.hpp"
#include "support/world.hpp"
#include "testkit/gate.hpp"

namespace {

using sei::api::SeiNode;
using sei::api::SeiNodeDeployment;
using support::Backend;
using support::FaultyTransport;
using support::World;
using ::testing::IsEmpty;
using testkit::Gate;

/// The controller's pass, one beside it, and the second operator's.
constexpr std::size_t kContenders = 3;

struct Scale {
    int objects = 0;
    int rounds = 0;  // of each
    [[nodiscard]] int all() const { return objects * rounds; }
};

Scale scale_of_rounds() {
    if (support::backend() == Backend::Cluster)
        return {.objects = 4, .rounds = 2};  // pods come and go in seconds there
    // Two hundred rounds take minutes under sanitizers: asked for, not every time.
    if (std::getenv("SEI_FULL_SCALE") != nullptr) return {.objects = 20, .rounds = 10};
    return {.objects = 5, .rounds = 4};
}

bool is_status_patch(const kube::HttpRequest& request) {
    const std::string path = request.target.substr(0, request.target.find('?'));
    return request.method == kube::HttpMethod::Patch && path.ends_with("/status");
}

/// The plan that a status write brings into being; empty where it brings none.
std::string new_plan_of(const std::string& body) {
    boost::system::error_code failed;
    const kube::json::Value patch = boost::json::parse(body, failed);
    if (failed) return {};
    const kube::json::Value* status = kube::json::find(patch, {"status", "plan"});
    if (status == nullptr || !status->is_object()) return {};
    return std::string{kube::json::find_string(patch, {"status", "plan", "id"})};
}

std::string image_of_round(int round) {
    return "example.com/seid:r" + std::to_string(round);
}

/// What is seen of the plans of many objects, version after version; and what must not be seen.
class PlanWatch {
public:
    template <class K>
    void told(const K* before, const K* after) {
        if (after == nullptr) return;
        const std::string& name = after->metadata.name;
        const auto& now = after->status.plan;
        if (now) ids_[name].insert(now->id);
        if (before == nullptr || !before->status.plan) return;
        const sei::api::TaskPlan& was = *before->status.plan;
        if (!now) {
            if (!is_done(*after)) violations_.push_back(name + " lost plan " + was.id);
            return;
        }
        if (now->id != was.id) {
            if (was.phase == sei::api::PlanPhase::Active) violations_.push_back(name + " had its plan replaced");
            return;
        }
        for (std::size_t i = 0; i < was.tasks.size(); ++i) {
            if (i >= now->tasks.size() || now->tasks[i].id != was.tasks[i].id) {
                violations_.push_back(name + " had the tasks of its plan replaced");
            } else if (was.tasks[i].status == sei::api::TaskStatus::Complete &&
                       now->tasks[i].status != sei::api::TaskStatus::Complete) {
                violations_.push_back(name + " forgot that task " + was.tasks[i].type + " was complete");
            }
        }
    }
    void violated(std::string what) { violations_.push_back(std::move(what)); }
    [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
    /// How many plans each object has had.
    [[nodiscard]] std::map<std::string, std::size_t> plans() const {
        std::map<std::string, std::size_t> counts;
        for (const auto& [name, ids] : ids_) counts[name] = ids.size();
        return counts;
    }

private:
    /// A plan goes when its work is done.
    static bool is_done(const SeiNode& node) { return node.status.currentImage == node.spec.image; }
    static bool is_done(const SeiNodeDeployment& deployment) { return !deployment.status.rollout.has_value(); }
    std::map<std::string, std::set<std::string>> ids_;
    std::vector<std::string> violations_;
};

/// Both kinds alike: what one round asks of an object, and when it is over.
template <class K>
struct Subject;

template <>
struct Subject<SeiNode> {
    static constexpr std::string_view plural = "seinodes";
    /// A task of the plans that are contended.
    static constexpr std::string_view task = "\"observe-image\"";
    static void create(World& world, const std::string& name) { world.create(world.a_full_node(name)); }
    static void ask_for(World& world, const std::string& name, const std::string& image) {
        world.edit(name, [&](auto& spec) { spec.image = image; });
    }
    static std::optional<SeiNode> seen(const World& world, const std::string& name) { return world.node(name); }
    static bool is_over(const SeiNode& node, const std::string& image) {
        return node.spec.image == image && node.status.currentImage == image && !node.status.plan &&
               node.status.phase == sei::api::NodePhase::Running;
    }
    static void watch(World& world, PlanWatch& plans) {
        world.on_node_change([&plans](const SeiNode* before, const SeiNode* after) { plans.told(before, after); });
    }
};

template <>
struct Subject<SeiNodeDeployment> {
    static constexpr std::string_view plural = "seinodedeployments";
    static constexpr std::string_view task = "\"update-node-specs\"";
    static void create(World& world, const std::string& name) { world.create(world.a_deployment(name, 1)); }
    static void ask_for(World& world, const std::string& name, const std::string& image) {
        world.edit_deployment(name, [&](auto& spec) { spec.template_.spec.image = image; });
    }
    static std::optional<SeiNodeDeployment> seen(const World& world, const std::string& name) {
        return world.deployment(name);
    }
    static bool is_over(const SeiNodeDeployment& deployment, const std::string& image) {
        return deployment.spec.template_.spec.image == image && !deployment.status.plan && !deployment.status.rollout &&
               deployment.status.phase == sei::api::DeploymentPhase::Ready &&
               deployment.status.observedGeneration == deployment.metadata.generation;
    }
    static void watch(World& world, PlanWatch& plans) {
        world.on_deployment_change([&plans](const SeiNodeDeployment* before, const SeiNodeDeployment* after) {
            plans.told(before, after);
        });
        // The children's plans are nobody's business but theirs, and must survive just so.
        world.on_node_change([&plans](const SeiNode* before, const SeiNode* after) { plans.told(before, after); });
    }
};

/// The world of this test: two operators on one cluster, and the gate.
template <class K>
class Contention {
public:
    using S = Subject<K>;

    Contention()
        : gate_{world_.loop().get_executor(), kContenders, [](const kube::HttpRequest& request) {
                    return spot_of(request);
                }} {
        world_.start_second_operator();
        world_.run_until("both operators are ready", [&] {
            return world_.operator_is_ready() && world_.second_operator_manager().is_ready();
        });
        S::watch(world_, plans_);
    }
    ~Contention() {
        gate_.open();
        stop_gating();
        for (FaultyTransport* way : ways()) way->stop_rewriting();
        world_.run_until("nobody waits at the gate", [this] { return gate_.waiting() == 0; });
    }
    Contention(const Contention&) = delete;
    Contention& operator=(const Contention&) = delete;

    /// Takes the version out of every status write of both operators.
    void remove_the_precondition() {
        for (FaultyTransport* way : ways()) {
            way->rewrite(is_status_patch, [](kube::HttpRequest& request) {
                kube::json::Value patch = boost::json::parse(request.body);
                if (auto* metadata = patch.as_object().if_contains("metadata")) {
                    metadata->as_object().erase("resourceVersion");
                }
                request.body = boost::json::serialize(patch);
            });
        }
    }

    /// Creates the objects; their first plans are not contended.
    bool bring_up(int objects) {
        for (int i = 0; i < objects; ++i) {
            names_.push_back("c" + std::to_string(i));
            S::create(world_, names_.back());
        }
        const bool is_up = world_.run_until("all objects are up", [&] {
            return std::ranges::all_of(names_, [&](const std::string& name) {
                const auto seen = S::seen(world_, name);
                return seen && is_up_at_first(*seen);
            });
        });
        if (!is_up || !world_.run_until_quiet()) return false;
        before_ = plans_.plans();
        start_gating();
        return true;
    }

    /// One round: every object gets a new image at once; each has its own meeting at the gate.
    bool run_round(int round) {
        const std::string image = image_of_round(round);
        for (const std::string& name : names_) S::ask_for(world_, name, image);
        const bool is_over = world_.run_until("round " + std::to_string(round) + " is over", [&] {
            return !plans_.violations().empty() || std::ranges::all_of(names_, [&](const std::string& name) {
                const auto seen = S::seen(world_, name);
                return seen && S::is_over(*seen, image);
            });
        });
        // The plan that was taken may be done before the refusal of the others is back.
        const bool is_answered = world_.run_until("every plan is answered", [this] { return unanswered_plans() == 0; });
        judge_new_plans();
        return is_over && is_answered;
    }

    [[nodiscard]] std::size_t meetings() const { return gate_.meetings(); }
    [[nodiscard]] const std::vector<std::string>& violations() const { return plans_.violations(); }
    /// How many plans each of the objects has had since they were brought up.
    [[nodiscard]] std::vector<std::size_t> plans_of_each() const {
        std::vector<std::size_t> counts;
        auto now = plans_.plans();
        for (const std::string& name : names_) {
            const auto before = before_.find(name);
            counts.push_back(now[name] - (before == before_.end() ? 0 : before->second));
        }
        return counts;
    }
    [[nodiscard]] std::size_t refused_plans() const { return refused_; }
    [[nodiscard]] std::size_t stored_plans() const { return stored_; }
    [[nodiscard]] std::size_t rewritten() {
        std::size_t count = 0;
        for (const FaultyTransport* way : ways()) count += way->times_rewritten();
        return count;
    }
    World& world() { return world_; }

private:
    static bool is_up_at_first(const SeiNode& node) {
        return node.status.phase == sei::api::NodePhase::Running && !node.status.plan;
    }
    static bool is_up_at_first(const SeiNodeDeployment& deployment) {
        return deployment.status.phase == sei::api::DeploymentPhase::Ready && !deployment.status.plan;
    }
    static std::string spot_of(const kube::HttpRequest& request) {
        if (!is_status_patch(request) || new_plan_of(request.body).empty()) return {};
        if (request.body.find(S::task) == std::string::npos) return {};
        std::string path = request.target.substr(0, request.target.find('?'));
        return path.find("/" + std::string{S::plural} + "/") == std::string::npos ? std::string{} : path;
    }
    std::vector<FaultyTransport*> ways() { return {&world_.operator_transport(), &world_.second_operator_transport()}; }

    void start_gating() {
        world_.operator_transport().before_each = [this](const kube::HttpRequest& request) {
            return arrive_from_first(request);
        };
        world_.second_operator_transport().before_each = [this](const kube::HttpRequest& request) {
            return gate_.pass(request);
        };
        for (FaultyTransport* way : ways()) way->forget_requests();
    }
    void stop_gating() {
        for (FaultyTransport* way : ways()) way->before_each = {};
    }
    /// When the controller's own pass arrives, another one is sent after it, from the same picture.
    kube::Async<> arrive_from_first(kube::HttpRequest request) {
        const std::string spot = spot_of(request);
        if (!spot.empty()) {
            bool& is_second = is_sent_[spot];
            if (!is_second) send_beside(spot);
            is_second = !is_second;
        }
        co_await gate_.pass(std::move(request));
    }
    void send_beside(const std::string& spot) {
        const std::string path = spot.substr(0, spot.size() - std::string_view{"/status"}.size());
        const auto seen = S::seen(world_, path.substr(path.rfind('/') + 1));
        if (seen) world_.pass_beside(*seen);
    }

    std::vector<unsigned> answers_to_plans() {
        std::vector<unsigned> answers;
        for (FaultyTransport* way : ways()) {
            for (const support::PassedRequest& write : way->writes()) {
                kube::HttpRequest request;
                request.method = write.method;
                request.target = write.target;
                request.body = write.body;
                if (!spot_of(request).empty()) answers.push_back(write.status);
            }
        }
        return answers;
    }
    std::ptrdiff_t unanswered_plans() { return std::ranges::count(answers_to_plans(), 0U); }

    /// Of the plans that were sent, one for each object and round may have been taken.
    void judge_new_plans() {
        for (const unsigned status : answers_to_plans()) {
            if (status == 409) ++refused_;
            if (status == 200) ++stored_;
        }
        for (FaultyTransport* way : ways()) way->forget_requests();
        if (stored_ > gate_.meetings()) {
            plans_.violated(
                std::to_string(stored_) + " plans were stored in " + std::to_string(gate_.meetings()) + " meetings"
            );
        }
    }

    PlanWatch plans_;  // outlives the world, whose watches tell it
    World world_;
    Gate gate_;
    std::vector<std::string> names_;
    std::map<std::string, std::size_t> before_;
    std::map<std::string, bool> is_sent_;
    std::size_t refused_ = 0;
    std::size_t stored_ = 0;
};

template <class K>
class ContentionTest : public ::testing::Test {};
using Kinds = ::testing::Types<SeiNode, SeiNodeDeployment>;
struct NameOfKind {
    template <class K>
    static std::string GetName(int) {
        return std::string{kube::KindOf<K>::type.kind};
    }
};
TYPED_TEST_SUITE(ContentionTest, Kinds, NameOfKind);

TYPED_TEST(ContentionTest, brings_exactly_one_plan_into_being_in_each_round) {
    const Scale scale = scale_of_rounds();
    Contention<TypeParam> contention;
    ASSERT_TRUE(contention.bring_up(scale.objects));
    for (int round = 1; round <= scale.rounds; ++round) {
        SCOPED_TRACE("round " + std::to_string(round));
        ASSERT_TRUE(contention.run_round(round));
        ASSERT_THAT(contention.violations(), IsEmpty());
    }
    const auto rounds = static_cast<std::size_t>(scale.all());
    EXPECT_EQ(contention.meetings(), rounds) << "the disturbance did not take place in every round";
    EXPECT_EQ(contention.stored_plans(), rounds);
    EXPECT_EQ(contention.refused_plans(), rounds * (kContenders - 1));
    EXPECT_THAT(contention.plans_of_each(), ::testing::Each(static_cast<std::size_t>(scale.rounds)));
}

TYPED_TEST(ContentionTest, sees_plans_lost_where_the_precondition_is_taken_away) {
    Contention<TypeParam> contention;
    ASSERT_TRUE(contention.bring_up(2));
    contention.remove_the_precondition();
    for (int round = 1; round <= 3 && contention.violations().empty(); ++round) (void)contention.run_round(round);
    EXPECT_GT(contention.rewritten(), 0U);
    EXPECT_GT(contention.meetings(), 0U);
    EXPECT_FALSE(contention.violations().empty()) << "blind status writes went unnoticed: this test proves nothing";
}

/// The operator alone: nobody edits while it works.
TEST(Conflicts, are_none_where_the_operator_is_alone) {
    World world;
    std::vector<std::string> refused;
    std::size_t writes = 0;
    const auto take_refusals = [&] {
        for (const support::PassedRequest& write : world.operator_transport().writes()) {
            ++writes;
            if (write.status == 409) refused.push_back(write.target + " " + write.body);
        }
        world.operator_transport().forget_requests();
    };
    ASSERT_TRUE(world.run_until("the operator is ready", [&] { return world.operator_is_ready(); }));
    world.create(world.a_full_node("alone"));
    world.create(world.a_deployment("fleet", 3));
    const auto is_ready_at = [&](const std::string& image, std::size_t nodes) {
        const auto deployment = world.deployment("fleet");
        const auto all = world.nodes();
        return deployment && deployment->status.phase == sei::api::DeploymentPhase::Ready && !deployment->status.plan &&
               !deployment->status.rollout && all.size() == nodes + 1 &&
               std::ranges::all_of(all, [&](const SeiNode& node) {
                   return node.status.phase == sei::api::NodePhase::Running && !node.status.plan &&
                          (node.metadata.name == "alone" || node.status.currentImage == image);
               });
    };
    ASSERT_TRUE(world.run_until("all is up", [&] { return is_ready_at("example.com/seid:v1", 3); }));
    ASSERT_TRUE(world.run_until_quiet());
    take_refusals();
    world.edit_deployment("fleet", [](auto& spec) { spec.template_.spec.image = "example.com/seid:v2"; });
    ASSERT_TRUE(world.run_until("the rollout is over", [&] { return is_ready_at("example.com/seid:v2", 3); }));
    ASSERT_TRUE(world.run_until_quiet());
    take_refusals();
    world.edit_deployment("fleet", [](auto& spec) { spec.replicas = 1; });
    ASSERT_TRUE(world.run_until("two nodes are gone", [&] { return is_ready_at("example.com/seid:v2", 1); }));
    ASSERT_TRUE(world.run_until_quiet());
    world.delete_deployment("fleet");
    world.delete_node("alone");
    ASSERT_TRUE(world.run_until("all is gone", [&] { return world.nodes().empty() && !world.deployment("fleet"); }));
    ASSERT_TRUE(world.run_until_quiet());
    take_refusals();
    EXPECT_GT(writes, 40U);
    EXPECT_THAT(refused, IsEmpty());
}

}  // namespace
