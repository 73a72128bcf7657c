#include "run.hpp"

#include "checkers.hpp"

#include <algorithm>
#include <array>

namespace cp::sim {
namespace {

using namespace std::chrono_literals;

template <class T, std::size_t N>
T pick(Rng& rng, const std::array<T, N>& from) {
    return from[rng.below(N)];
}

WorldOptions options_of(std::uint64_t seed) {
    Rng rng{seed};
    WorldOptions options;
    options.seed = rng.next();
    options.network.loss = pick(rng, std::array{0.0, 0.01, 0.05, 0.1, 0.3});
    options.network.duplicate = pick(rng, std::array{0.0, 0.0, 0.02, 0.1});
    options.network.delay_max = pick(rng, std::array<Duration, 3>{200us, 1ms, 5ms});
    return options;
}

class Run {
public:
    Run(std::uint64_t seed, const std::function<void(const std::string&)>& log)
        : world_{options_of(seed)}, rng_{seed ^ 0xfa11U}, log_{log},
          violations_{world_}, epochs_{violations_}, answers_{violations_}, bounds_{world_, violations_} {
        world_.on_node_event = [this](HostId host, const node::NodeEvent& event) { on_node(host, event); };
        world_.on_client_event = [this](HostId host, const client::ClientEvent& event) {
            on_client(host, event);
        };
        world_.on_step = [this] {
            ++result_.events;
            bounds_.on_step();
        };
    }

    RunResult play() {
        const std::size_t count = pick(rng_, std::array<std::size_t, 4>{3, 3, 4, 5});
        for (std::size_t i = 0; i < count; ++i) {
            nodes_.push_back(world_.add_node(NodeId{static_cast<std::uint32_t>(i + 1)}));
            lives_.push_back(1);
        }
        for (std::size_t i = 0; i < 1 + rng_.below(2); ++i) clients_.push_back(world_.add_client());
        const std::size_t turns = 10 + rng_.below(15);
        for (std::size_t turn = 0; turn < turns; ++turn) {
            world_.run_for(rng_.between(5ms, 300ms));
            acknowledge_all();
            if (rng_.chance(0.5)) upload();
            if (rng_.chance(0.5)) fault();
        }
        heal();
        const bool quiet = world_.run_until(
            [this] { return answers_.all_answered() && world_.common_leader().has_value() && all_idle(); },
            15s);
        acknowledge_all();
        if (!quiet) {
            answers_.finally();
            check_quiet(world_, violations_);
            if (violations_.list().empty()) violations_.add("not quiet 15 s after healing");
        }
        result_.violations = violations_.list();
        result_.resent = answers_.resent();
        return result_;
    }

private:
    void say(const std::string& line) {
        if (log_)
            log_(std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(
                                    world_.now().time_since_epoch() - 1h)
                                    .count()) +
                 " us " + line);
    }

    void on_node(HostId host, const node::NodeEvent& event) {
        say("node " + std::to_string(host + 1) + ": " + node::to_text(event));
        epochs_.on_node_event(NodeId{static_cast<std::uint32_t>(host + 1)}, lives_[host], event);
        if (std::holds_alternative<node::LeaderChanged>(event)) ++result_.elections;
    }

    void on_client(HostId host, const client::ClientEvent& event) {
        answers_.on_client_event(event);
        if (const auto* took = std::get_if<client::TookOver>(&event))
            say("client: " + to_text(took->now) + " took over " + to_text(took->task));
        if (const auto* sent = std::get_if<client::Broadcasting>(&event))
            say("client: sends " + to_text(sent->task) + " to " + std::to_string(sent->servers));
        if (const auto* changed = std::get_if<client::LeaderChanged>(&event))
            say("client " + std::to_string(host) + ": leader " + to_text(changed->leader) + " epoch " +
                to_text(changed->epoch));
        if (const auto* answered = std::get_if<client::Answered>(&event)) {
            say("client: answered " + to_text(answered->task) + " sends=" + std::to_string(answered->sends));
            to_acknowledge_.push_back({host, answered->task});
        }
    }

    void upload() {
        const HostId host = clients_[rng_.below(clients_.size())];
        const std::size_t bytes = pick(rng_, std::array<std::size_t, 5>{0, 1, 1420, 30'000, 200'000});
        const TaskId id = world_.upload(host, bytes + rng_.below(100));
        ++result_.tasks;
        say("upload " + to_text(id) + " of " + std::to_string(bytes));
        answers_.submitted(id, SimWorld::work(id, world_.client(host)->open_tasks().at(id).upload));
    }

    void fault() {
        const std::size_t i = rng_.below(nodes_.size());
        const bool up = world_.node(nodes_[i]) != nullptr;
        const auto alive = std::ranges::count_if(nodes_, [&](HostId h) { return world_.node(h) != nullptr; });
        switch (rng_.below(6)) {
        case 0:
        case 1:
            if (!up) {
                say("restart " + std::to_string(i + 1));
                ++lives_[nodes_[i]];
                world_.restart(nodes_[i]);
            } else if (alive > 1) {
                say("crash " + std::to_string(i + 1));
                world_.crash(nodes_[i]);
            }
            break;
        case 2:
            if (up && alive > 1) {
                say("leave " + std::to_string(i + 1));
                world_.leave(nodes_[i]);
            }
            break;
        case 3: {
            std::map<HostId, int> groups;
            for (HostId h = 0; h < world_.hosts(); ++h) groups[h] = static_cast<int>(rng_.below(2));
            say("partition");
            world_.network().partition(groups);
            break;
        }
        case 4:
            say("cut one way");
            world_.network().cut(rng_.below(world_.hosts()), rng_.below(world_.hosts()));
            break;
        case 5:
            say("heal");
            world_.network().heal();
            break;
        }
    }

    void heal() {
        say("heal and restart all");
        world_.network().heal();
        world_.network().options().loss = std::min(world_.network().options().loss, 0.05);
        for (HostId h : nodes_) {
            if (world_.node(h) != nullptr) continue;
            ++lives_[h];
            world_.restart(h);
        }
    }

    // The shell's part: what is answered is acknowledged after it was saved.
    void acknowledge_all() {
        for (const auto& [host, id] : std::exchange(to_acknowledge_, {})) world_.acknowledge(host, id);
    }

    bool all_idle() {
        acknowledge_all();
        return std::ranges::all_of(nodes_, [&](HostId h) {
            const auto* node = world_.node(h);
            return node == nullptr || (node->ledger().open().empty() && node->budget().used() == 0);
        });
    }

    SimWorld world_;
    Rng rng_;
    std::function<void(const std::string&)> log_;
    Violations violations_;
    EpochChecker epochs_;
    AnswerChecker answers_;
    BoundsChecker bounds_;
    std::vector<HostId> nodes_;
    std::vector<HostId> clients_;
    std::vector<std::uint64_t> lives_; // boots of each node: epochs never go back within one
    std::vector<std::pair<HostId, TaskId>> to_acknowledge_;
    RunResult result_;
};

} // namespace

RunResult run_seed(std::uint64_t seed, const std::function<void(const std::string&)>& log) {
    return Run{seed, log}.play();
}

} // namespace cp::sim
