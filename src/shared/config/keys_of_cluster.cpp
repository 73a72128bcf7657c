#include "config/table_builder.hpp"

#include <algorithm>

namespace cp::config {
namespace {

bool is_cluster_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\'; });
}

bool is_interface(std::string_view text) {
    if (text.starts_with('!')) text.remove_prefix(1);
    return !text.empty() && text.size() <= 32 && std::ranges::all_of(text, [](char c) {
        return c > ' ' && c < 0x7f && c != '/' && c != '!' && c != '"' && c != ',';
    });
}

// The data group is the next address, so the last one is not usable; 224.0.0.x belongs to routing protocols.
bool is_group(std::string_view text) {
    const auto group = parse_ipv4(text);
    return group && *group >= 0xe0000100 && *group < 0xefffffff;
}

// An address in the file and a number in the Config, so it has conversions of its own.
void add_group(Table& table, std::string_view doc) {
    Key key{.section = "network", .name = "group", .doc = doc, .kind = Kind::text};
    key.set = [](Config& config, const Value& value) {
        config.network.group = parse_ipv4(std::get<std::string>(value)).value();
    };
    key.get = [](const Config& config) -> Value { return ipv4_text(config.network.group); };
    apply(key, Form{"a multicast address 224.0.1.0..239.255.255.254", is_group});
    table.push_back(std::move(key));
}

void add_node(Table& table) {
    constexpr auto node = &Config::node;
    add<node, &NodeSection::id>(
        table, "node", "id",
        "The node's number and Bully rank: the highest that lives leads. One node per number. "
        "0: the first free auto-K data directory decides and keeps a random number.",
        Range{1, 4294967295}, Automatic{std::int64_t{0}});
    add<node, &NodeSection::cluster>(
        table, "node", "cluster",
        "The cluster's name, 1 to 64 printable ASCII characters. Clusters of different names "
        "share a network without seeing one another.",
        Form{"1..64 printable ASCII characters without spaces", is_cluster_name});
    add<node, &NodeSection::key_file>(
        table, "node", "key_file",
        "The cluster key: 64 hexadecimal digits, mode 0600, the same on all machines. "
        "Empty: ${XDG_CONFIG_HOME:-~/.config}/cloudp2p/cluster.key.",
        Automatic{std::string{}});
    add<node, &NodeSection::data_dir>(
        table, "node", "data_dir",
        "Where this node keeps what must survive a restart; one directory per node. "
        "Empty: ${XDG_STATE_HOME:-~/.local/state}/cloudp2p/node-<id>.",
        Automatic{std::string{}});
}

void add_network(Table& table) {
    constexpr auto network = &Config::network;
    add<network, &NetworkSection::lan>(
        table, "network", "lan",
        "false: loopback only, nothing leaves this machine. true: every interface that is up and "
        "can multicast. `interfaces` with a positive entry decides instead.");
    add<network, &NetworkSection::interfaces>(
        table, "network", "interfaces",
        "Interfaces by name pattern (\"eth*\"), by exclusion (\"!docker*\"), or by their own "
        "IPv4 address. Empty: what `lan` says.",
        Form{"name patterns, !exclusions or IPv4 addresses", is_interface});
    add_group(table, "The multicast group of control messages; bulk data uses the next address. The same on "
                     "all members.");
    add<network, &NetworkSection::port>(
        table, "network", "port",
        "The UDP port of control messages; bulk data uses port + 1. The same on all members.",
        Range{1, 65535});
    add<network, &NetworkSection::ttl>(
        table, "network", "ttl",
        "How many routers multicast may pass. 0: 0 on loopback, 1 on `lan` or `interfaces`.", Range{1, 255},
        Automatic{std::int64_t{0}});
    add<network, &NetworkSection::peers>(
        table, "network", "peers",
        "Machines to reach by unicast as well, where a network blocks multicast: \"HOST\" or "
        "\"HOST:PORT\"; without a port, `port`.",
        Form{"a list of HOST or HOST:PORT",
             [](std::string_view text) { return parse_peer(text).has_value(); }});
    add<network, &NetworkSection::max_rate>(table, "network", "max_rate",
                                            "The most that bulk data may send, in Mbit/s. 0: no limit.",
                                            Range{0, 1'000'000});
}

void add_election(Table& table) {
    constexpr auto election = &Config::election;
    constexpr double hour = 3'600'000;
    add<election, &ElectionSection::policy>(
        table, "election", "policy",
        "id: the highest number leads (Bully). load: the lowest load score leads.");
    add<election, &ElectionSection::profile>(
        table, "election", "profile",
        "How fast silence is noticed, heartbeat/failure in ms: fast 20/100, quiet 50/250, "
        "realtime 10/50. An explicit heartbeat_interval_ms or failure_timeout_ms wins.");
    add<election, &ElectionSection::preempt>(
        table, "election", "preempt",
        "true: a returning higher number takes the leadership over, once it has been steady.");
    add<election, &ElectionSection::quorum>(
        table, "election", "quorum",
        "Members that must agree before a leader serves, itself included; more than half of "
        "the cluster keeps two halves from both serving. 0: off.",
        Range{0, 1000});
    add<election, &ElectionSection::heartbeat_interval>(
        table, "election", "heartbeat_interval_ms",
        "Milliseconds between two heartbeats of the leader. 0: the profile's.", Range{1, 60'000},
        Automatic{std::int64_t{0}});
    add<election, &ElectionSection::failure_timeout>(
        table, "election", "failure_timeout_ms",
        "Milliseconds of silence after which the leader counts as lost; at least "
        "3 x heartbeat_interval_ms. 0: 5 x heartbeat_interval_ms.",
        Range{1, 600'000}, Automatic{std::int64_t{0}});
    add<election, &ElectionSection::election_timeout_min>(
        table, "election", "election_timeout_min_ms",
        "Policy load: the shortest randomised wait before a claim, in "
        "milliseconds; at most election_timeout_max_ms.",
        Range{1, 600'000});
    add<election, &ElectionSection::election_timeout_max>(
        table, "election", "election_timeout_max_ms",
        "Policy load: the longest randomised wait before a claim, in "
        "milliseconds; at least election_timeout_min_ms.",
        Range{1, 600'000});
    add<election, &ElectionSection::leader_term>(
        table, "election", "leader_term_ms",
        "Re-election after this many milliseconds of leadership; at least "
        "failure_timeout_ms + election_timeout_max_ms. 0: a leader stays.",
        Range{0, 24 * hour});
    add<election, &ElectionSection::weight_cpu>(
        table, "election", "weight_cpu",
        "Load score: the share of CPU use. Used by policy load and dispatch "
        "least-loaded; the three weights may not all be 0.",
        Range{0, 1});
    add<election, &ElectionSection::weight_tasks>(
        table, "election", "weight_tasks",
        "Load score: the share of running tasks, of which 10 count as full.", Range{0, 1});
    add<election, &ElectionSection::weight_memory>(table, "election", "weight_memory",
                                                   "Load score: the share of memory that is not available.",
                                                   Range{0, 1});
    add<election, &ElectionSection::cpu_refresh>(table, "election", "cpu_refresh_ms",
                                                 "Milliseconds between two measurements of the load.",
                                                 Range{10, 60'000});
    add<election, &ElectionSection::crash_link>(
        table, "election", "crash_link",
        "true: a TCP link to the leader tells of its crash at once. false: heartbeats "
        "alone, within failure_timeout_ms.");
}

} // namespace

void add_cluster_keys(Table& table) {
    add_node(table);
    add_network(table);
    add_election(table);
}

} // namespace cp::config
