#include "devcluster/cel/detail/lexer.hpp"

#include "devcluster/cel/utf8.hpp"

#include <array>
#include <optional>

namespace devcluster::cel::detail {
namespace {

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}
bool is_letter(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_';
}
int hexadecimal_digit(char letter) {
    if (is_digit(letter)) return letter - '0';
    if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
    return -1;
}

// Longer symbols first.
constexpr std::array<std::string_view, 26> kSymbols{"&&", "||", "==", "!=", "<=", ">=", "<", ">", "!",
                                                    "?",  ":",  ".",  ",",  "+",  "-",  "*", "/", "%",
                                                    "(",  ")",  "[",  "]",  "{",  "}",  ";", "="};

class Lexer {
public:
    explicit Lexer(std::string_view source) : source_(source) {}

    std::vector<Token> run() {
        std::vector<Token> tokens;
        while (true) {
            skip_blanks();
            const std::size_t start = at_;
            if (at_end()) {
                tokens.push_back({TokenKind::End, start, {}});
                return tokens;
            }
            tokens.push_back(next());
            tokens.back().position = start;
        }
    }

private:
    [[nodiscard]] bool at_end() const { return at_ >= source_.size(); }
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
    }
    [[nodiscard]] bool looking_at(std::string_view text) const { return source_.substr(at_).starts_with(text); }
    [[noreturn]] void fail(std::size_t position, std::string message) const {
        throw ExpressionError{position, std::move(message)};
    }

    void skip_blanks() {
        while (!at_end()) {
            if (looking_at("//")) {
                while (!at_end() && peek() != '\n') ++at_;
            } else if (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r' || peek() == '\f') {
                ++at_;
            } else {
                return;
            }
        }
    }

    Token next() {
        if (std::optional<Token> literal = text_literal()) return std::move(*literal);
        if (is_digit(peek()) || (peek() == '.' && is_digit(peek(1)))) return number();
        if (is_letter(peek())) {
            const std::size_t start = at_;
            while (is_letter(peek()) || is_digit(peek())) ++at_;
            return {TokenKind::Identifier, start, std::string(source_.substr(start, at_ - start))};
        }
        for (const std::string_view symbol : kSymbols) {
            if (!looking_at(symbol)) continue;
            at_ += symbol.size();
            return {TokenKind::Symbol, at_, std::string(symbol)};
        }
        const CodePoint point = decode_utf8(source_, at_);
        fail(
            at_,
            "Syntax error: token recognition error at: '" + std::string(source_.substr(at_, point.length_bytes)) + "'"
        );
    }

    Token number() {
        const std::size_t start = at_;
        TokenKind kind = TokenKind::Int;
        if (looking_at("0x") || looking_at("0X")) {
            at_ += 2;
            while (hexadecimal_digit(peek()) >= 0) ++at_;
        } else {
            while (is_digit(peek())) ++at_;
            if (peek() == '.' && is_digit(peek(1))) {
                kind = TokenKind::Double;
                ++at_;
                while (is_digit(peek())) ++at_;
            }
            if (peek() == 'e' || peek() == 'E') {
                const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
                if (is_digit(peek(1 + sign))) {
                    kind = TokenKind::Double;
                    at_ += 1 + sign;
                    while (is_digit(peek())) ++at_;
                }
            }
        }
        Token token{kind, start, std::string(source_.substr(start, at_ - start))};
        if (kind == TokenKind::Int && (peek() == 'u' || peek() == 'U')) {
            ++at_;
            token.kind = TokenKind::Uint;
        }
        return token;
    }

    /// A string or bytes literal with its prefixes, or nullopt when none begins here.
    std::optional<Token> text_literal() {
        std::size_t prefix = 0;
        bool is_raw = false;
        bool is_bytes = false;
        while (prefix < 2) {
            const char letter = peek(prefix);
            if ((letter == 'r' || letter == 'R') && !is_raw) {
                is_raw = true;
            } else if ((letter == 'b' || letter == 'B') && !is_bytes) {
                is_bytes = true;
            } else {
                break;
            }
            ++prefix;
        }
        const char quote = peek(prefix);
        if (quote != '"' && quote != '\'') return std::nullopt;
        const std::size_t start = at_;
        at_ += prefix;
        std::string delimiter(1, quote);
        if (looking_at(std::string(3, quote))) delimiter = std::string(3, quote);
        at_ += delimiter.size();
        Token token{is_bytes ? TokenKind::Bytes : TokenKind::String, start, {}};
        while (!looking_at(delimiter)) {
            if (at_end() || (delimiter.size() == 1 && (peek() == '\n' || peek() == '\r'))) {
                fail(start, "Syntax error: string literal is not terminated");
            }
            if (peek() != '\\') {
                token.text.push_back(source_[at_++]);
            } else if (is_raw) {
                token.text.push_back(source_[at_++]);
                if (!at_end()) token.text.push_back(source_[at_++]);
            } else {
                escape(token.text, is_bytes);
            }
        }
        at_ += delimiter.size();
        return token;
    }

    void escape(std::string& into, bool is_bytes) {
        const std::size_t start = at_++;
        const char letter = at_end() ? '\0' : source_[at_++];
        switch (letter) {
            case 'a':
                into.push_back('\a');
                return;
            case 'b':
                into.push_back('\b');
                return;
            case 'f':
                into.push_back('\f');
                return;
            case 'n':
                into.push_back('\n');
                return;
            case 'r':
                into.push_back('\r');
                return;
            case 't':
                into.push_back('\t');
                return;
            case 'v':
                into.push_back('\v');
                return;
            case '\\':
            case '\'':
            case '"':
            case '`':
            case '?':
                into.push_back(letter);
                return;
            case 'x':
            case 'X':
                put(into, digits(start, 2, 16), is_bytes, start);
                return;
            case 'u':
                if (!is_bytes) return put(into, digits(start, 4, 16), is_bytes, start);
                break;
            case 'U':
                if (!is_bytes) return put(into, digits(start, 8, 16), is_bytes, start);
                break;
            case '0':
            case '1':
            case '2':
            case '3':
                --at_;
                put(into, digits(start, 3, 8), is_bytes, start);
                return;
            default:
                break;
        }
        fail(start, "Syntax error: unable to unescape string");
    }

    void put(std::string& into, char32_t value, bool is_bytes, std::size_t start) const {
        if (is_bytes) {
            into.push_back(static_cast<char>(static_cast<unsigned char>(value)));
        } else if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
            fail(start, "Syntax error: invalid unicode code point");
        } else {
            append_utf8(into, value);
        }
    }

    char32_t digits(std::size_t start, int count, int base) {
        char32_t value = 0;
        for (int index = 0; index < count; ++index) {
            const int digit = hexadecimal_digit(peek());
            if (digit < 0 || digit >= base) fail(start, "Syntax error: unable to unescape string");
            value = value * static_cast<char32_t>(base) + static_cast<char32_t>(digit);
            ++at_;
        }
        return value;
    }

    std::string_view source_;
    std::size_t at_ = 0;
};

}  // namespace

std::vector<Token> tokenize(std::string_view source) {
    return Lexer{source}.run();
}

}  // namespace devcluster::cel::detail
