// An expression's text, cut into tokens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace devcluster::cel::detail {

/// What is wrong with a text, and where. Does not leave the room: `compile` turns it into a CompileError.
struct ExpressionError {
    std::size_t position = 0;
    std::string message;
};

enum class TokenKind : std::uint8_t { End, Identifier, Int, Uint, Double, String, Bytes, Symbol };

struct Token {
    TokenKind kind = TokenKind::End;
    std::size_t position = 0;
    std::string text;  ///< Identifiers, symbols and numbers as written; strings and bytes with their escapes resolved.
};

/// The tokens of `source`, ended by one End. Throws ExpressionError.
[[nodiscard]] std::vector<Token> tokenize(std::string_view source);

}  // namespace devcluster::cel::detail
