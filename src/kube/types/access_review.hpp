// Who a caller is, and what he may do: questions that are created, answered in the same request, and stored nowhere.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"

namespace kube {

struct TokenReviewSpec {
    std::string token;
    bool operator==(const TokenReviewSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(TokenReviewSpec, (), (token))

struct ReviewedUser {
    std::string username;
    std::string uid;
    std::vector<std::string> groups;
    bool operator==(const ReviewedUser&) const = default;
};
BOOST_DESCRIBE_STRUCT(ReviewedUser, (), (username, uid, groups))

struct TokenReviewStatus {
    bool authenticated = false;
    ReviewedUser user;
    /// Why the token could not be looked at; not why it was refused.
    std::string error;
    bool operator==(const TokenReviewStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(TokenReviewStatus, (), (authenticated, user, error))

struct TokenReview {
    ObjectMeta metadata;
    TokenReviewSpec spec;
    TokenReviewStatus status;
    static constexpr std::array required{"metadata", "spec"};
    bool operator==(const TokenReview&) const = default;
};
BOOST_DESCRIBE_STRUCT(TokenReview, (), (metadata, spec, status))

template <>
struct KindOf<TokenReview> {
    static constexpr ResourceType type{"authentication.k8s.io", "v1", "TokenReview", "tokenreviews", false};
};

/// A path of an API server, or of whoever asks it.
struct NonResourceAttributes {
    std::string path;
    /// Lower case.
    std::string verb;
    bool operator==(const NonResourceAttributes&) const = default;
};
BOOST_DESCRIBE_STRUCT(NonResourceAttributes, (), (path, verb))

struct SubjectAccessReviewSpec {
    std::string user;
    std::string uid;
    std::vector<std::string> groups;
    std::optional<NonResourceAttributes> nonResourceAttributes;
    bool operator==(const SubjectAccessReviewSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(SubjectAccessReviewSpec, (), (user, uid, groups, nonResourceAttributes))

struct SubjectAccessReviewStatus {
    bool allowed = false;
    std::string reason;
    bool operator==(const SubjectAccessReviewStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(SubjectAccessReviewStatus, (), (allowed, reason))

struct SubjectAccessReview {
    ObjectMeta metadata;
    SubjectAccessReviewSpec spec;
    SubjectAccessReviewStatus status;
    static constexpr std::array required{"metadata", "spec"};
    bool operator==(const SubjectAccessReview&) const = default;
};
BOOST_DESCRIBE_STRUCT(SubjectAccessReview, (), (metadata, spec, status))

template <>
struct KindOf<SubjectAccessReview> {
    static constexpr ResourceType type{
        "authorization.k8s.io", "v1", "SubjectAccessReview", "subjectaccessreviews", false
    };
};

}  // namespace kube
