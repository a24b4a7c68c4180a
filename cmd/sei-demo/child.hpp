// The programs that the demo starts, and ends.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sei_demo {

/// A program that runs beside this one and never outlives it; its output goes to a file.
class Child {
public:
    /// Throws std::runtime_error naming the program when it cannot be started.
    Child(
        std::filesystem::path program,
        std::vector<std::string> arguments,
        const std::map<std::string, std::string>& environment,
        std::filesystem::path log
    );
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    /// Ends the program: SIGTERM, and SIGKILL when `limit` has passed. Its exit status.
    int end(std::chrono::milliseconds limit);
    [[nodiscard]] bool is_running();
    [[nodiscard]] const std::filesystem::path& log() const { return log_; }

private:
    std::optional<int> wait(std::chrono::milliseconds limit);
    std::filesystem::path log_;
    pid_t pid_ = -1;
    std::optional<int> status_;
};

}  // namespace sei_demo
