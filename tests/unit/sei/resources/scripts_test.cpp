// Runs the scripts in the real shells, with programs on PATH that stand in for seid.
#include "sei/resources/scripts.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sei::resources {
namespace {

using testing::HasSubstr;

/// A home, a folder of programs, and the shell that runs a script with them.
class Box {
public:
    Box() {
        std::string pattern = (std::filesystem::temp_directory_path() / "scripts-XXXXXX").string();
        root_ = ::mkdtemp(pattern.data());
        std::filesystem::create_directories(root_ / "bin");
        std::filesystem::create_directories(home() / "config");
        // The waits of the scripts take no time here.
        program("sleep", "exit 0");
    }
    ~Box() { std::filesystem::remove_all(root_); }
    Box(const Box&) = delete;
    Box& operator=(const Box&) = delete;

    [[nodiscard]] std::filesystem::path home() const { return root_ / "home"; }
    void program(const std::string& name, const std::string& body) {
        const auto path = root_ / "bin" / name;
        std::ofstream{path} << "#!/bin/sh\n" << body << "\n";
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    }
    /// The exit status; `output` has what was printed.
    int run(const std::string& shell, const std::string& script) {
        const auto out = root_ / "out";
        const auto file = root_ / "script";
        std::ofstream{file} << script;
        const std::string command = fmt::format(
            "HOME={} PATH={}:/usr/bin:/bin timeout 30 {} -c \"$(cat {})\" >{} 2>&1",
            home().string(),
            (root_ / "bin").string(),
            shell,
            file.string(),
            out.string()
        );
        const int status = std::system(command.c_str());
        std::stringstream text;
        text << std::ifstream{out}.rdbuf();
        output = text.str();
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    std::string output;

private:
    std::filesystem::path root_;
};

/// Answers one connection after another with the given texts, then closes.
class Answers {
public:
    explicit Answers(std::vector<std::string> texts) : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(::bind(socket_, generic, size), 0);
        EXPECT_EQ(::listen(socket_, 8), 0);
        EXPECT_EQ(::getsockname(socket_, generic, &size), 0);
        port = ntohs(address.sin_port);
        thread_ = std::thread{[this, texts = std::move(texts)] {
            for (const std::string& text : texts) {
                const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
                if (connection < 0) return;
                if (!text.empty()) {
                    read_request(connection);
                    static_cast<void>(::send(connection, text.data(), text.size(), MSG_NOSIGNAL));
                }
                ::close(connection);
                ++answered;
            }
        }};
    }
    ~Answers() {
        ::shutdown(socket_, SHUT_RDWR);
        thread_.join();
        ::close(socket_);
    }
    Answers(const Answers&) = delete;
    Answers& operator=(const Answers&) = delete;
    std::int32_t port = 0;
    std::atomic<int> answered = 0;

private:
    /// To its end: closing a connection with unread bytes would reset it.
    static void read_request(int connection) {
        std::string request;
        std::array<char, 1024> bytes{};
        while (request.find("\r\n\r\n") == std::string::npos) {
            const auto count = ::recv(connection, bytes.data(), bytes.size(), 0);
            if (count <= 0) return;
            request.append(bytes.data(), static_cast<std::size_t>(count));
        }
    }
    int socket_;
    std::thread thread_;
};

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view kUnavailable = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

TEST(SeidInitScript, initialises_an_empty_data_directory) {
    Box box;
    box.program("seid", "echo seid \"$@\"");
    EXPECT_EQ(box.run("/bin/sh", seid_init_script("pacific-1")), 0) << box.output;
    EXPECT_EQ(box.output, "seid init pacific-1 --chain-id pacific-1 --home " + box.home().string() + " --overwrite\n");
    EXPECT_TRUE(std::filesystem::is_directory(box.home() / "tmp"));
}

TEST(SeidInitScript, leaves_an_initialised_data_directory_alone) {
    Box box;
    box.program("seid", "echo called");
    std::ofstream{box.home() / "config" / "genesis.json"} << "{}";
    EXPECT_EQ(box.run("/bin/sh", seid_init_script("pacific-1")), 0);
    EXPECT_EQ(box.output, "the data directory is initialised\n");
    EXPECT_TRUE(std::filesystem::is_directory(box.home() / "tmp"));
}

TEST(SeidInitScript, fails_when_seid_does) {
    Box box;
    box.program("seid", "exit 7");
    EXPECT_EQ(box.run("/bin/sh", seid_init_script("pacific-1")), 7);
    EXPECT_FALSE(std::filesystem::exists(box.home() / "tmp"));
}

TEST(SeidInitScript, takes_any_chain_id_for_one_word) {
    Box box;
    box.program("seid", "echo \"$2\"");
    EXPECT_EQ(box.run("/bin/sh", seid_init_script("a'; echo \"$(id)\" #")), 0);
    EXPECT_EQ(box.output, "a'; echo \"$(id)\" #\n");
}

TEST(SeidWaitScript, starts_seid_once_the_sidecar_answers_200) {
    Box box;
    box.program("seid", "echo seid \"$@\"; ls -l /proc/self/fd | grep -c socket:; true");
    Answers sidecar{{"", std::string{kUnavailable}, "garbage\r\n", std::string{kOk}}};
    EXPECT_EQ(box.run("/bin/bash", seid_wait_script(sidecar.port)), 0);
    EXPECT_EQ(sidecar.answered, 4);
    EXPECT_EQ(
        box.output,
        fmt::format(
            "waiting for the sidecar on port {}\nthe sidecar is ready: starting seid\nseid start --home {}\n0\n",
            sidecar.port,
            box.home().string()
        )
    ) << "no connection is left open in seid";
}

TEST(SeidWaitScript, is_replaced_by_seid) {
    Box box;
    box.program("seid", "exit 9");
    Answers sidecar{{std::string{kOk}}};
    EXPECT_EQ(box.run("/bin/bash", seid_wait_script(sidecar.port)), 9);
}

TEST(BootstrapScript, takes_the_stop_at_the_target_height_for_success) {
    Box box;
    box.program("seid", "echo seid \"$@\"; exit 130");
    Answers sidecar{{std::string{kOk}}};
    EXPECT_EQ(box.run("/bin/bash", bootstrap_script(sidecar.port, 200'100'000)), 0);
    EXPECT_THAT(box.output, HasSubstr("seid start --home " + box.home().string() + " --halt-height 200100000\n"));
    EXPECT_THAT(box.output, HasSubstr("seid stopped itself at height 200100000\n"));
}

TEST(BootstrapScript, passes_every_other_status_on) {
    for (const int status : {0, 1, 137}) {
        Box box;
        box.program("seid", fmt::format("exit {}", status));
        Answers sidecar{{std::string{kOk}}};
        EXPECT_EQ(box.run("/bin/bash", bootstrap_script(sidecar.port, 1)), status);
    }
}

TEST(ExporterWaitScript, is_valid_and_ends_in_the_exporter) {
    Box box;
    EXPECT_EQ(box.run("/bin/bash -n", exporter_wait_script()), 0) << box.output;
    EXPECT_THAT(exporter_wait_script(), HasSubstr("exec /usr/local/bin/sei-cosmos-exporter --denom usei "));
    EXPECT_THAT(exporter_wait_script(), HasSubstr("/dev/tcp/localhost/9090"));
}

}  // namespace
}  // namespace sei::resources
