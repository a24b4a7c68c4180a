// What a program that runs beside the tests does: whoever waits for it looks then, and not by a clock.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "support/child_process.hpp"

namespace support {

/// Turns the loop whenever the program, or somebody else, has written into `folder`, and when the program has ended.
class ProgramEvents {
public:
    ProgramEvents(boost::asio::io_context& loop, const ChildProcess& program, const std::filesystem::path& folder);

private:
    using Descriptor = boost::asio::posix::stream_descriptor;
    static void await_writes(const std::shared_ptr<Descriptor>& writes);

    /// Known to a wait only for as long as this lives: one that has ended may still have its turn of the loop to come.
    std::shared_ptr<Descriptor> writes_;
    Descriptor end_;
};

/// Blocks until `done`, asked whenever the program has written into `folder`. False: the program has ended, or `limit`
/// has passed, and it does not hold.
[[nodiscard]] bool wait_until(
    ChildProcess& program,
    const std::filesystem::path& folder,
    std::chrono::seconds limit,
    const std::function<bool()>& done
);

}  // namespace support
