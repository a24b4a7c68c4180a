// The transport that records and breaks, under the name that the tests of this repository use.
#pragma once

#include "testkit/faulty_transport.hpp"

namespace support {

using testkit::FaultyTransport;
using testkit::PassedRequest;

}  // namespace support
