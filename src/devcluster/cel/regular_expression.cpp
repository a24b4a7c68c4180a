#include "devcluster/cel/regular_expression.hpp"

#include "devcluster/cel/detail/regular_expression_parser.hpp"
#include "devcluster/cel/utf8.hpp"

#include <limits>
#include <utility>
#include <vector>

namespace devcluster::cel {

using detail::Assertion;
using detail::CharacterSet;
using detail::RegexNode;

/// A Thompson automaton: one instruction per state, followed by all threads at once (a Pike machine).
struct RegularExpression::Automaton {
    enum class Operation : unsigned char { Set, Split, Jump, Assert, Match };
    struct Instruction {
        Operation operation = Operation::Match;
        Assertion assertion = Assertion::TextBegin;
        std::uint32_t set = 0;
        std::uint32_t first = 0;   ///< Where to go on; of a split, the preferred way.
        std::uint32_t second = 0;  ///< Of a split.
    };
    std::vector<Instruction> instructions;
    std::vector<CharacterSet> sets;
    bool starts_at_text_begin = false;
};

namespace {

using Automaton = RegularExpression::Automaton;
using Instruction = Automaton::Instruction;
using Operation = Automaton::Operation;

constexpr std::size_t kInstructionsMax = 20'000;

struct TooLarge {};

class Builder {
public:
    Automaton build(const RegexNode& node) {
        emit(node);
        automaton_.instructions.push_back({.operation = Operation::Match});
        const Instruction& first = automaton_.instructions.front();
        automaton_.starts_at_text_begin =
            first.operation == Operation::Assert && first.assertion == Assertion::TextBegin;
        return std::move(automaton_);
    }

private:
    std::uint32_t here() const { return static_cast<std::uint32_t>(automaton_.instructions.size()); }

    std::uint32_t push(Instruction instruction) {
        if (automaton_.instructions.size() >= kInstructionsMax) throw TooLarge{};
        automaton_.instructions.push_back(instruction);
        return here() - 1;
    }

    void emit(const RegexNode& node) {
        switch (node.kind) {
            case RegexNode::Kind::Empty:
                return;
            case RegexNode::Kind::Set:
                automaton_.sets.push_back(node.set);
                push(
                    {.operation = Operation::Set,
                     .set = static_cast<std::uint32_t>(automaton_.sets.size() - 1),
                     .first = here() + 1}
                );
                return;
            case RegexNode::Kind::Assert:
                push({.operation = Operation::Assert, .assertion = node.assertion, .first = here() + 1});
                return;
            case RegexNode::Kind::Concat:
                for (const RegexNode& child : node.children) emit(child);
                return;
            case RegexNode::Kind::Alternate:
                emit_alternatives(node);
                return;
            case RegexNode::Kind::Repeat:
                emit_repeat(node);
                return;
        }
    }

    void emit_alternatives(const RegexNode& node) {
        std::vector<std::uint32_t> jumps;
        for (std::size_t index = 0; index < node.children.size(); ++index) {
            const bool is_last = index + 1 == node.children.size();
            const std::uint32_t split = is_last ? 0 : push({.operation = Operation::Split});
            if (!is_last) automaton_.instructions[split].first = here();
            emit(node.children[index]);
            if (is_last) break;
            jumps.push_back(push({.operation = Operation::Jump}));
            automaton_.instructions[split].second = here();
        }
        for (const std::uint32_t jump : jumps) automaton_.instructions[jump].first = here();
    }

    void emit_repeat(const RegexNode& node) {
        const RegexNode& body = node.children.front();
        for (int count = 0; count < node.repeats_min; ++count) emit(body);
        if (node.repeats_max < 0) {
            const std::uint32_t split = push({.operation = Operation::Split});
            const std::uint32_t start = here();
            emit(body);
            push({.operation = Operation::Jump, .first = split});
            set_ways(split, start, here(), node.is_greedy);
            return;
        }
        std::vector<std::pair<std::uint32_t, std::uint32_t>> splits;
        for (int count = node.repeats_min; count < node.repeats_max; ++count) {
            const std::uint32_t split = push({.operation = Operation::Split});
            splits.emplace_back(split, here());
            emit(body);
        }
        for (const auto& [split, start] : splits) set_ways(split, start, here(), node.is_greedy);
    }

    void set_ways(std::uint32_t split, std::uint32_t into, std::uint32_t past, bool is_greedy) {
        automaton_.instructions[split].first = is_greedy ? into : past;
        automaton_.instructions[split].second = is_greedy ? past : into;
    }

    Automaton automaton_;
};

bool is_word(char32_t value) {
    return (value >= U'0' && value <= U'9') || (value >= U'A' && value <= U'Z') || (value >= U'a' && value <= U'z') ||
           value == U'_';
}

bool holds(Assertion assertion, std::string_view text, std::size_t at) {
    const bool before = at > 0 && is_word(static_cast<unsigned char>(text[at - 1]));
    const bool after = at < text.size() && is_word(static_cast<unsigned char>(text[at]));
    switch (assertion) {
        case Assertion::TextBegin:
            return at == 0;
        case Assertion::TextEnd:
            return at == text.size();
        case Assertion::LineBegin:
            return at == 0 || text[at - 1] == '\n';
        case Assertion::LineEnd:
            return at == text.size() || text[at] == '\n';
        case Assertion::WordBoundary:
            return before != after;
        case Assertion::NoWordBoundary:
            return before == after;
    }
    return false;
}

struct Thread {
    std::uint32_t at = 0;
    std::size_t begin = 0;
};

/// Threads in order of preference, each instruction at most once.
class Threads {
public:
    explicit Threads(std::size_t instructions) : seen_(instructions, 0) {}
    void clear() {
        threads.clear();
        ++round_;
    }
    bool enter(std::uint32_t instruction) { return std::exchange(seen_[instruction], round_) != round_; }
    std::vector<Thread> threads;

private:
    std::vector<std::uint32_t> seen_;
    std::uint32_t round_ = 1;
};

class Run {
public:
    Run(const Automaton& automaton, std::string_view text)
        : automaton_(automaton),
          text_(text),
          now_(automaton.instructions.size()),
          next_(automaton.instructions.size()) {}

    std::optional<RegularExpression::Span> find(std::size_t from, bool any_match_will_do) {
        std::optional<RegularExpression::Span> best;
        for (std::size_t at = from;;) {
            if (!best && (!automaton_.starts_at_text_begin || at == 0)) follow(now_, {0, at}, at);
            const CodePoint point = at < text_.size() ? decode_utf8(text_, at) : CodePoint{0, 1};
            next_.clear();
            for (const Thread& thread : now_.threads) {
                const Instruction& instruction = automaton_.instructions[thread.at];
                if (instruction.operation == Operation::Match) {
                    best = RegularExpression::Span{thread.begin, at};
                    if (any_match_will_do) return best;
                    break;  // What follows is preferred less.
                }
                if (at < text_.size() && automaton_.sets[instruction.set].contains(point.value)) {
                    follow(next_, {instruction.first, thread.begin}, at + point.length_bytes);
                }
            }
            std::swap(now_, next_);
            if (at >= text_.size()) return best;
            at += point.length_bytes;
            if (now_.threads.empty() && (best || automaton_.starts_at_text_begin)) return best;
        }
    }

private:
    /// Adds the states that `thread` reaches without reading a character.
    void follow(Threads& into, Thread thread, std::size_t at) {
        pending_.push_back(thread.at);
        while (!pending_.empty()) {
            const std::uint32_t index = pending_.back();
            pending_.pop_back();
            if (!into.enter(index)) continue;
            const Instruction& instruction = automaton_.instructions[index];
            switch (instruction.operation) {
                case Operation::Jump:
                    pending_.push_back(instruction.first);
                    break;
                case Operation::Split:
                    pending_.push_back(instruction.second);
                    pending_.push_back(instruction.first);
                    break;
                case Operation::Assert:
                    if (holds(instruction.assertion, text_, at)) pending_.push_back(instruction.first);
                    break;
                case Operation::Set:
                case Operation::Match:
                    into.threads.push_back({index, thread.begin});
                    break;
            }
        }
    }

    const Automaton& automaton_;
    std::string_view text_;
    Threads now_;
    Threads next_;
    std::vector<std::uint32_t> pending_;
};

}  // namespace

RegularExpression::RegularExpression(std::shared_ptr<const Automaton> automaton) : automaton_(std::move(automaton)) {}

std::expected<RegularExpression, std::string> RegularExpression::compile(std::string_view pattern) {
    auto tree = detail::parse_regular_expression(pattern);
    if (!tree) return std::unexpected(std::move(tree.error()));
    try {
        return RegularExpression{std::make_shared<const Automaton>(Builder{}.build(*tree))};
    } catch (const TooLarge&) {
        return std::unexpected("expression too large");
    }
}

bool RegularExpression::matches(std::string_view text) const {
    return Run{*automaton_, text}.find(0, true).has_value();
}

std::optional<RegularExpression::Span> RegularExpression::find(std::string_view text, std::size_t from) const {
    return Run{*automaton_, text}.find(from, false);
}

}  // namespace devcluster::cel
