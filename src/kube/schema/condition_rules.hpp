// The rules of metav1.Condition (spec 01 §4.1).
#pragma once

#include "kube/meta/condition.hpp"
#include "kube/schema/schema_of.hpp"

template <>
struct kube::schema::Rules<kube::Condition> {
    static void add(SchemaNode schema);
};
