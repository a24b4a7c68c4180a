// The demo: a fleet of three nodes that comes up, is rolled to a new image, changes its mind on the way, and goes.
//
//   sei-demo [--keep] [--sample FILE] [--binaries DIR] [--crds DIR]
//
// With the manifest of a SeiNode as sample: one node, shown in the same way.
#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "kube/json/json.hpp"
#include "kube/schema/yaml.hpp"
#include "screen.hpp"
#include "stage.hpp"

namespace {

using namespace std::chrono_literals;
using sei::api::DeploymentPhase;
using sei::api::NodePhase;
using sei::api::SeiNode;
using sei_demo::World;

constexpr std::chrono::seconds kStepLimit{60};

struct Options {
    bool keep = false;
    unsigned sidecar_task_ms = 150;
    std::filesystem::path binaries = "build/release/bin";
    std::filesystem::path crds = "config/crd";
    std::filesystem::path sample = "config/samples/deployment.yaml";
};

kube::json::Value read_sample(const std::filesystem::path& path) {
    std::ifstream file{path};
    if (!file) throw std::runtime_error{"cannot read the sample " + path.string()};
    std::ostringstream text;
    text << file.rdbuf();
    return kube::schema::from_yaml(text.str());
}

/// The same image with another tag.
std::string with_tag(const std::string& image, const std::string& tag) {
    return image.substr(0, image.size() - sei_demo::tag_of(image).size()) + tag;
}

bool is_pod_ready(const World& world, const SeiNode& node) {
    const auto found = world.workloads.find(node.metadata.name);
    return found != world.workloads.end() && found->second.is_pod_ready;
}

/// Does everything run `image`, with nothing left to do?
bool has_settled(const World& world, const std::string& image) {
    for (const SeiNode& node : world.nodes) {
        const bool runs = node.status.phase == NodePhase::Running && node.status.currentImage == image;
        if (!runs || node.status.plan || !is_pod_ready(world, node)) return false;
    }
    if (!world.deployment) return !world.nodes.empty();
    return world.deployment->status.phase == DeploymentPhase::Ready && !world.deployment->status.rollout &&
           world.deployment->spec.template_.spec.image == image;
}

bool has_begun(const World& world, const std::string& image) {
    for (const SeiNode& node : world.nodes) {
        if (node.status.currentImage == image) return true;
    }
    return false;
}

/// The story, step by step. Each step says what is done, and is over when what follows from it is to be seen.
class Demo {
public:
    explicit Demo(Options options)
        : options_{std::move(options)},
          screen_{std::chrono::steady_clock::now()},
          stage_{
              {.binaries = options_.binaries,
               .crds = options_.crds,
               .sidecar_task = std::chrono::milliseconds{options_.sidecar_task_ms}}
          } {}

    int run() {
        try {
            come_up();
            if (options_.keep) {
                stay();
            } else {
                roll();
                if (is_fleet_) supersede();
                screen_.leave_tree();
                go();
            }
            stage_.close();
            say_what_to_try_next();
            return 0;
        } catch (const std::exception& error) {
            stage_.keep_folder();
            stage_.close();
            std::cerr << "demo: " << error.what() << "\ndemo: the logs are in " << stage_.folder().string() << "\n";
            return 1;
        }
    }

private:
    void come_up() {
        stage_.open();
        screen_.say("the embedded cluster serves at " + stage_.url());
        create(read_sample(options_.sample));
        screen_.say(fmt::format("applied {}: {} comes up", options_.sample.string(), subject()));
        follow_until("everything runs", [this](const World& world) { return has_settled(world, image_); });
        screen_.say(fmt::format("{} runs {}", subject(), sei_demo::tag_of(image_)));
    }
    void create(const kube::json::Value& manifest) {
        const kube::json::Value* kind = kube::json::find(manifest, {"kind"});
        if (kind != nullptr && *kind == "SeiNode") {
            auto node = kube::json::from_json<SeiNode>(manifest);
            node.metadata.namespace_ = "default";
            image_ = node.spec.image;
            stage_.create(std::move(node));
        } else if (kind != nullptr && *kind == "SeiNodeDeployment") {
            auto deployment = kube::json::from_json<sei::api::SeiNodeDeployment>(manifest);
            deployment.metadata.namespace_ = "default";
            image_ = deployment.spec.template_.spec.image;
            is_fleet_ = true;
            stage_.create(std::move(deployment));
        } else {
            throw std::runtime_error{options_.sample.string() + " is neither a SeiNodeDeployment nor a SeiNode"};
        }
    }

    void roll() {
        set_image("v6.6.0");
        screen_.say(fmt::format("the image is {} from now on", sei_demo::tag_of(image_)));
        follow_until("the new image runs", [this](const World& world) { return has_settled(world, image_); });
        screen_.say(fmt::format("{} runs {}", subject(), sei_demo::tag_of(image_)));
    }

    /// A second image in the middle of the rollout of a first: the plan for the first is replaced.
    void supersede() {
        set_image("v6.7.0");
        screen_.say(fmt::format("the image is {} from now on", sei_demo::tag_of(image_)));
        follow_until("its first node runs", [this](const World& world) { return has_begun(world, image_); });
        set_image("v6.7.1");
        screen_.say(fmt::format("in the middle of that: it is {} after all", sei_demo::tag_of(image_)));
        follow_until("the last image runs", [this](const World& world) { return has_settled(world, image_); });
        screen_.say(fmt::format("{} runs {}: the rollout was superseded", subject(), sei_demo::tag_of(image_)));
    }

    void go() {
        stage_.remove();
        screen_.say("deleted");
        follow_until("everything is gone", [this](const World&) { return stage_.is_empty(); });
        screen_.say(fmt::format("{} is gone, and everything that it owned", subject()));
    }

    /// Keeps everything running until Ctrl-C.
    void stay() {
        stage_.keep_folder();
        screen_.leave_tree();
        screen_.say("keeps running; Ctrl-C ends it. In another shell:");
        std::cout << "    export KUBECONFIG=" << stage_.kubeconfig().string()
                  << "\n    kubectl get seinodedeployments,seinodes -w\n"
                  << std::flush;
        stage_.run_until_signal();
    }

    void say_what_to_try_next() const {
        std::cout << "Next: `make dev` keeps a cluster, the operator and this fleet running, for use with kubectl.\n"
                     "Then: change the image in "
                  << options_.sample.string()
                  << ", apply it, and watch with `kubectl get seinodedeployments,seinodes -w`.\n";
    }

    void set_image(const std::string& tag) {
        image_ = with_tag(image_, tag);
        stage_.set_image(image_);
    }
    [[nodiscard]] std::string_view subject() const { return is_fleet_ ? "the fleet" : "the node"; }

    template <class Is>
    void follow_until(const std::string& what, Is is_there) {
        stage_.run_until(what, kStepLimit, [&] {
            const World world = stage_.look();
            screen_.show(sei_demo::tree_of(world));
            return is_there(world);
        });
    }

    Options options_;
    sei_demo::Screen screen_;
    sei_demo::Stage stage_;
    bool is_fleet_ = false;
    std::string image_;
};

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"Shows a fleet of nodes come up, change its image twice, and go, on the embedded cluster."};
    app.add_flag("--keep", options.keep, "goes on running once the fleet runs, for use with kubectl");
    app.add_option("--binaries", options.binaries, "the folder with sei-devcluster and sei-operator");
    app.add_option("--sample", options.sample, "the manifest of the SeiNodeDeployment, or SeiNode, that is shown");
    app.add_option("--crds", options.crds, "the folder with the CRD manifests");
    app.add_option("--sidecar-task-ms", options.sidecar_task_ms, "how long each task of a node's sidecar takes");
    CLI11_PARSE(app, argc, argv);
    return Demo{std::move(options)}.run();
}
