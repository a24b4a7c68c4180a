// The coroutine type of the whole project, and the rule that goes with it.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace kube {

/// What a coroutine returns: a value of `T`, later, on the one thread that runs everything.
///
/// Parameters of coroutines are taken by value; `this` and references to collaborators that outlive the coroutine are
/// fine, since whoever spawned it drains it before they die (`Scope`). After a `co_await`, what was read before is old.
template <class T = void>
using Async = boost::asio::awaitable<T>;

}  // namespace kube
