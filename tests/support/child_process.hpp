// Programs that tests run, and the files and ports that these need.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "kube/process/child_process.hpp"

namespace support {

using kube::ChildProcess;

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
/// A TCP port of the loopback that was free a moment ago, drawn among so many that tests beside this one draw others.
[[nodiscard]] unsigned short free_port();

}  // namespace support
