// Plays scenario files: commands, a line of dashes, then the events that must come out, all of them, in
// order, with their virtual milliseconds. A difference in behaviour is a difference in prose.
//   scenario_runner FILE...            compares
//   scenario_runner --bless FILE...    writes what came out into the files
//
//   nodes 1 2 3        start them, in this order        client            start one client
//   run 500ms          let time pass                    upload 30000      the client uploads so many bytes
//   crash 3            kill -9                          restart 3         the same id, a new life
//   leave 3            SIGTERM                          partition 1 2 | 3 C    C is the client
//   heal               all hear all again               loss 0.05         from here on
//   work 3000          milliseconds that each task takes from here on
//   dispatch round-robin       or least-loaded, of the nodes that start from here on
//   cut 1 3            what 1 sends does not reach 3       silence 2       nobody hears 2, which hears all
//   filter-data 3      the data group does not come through to 3, the others do
#include "sim_world.hpp"

#include <fstream>
#include <iostream>
#include <sstream>

namespace {

using namespace cp;
using namespace std::chrono_literals;

class Player {
public:
    Player() : world_{options()} {
        world_.on_node_event = [this](sim::HostId host, const node::NodeEvent& event) {
            say("node " + std::to_string(ids_.at(host)) + "  " + node::to_text(event));
        };
        world_.on_client_event = [this](sim::HostId host, const client::ClientEvent& event) {
            if (const auto* changed = std::get_if<client::LeaderChanged>(&event))
                say("client  leader_changed leader=" + to_text(changed->leader));
            if (const auto* declined = std::get_if<client::Declined>(&event))
                say("client  declined node=" + to_text(declined->node));
            if (const auto* accepted = std::get_if<client::Accepted>(&event))
                say("client  accepted replicas=" + std::to_string(accepted->replicas));
            if (const auto* took = std::get_if<client::TookOver>(&event))
                say("client  took_over died=" + to_text(took->died) + " now=" + to_text(took->now) +
                    (took->left ? " left" : ""));
            if (const auto* again = std::get_if<client::SendingAgain>(&event))
                say("client  sending_again sends=" + std::to_string(again->sends));
            if (const auto* failed = std::get_if<client::Failed>(&event))
                say("client  failed " + failed->reason);
            if (const auto* answered = std::get_if<client::Answered>(&event)) {
                say("client  answered node=" + to_text(answered->node) +
                    " sends=" + std::to_string(answered->sends));
                answered_.push_back({host, answered->task});
            }
        };
    }

    void command(const std::string& line) {
        std::istringstream words{line};
        std::string verb;
        words >> verb;
        if (verb == "nodes") {
            for (std::uint32_t id = 0; words >> id;) {
                ids_[world_.hosts()] = id;
                world_.add_node(NodeId{id});
            }
        } else if (verb == "client") {
            client_ = world_.hosts();
            world_.add_client();
        } else if (verb == "run") {
            int amount = 0;
            std::string unit;
            words >> amount >> unit;
            run(unit == "s" ? Duration{std::chrono::seconds{amount}}
                            : Duration{std::chrono::milliseconds{amount}});
        } else if (verb == "upload") {
            std::size_t bytes = 0;
            words >> bytes;
            world_.upload(client_, bytes);
        } else if (verb == "partition") {
            partition(words);
        } else if (verb == "heal") {
            world_.network().heal();
        } else if (verb == "work") {
            int millis = 0;
            words >> millis;
            world_.set_work(std::chrono::milliseconds{millis});
        } else if (verb == "dispatch") {
            std::string policy;
            words >> policy;
            world_.set_dispatch(policy == "round-robin" ? tasks::DispatchPolicy::round_robin
                                                        : tasks::DispatchPolicy::least_loaded);
        } else if (verb == "cut") {
            std::uint32_t from = 0, to = 0;
            words >> from >> to;
            world_.network().cut(world_.host_of(NodeId{from}), world_.host_of(NodeId{to}));
        } else if (verb == "silence") {
            std::uint32_t id = 0;
            words >> id;
            for (sim::HostId to = 0; to < world_.hosts(); ++to)
                world_.network().cut(world_.host_of(NodeId{id}), to);
        } else if (verb == "loss") {
            words >> world_.network().options().loss;
        } else {
            std::uint32_t id = 0;
            words >> id;
            const auto host = world_.host_of(NodeId{id});
            if (verb == "crash")
                world_.crash(host);
            else if (verb == "restart")
                world_.restart(host);
            else if (verb == "leave")
                world_.leave(host);
            else if (verb == "filter-data")
                world_.filter_data(host);
            else
                say("unknown command: " + line);
        }
    }
    [[nodiscard]] const std::string& log() const { return log_; }

private:
    static sim::WorldOptions options() {
        sim::WorldOptions options;
        options.network.delay_min = options.network.delay_max = 100us;
        options.work_min = options.work_max = 5ms;
        return options;
    }
    void say(const std::string& what) {
        log_ += std::to_string(to_ms(world_.now().time_since_epoch() - 1h)) + " ms  " + what + '\n';
    }
    void run(Duration d) {
        const TimePoint end = world_.now() + d;
        while (world_.now() < end) { // the shell's part: save, then acknowledge
            world_.run_until([this] { return !answered_.empty(); }, end - world_.now());
            for (const auto& [host, task] : std::exchange(answered_, {})) world_.acknowledge(host, task);
        }
    }
    void partition(std::istringstream& words) {
        std::map<sim::HostId, int> groups;
        int group = 0;
        for (std::string word; words >> word;) {
            if (word == "|")
                ++group;
            else if (word == "C")
                groups[client_] = group;
            else
                groups[world_.host_of(NodeId{static_cast<std::uint32_t>(std::stoul(word))})] = group;
        }
        world_.network().partition(groups);
    }

    sim::SimWorld world_;
    std::map<sim::HostId, std::uint32_t> ids_;
    sim::HostId client_ = 0;
    std::vector<std::pair<sim::HostId, TaskId>> answered_;
    std::string log_;
};

bool play(const std::string& path, bool bless) {
    std::ifstream in{path};
    if (!in) {
        std::cerr << path << ": cannot be read\n";
        return false;
    }
    Player player;
    std::string head, expected;
    bool behind = false;
    for (std::string line; std::getline(in, line);) {
        if (behind) {
            expected += line + '\n';
            continue;
        }
        if (line.starts_with("----")) {
            behind = true;
            continue;
        }
        head += line + '\n';
        if (!line.empty() && line[0] != '#') player.command(line);
    }
    if (bless) {
        std::ofstream{path} << head << "----\n" << player.log();
        return true;
    }
    if (player.log() == expected) return true;
    std::cerr << path << ": other events than expected; they were:\n" << player.log();
    return false;
}

} // namespace

int main(int argc, char** argv) {
    const bool bless = argc > 1 && std::string_view{argv[1]} == "--bless";
    int failed = 0;
    for (int i = bless ? 2 : 1; i < argc; ++i) failed += play(argv[i], bless) ? 0 : 1;
    return failed == 0 ? 0 : 1;
}
