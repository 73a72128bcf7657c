#include "config/option_table.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace cp::config {
namespace {

constexpr std::array network_options{
    Option{"--lan", "", "network.lan", "Network", "every multicast interface, not only loopback"},
    Option{"--interface", "GLOB", "network.interfaces", "Network",
           "this interface: a pattern (eth*), an exclusion (!docker*) or its IPv4 address; may be repeated",
           true},
    Option{"--group", "ADDR", "network.group", "Network", "multicast group (239.255.67.80)"},
    Option{"--port", "N", "network.port", "Network", "UDP port of the group; bulk data uses N+1 (7700)"},
    Option{"--ttl", "N", "network.ttl", "Network", "routers that multicast may pass (0; 1 on a LAN)"},
    Option{"--peer", "HOST[:PORT]", "network.peers", "Network",
           "reach this machine by unicast as well; may be repeated", true},
};
constexpr std::array cluster_options{
    Option{"--cluster", "NAME", "node.cluster", "Cluster", "which cluster (default)"},
    Option{"--key-file", "FILE", "node.key_file", "Cluster",
           "the cluster key (~/.config/cloudp2p/cluster.key)"},
};
constexpr std::array node_options{
    Option{"--new-cluster", "", "", "Cluster", "make a cluster key where there is none"},
    Option{"--data-dir", "DIR", "node.data_dir", "Cluster",
           "what survives a restart (~/.local/state/cloudp2p/node-ID)"},
    Option{"--election", "id|load", "election.policy", "Election and work",
           "who leads: the highest ID, or the lowest load (id)"},
    Option{"--preempt", "yes|no", "election.preempt", "Election and work",
           "a returning higher ID takes over (yes)"},
    Option{"--quorum", "N", "election.quorum", "Election and work",
           "members that must agree with the leader (0: off)"},
    Option{"--leader-term-ms", "N", "election.leader_term_ms", "Election and work",
           "re-election after N ms of leadership (0: off)"},
    Option{"--dispatch", "POLICY", "dispatch.policy", "Election and work",
           "who does the work: leader, round-robin or least-loaded (leader)"},
    Option{"--max-rate", "MBIT", "network.max_rate", "Election and work",
           "the most that bulk data may send, Mbit/s (0: no limit)"},
    Option{"--store", "URL", "storage.store", "Storage and HTTP",
           "stored images: dir:PATH, s3://BUCKET or gs://BUCKET (dir:./shared_images)"},
    Option{"--http", "[ADDR:]PORT", "http.listen", "Storage and HTTP",
           "where the HTTP API listens, or off (127.0.0.1:3000 or the next free port)"},
    Option{"--http-auth", "token|none", "http.auth", "Storage and HTTP",
           "who may use it from elsewhere (token)"},
    Option{"--http-follower", "HOW", "http.follower", "Storage and HTTP",
           "requests for the leader: reject, redirect or proxy (reject)"},
    Option{"--log-level", "LEVEL", "log.level", "Program", "debug, info, warn or error (info)"},
    Option{"--log-format", "text|json", "log.format", "Program", "for people, or one object a line (text)"},
};
constexpr std::array client_options{
    Option{"--images-dir", "DIR", "client.images_dir", "Session", "where results are saved (images)"},
    Option{"--json", "", "", "Session", "one JSON object a line on standard output"},
    Option{"--quiet", "", "", "Session", "only errors (and the objects of --json)"},
    Option{"--timeout", "SECONDS", "client.timeout_s", "Session",
           "how long a command waits for the cluster (30; the prompt: 0, for ever)"},
    Option{"--keep-going", "", "", "Session", "a script goes on after a failed command"},
    Option{"--any-file", "", "", "Session", "encrypt what is not an image, too"},
    Option{"--passphrase-file", "FILE", "", "Session", "derive the user's key from a passphrase"},
    Option{"--ca", "FILE", "client.ca", "Session", "whom HTTPS trusts (the system's authorities)"},
    Option{"--user-key", "FILE", "", "Session", "the user's own 32-byte key"},
};
constexpr std::array common_options{
    Option{"--config", "FILE", "", "Program", "TOML, or JSON when the name ends in .json"},
    Option{"--version", "", "", "Program", "print the version"},
    Option{"--help", "", "", "Program", "print this"},
};

constexpr std::array<std::string_view, 5> of_commands{"--text", "--file", "--cover", "--method", "-o"};

constexpr std::string_view node_head = R"(usage: node [ID] [OPTION...]
       node check-store    put, get, list and delete one object in the store
       node token          make or show the token of the HTTP API

A member of the cluster. ID is its number and rank: the highest that lives
leads. Without ID the first free data directory decides. With no option at all,
nodes and clients on one machine find one another.
)";
constexpr std::string_view client_head = R"(usage: client USER [OPTION...] [COMMAND [ARGUMENT...]]

With a COMMAND: does it and ends. Without: a prompt on a terminal, else a
script of one command a line. Options may stand before or after the command.

Commands:
  upload PATH...       encrypt images through the cluster
  hide PATH            a --text TEXT or --file FILE in PATH, or PATH in a
                       --cover COVER
  send-image PATH...   let the leader store images
  decrypt FILE         open an encrypted image [-o OUT]
  extract FILE         show or save what is hidden in a picture [-o OUT]
  verify FILE [ORIGINAL], capacity PATH
  status, members, discover, doctor
  register [ADDR], online, users
  gallery [USER], get NAME, put PATH
  help [COMMAND]       more about each
)";
constexpr std::string_view foot = R"(
Every key of the configuration is also a variable, CLOUDP2P_<SECTION>_<KEY>.
An option wins over a variable, a variable over the file.
)";

constexpr std::size_t width = 80;
constexpr std::size_t help_column = 27;

// "  --port N               UDP port of the group; …", continued in the help column.
std::string help_line(const Option& option) {
    std::string line = "  " + std::string{option.name};
    if (!option.value.empty()) line += ' ' + std::string{option.value};
    std::string out;
    if (line.size() + 2 > help_column) {
        out = line + '\n';
        line.clear();
    }
    line.resize(help_column, ' ');
    std::string_view text = option.help;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (line.size() + end > width) {
            out += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
            line.assign(help_column, ' ');
        }
        line += text.substr(0, end);
        line += ' ';
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out + line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
}

} // namespace

std::vector<Option> options_of(Program program) {
    std::vector<Option> all;
    const auto add = [&](const auto& options) { std::ranges::copy(options, std::back_inserter(all)); };
    if (program == Program::client) add(client_options);
    add(network_options);
    add(cluster_options);
    if (program == Program::node) add(node_options);
    add(common_options);
    return all;
}

std::span<const std::string_view> command_options() { return of_commands; }

std::string_view usage_example(Program program) {
    return program == Program::node ? "example: node 3 --lan" : "example: client alice upload photo.png";
}

std::string help_text(Program program) {
    std::string out{program == Program::node ? node_head : client_head};
    std::string_view group;
    for (const Option& option : options_of(program)) {
        if (option.group != group) {
            group = option.group;
            out += '\n' + std::string{group} + ":\n";
        }
        out += help_line(option);
    }
    return out + std::string{foot} + std::string{usage_example(program)} + '\n';
}

} // namespace cp::config
