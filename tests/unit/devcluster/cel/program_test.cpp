#include "devcluster/cel/program.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <string>
#include <vector>

namespace devcluster::cel {
namespace {

namespace json = boost::json;

std::string evaluate(const std::string& source, const json::value& self, const CompileOptions& options = {}) {
    const auto program = Program::compile(source, options);
    if (!program) return "refused: " + program.error().message;
    const auto outcome = program->evaluate_bool(self, nullptr);
    if (!outcome) return "error: " + outcome.error().message;
    return *outcome ? "true" : "false";
}

struct Case {
    std::string source;
    std::string expected;
};

void expect_all(const std::vector<Case>& cases, const json::value& self = nullptr, const CompileOptions& options = {}) {
    for (const Case& test : cases) {
        SCOPED_TRACE(test.source);
        EXPECT_EQ(evaluate(test.source, self, options), test.expected);
    }
}

TEST(Program, keeps_the_precedence_of_operators) {
    expect_all({
        {"1 + 2 * 3 == 7", "true"},
        {"(1 + 2) * 3 == 9", "true"},
        {"10 - 3 - 2 == 5", "true"},
        {"1 + 1 == 2 && 2 + 2 == 5 || true", "true"},
        {"true || false && false", "true"},
        {"!false && true", "true"},
        {"!!true", "true"},
        {"--1 == 1", "true"},
        {"1 - -1 == 2", "true"},
        {"false ? true : false ? false : true", "true"},
        {"1 in [1, 2] == true", "true"},
        {"7 % 4 == 3", "true"},
        {"-7 / 2 == -3", "true"},
    });
}

TEST(Program, reads_every_kind_of_literal) {
    expect_all({
        {"0x1F == 31", "true"},
        {"5u == uint(5)", "true"},
        {"1e3 == 1000.0", "true"},
        {".5 + .5 == 1.0", "true"},
        {"-9223372036854775808 < 0", "true"},
        {"9223372036854775808 > 0", "refused: invalid int literal"},
        {R"('a\tb' == "a\x09b")", "true"},
        {R"('\u00e4' == 'ä')", "true"},
        {R"('\101' == 'A')", "true"},
        {R"(r'\d' == '\\d')", "true"},
        {R"(r"""a"b""" == 'a"b')", "true"},
        {"'''a\nb''' == 'a\\nb'", "true"},
        {R"(b'\xff' == b'\377')", "true"},
        {"[1, 2, 3,].size() == 3", "true"},
        {"{'a': 1, 'b': 2}.b == 2", "true"},
        {"{'a': 1}['a'] == 1", "true"},
        {"null == null", "true"},
    });
}

TEST(Program, reports_errors_of_arithmetic) {
    expect_all({
        {"1 / 0 == 1", "error: division by zero"},
        {"1 % 0 == 1", "error: modulus by zero"},
        {"9223372036854775807 + 1 > 0", "error: integer overflow"},
        {"-9223372036854775808 - 1 < 0", "error: integer overflow"},
        {"9223372036854775807 * 2 > 0", "error: integer overflow"},
        {"0u - 1u == 0u", "error: unsigned integer overflow"},
        {"1.0 / 0.0 > 1.0", "true"},
        {"int('12') == 12", "true"},
        {"int('x') == 12", "refused: program instantiation failed: type conversion error from 'string' to 'int'"},
        {"int(1e30) == 1", "refused: program instantiation failed: integer overflow"},
        {"uint(-1) == 1u", "refused: program instantiation failed: unsigned integer overflow"},
        {"double('1.5') == 1.5", "true"},
        {"[1, 2][2] == 1", "error: index out of bounds: 2"},
        {"{'a': 1}['b'] == 1", "error: no such key: b"},
    });
}

TEST(Program, lets_the_deciding_side_of_a_junction_absorb_an_error) {
    expect_all({
        {"true || 1 / 0 == 1", "true"},
        {"1 / 0 == 1 || true", "true"},
        {"false && 1 / 0 == 1", "false"},
        {"1 / 0 == 1 && false", "false"},
        {"1 / 0 == 1 || false", "error: division by zero"},
        {"true && 1 / 0 == 1", "error: division by zero"},
        {"[0, 1].exists(x, 1 / x == 1)", "true"},
        {"[0, 1].all(x, 1 / x == 2)", "false"},
        {"[0, 1].all(x, 1 / x == 1)", "error: division by zero"},
        {"[0, 1].exists_one(x, 1 / x == 1)", "error: division by zero"},
        {"1 / 0 == 1 ? true : true", "error: division by zero"},
    });
}

TEST(Program, compares_numbers_across_their_types) {
    expect_all({
        {"1 < 1.5", "true"},
        {"1u < 2", "true"},
        {"-1 < 1u", "true"},
        {"9007199254740993 > 9007199254740992.0", "true"},
        {"dyn(1) == dyn(1.0)", "true"},
        {"dyn(1) == dyn('1')", "false"},
        {"'a' < 'b'", "true"},
        {"duration('90m') == duration('1h30m')", "true"},
        {"duration('1h') > duration('59m59s')", "true"},
        {"timestamp('2025-01-01T00:00:00Z') + duration('24h') == timestamp('2025-01-02T01:00:00+01:00')", "true"},
        {"timestamp('2025-03-01T00:00:00Z').getMonth() == 2", "true"},
        {"string(timestamp('2025-03-01T00:00:00.5Z') - timestamp('2025-03-01T00:00:00Z')) == '0.500s'", "false"},
        {"string(timestamp('2025-03-01T00:00:00.5Z') - timestamp('2025-03-01T00:00:00Z')) == '0.5s'", "true"},
    });
}

TEST(Program, evaluates_macros_over_lists_and_maps) {
    expect_all({
        {"[1, 2, 3].all(x, x > 0)", "true"},
        {"[].all(x, x > 0)", "true"},
        {"[1, 2, 3].exists(x, x == 4)", "false"},
        {"[1, 2, 2].exists_one(x, x == 2)", "false"},
        {"[1, 2, 3].filter(x, x > 1) == [2, 3]", "true"},
        {"[1, 2, 3].map(x, x * 2) == [2, 4, 6]", "true"},
        {"[1, 2, 3].map(x, x > 1, x * 2) == [4, 6]", "true"},
        {"{'a': 1, 'b': 2}.all(k, k.size() == 1)", "true"},
        {"{'a': 1, 'b': 2}.exists(k, v, k == 'b' && v == 2)", "true"},
        {"['a', 'b'].all(i, v, v == 'a' || i == 1)", "true"},
        {"[1, 2].all(x, [1, 2].exists(y, y == x))", "true"},
        {"[[1, 2], [3]].map(x, x.size()) == [2, 1]", "true"},
        {"has({'a': 1}.a)", "true"},
        {"has({'a': 1}.b)", "false"},
        {"'a' in {'a': 1}", "true"},
        {"[3, 1, 2].max() == 3 && [3, 1, 2].min() == 1 && [1, 2].sum() == 3", "true"},
        {"[1, 2, 2].isSorted() && ['a', 'b', 'a'].lastIndexOf('a') == 2", "true"},
    });
}

TEST(Program, knows_the_functions_on_strings) {
    expect_all({
        {"size('äb') == 2 && 'äb'.size() == 2", "true"},
        {"'hello'.contains('ell') && 'hello'.startsWith('he') && 'hello'.endsWith('lo')", "true"},
        {"'hello'.matches('^h.*o$') && matches('hello', 'l+')", "true"},
        {"'a/b'.split('/')[0] == 'a' && 'a,b,c'.split(',', 2) == ['a', 'b,c']", "true"},
        {"['a', 'b'].join('-') == 'a-b' && 'abc'.substring(1) == 'bc' && 'abc'.substring(0, 2) == 'ab'", "true"},
        {"'aBc'.lowerAscii() == 'abc' && 'aBc'.upperAscii() == 'ABC' && '  x '.trim() == 'x'", "true"},
        {"'abab'.replace('b', 'c') == 'acac' && 'abab'.replace('b', 'c', 1) == 'acab'", "true"},
        {"'hello'.indexOf('l') == 2 && 'hello'.lastIndexOf('l') == 3 && 'hello'.charAt(1) == 'e'", "true"},
        {"'abc 123'.find('[0-9]+') == '123' && 'a1b2'.findAll('[0-9]') == ['1', '2']", "true"},
        {"'abc'.substring(4) == ''", "error: index out of range: 4"},
        {"string(1.0) == '1' && string(1000000.0) == '1e+06' && string(true) == 'true' && string(-5) == '-5'", "true"},
        {"bytes('abc').size() == 3 && string(b'abc') == 'abc'", "true"},
        {"type(1) == int && type('a') == string && type([]) == list && type(1) != uint", "true"},
    });
}

TEST(Program, refuses_what_it_does_not_know_with_its_place) {
    expect_all({
        {"selfie == 1", "refused: undeclared reference to 'selfie' (in container '')"},
        {"nope(1)", "refused: undeclared reference to 'nope' (in container '')"},
        {"self.nope()", "refused: undeclared reference to 'nope' (in container '')"},
        {"quantity('1') == quantity('1')", "refused: the function 'quantity' is not supported by this server"},
        {"sets.contains([1], [1])", "refused: the function 'sets.contains' is not supported by this server"},
        {"self.?a.hasValue()", "refused: optional field selection (.?) is not supported by this server"},
        {"1 + 'a' == 2", "refused: found no matching overload for '_+_' applied to '(int, string)'"},
        {"1 == 'a'", "refused: found no matching overload for '_==_' applied to '(int, string)'"},
        {"1.startsWith('a')", "refused: found no matching overload for 'startsWith' applied to 'int.(string)'"},
        {"size(1) == 1", "refused: found no matching overload for 'size' applied to '(int)'"},
        {"1 && true", "refused: found no matching overload for '_&&_' applied to '(int, bool)'"},
        {"[1, 'a'].size() == 2", "refused: expected type 'int' but found 'string'"},
        {"5.all(x, true)",
         "refused: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)"},
        {"[1].all(1, true)", "refused: argument must be a simple name"},
        {"has(self)", "refused: invalid argument to has() macro"},
        {"1 + 1", "refused: cel expression must evaluate to a bool"},
        {"self", "refused: cel expression must evaluate to a bool"},
        {"import == 1", "refused: reserved identifier: import"},
        {"true &&", "refused: Syntax error: unexpected '<EOF>'"},
        {"(true", "refused: Syntax error: unexpected '<EOF>', expecting ')'"},
        {"'abc", "refused: Syntax error: string literal is not terminated"},
        {"true & false", "refused: Syntax error: token recognition error at: '&'"},
        {"'a'.matches('(')", "refused: invalid matches argument"},
        {"duration('1x') == duration('1s')", "refused: invalid duration argument"},
    });
    const std::string source = "true &&\n  self.a == nope";
    const auto program = Program::compile(source, {});
    ASSERT_FALSE(program.has_value());
    EXPECT_EQ(
        program.error().describe(source),
        "ERROR: <input>:2:13: undeclared reference to 'nope' (in container '')\n |   self.a == nope\n | ............^"
    );
}

TEST(Program, checks_dynamic_values_when_it_evaluates) {
    const json::value self = json::parse(R"({"a": 1, "s": "x", "l": [1, 2], "n": null, "b": true, "m": {"k-1": 2}})");
    expect_all(
        {
            {"self.a == 1", "true"},
            {"self.a == 'x'", "false"},
            {"self.missing == 1", "error: no such key: missing"},
            {"has(self.missing) || self.a == 1", "true"},
            {"self.a && true", "error: no such overload"},
            {"self.a + self.s == 2", "error: no such overload"},
            {"self.s.size() == 1 && self.l.size() == 2", "true"},
            {"self.l[1] == 2", "true"},
            {"self.l.indexOf(2) == 1 && self.s.indexOf('x') == 0", "true"},
            {"self.n == null", "true"},
            {"self.m['k-1'] == 2", "true"},
            {"self.l == [1, 2]", "true"},
            {"self.m == {'k-1': 2}", "true"},
            {"self.b ? true : false", "true"},
            {"self.a.matches('x')", "error: no such overload: matches"},
        },
        self
    );
}

/// A type as a schema declares it: {name, namespace, import, when, ratio, count, port, tags (a set), items (a map by
/// name)}.
struct Declared {
    Type names{.kind = TypeKind::List, .element = &simple_type(TypeKind::String), .list_equality = ListEquality::Set};
    Type item{
        .kind = TypeKind::Object,
        .fields = {{"name", "name", &simple_type(TypeKind::String)}, {"size", "size", &simple_type(TypeKind::Int)}}
    };
    Type items{.kind = TypeKind::List, .element = &item, .list_equality = ListEquality::ByKeys, .list_keys = {"name"}};
    Type labels{.kind = TypeKind::Map, .element = &simple_type(TypeKind::String)};
    Type self{
        .kind = TypeKind::Object,
        .fields =
            {
                {"__import__", "import", &simple_type(TypeKind::String)},
                {"__namespace__", "namespace", &simple_type(TypeKind::String)},
                {"a__dash__b", "a-b", &simple_type(TypeKind::Int)},
                {"count", "count", &simple_type(TypeKind::Int)},
                {"items", "items", &items},
                {"labels", "labels", &labels},
                {"port", "port", &simple_type(TypeKind::Dyn)},
                {"ratio", "ratio", &simple_type(TypeKind::Double)},
                {"tags", "tags", &names},
                {"when", "when", &simple_type(TypeKind::Timestamp)},
            }
    };
};

TEST(Program, sees_fields_as_their_schema_declares_them) {
    const Declared types;
    const json::value self = json::parse(R"({
        "namespace": "default", "import": "x", "a-b": 3, "count": 2, "ratio": 1, "port": "http",
        "when": "2025-01-01T00:00:00Z", "tags": ["a", "b"], "labels": {"app/name": "x", "import": "y"},
        "items": [{"name": "a", "size": 1}, {"name": "b", "size": 2}]
    })");
    expect_all(
        {
            {"self.__namespace__ == 'default'", "true"},
            {"self.namespace == 'default'", "true"},
            {"has(self.import) && self.import == 'x'", "true"},
            {"has(self.__import__)", "true"},
            {"self.a__dash__b == 3", "true"},
            {"self.ratio == 1.0", "true"},
            {"self.ratio == 1", "refused: found no matching overload for '_==_' applied to '(double, int)'"},
            {"self.count == '2'", "refused: found no matching overload for '_==_' applied to '(int, string)'"},
            {"self.nope == 1", "refused: undefined field 'nope'"},
            {"self.count.nope == 1", "refused: type 'int' does not support field selection"},
            {"self.port == 'http' && type(self.port) == string", "true"},
            {"self.port == 80", "false"},
            {"self.when < timestamp('2026-01-01T00:00:00Z')", "true"},
            {"self.labels['app/name'] == 'x'", "true"},
            {"self.labels.import == 'y'", "true"},
            {"self.labels.all(k, k.size() > 3)", "true"},
            {"self.items.map(i, i.name) == ['a', 'b']", "true"},
            {"self.items.exists(i, i.size == 2)", "true"},
            {"self.items.exists(i, i.colour == 2)", "refused: undefined field 'colour'"},
            {"self.items == self.tags",
             "refused: found no matching overload for '_==_' applied to '(list(object), list(string))'"},
            {"oldSelf.count == 1", "refused: undeclared reference to 'oldSelf' (in container '')"},
        },
        self,
        {.self = &types.self, .has_old_self = false}
    );
}

TEST(Program, compares_lists_with_identity_regardless_of_their_order) {
    const Declared types;
    const json::value self =
        json::parse(R"({"tags": ["a", "b"], "items": [{"name": "a", "size": 1}, {"name": "b", "size": 2}]})");
    const json::value reordered =
        json::parse(R"({"tags": ["b", "a"], "items": [{"name": "b", "size": 2}, {"name": "a", "size": 1}]})");
    const json::value changed =
        json::parse(R"({"tags": ["b", "c"], "items": [{"name": "b", "size": 1}, {"name": "a", "size": 2}]})");
    for (const std::string source : {"self.tags == oldSelf.tags", "self.items == oldSelf.items", "self == oldSelf"}) {
        SCOPED_TRACE(source);
        const auto program = Program::compile(source, {.self = &types.self});
        ASSERT_TRUE(program.has_value()) << program.error().message;
        EXPECT_TRUE(program->uses_old_self());
        EXPECT_TRUE(program->evaluate_bool(self, &reordered).value());
        EXPECT_FALSE(program->evaluate_bool(self, &changed).value());
    }
}

TEST(Program, refuses_values_that_are_not_of_their_declared_type) {
    const Declared types;
    const json::value self = json::parse(R"({"count": "2", "labels": 5, "tags": {}, "ratio": 1.5, "import": 1})");
    expect_all(
        {
            {"self.count == 2", "error: invalid data, expected int, got string"},
            {"has(self.import)", "error: invalid data, expected string, got int64"},
            {"self.labels.size() == 1", "error: invalid data, expected a map for the provided schema with type=object"},
            {"self.tags.size() == 1", "error: invalid data, expected an array for the provided schema with type=array"},
            {"self.ratio > 1.0 || self.count == 2", "true"},
        },
        self,
        {.self = &types.self}
    );
}

TEST(Program, gives_strings_for_message_expressions) {
    const auto program =
        Program::compile("'replicas ' + string(self.n) + ' is too many'", {.result = TypeKind::String});
    ASSERT_TRUE(program.has_value()) << program.error().message;
    EXPECT_EQ(program->evaluate_string(json::parse(R"({"n": 5})"), nullptr).value(), "replicas 5 is too many");
}

TEST(Program, refuses_an_expression_that_nests_without_end) {
    EXPECT_EQ(
        evaluate(std::string(300, '(') + "true" + std::string(300, ')'), nullptr),
        "refused: expression recursion limit exceeded: 250"
    );
}

}  // namespace
}  // namespace devcluster::cel
