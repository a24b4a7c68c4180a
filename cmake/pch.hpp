// What nearly every file includes: std, the coroutine type, JSON and Describe. Costs 0.2 s per file instead of 1.2 s.
#pragma once
#pragma clang system_header

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/core.h>
#include <boost/asio/awaitable.hpp>
#include <boost/container/flat_map.hpp>
#include <boost/describe.hpp>
#include <boost/json.hpp>
