#include "kube/types/access_review.hpp"

#include "kube/json/codec.hpp"

template kube::json::Value kube::json::to_json(const kube::TokenReview&);
template kube::TokenReview kube::json::from_json(const kube::json::Value&);

template kube::json::Value kube::json::to_json(const kube::SubjectAccessReview&);
template kube::SubjectAccessReview kube::json::from_json(const kube::json::Value&);
