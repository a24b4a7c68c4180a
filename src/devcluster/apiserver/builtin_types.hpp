// The types of the built-in kinds: what fields there are, how they merge, and how Go's JSON codec would write them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "devcluster/schema/type_model.hpp"
#include "kube/json/json.hpp"

namespace devcluster::apiserver {

/// The textual tables that `BuiltinTypes` reads; their notation is explained where they stand.
[[nodiscard]] std::span<const std::string_view> builtin_type_tables();

/// What a scalar is.
enum class Scalar : char {
    None = 0,
    String = 's',
    Int32 = 'i',
    Int64 = 'l',
    Bool = 'b',
    Float = 'f',
    Time = 't',
    MicroTime = 'm',
    Quantity = 'q',
    IntOrString = 'x',
    Any = 'r',
    Bytes = 'y',
};

class BuiltinType;

/// A field of a built-in struct.
struct BuiltinField {
    std::string name;
    const BuiltinType* type = nullptr;
    bool is_optional = false;  ///< A pointer: zero differs from absent.
    bool is_always_written = false;
    bool is_left_out_when_zero_time = false;
    bool retains_keys = false;  ///< Strategic merge replaces what the patch lacks.
    bool merges = false;        ///< Strategic merge joins the list instead of replacing it.
    std::string merge_key;      ///< Of a list of objects that merges.
    /// Where protocol buffers have the field: its number, behind those of the messages that JSON has inline.
    std::vector<unsigned> wire_path;
};

/// A type of the table, or a list or map over one.
class BuiltinType final : public schema::TypeModel {
public:
    [[nodiscard]] schema::TypeKind kind() const override { return kind_; }
    [[nodiscard]] schema::ListType list_type() const override { return list_type_; }
    [[nodiscard]] std::span<const std::string> list_keys() const override { return list_keys_; }
    [[nodiscard]] schema::MapType map_type() const override { return map_type_; }
    [[nodiscard]] const schema::TypeModel* field(std::string_view name) const override;
    [[nodiscard]] const schema::TypeModel* element() const override;
    [[nodiscard]] const kube::json::Value* default_value() const override {
        return default_.is_null() ? nullptr : &default_;
    }

    [[nodiscard]] Scalar scalar() const { return scalar_; }
    [[nodiscard]] bool is_struct() const { return kind_ == schema::TypeKind::Map && element_ == nullptr; }
    [[nodiscard]] const std::string& name() const { return name_; }
    /// "core/v1"; of a struct.
    [[nodiscard]] const std::string& package() const { return package_; }
    [[nodiscard]] const std::vector<BuiltinField>& fields() const { return fields_; }
    [[nodiscard]] const BuiltinField* find_field(std::string_view name) const;
    [[nodiscard]] const BuiltinType* element_type() const { return element_; }

private:
    friend class BuiltinTypes;
    schema::TypeKind kind_ = schema::TypeKind::Scalar;
    Scalar scalar_ = Scalar::None;
    schema::ListType list_type_ = schema::ListType::Atomic;
    schema::MapType map_type_ = schema::MapType::Granular;
    std::vector<std::string> list_keys_;
    const BuiltinType* element_ = nullptr;
    std::string name_;
    std::string package_;
    std::vector<BuiltinField> fields_;
    std::unordered_map<std::string_view, std::size_t> index_;
    kube::json::Value default_;
};

/// What is wrong with a body, as strict decoding reports it.
struct DecodeProblems {
    /// `spec.foo`, in the order in which they were met.
    std::vector<std::string> unknown_fields;
};

/// All built-in types, read from the table once.
class BuiltinTypes {
public:
    BuiltinTypes();
    /// Throws std::logic_error when the table has no such type.
    [[nodiscard]] const BuiltinType& get(std::string_view name) const;
    /// Null when the table has no such type.
    [[nodiscard]] const BuiltinType* find(std::string_view name) const;
    [[nodiscard]] const std::vector<const BuiltinType*>& structs() const { return structs_; }

private:
    BuiltinType& make();
    BuiltinType& struct_named(std::string_view name);
    const BuiltinType& parse_type(std::string_view notation, BuiltinField& field);
    void parse_field(BuiltinType& owner, std::string_view token);

    std::vector<std::unique_ptr<BuiltinType>> all_;
    std::unordered_map<std::string, BuiltinType*> by_name_;
    std::unordered_map<char, const BuiltinType*> scalars_;
    std::vector<const BuiltinType*> structs_;
};

/// Makes of `object` what the API server would store and send: unknown fields reported and dropped, nulls and zero
/// values dropped where Go's `omitempty` does, absent values written where it does not, quantities and times in their
/// canonical form. Throws StatusError 400 where a value has the wrong type.
void decode_builtin(kube::json::Object& object, const BuiltinType& type, DecodeProblems& problems);

}  // namespace devcluster::apiserver
