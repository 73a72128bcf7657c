// What the client's shell may see of its core: facts, in the order in which they happened. Values; the
// printer turns them into the lines of a person, the JSON mode into fields.
#pragma once

#include "base/ids.hpp"
#include "base/payload.hpp"
#include "base/result.hpp"
#include "wire/objects.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace cp::client {

// The one send of the payload begins, to so many nodes.
struct Broadcasting {
    TaskId task;
    std::size_t servers = 0;
};
struct Declined {
    TaskId task;
    NodeId node;
};
// Bytes that the slowest counted receiver has.
struct Progress {
    TaskId task;
    std::uint64_t done = 0;
    std::uint64_t total = 0;
};
// From here on the client may leave: the leader and another live node hold the upload.
struct Accepted {
    TaskId task;
    Epoch epoch;
    unsigned replicas = 1;
};
// While the task was open another node became leader. `died` is 0 when there was no leader before.
struct TookOver {
    TaskId task;
    NodeId died;
    NodeId now;
    unsigned sends = 0;
    bool left = false; // it handed over and left; it did not die
};
// No node has the payload any more: it goes out once more, unasked.
struct SendingAgain {
    TaskId task;
    unsigned sends = 0; // this one included
};
struct Answered {
    TaskId task;
    NodeId node;
    Epoch epoch;
    Payload object; // whole result object, digest not yet checked: do that on a worker (wire/objects.hpp)
    unsigned sends = 0;
};
struct Failed {
    TaskId task;
    errc code = errc::internal;
    std::string reason;
    unsigned sends = 0;
};
// The cluster's leader as this client sees it; node 0: none.
struct LeaderChanged {
    NodeId leader;
    Epoch epoch;
};

using ClientEvent = std::variant<Broadcasting, Declined, Progress, Accepted, TookOver, SendingAgain, Answered,
                                 Failed, LeaderChanged>;

} // namespace cp::client
