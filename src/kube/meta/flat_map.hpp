// A map in one piece of memory.
#pragma once

#include <functional>
#include <string>

#include <boost/container/flat_map.hpp>

namespace kube {

/// A map of an object, ordered by key. Caches hold some twenty entries of each node, and a tree takes 48 bytes more for
/// every one. An insertion or a removal moves the others: keep no reference to one.
template <class T>
using FlatMap = boost::container::flat_map<std::string, T, std::less<>>;

}  // namespace kube
