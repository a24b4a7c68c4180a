// A program that runs beside this one and never outlives it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kube {

/// One child process: its output goes to a file; it is killed when this process dies, whatever way it dies.
///
/// It has a process group of its own: Ctrl-C at the terminal reaches this program alone, which ends its children in
/// order. The calls block: this is for the programs around an operator, not for its loop.
class ChildProcess {
public:
    enum class Inherit { Environment, Nothing };
    struct Options {
        std::filesystem::path program;
        std::vector<std::string> arguments;
        /// Added to (or replacing in) what is inherited; an empty value removes the variable.
        std::map<std::string, std::string> environment;
        /// Standard output and error are appended here; nowhere when empty.
        std::filesystem::path log;
        Inherit inherit = Inherit::Environment;
    };
    /// Starts it. Throws std::runtime_error naming the program when it cannot be started.
    explicit ChildProcess(Options options);
    /// Kills it, and its process group.
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    void signal(int number) const;
    [[nodiscard]] bool is_running();
    /// The exit status (128 + signal when killed), once it has ended; nullopt when `limit` passed first.
    [[nodiscard]] std::optional<int> wait(std::chrono::milliseconds limit);
    /// Ends it in order: SIGTERM, and SIGKILL when `limit` has passed. Its exit status.
    int end(std::chrono::milliseconds limit);
    /// What it has written so far.
    [[nodiscard]] std::string log() const;
    [[nodiscard]] const std::filesystem::path& log_path() const { return options_.log; }
    [[nodiscard]] pid_t pid() const { return pid_; }

private:
    Options options_;
    pid_t pid_ = -1;
    std::optional<int> ended_;
};

}  // namespace kube
