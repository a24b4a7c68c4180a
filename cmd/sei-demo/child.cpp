#include "child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

namespace sei_demo {

Child::Child(
    std::filesystem::path program,
    std::vector<std::string> arguments,
    const std::map<std::string, std::string>& environment,
    std::filesystem::path log
)
    : log_{std::move(log)} {
    arguments.insert(arguments.begin(), program.string());
    std::vector<std::string> variables;
    for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    std::vector<char*> envp;
    for (std::string& variable : variables) envp.push_back(variable.data());
    envp.push_back(nullptr);
    const int output = ::open(log_.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    if (output < 0) throw std::runtime_error{"cannot write " + log_.string() + ": " + std::strerror(errno)};
    pid_ = ::fork();
    if (pid_ == 0) {
        // Between fork and exec only what is safe in a signal handler. Ctrl-C reaches this program alone: it ends the
        // others in order.
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::setpgid(0, 0);
        ::dup2(output, STDOUT_FILENO);
        ::dup2(output, STDERR_FILENO);
        ::execve(argv[0], argv.data(), envp.data());
        ::_exit(127);
    }
    ::close(output);
    if (pid_ < 0) throw std::runtime_error{"cannot start " + program.string() + ": " + std::strerror(errno)};
}

Child::~Child() {
    (void)end(std::chrono::seconds{5});
}

std::optional<int> Child::wait(std::chrono::milliseconds limit) {
    if (status_) return status_;
    const int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    if (handle >= 0) {
        pollfd wanted{.fd = handle, .events = POLLIN, .revents = 0};
        (void)::poll(&wanted, 1, static_cast<int>(limit.count()));
        ::close(handle);
    }
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
        status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return status_;
}

bool Child::is_running() {
    return !wait(std::chrono::milliseconds{0});
}

int Child::end(std::chrono::milliseconds limit) {
    if (status_) return *status_;
    ::kill(pid_, SIGTERM);
    if (!wait(limit)) ::kill(pid_, SIGKILL);
    return wait(std::chrono::seconds{5}).value_or(-1);
}

}  // namespace sei_demo
