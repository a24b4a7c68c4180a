// What the demo runs on: the embedded cluster and the operator as a person would start them, and eyes and hands in it.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "kube/meta/names.hpp"
#include "tree.hpp"

namespace sei_demo {

struct StageOptions {
    /// The folder with sei-devcluster and sei-operator.
    std::filesystem::path binaries;
    /// The folder with the CRD manifests.
    std::filesystem::path crds;
    /// How long each task of a sidecar takes: slow enough to be followed by a person.
    std::chrono::milliseconds sidecar_task{};
};

/// Two processes, and caches of what they do. Failures are std::runtime_error that say where the logs are looked for.
class Stage {
public:
    explicit Stage(StageOptions options);
    ~Stage();
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    /// Starts cluster and operator; returns when both serve.
    void open();
    /// Ends both, in order.
    void close();
    /// Logs and the kubeconfig; removed with the stage unless they are to be kept.
    [[nodiscard]] const std::filesystem::path& folder() const;
    [[nodiscard]] std::filesystem::path kubeconfig() const;
    void keep_folder();
    [[nodiscard]] const std::string& url() const;

    /// What is to be followed: the deployment of this name and its nodes, or the node of this name.
    void create(sei::api::SeiNodeDeployment deployment);
    void create(sei::api::SeiNode node);
    /// Gives it another image: to the template of a deployment, or to the node. Repeated until it is written.
    void set_image(const std::string& image);
    void remove();

    /// Followed objects as they are now.
    [[nodiscard]] World look() const;
    /// Is anything left of what is followed, also of what it owned?
    [[nodiscard]] bool is_empty() const;
    /// Runs everything, and `at_each_turn` some hundred times a second, until it returns true. Throws when `limit` has
    /// passed, naming `what`, or when a process has ended.
    void run_until(const std::string& what, std::chrono::seconds limit, const std::function<bool()>& at_each_turn);
    /// Runs until a signal asks this program to end.
    void run_until_signal();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sei_demo
