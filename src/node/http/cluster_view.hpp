// What the HTTP thread knows of the cluster: a copy that the protocol thread makes when something changes,
// and four times a second. Immutable once published.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "wire/messages.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace cp::http {

struct MemberView {
    NodeId node;
    wire::MemberState state = wire::MemberState::alive;
    double load = 0; // the score, 0..100
    unsigned tasks = 0;
    std::int64_t last_seen_ms = 0; // when the view was taken
    std::string address;
    std::string api; // empty: none that this node could reach
    std::string version;
};

struct ClusterView {
    TimePoint taken{};
    NodeId self;
    NodeId leader; // 0: none
    std::string leader_api;
    std::string epoch; // "7.3.1", empty while none is known
    std::uint64_t epoch_counter = 0;
    bool leads = false;                           // this node, and it may answer for the cluster
    std::vector<MemberView> members;              // by id, this node among them
    std::vector<std::string> apis;                // of the members
    std::map<std::string, std::size_t> tasks;     // open ones by state
    std::map<std::string, std::uint64_t> refused; // datagrams by reason
    bool buffers_capped = false;
};

} // namespace cp::http
