// Style that matters is a test: what may not be written where, each with what to write instead.
#include <gtest/gtest.h>

#include <cctype>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "source_tree.hpp"

namespace {

using tidy::SourceFile;

enum class Comments { Skipped, Read };

struct Ban {
    std::string behaviour;
    /// Found where no letter, digit or underscore before or after makes another word of it.
    std::vector<std::string> words;
    std::vector<std::string> folders;
    /// Paths that begin with one of these are where the thing belongs.
    std::vector<std::string> home;
    std::string instead;
    Comments comments = Comments::Skipped;
};

std::vector<Ban> bans() {
    return {
        {"a clock is read only where clocks live",
         {"system_clock::now(", "steady_clock::now(", "high_resolution_clock::now(", "gettimeofday(", "clock_gettime("},
         {"src"},
         {"src/kube/async/", "src/kube/http/", "src/kube/runtime/health_server", "src/kube/client/exec_credential"},
         "take a kube::Clock&"},
        {"nobody sleeps",
         {"this_thread::sleep_for(", "this_thread::sleep_until(", "usleep(", "nanosleep("},
         {"src", "tests", "examples"},
         {"tests/tidy/", "src/kube/async/paced_loop"},
         "wait for an observation: Signal, Clock::sleep_until, or a barrier of the test"},
        {"chance comes from a seed",
         {"std::random_device", "rand()", "srand("},
         {"src"},
         {"src/kube/http/"},
         "take the seed or the random source from the options; cmd/ makes it"},
        {"requests are built by the client alone",
         {"HttpMethod::Post", "HttpMethod::Put", "HttpMethod::Patch", "HttpMethod::Delete"},
         {"src/kube/runtime", "src/sei", "cmd/sei-operator", "examples"},
         {"src/sei/sidecar/"},
         "use kube::Client, whose writes carry their precondition"},
        {"no request goes around the client",
         {"HttpRequest", "unguarded(", "RawClient", "transport.send(", "transport_.send(", "transport->send("},
         {"src/kube/runtime", "src/sei", "cmd/sei-operator", "examples"},
         {"src/sei/sidecar/",
          "src/kube/runtime/event_broadcaster",
          "src/kube/runtime/leader_elector",
          "src/kube/runtime/reflector",
          "src/kube/runtime/manager",
          "src/kube/runtime/metered_transport"},
         "use kube::Client, whose writes carry their precondition; docs/concurrency.md lists them all"},
        {"a version that is written over has been read",
         {"snapshot_of("},
         {"src", "cmd", "examples"},
         {"src/testkit/", "src/kube/client/snapshot"},
         "read it, from a cache or with the client; tests alone make one up"},
        {"the test kit knows nothing of Sei",
         {"sei::", "#include \"sei/"},
         {"src/testkit", "tests/unit/testkit"},
         {},
         "move what knows Sei to tests/support"},
        {"no integration test waits for time",
         {"run_for(",
          "sleep_for(",
          "sleep_until(",
          "advance_by(",
          "expires_after(",
          "monotonic() <",
          "steady_clock::now() +"},
         {"tests/integration", "tests/support"},
         {"tests/support/world",
          "tests/support/program_events",
          "tests/support/kubectl_server",
          "tests/support/real_control_plane",
          "tests/support/throttling_front"},
         "wait for what is observed (run_until), for the barrier (run_until_quiet), or make it happen now "
         "(run_one_more_pass_of_everything)"},
        {"one test alone asserts over time itself",
         {"holds_for("},
         {"tests/integration", "tests/support"},
         {"tests/integration/deployment_rollout_test", "tests/support/world"},
         "assert through passes (holds_through_passes): more can happen in them than in any time"},
        {"no coroutine is detached",
         {"asio::detached"},
         {"src"},
         {"src/kube/async/", "src/kube/http/"},
         "spawn it in a kube::Scope"},
        {"the runtime knows nothing of Sei",
         {"sei::", "#include \"sei/"},
         {"src/kube", "src/devcluster", "examples"},
         {},
         "move what knows Sei to src/sei"},
        {"no leftovers",
         {"TODO", "FIXME", "XXX", "HACK"},
         {"bench", "cmd", "examples", "src", "tests"},
         {"tests/tidy/"},
         "do it, or write it down where it will be found",
         Comments::Read},
        {"a closed set has one lambda for each alternative",
         {"[](const auto&)", "[](auto&&)", "[&](const auto&)", "[&](auto&&)"},
         {"src"},
         {},
         "name the alternatives: the day one is added, this must stop compiling"},
        {"includes start at src/",
         {"#include \"../"},
         {"bench", "cmd", "examples", "src", "tests"},
         {"tests/tidy/", "tests/unit/cmd/"},
         "write the path from src/ (or tests/), which shows the room that is used"},
    };
}

bool begins_with_one_of(std::string_view path, const std::vector<std::string>& prefixes) {
    return std::ranges::any_of(prefixes, [&](const std::string& prefix) { return path.starts_with(prefix); });
}

bool applies(const Ban& ban, std::string_view path) {
    return begins_with_one_of(path, ban.folders) && !begins_with_one_of(path, ban.home);
}

bool is_word_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Where `word` stands in `text` at or after `from`, as a word of its own.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from) {
    for (std::size_t at = text.find(word, from); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        const bool goes_on_before = at > 0 && is_word_character(word.front()) && is_word_character(text[at - 1]);
        const bool goes_on_after = end < text.size() && is_word_character(word.back()) && is_word_character(text[end]);
        if (!goes_on_before && !goes_on_after) return at;
    }
    return std::string_view::npos;
}

bool stands_in_comment(const SourceFile& file, std::size_t at) {
    const std::string_view line = file.line_at(at);
    const auto column = static_cast<std::size_t>(file.text.data() + at - line.data());
    return line.substr(0, column).find("//") != std::string_view::npos;
}

/// Where `file` first breaks `ban`.
std::optional<std::size_t> offence(const Ban& ban, const SourceFile& file) {
    if (!applies(ban, file.path)) return std::nullopt;
    for (const std::string& word : ban.words) {
        for (std::size_t at = find_word(file.text, word, 0); at != std::string::npos;
             at = find_word(file.text, word, at + 1)) {
            if (ban.comments == Comments::Read || !stands_in_comment(file, at)) return at;
        }
    }
    return std::nullopt;
}

TEST(Tidy, what_is_banned_stands_only_where_it_belongs) {
    const std::vector<SourceFile>& files = tidy::code();
    EXPECT_GT(files.size(), 100U) << "the check found hardly any file to read";
    for (const Ban& ban : bans()) {
        for (const SourceFile& file : files) {
            const auto at = offence(ban, file);
            if (!at) continue;
            ADD_FAILURE() << file.place_of(*at) << ": " << ban.behaviour << "; instead: " << ban.instead << "\n"
                          << file.line_at(*at);
        }
    }
}

/// A file that breaks a ban which holds there.
std::string file_in(const std::string& folder) {
    return folder + "/some_file.cpp";
}

TEST(Tidy, each_ban_finds_each_of_its_words) {
    for (const Ban& ban : bans()) {
        SCOPED_TRACE(ban.behaviour);
        const std::string path = file_in(ban.folders.front());
        for (const std::string& word : ban.words) {
            EXPECT_TRUE(offence(ban, {.path = path, .text = "int first;\nauto x = " + word + " y;\n"})) << word;
            const bool reads_comments = ban.comments == Comments::Read;
            EXPECT_EQ(offence(ban, {.path = path, .text = "int x;  // " + word}).has_value(), reads_comments) << word;
            if (is_word_character(word.front())) {
                EXPECT_FALSE(offence(ban, {.path = path, .text = "auto x = my_" + word})) << word;
            }
        }
    }
}

TEST(Tidy, each_ban_holds_in_all_of_its_folders) {
    for (const Ban& ban : bans()) {
        SCOPED_TRACE(ban.behaviour);
        for (const std::string& folder : ban.folders) {
            EXPECT_TRUE(offence(ban, {.path = file_in(folder), .text = ban.words.front() + "\n"})) << folder;
        }
        EXPECT_FALSE(offence(ban, {.path = "elsewhere/some_file.cpp", .text = ban.words.front() + "\n"}));
    }
}

TEST(Tidy, no_ban_holds_in_a_home_of_what_it_bans) {
    for (const Ban& ban : bans()) {
        SCOPED_TRACE(ban.behaviour);
        for (const std::string& home : ban.home) {
            EXPECT_FALSE(offence(ban, {.path = home + "some_file.cpp", .text = ban.words.front() + "\n"})) << home;
            EXPECT_TRUE(begins_with_one_of(home, ban.folders)) << home << " is no exception: the ban is not for it";
            const bool is_there =
                std::ranges::any_of(tidy::code(), [&](const SourceFile& file) { return file.path.starts_with(home); });
            EXPECT_TRUE(is_there) << home << " is nothing that there is";
        }
    }
}

TEST(Tidy, a_request_that_is_filled_in_member_by_member_is_found_too) {
    const SourceFile built_by_hand{
        .path = "src/sei/node/some_file.cpp", .text = "void f() {\n    kube::HttpRequest r;\n}\n"
    };
    EXPECT_TRUE(std::ranges::any_of(bans(), [&](const Ban& ban) { return offence(ban, built_by_hand).has_value(); }));
}

TEST(Tidy, each_ban_applies_to_folders_that_exist) {
    for (const Ban& ban : bans()) {
        for (const std::string& folder : ban.folders) EXPECT_TRUE(exists(tidy::root() / folder)) << folder;
    }
}

TEST(Tidy, every_header_is_included_once_by_pragma) {
    for (const SourceFile& file : tidy::files({"cmd", "src", "tests", "examples"}, {".hpp"})) {
        EXPECT_NE(find_word(file.text, "#pragma once\n", 0), std::string::npos) << file.path;
    }
}

TEST(Tidy, only_its_own_room_includes_a_detail) {
    std::size_t details_included = 0;
    const std::string_view opening = "#include \"";
    for (const SourceFile& file : tidy::code()) {
        const std::string_view text{file.text};
        for (std::size_t at = text.find(opening); at != std::string_view::npos; at = text.find(opening, at + 1)) {
            const std::string_view header = text.substr(at + opening.size(), text.find('"', at + opening.size()) - at);
            const std::size_t detail = header.substr(0, header.find('"')).find("/detail/");
            if (detail == std::string_view::npos) continue;
            ++details_included;
            const std::string room{header.substr(0, detail + 1)};
            EXPECT_TRUE(begins_with_one_of(file.path, {"src/" + room, "tests/unit/" + room, "bench/" + room}))
                << file.place_of(at) << ": " << file.line_at(at) << "\nmove it out of detail/, or do without";
        }
    }
    EXPECT_GT(details_included, 10U);
}

}  // namespace
