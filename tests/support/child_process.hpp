// A program that runs beside a test and never outlives it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace support {

/// One child process: output goes to a log file; killed when the test program dies, whatever way it dies.
class ChildProcess {
public:
    struct Options {
        std::filesystem::path program;
        std::vector<std::string> arguments;
        /// Added to (or replacing in) the environment of this process; an empty value removes the variable.
        std::map<std::string, std::string> environment;
        std::filesystem::path log;
    };
    /// Starts it. Throws std::runtime_error naming the program when it cannot be started.
    explicit ChildProcess(Options options);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    void signal(int number) const;
    [[nodiscard]] bool is_running();
    /// The exit status (128 + signal when killed), once it has ended; nullopt when `limit` passed first.
    [[nodiscard]] std::optional<int> wait(std::chrono::milliseconds limit);
    [[nodiscard]] std::string log() const;
    [[nodiscard]] pid_t pid() const { return pid_; }

private:
    Options options_;
    pid_t pid_ = -1;
    std::optional<int> ended_;
};

/// Runs a program to its end and returns its exit status and what it printed (stdout and stderr together).
struct Finished {
    int status = -1;
    std::string output;
};
[[nodiscard]] Finished run_to_end(ChildProcess::Options options, std::chrono::milliseconds limit);

/// A folder of its own, removed with everything in it.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

[[nodiscard]] std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, std::string_view text);
/// A TCP port of the loopback that was free a moment ago.
[[nodiscard]] unsigned short free_port();

}  // namespace support
