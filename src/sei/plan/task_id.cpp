#include "sei/plan/task_id.hpp"

#include <array>
#include <utility>

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace sei::plan {
namespace {

constexpr boost::uuids::uuid kTaskNamespace{
    {0xb7, 0xe8, 0x9c, 0x3a, 0x4f, 0x12, 0x4d, 0x8b, 0x9a, 0x6e, 0x1c, 0x2d, 0x3e, 0x4f, 0x5a, 0x6b}
};

}  // namespace

std::string task_id(std::string_view plan_id, std::string_view task_type, std::size_t index) {
    std::string name{plan_id};
    name.append("/").append(task_type).append("/").append(std::to_string(index));
    return boost::uuids::to_string(boost::uuids::name_generator_sha1{kTaskNamespace}(name));
}

UuidSource::UuidSource(std::function<std::uint64_t()> random_bits) : random_bits_{std::move(random_bits)} {}

std::string UuidSource::next() {
    boost::uuids::uuid id{};
    for (std::size_t half = 0; half < 2; ++half) {
        std::uint64_t bits = random_bits_();
        for (std::size_t i = 0; i < 8; ++i, bits >>= 8u) id.data[half * 8 + i] = static_cast<std::uint8_t>(bits);
    }
    id.data[6] = static_cast<std::uint8_t>((id.data[6] & 0x0fu) | 0x40u);
    id.data[8] = static_cast<std::uint8_t>((id.data[8] & 0x3fu) | 0x80u);
    return boost::uuids::to_string(id);
}

}  // namespace sei::plan
