#include "support/program_events.hpp"

#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace support {
namespace {

int watch_of(const std::filesystem::path& folder) {
    const int watch = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watch < 0 || ::inotify_add_watch(watch, folder.c_str(), IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0) {
        throw std::runtime_error{"cannot watch " + folder.string() + ": " + std::strerror(errno)};
    }
    return watch;
}

}  // namespace

ProgramEvents::ProgramEvents(
    boost::asio::io_context& loop, const ChildProcess& program, const std::filesystem::path& folder
)
    : writes_{std::make_shared<Descriptor>(loop, watch_of(folder))}, end_{loop} {
    await_writes(writes_);
    // Readable when it has ended; there is none of a program whose end was already heard of.
    const int handle = static_cast<int>(::syscall(SYS_pidfd_open, program.pid(), 0));
    if (handle < 0) return;
    end_.assign(handle);
    end_.async_wait(Descriptor::wait_read, [](boost::system::error_code) {});
}

void ProgramEvents::await_writes(const std::shared_ptr<Descriptor>& writes) {
    writes->async_wait(Descriptor::wait_read, [known = std::weak_ptr{writes}](boost::system::error_code error) {
        const auto written = known.lock();
        if (error || !written) return;
        std::array<char, 4096> events{};
        while (::read(written->native_handle(), events.data(), events.size()) > 0) continue;
        await_writes(written);
    });
}

bool wait_until(
    ChildProcess& program,
    const std::filesystem::path& folder,
    std::chrono::seconds limit,
    const std::function<bool()>& done
) {
    boost::asio::io_context loop{1};
    const ProgramEvents events{loop, program, folder};
    const auto give_up_at = std::chrono::steady_clock::now() + limit;
    while (!done()) {
        if (!program.is_running() || std::chrono::steady_clock::now() >= give_up_at) return done();
        (void)loop.run_one_until(give_up_at);
    }
    return true;
}

}  // namespace support
