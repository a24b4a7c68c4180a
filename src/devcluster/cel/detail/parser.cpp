#include "devcluster/cel/detail/parser.hpp"

#include "devcluster/cel/detail/lexer.hpp"

#include <fmt/core.h>

#include <charconv>
#include <span>
#include <string>
#include <utility>

namespace devcluster::cel::detail {
namespace {

constexpr int kNestingMax = 250;

class Parser {
public:
    explicit Parser(std::string_view source) : tokens_(tokenize(source)) {}

    ExpressionPtr parse() {
        ExpressionPtr root = expression();
        if (peek().kind != TokenKind::End) unexpected();
        return root;
    }

private:
    [[nodiscard]] const Token& peek(std::size_t ahead = 0) const {
        return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
    }
    [[nodiscard]] bool at_symbol(std::string_view symbol) const {
        return peek().kind == TokenKind::Symbol && peek().text == symbol;
    }
    bool accept(std::string_view symbol) {
        if (!at_symbol(symbol)) return false;
        ++at_;
        return true;
    }
    void expect(std::string_view symbol) {
        if (!accept(symbol)) unexpected(fmt::format(", expecting '{}'", symbol));
    }
    [[noreturn]] void unexpected(std::string_view expecting = {}) const {
        const Token& token = peek();
        const std::string shown = token.kind == TokenKind::End ? "<EOF>" : token.text;
        throw ExpressionError{token.position, fmt::format("Syntax error: unexpected '{}'{}", shown, expecting)};
    }

    static ExpressionPtr make(ExpressionKind kind, std::size_t position) {
        auto made = std::make_unique<Expression>();
        made->kind = kind;
        made->position = position;
        return made;
    }
    template <class... Children>
    static ExpressionPtr make(ExpressionKind kind, std::size_t position, Children... children) {
        ExpressionPtr made = make(kind, position);
        (made->children.push_back(std::move(children)), ...);
        return made;
    }

    ExpressionPtr expression() {
        if (++nesting_ > kNestingMax)
            throw ExpressionError{peek().position, "expression recursion limit exceeded: 250"};
        ExpressionPtr condition = disjunction();
        const std::size_t position = peek().position;
        if (accept("?")) {
            ExpressionPtr then = disjunction();
            expect(":");
            ExpressionPtr otherwise = expression();
            condition = make(
                ExpressionKind::Conditional, position, std::move(condition), std::move(then), std::move(otherwise)
            );
        }
        --nesting_;
        return condition;
    }

    ExpressionPtr disjunction() {
        ExpressionPtr left = conjunction();
        while (at_symbol("||")) {
            const std::size_t position = tokens_[at_++].position;
            ExpressionPtr right = conjunction();
            left = make(ExpressionKind::Or, position, std::move(left), std::move(right));
        }
        return left;
    }

    ExpressionPtr conjunction() {
        ExpressionPtr left = relation();
        while (at_symbol("&&")) {
            const std::size_t position = tokens_[at_++].position;
            ExpressionPtr right = relation();
            left = make(ExpressionKind::And, position, std::move(left), std::move(right));
        }
        return left;
    }

    struct Spelling {
        std::string_view symbol;
        Operator operation;
    };

    /// The operator at hand if it is one of `spellings`, which it then steps over.
    const Spelling* accept_operator(std::span<const Spelling> spellings) {
        for (const Spelling& spelling : spellings) {
            const bool is_word = spelling.symbol == "in";
            if (is_word ? peek().kind == TokenKind::Identifier && peek().text == "in" : at_symbol(spelling.symbol)) {
                ++at_;
                return &spelling;
            }
        }
        return nullptr;
    }

    template <class Next>
    ExpressionPtr left_associative(std::span<const Spelling> spellings, Next next) {
        ExpressionPtr left = (this->*next)();
        while (true) {
            const std::size_t position = peek().position;
            const Spelling* spelling = accept_operator(spellings);
            if (spelling == nullptr) return left;
            ExpressionPtr right = (this->*next)();
            left = make(ExpressionKind::Operation, position, std::move(left), std::move(right));
            left->operation = spelling->operation;
        }
    }

    ExpressionPtr relation() {
        static constexpr Spelling kRelations[] = {
            {"==", Operator::Equal},
            {"!=", Operator::NotEqual},
            {"<=", Operator::LessEqual},
            {">=", Operator::GreaterEqual},
            {"<", Operator::Less},
            {">", Operator::Greater},
            {"in", Operator::In},
        };
        return left_associative(kRelations, &Parser::sum);
    }
    ExpressionPtr sum() {
        static constexpr Spelling kSums[] = {{"+", Operator::Add}, {"-", Operator::Subtract}};
        return left_associative(kSums, &Parser::product);
    }
    ExpressionPtr product() {
        static constexpr Spelling kProducts[] = {
            {"*", Operator::Multiply}, {"/", Operator::Divide}, {"%", Operator::Modulo}
        };
        return left_associative(kProducts, &Parser::unary);
    }

    ExpressionPtr unary() {
        const std::size_t position = peek().position;
        for (const std::string_view sign : {"!", "-"}) {
            if (!at_symbol(sign)) continue;
            const bool is_number = peek(1).kind == TokenKind::Int || peek(1).kind == TokenKind::Double;
            if (sign == "-" && is_number && peek(1).position == position + 1) break;  // Part of the literal.
            std::size_t count = 0;
            while (accept(sign)) ++count;
            ExpressionPtr operand = member();
            if (count % 2 == 0) return operand;
            operand = make(ExpressionKind::Operation, position, std::move(operand));
            operand->operation = sign == "!" ? Operator::Not : Operator::Negate;
            return operand;
        }
        return member();
    }

    ExpressionPtr member() {
        ExpressionPtr target = primary();
        while (true) {
            const std::size_t position = peek().position;
            if (accept(".")) {
                if (at_symbol("?"))
                    throw ExpressionError{position, "optional field selection (.?) is not supported by this server"};
                if (peek().kind != TokenKind::Identifier) unexpected(", expecting a field name");
                const Token name = tokens_[at_++];
                target =
                    at_symbol("(") ? call(std::move(target), name) : select(std::move(target), name.text, position);
            } else if (accept("[")) {
                if (at_symbol("?"))
                    throw ExpressionError{position, "optional indexing ([?) is not supported by this server"};
                ExpressionPtr index = expression();
                expect("]");
                target = make(ExpressionKind::Index, position, std::move(target), std::move(index));
            } else {
                return target;
            }
        }
    }

    static ExpressionPtr select(ExpressionPtr target, std::string name, std::size_t position) {
        ExpressionPtr made = make(ExpressionKind::Select, position, std::move(target));
        made->name = std::move(name);
        return made;
    }

    /// A call by `name`, the token before the parenthesis; `target` is null for a global function.
    ExpressionPtr call(ExpressionPtr target, const Token& name) {
        const std::size_t position = peek().position;  // cel-go places a call at its parenthesis.
        expect("(");
        std::vector<ExpressionPtr> arguments;
        if (!accept(")")) {
            do {
                arguments.push_back(expression());
            } while (accept(","));
            expect(")");
        }
        if (target == nullptr && name.text == "has") return presence(std::move(arguments), name.position);
        if (target != nullptr) {
            if (ExpressionPtr macro = comprehension(target, name, arguments)) return macro;
        }
        ExpressionPtr made = make(ExpressionKind::Call, position);
        made->name = name.text;
        made->is_member = target != nullptr;
        if (target != nullptr) made->children.push_back(std::move(target));
        for (ExpressionPtr& argument : arguments) made->children.push_back(std::move(argument));
        return made;
    }

    static ExpressionPtr presence(std::vector<ExpressionPtr> arguments, std::size_t position) {
        if (arguments.size() != 1 || arguments.front()->kind != ExpressionKind::Select) {
            const bool has_one = arguments.size() == 1;
            throw ExpressionError{has_one ? arguments.front()->position : position, "invalid argument to has() macro"};
        }
        ExpressionPtr made = std::move(arguments.front());
        made->kind = ExpressionKind::Has;
        made->position = position;
        return made;
    }

    /// Null when the call is no macro; `target` and `arguments` are untouched then.
    static ExpressionPtr comprehension(
        ExpressionPtr& target, const Token& name, std::vector<ExpressionPtr>& arguments
    ) {
        const std::size_t count = arguments.size();
        Macro macro = Macro::All;
        std::size_t variables = 1;
        if (name.text == "all" || name.text == "exists" || name.text == "exists_one" || name.text == "existsOne") {
            if (count != 2 && count != 3) return nullptr;
            macro = name.text == "all" ? Macro::All : name.text == "exists" ? Macro::Exists : Macro::ExistsOne;
            variables = count - 1;
        } else if (name.text == "filter" && count == 2) {
            macro = Macro::Filter;
        } else if (name.text == "map" && (count == 2 || count == 3)) {
            macro = Macro::Map;
        } else {
            return nullptr;
        }
        ExpressionPtr made = make(ExpressionKind::Comprehension, name.position, std::move(target));
        made->macro = macro;
        for (std::size_t index = 0; index < variables; ++index) {
            const Expression& variable = *arguments[index];
            if (variable.kind != ExpressionKind::Variable) {
                throw ExpressionError{variable.position, "argument must be a simple name"};
            }
            made->variables.push_back(variable.name);
        }
        for (std::size_t index = variables; index < count; ++index)
            made->children.push_back(std::move(arguments[index]));
        return made;
    }

    ExpressionPtr primary() {
        const Token& token = peek();
        switch (token.kind) {
            case TokenKind::Int:
            case TokenKind::Uint:
            case TokenKind::Double:
                ++at_;
                return number(token, false);
            case TokenKind::String:
            case TokenKind::Bytes:
                ++at_;
                return text(token);
            case TokenKind::Identifier:
                return identifier();
            default:
                break;
        }
        if (accept("(")) {
            ExpressionPtr inner = expression();
            expect(")");
            return inner;
        }
        if (accept("-")) return number(tokens_[at_++], true);
        if (accept("[")) return list(token.position);
        if (accept("{")) return map(token.position);
        if (accept(".")) {
            if (peek().kind != TokenKind::Identifier) unexpected();
            return identifier();
        }
        unexpected();
    }

    ExpressionPtr identifier() {
        const Token token = tokens_[at_++];
        ExpressionPtr made = make(ExpressionKind::Literal, token.position);
        if (token.text == "true" || token.text == "false") {
            made->literal = Value::of(token.text == "true");
            return made;
        }
        if (token.text == "null") return made;
        if (is_reserved_word(token.text)) throw ExpressionError{token.position, "reserved identifier: " + token.text};
        if (at_symbol("(")) return call(nullptr, token);
        if (at_symbol("{")) {
            throw ExpressionError{
                token.position, fmt::format("undeclared reference to '{}' (in container '')", token.text)
            };
        }
        made->kind = ExpressionKind::Variable;
        made->name = token.text;
        return made;
    }

    static ExpressionPtr text(const Token& token) {
        ExpressionPtr made = make(ExpressionKind::Literal, token.position);
        made->name = token.text;
        made->literal = token.kind == TokenKind::Bytes ? Value::of_bytes(made->name) : Value::of_string(made->name);
        return made;
    }

    static ExpressionPtr number(const Token& token, bool is_negative) {
        ExpressionPtr made = make(ExpressionKind::Literal, token.position);
        std::string digits = is_negative ? "-" : "";
        const bool is_hexadecimal = token.text.starts_with("0x") || token.text.starts_with("0X");
        digits += is_hexadecimal ? token.text.substr(2) : token.text;
        const int base = is_hexadecimal ? 16 : 10;
        const auto read = [&]<class Number>(Number& number, auto... format) {
            const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, format...);
            return error == std::errc{} && end == digits.data() + digits.size();
        };
        if (token.kind == TokenKind::Double) {
            double value = 0;
            if (!read(value)) throw ExpressionError{token.position, "invalid double literal"};
            made->literal = Value::of(value);
        } else if (token.kind == TokenKind::Uint) {
            std::uint64_t value = 0;
            if (!read(value, base)) throw ExpressionError{token.position, "invalid uint literal"};
            made->literal = Value::of_unsigned(value);
        } else {
            std::int64_t value = 0;
            if (!read(value, base)) throw ExpressionError{token.position, "invalid int literal"};
            made->literal = Value::of(value);
        }
        return made;
    }

    ExpressionPtr list(std::size_t position) {
        ExpressionPtr made = make(ExpressionKind::List, position);
        while (!accept("]")) {
            made->children.push_back(expression());
            if (!accept(",") && !at_symbol("]")) unexpected(", expecting ']'");
        }
        return made;
    }

    ExpressionPtr map(std::size_t position) {
        ExpressionPtr made = make(ExpressionKind::Map, position);
        while (!accept("}")) {
            made->children.push_back(expression());
            expect(":");
            made->children.push_back(expression());
            if (!accept(",") && !at_symbol("}")) unexpected(", expecting '}'");
        }
        return made;
    }

    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    int nesting_ = 0;
};

}  // namespace

ExpressionPtr parse(std::string_view source) {
    return Parser{source}.parse();
}

}  // namespace devcluster::cel::detail
