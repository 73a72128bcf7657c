#include "config/predecessor_keys.hpp"

#include "base/utf8.hpp"
#include "config/address.hpp"

#include <algorithm>
#include <array>

namespace cp::config {
namespace {

struct Renamed {
    std::string_view section, name;
    std::string_view key;
    std::int64_t factor; // to the unit of `key`
};
constexpr std::array<Renamed, 7> renamed{{
    {"", "heartbeat_interval_ms", "election.heartbeat_interval_ms", 1},
    {"", "election_timeout_min_ms", "election.election_timeout_min_ms", 1},
    {"", "election_timeout_max_ms", "election.election_timeout_max_ms", 1},
    {"", "leader_term_ms", "election.leader_term_ms", 1},
    {"", "cpu_refresh_ms", "election.cpu_refresh_ms", 1},
    {"election", "heartbeat_interval_secs", "election.heartbeat_interval_ms", 1000},
    {"election", "failure_timeout_secs", "election.failure_timeout_ms", 1000},
}};

struct Meaningless {
    std::string_view section, name;
    std::string_view reason;
};
constexpr std::array<Meaningless, 3> meaningless{{
    {"", "net_timeout_ms", "nodes exchange datagrams, and no request waits on a connection"},
    {"", "election_retry_ms", "an election repeats at its own deadlines"},
    {"election", "monitor_interval_secs", "silence is noticed at its deadline, not by polling"},
}};

void warn(Settings& out, const std::string& origin, std::string_view name, const std::string& what) {
    out.warnings.push_back(origin + ": " + std::string{name} + ": " + what);
}

struct Address {
    std::string host;
    bool loopback = false;
};

// "ip:port" as the earlier designs write it; the TCP port has no meaning here.
std::optional<Address> address_of(const Node& node) {
    const std::string* text = node.text();
    if (text == nullptr) return std::nullopt;
    auto peer = parse_peer(*text);
    if (!peer) return std::nullopt;
    const bool loopback = peer->host.starts_with("127.") || peer->host == "localhost";
    return Address{std::move(peer->host), loopback};
}

// A list of "ip:port" or of {"id": 1, "address": "ip:port"}.
std::optional<std::vector<Address>> addresses_of(const Node& node) {
    if (node.array() == nullptr) return std::nullopt;
    std::vector<Address> found;
    for (const Node& item : *node.array()) {
        std::optional<Address> address = address_of(item);
        if (const Node::Table* table = item.table()) {
            const auto member = std::ranges::find(*table, "address", &Member::name);
            if (member != table->end()) address = address_of(member->value);
        }
        if (!address) return std::nullopt;
        found.push_back(*std::move(address));
    }
    return found;
}

// The takers return what is wrong with the value, or an empty string.

std::string take_peers(const Member& member, const std::string& origin, Settings& out) {
    const auto addresses = addresses_of(member.value);
    if (!addresses) return "must be a list of \"ip:port\" or of {\"id\": 1, \"address\": \"ip:port\"}";
    std::vector<std::string> hosts;
    for (const Address& address : *addresses) {
        if (!address.loopback && std::ranges::count(hosts, address.host) == 0) hosts.push_back(address.host);
    }
    if (hosts.empty()) {
        warn(out, origin, "peers", "not needed: nodes find one another by multicast");
        return {};
    }
    out.add("network.peers", hosts, origin);
    warn(out, origin, "peers",
         "nodes find one another by multicast; these hosts are reached by unicast as well, their ids and TCP "
         "ports have no meaning here; for other machines add --lan");
    return {};
}

std::string take_this_node(const Member& member, const std::string& origin, Settings& out) {
    const auto address = address_of(member.value);
    const bool numeric = address && (address->loopback || parse_ipv4(address->host));
    if (!numeric) return "must be \"ip:port\"";
    if (address->host == "0.0.0.0") {
        out.add("network.lan", true, origin);
    } else if (!address->loopback) {
        out.add("network.interfaces", std::vector<std::string>{address->host}, origin);
    }
    warn(out, origin, "this_node",
         "its TCP port has no meaning here: all nodes share the multicast group's port");
    return {};
}

std::string take_shared_dir(const Member& member, const std::string& origin, Settings& out) {
    const std::string* directory = member.value.text();
    if (directory == nullptr || directory->empty()) return "must be the path of a directory";
    out.add("storage.store", "dir:" + *directory, origin);
    return {};
}

std::string take_renamed(const Renamed& rename, const Member& member, const std::string& origin,
                         Settings& out) {
    const Key& key = key_named(rename.key);
    const auto* number = std::get_if<std::int64_t>(&member.value.data);
    constexpr std::int64_t far = 1'000'000'000; // beyond every range, and no product below overflows
    if (number == nullptr || *number < 0 || *number > far) {
        return "must be an integer that makes " + dotted(key) + ' ' + expected(key);
    }
    const Value value = *number * rename.factor;
    Config scratch;
    std::string problem = assign(key, scratch, value);
    if (!problem.empty()) return "makes " + dotted(key) + ", which " + problem;
    out.list.push_back({&key, value, origin});
    return {};
}

struct Special {
    std::string_view name; // at the top level
    std::string (*take)(const Member&, const std::string& origin, Settings&);
};
constexpr std::array<Special, 3> specials{{
    {"peers", take_peers},
    {"this_node", take_this_node},
    {"shared_dir", take_shared_dir},
}};

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

// "debug", "warn,hyper=info", "cloud_p2p=debug": the first directive's level. The variable is shared with
// other programs, so what it says to them is no error here.
void take_rust_log(std::string_view text, Settings& out) {
    std::string level = lower(text.substr(0, text.find(',')));
    level = level.substr(level.find('=') + 1); // npos + 1 is 0
    if (level == "trace") level = "debug";
    if (level == "off") level = "error";
    const Key& key = key_named("log.level");
    if (std::ranges::count(key.words, level) == 1) {
        out.list.push_back({&key, level, "RUST_LOG"});
    } else {
        out.warnings.push_back("RUST_LOG: ignored: " + quoted(text) + " is not debug, info, warn or error");
    }
}

Outcome<void> take_bind(std::string_view text, Settings& out) {
    const auto address = parse_ipv4(text.substr(0, text.find(':')));
    if (!address) return Failure{errc::bad_config, "BIND: " + quoted(text) + " is not an IPv4 address"};
    if (*address == 0) {
        out.add("network.lan", true, "BIND");
    } else {
        out.add("network.interfaces", std::vector<std::string>{ipv4_text(*address)}, "BIND");
    }
    return {};
}

struct Variable {
    std::string_view name;
    std::string_view key;
    std::string_view prefix; // of the value
};
constexpr std::array<Variable, 4> variables{{
    {"NODE_ID", "node.id", ""},
    {"SHARED_DIR", "storage.store", "dir:"},
    {"FIREBASE_BUCKET", "storage.store", "gs://"},
    {"API_PORT", "http.listen", ""},
}};

} // namespace

Outcome<bool> take_predecessor_key(std::string_view section, const Member& member, const std::string& origin,
                                   Settings& out) {
    const auto matches = [&](const auto& entry) {
        return entry.section == section && entry.name == member.name;
    };
    if (const auto found = std::ranges::find_if(meaningless, matches); found != meaningless.end()) {
        warn(out, origin, found->name, "ignored: " + std::string{found->reason});
        return true;
    }
    std::string problem;
    if (const auto found = std::ranges::find_if(renamed, matches); found != renamed.end()) {
        problem = take_renamed(*found, member, origin, out);
    } else {
        const auto special = std::ranges::find(specials, member.name, &Special::name);
        if (special == specials.end() || !section.empty()) return false;
        problem = special->take(member, origin, out);
    }
    if (!problem.empty()) return Failure{errc::bad_config, origin + ": " + member.name + ' ' + problem};
    return true;
}

Outcome<Settings> settings_of_predecessor_variables(const Environment& environment, Program program) {
    Settings out;
    if (program == Program::node) {
        for (const Variable& variable : variables) {
            const std::string_view text = value_of(environment, variable.name);
            if (text.empty()) continue;
            auto setting =
                setting_from_text(key_named(variable.key), std::string{variable.prefix} + std::string{text},
                                  std::string{variable.name}, errc::bad_config);
            if (!setting) return setting.error();
            out.list.push_back(*std::move(setting));
        }
    }
    if (const auto text = value_of(environment, "RUST_LOG"); !text.empty()) take_rust_log(text, out);
    if (const auto text = value_of(environment, "BIND"); !text.empty()) {
        if (auto taken = take_bind(text, out); !taken) return taken.error();
    }
    return out;
}

} // namespace cp::config
