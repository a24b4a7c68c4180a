#include "kube/process/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

extern char** environ;  // NOLINT

namespace kube {
namespace {

std::vector<std::string> environment_of(const ChildProcess::Options& options) {
    std::map<std::string, std::string> all;
    const bool inherits = options.inherit == ChildProcess::Inherit::Environment;
    for (char** entry = environ; inherits && *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        const auto equals = text.find('=');
        if (equals != std::string_view::npos) all[std::string{text.substr(0, equals)}] = text.substr(equals + 1);
    }
    for (const auto& [name, value] : options.environment) {
        if (value.empty()) {
            all.erase(name);
        } else {
            all[name] = value;
        }
    }
    std::vector<std::string> lines;
    lines.reserve(all.size());
    for (const auto& [name, value] : all) lines.push_back(name + "=" + value);
    return lines;
}

std::vector<char*> pointers_to(std::vector<std::string>& strings) {
    std::vector<char*> pointers;
    pointers.reserve(strings.size() + 1);
    for (std::string& string : strings) pointers.push_back(string.data());
    pointers.push_back(nullptr);
    return pointers;
}

}  // namespace

ChildProcess::ChildProcess(Options options) : options_{std::move(options)} {
    if (!std::filesystem::exists(options_.program)) {
        throw std::runtime_error{"there is no program " + options_.program.string()};
    }
    std::vector<std::string> arguments{options_.program.string()};
    arguments.insert(arguments.end(), options_.arguments.begin(), options_.arguments.end());
    std::vector<std::string> environment = environment_of(options_);
    const std::vector<char*> argv = pointers_to(arguments);
    const std::vector<char*> envp = pointers_to(environment);
    const std::string log = options_.log.empty() ? "/dev/null" : options_.log.string();
    const int output = ::open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    if (output < 0) throw std::runtime_error{"cannot write " + log + ": " + std::strerror(errno)};
    pid_ = ::fork();
    if (pid_ == 0) {
        // Between fork and exec only what is safe in a signal handler.
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::setpgid(0, 0);
        ::dup2(output, STDOUT_FILENO);
        ::dup2(output, STDERR_FILENO);
        const int nothing = ::open("/dev/null", O_RDONLY);
        ::dup2(nothing, STDIN_FILENO);
        ::execve(argv[0], argv.data(), envp.data());
        ::_exit(127);
    }
    ::close(output);
    if (pid_ < 0) throw std::runtime_error{"cannot start " + options_.program.string() + ": " + std::strerror(errno)};
}

ChildProcess::~ChildProcess() {
    if (!is_running()) return;
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
    (void)wait(std::chrono::seconds{10});
}

void ChildProcess::signal(int number) const {
    if (!ended_) ::kill(pid_, number);
}

bool ChildProcess::is_running() {
    return !wait(std::chrono::milliseconds{0});
}

std::optional<int> ChildProcess::wait(std::chrono::milliseconds limit) {
    if (ended_) return ended_;
    // A pidfd becomes readable when the process ends: no polling.
    const int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    if (handle >= 0) {
        pollfd wanted{.fd = handle, .events = POLLIN, .revents = 0};
        (void)::poll(&wanted, 1, static_cast<int>(limit.count()));
        ::close(handle);
    }
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
        ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return ended_;
}

int ChildProcess::end(std::chrono::milliseconds limit) {
    signal(SIGTERM);
    if (!wait(limit)) signal(SIGKILL);
    return wait(std::chrono::seconds{5}).value_or(-1);
}

std::string ChildProcess::log() const {
    std::ifstream file{options_.log, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

}  // namespace kube
