#include "devcluster/schema/type_model.hpp"

#include <boost/json.hpp>

#include <array>

namespace devcluster::schema {
namespace {

class Scalar final : public TypeModel {
public:
    [[nodiscard]] TypeKind kind() const override { return TypeKind::Scalar; }
};

class Deduced final : public TypeModel {
public:
    [[nodiscard]] TypeKind kind() const override { return TypeKind::Deduced; }
    [[nodiscard]] const TypeModel* element() const override { return this; }
};

/// A map of one element type.
class Map final : public TypeModel {
public:
    constexpr explicit Map(const TypeModel& element, MapType map_type = MapType::Granular)
        : element_(&element), map_type_(map_type) {}
    [[nodiscard]] TypeKind kind() const override { return TypeKind::Map; }
    [[nodiscard]] MapType map_type() const override { return map_type_; }
    [[nodiscard]] const TypeModel* element() const override { return element_; }

private:
    const TypeModel* element_;
    MapType map_type_;
};

class List final : public TypeModel {
public:
    constexpr List(const TypeModel& element, ListType list_type) : element_(&element), list_type_(list_type) {}
    [[nodiscard]] TypeKind kind() const override { return TypeKind::List; }
    [[nodiscard]] ListType list_type() const override { return list_type_; }
    [[nodiscard]] const TypeModel* element() const override { return element_; }

private:
    const TypeModel* element_;
    ListType list_type_;
};

class OwnerReferences final : public TypeModel {
public:
    constexpr explicit OwnerReferences(const TypeModel& element) : element_(&element) {}
    [[nodiscard]] TypeKind kind() const override { return TypeKind::List; }
    [[nodiscard]] ListType list_type() const override { return ListType::Map; }
    [[nodiscard]] std::span<const std::string> list_keys() const override {
        static const auto* const keys = new std::array<std::string, 1>{"uid"};  // Leaked: nothing to destroy at exit.
        return *keys;
    }
    [[nodiscard]] const TypeModel* element() const override { return element_; }

private:
    const TypeModel* element_;
};

class ObjectMeta final : public TypeModel {
public:
    [[nodiscard]] TypeKind kind() const override { return TypeKind::Map; }
    [[nodiscard]] const TypeModel* field(std::string_view name) const override {
        static const Map labels{scalar_type()};
        static const List finalizers{scalar_type(), ListType::Set};
        static const Map owner_reference{scalar_type(), MapType::Atomic};
        static const OwnerReferences owner_references{owner_reference};
        static const List managed_fields{deduced_type(), ListType::Atomic};
        static constexpr std::array<std::string_view, 10> scalars{
            "creationTimestamp",
            "deletionGracePeriodSeconds",
            "deletionTimestamp",
            "generateName",
            "generation",
            "name",
            "namespace",
            "resourceVersion",
            "selfLink",
            "uid"
        };
        if (name == "labels" || name == "annotations") return &labels;
        if (name == "finalizers") return &finalizers;
        if (name == "ownerReferences") return &owner_references;
        if (name == "managedFields") return &managed_fields;
        for (const std::string_view scalar : scalars) {
            if (name == scalar) return &scalar_type();
        }
        return nullptr;
    }
};

}  // namespace

const TypeModel* TypeModel::field(std::string_view) const {
    return kind() == TypeKind::Map || kind() == TypeKind::Deduced ? element() : nullptr;
}

const TypeModel& scalar_type() {
    static const Scalar type;
    return type;
}

const TypeModel& deduced_type() {
    static const Deduced type;
    return type;
}

const TypeModel& object_meta_type() {
    static const ObjectMeta type;
    return type;
}

const TypeModel& shaped_like(const TypeModel& type, const boost::json::value& value) {
    if (type.kind() != TypeKind::Deduced) return type;
    static const Map map{deduced_type()};
    static const List list{deduced_type(), ListType::Atomic};
    if (value.is_object()) return map;
    if (value.is_array()) return list;
    return scalar_type();
}

}  // namespace devcluster::schema
