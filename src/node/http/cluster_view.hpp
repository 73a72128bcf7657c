// What the HTTP thread knows of the cluster: a copy that the protocol thread makes when something changes,
// and four times a second. Immutable once published.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "wire/messages.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cp::http {

struct MemberView {
    NodeId node;
    wire::MemberState state = wire::MemberState::alive;
    double load = 0; // the score, 0..100
    unsigned tasks = 0;
    std::optional<double> cpu_percent{};    // of its machine
    std::optional<double> memory_percent{}; // of its machine, in use
    std::int64_t last_seen_ms = 0;          // when the view was taken
    std::int64_t uptime_ms = 0;             // of its program
    std::string address;
    std::string api; // empty: none that this node could reach
    std::string version;
};

struct TaskView {
    std::string id; // "alice-7f3c2a…-12"
    std::string user;
    std::string_view command; // "encrypt"
    std::string_view stage;   // "running"
    NodeId worker;            // 0: nobody yet
    std::size_t holders = 0;  // nodes known to hold the upload
};

// An object that is under way to this node, or from it.
struct TransferView {
    std::string id; // of the task
    bool upload = true;
    bool sending = false;
    std::uint64_t bytes = 0;
    std::uint64_t total = 0;
};

struct ClusterView {
    TimePoint taken{};
    NodeId self;
    NodeId leader;             // 0: none
    std::string leader_api;    // "127.0.0.1:3000"
    bool leader_https = false; // it is served over TLS
    std::string epoch;         // "7.3.1", empty while none is known
    std::uint64_t epoch_counter = 0;
    bool leads = false; // this node, and it may answer for the cluster
    // As requests are passed on to it; empty: not known.
    [[nodiscard]] std::string leader_url() const { return (leader_https ? "https://" : "") + leader_api; }
    std::vector<MemberView> members;              // by id, this node among them
    std::vector<std::string> apis;                // of the members
    std::map<std::string, std::size_t> tasks;     // open ones by state
    std::vector<TaskView> open_tasks;             // the first of them
    std::vector<TransferView> transfers;          // the first of them
    std::map<std::string, std::uint64_t> refused; // datagrams by reason
    std::uint64_t dropped = 0;                    // datagrams, by the kernel: a receive buffer was full
    bool buffers_capped = false;
};

} // namespace cp::http
