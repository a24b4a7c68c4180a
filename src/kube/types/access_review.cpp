#include "kube/types/access_review.hpp"

#include "kube/json/codec.hpp"

template void kube::json::write_json(const kube::TokenReview&, kube::json::Value&);
template kube::TokenReview kube::json::from_json(const kube::json::Value&);

template void kube::json::write_json(const kube::SubjectAccessReview&, kube::json::Value&);
template kube::SubjectAccessReview kube::json::from_json(const kube::json::Value&);
