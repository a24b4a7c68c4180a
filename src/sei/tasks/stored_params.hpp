// Reading the parameters that a plan stores, whoever stored them (spec 04 §2.4).
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace sei::tasks {

/// A stored parameter has the wrong JSON type: the task can never run (spec 04 §4.4).
class ParamsError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The members of a task's `params`. A key matches exactly first, then without regard to case; null, an absent key and
/// absent params are all the zero value.
class StoredParams {
public:
    /// `params` outlives this. ParamsError when it is neither an object nor null.
    explicit StoredParams(const boost::json::value& params);
    /// Null pointer for null and absent.
    [[nodiscard]] const boost::json::value* find(std::string_view key) const;
    [[nodiscard]] std::string text(std::string_view key) const;
    [[nodiscard]] std::int64_t integer(std::string_view key) const;
    [[nodiscard]] bool boolean(std::string_view key) const;
    [[nodiscard]] boost::json::object object(std::string_view key) const;
    [[nodiscard]] boost::json::array array(std::string_view key) const;

private:
    const boost::json::object* object_ = nullptr;
};

}  // namespace sei::tasks
