// What the runtime hands to the printer: facts as values, already decided, not yet worded.
// Every member has a default, so that callers name only what they know.
#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"
#include "wire/messages.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cp::client {

// One path of one command, from now until its CommandResult. Events of other tasks are not shown.
struct Work {
    std::string command{}; // "upload"
    std::string path{};
    TaskId task{};         // zero for what needs no cluster
    std::size_t index = 1; // of several paths: which, and of how many
    std::size_t count = 1;
};

// How one path ended; also how a command without paths failed. Times are milliseconds since the command
// was read.
struct CommandResult {
    std::string command{};
    std::string path{}; // as it was typed; empty where the command has none
    bool ok = false;

    // When ok. The first three and `sends` belong to tasks of the cluster: left out while `task` is empty.
    std::string task{}; // "alice-7f3c…-12"
    NodeId node{};
    std::string epoch{}; // "7.3.1"
    std::string file{};  // saved as; send-image: its name in the leader's store; empty: nothing saved
    std::uint64_t bytes = 0;
    std::string sha256{}; // of the original, hexadecimal
    double millis = 0;
    unsigned sends = 0;
    bool verified = false;
    unsigned replicas = 0;  // live nodes that hold the upload; 0: unknown, not shown
    std::string req_id{};   // send-image
    std::string original{}; // verify: what it was compared with
    bool name_key = false;  // profile 1: the key is made of the user's name
    bool hidden = false;    // hide: what was saved is a picture with something in it
    double bits_per_sample =
        0; // hide, extract: how full the picture is; above rate_default it is found more easily
    std::string warning{};             // one line, though all went well
    std::optional<std::string> text{}; // extract: the text that was hidden
    bool encrypted = false;            // what was saved opens only with `decrypt`

    // When not.
    errc code = errc::internal;
    std::string error{}; // one line
};

// How much can be hidden in a picture.
struct CapacityReport {
    std::string path{};
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint32_t channels = 0;                            // of colour
    std::vector<std::pair<double, std::uint64_t>> bytes{}; // by bits per sample, the advised rate first
    double millis = 0;
};

struct MemberLine {
    NodeId id{};
    bool leads = false;
    wire::MemberState state = wire::MemberState::alive;
    std::string address{};        // unicast, "127.0.0.1:41231"
    std::optional<double> load{}; // score, 0..100; nothing: it has not said yet
    std::uint64_t last_seen_ms = 0;
    std::string path{}; // the interface by which it is reached; empty: no way to it
    std::string api{};  // HTTP address, empty when off
};

// The cluster as this client sees it. `members` is what members, status and discover print, in this order.
struct StatusReport {
    NodeId leader{};     // 0: none
    std::string epoch{}; // empty: unknown
    std::vector<MemberLine> members{};
};

struct DoctorLine {
    enum class Level { ok, warn, fail };
    Level level = Level::ok;
    std::string text{};
    std::string advice{}; // what to do; empty when ok
};

// Why a command has not ended yet.
struct Waiting {
    enum class For {
        cluster, // nobody answered so far
        leader,
        transfer,
        answer,
    };
    For what = For::cluster;
    std::size_t members = 0; // seen so far
    NodeId leader{};
};

} // namespace cp::client
