#include "run.hpp"

#include "checkers.hpp"
#include "choices.hpp"
#include "custody_checker.hpp"
#include "leadership_checkers.hpp"
#include "nemesis.hpp"

#include <algorithm>
#include <array>

namespace cp::sim {
namespace {

using namespace std::chrono_literals;

template <class T, std::size_t N>
T pick(Rng& rng, const std::array<T, N>& from) {
    return from[rng.below(N)];
}

// What a run is, before anything happens in it.
struct Plan {
    std::size_t nodes = 3;
    std::size_t clients = 1;
    std::size_t turns = 10;
    std::size_t burst = 1; // uploads at once: thousands in a run, when many
    bool clients_vanish = false;
    Choices choices;
    WorldOptions world;
};

std::size_t draw_nodes(Rng& rng) {
    const double size = rng.unit();
    if (size < 0.85) return pick(rng, std::array<std::size_t, 4>{3, 3, 4, 5});
    if (size < 0.98) return 6 + rng.below(11);
    if (size < 0.998) return 17 + rng.below(44);
    return 61 + rng.below(140);
}

Plan draw_plan(std::uint64_t seed) {
    Rng rng{seed};
    Plan plan;
    plan.nodes = draw_nodes(rng);
    plan.clients = 1 + rng.below(3);
    plan.turns = plan.nodes > 16 ? 5 + rng.below(5) : 10 + rng.below(15);
    if (plan.nodes < 6 && rng.chance(0.01)) plan.burst = 50 + rng.below(150);
    plan.clients_vanish = plan.nodes < 6 && rng.chance(0.05);
    plan.choices = draw_choices(rng, plan.nodes);
    WorldOptions& world = plan.world;
    world.seed = rng.next();
    world.network.loss = pick(rng, std::array{0.0, 0.0, 0.01, 0.05, 0.1, 0.3});
    world.network.duplicate = pick(rng, std::array{0.0, 0.0, 0.02, 0.1});
    world.network.reorder = pick(rng, std::array{0.0, 0.0, 0.02, 0.2});
    world.network.delay_max = pick(rng, std::array<Duration, 3>{200us, 1ms, 5ms});
    world.clock_ppm = 100;
    world.clock_spread = 10h;
    world.unix_seconds = 1'800'000'000;
    world.reserve_epochs = true;
    world.crash_link = plan.choices.crash_link;
    world.configure = [choices = plan.choices](node::NodeConfig& config) { apply(choices, config); };
    return plan;
}

class Run {
public:
    Run(std::uint64_t seed, const std::function<void(const std::string&)>& log)
        : plan_{draw_plan(seed)}, world_{plan_.world}, rng_{seed ^ 0xfa11U}, log_{log},
          nemesis_{world_, rng_, [this](const std::string& line) { say(line); }}, violations_{world_},
          answers_{violations_}, bounds_{world_, violations_}, epochs_{world_, violations_},
          elections_{world_, violations_}, leases_{world_, violations_},
          recoveries_{world_, violations_}, custody_{world_, nemesis_, violations_, answers_} {
        world_.on_node_event = [this](HostId host, const node::NodeEvent& event) { on_node(host, event); };
        world_.on_client_event = [this](HostId host, const client::ClientEvent& event) {
            on_client(host, event);
        };
        world_.on_send = [this](HostId host, const wire::Outgoing& item) {
            recoveries_.on_send(host, item);
            if (plan_.choices.quorum > 0) leases_.on_send(host, item);
        };
        world_.on_step = [this](HostId host) {
            ++result_.events;
            bounds_.on_step(host);
        };
        world_.on_death = [this](HostId host) {
            epochs_.on_death(host);
            custody_.on_death(host);
        };
    }

    RunResult play() {
        say(std::to_string(plan_.nodes) + " nodes, loss " + std::to_string(plan_.world.network.loss) + ", " +
            to_text(plan_.choices));
        start();
        for (std::size_t turn = 0; turn < plan_.turns; ++turn) {
            world_.run_for(rng_.between(5ms, 300ms));
            acknowledge_all();
            if (plan_.burst > 1 || rng_.chance(0.5)) upload();
            if (rng_.chance(0.5)) nemesis_.strike();
            if (plan_.choices.by_load) change_loads();
            if (plan_.clients_vanish && rng_.chance(0.2)) replace_client();
        }
        finish();
        result_.violations = violations_.list();
        result_.resent = answers_.resent();
        result_.orphaned = custody_.orphaned();
        result_.elections = elections_.elections();
        result_.false_elections = elections_.false_elections();
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

    void start() {
        const bool one_by_one = rng_.chance(0.3);
        for (std::size_t i = 0; i < plan_.nodes; ++i) {
            nodes_.push_back(world_.add_node(id_of(i)));
            if (one_by_one) world_.run_for(rng_.between(0ms, 100ms));
        }
        nemesis_.nodes = nodes_;
        for (std::size_t i = 0; i < plan_.clients; ++i) clients_.push_back(world_.add_client());
    }

    // All heals; then everything must come to an end.
    void finish() {
        nemesis_.end();
        // What nobody acknowledges is kept for a while.
        const Duration patience =
            plan_.clients_vanish ? limits::payload_kept_after_done + 30s : Duration{15s};
        const bool quiet = world_.run_until(
            [this] { return answers_.all_answered() && world_.common_leader().has_value() && all_idle(); },
            patience);
        acknowledge_all();
        if (quiet) return;
        answers_.finally();
        check_quiet(world_, violations_);
        if (violations_.list().empty()) violations_.add("not quiet long after healing");
    }

    void on_node(HostId host, const node::NodeEvent& event) {
        if (log_) say("node " + to_text(id_of(host)) + ": " + node::to_text(event));
        epochs_.on_node_event(host, id_of(host), event);
        elections_.on_node_event(host, id_of(host), event);
        recoveries_.on_node_event(host, id_of(host), event);
        custody_.on_node_event(host, event);
    }

    void on_client(HostId host, const client::ClientEvent& event) {
        custody_.on_client_event(host, event);
        answers_.on_client_event(event);
        if (log_) tell(host, event);
        if (const auto* answered = std::get_if<client::Answered>(&event))
            to_acknowledge_.push_back({host, answered->task});
    }

    void tell(HostId host, const client::ClientEvent& event) {
        const std::string who = "client " + std::to_string(host) + ": ";
        if (const auto* took = std::get_if<client::TookOver>(&event))
            say(who + to_text(took->now) + " took over " + to_text(took->task));
        if (const auto* sent = std::get_if<client::Broadcasting>(&event))
            say(who + "sends " + to_text(sent->task) + " to " + std::to_string(sent->servers));
        if (const auto* accepted = std::get_if<client::Accepted>(&event))
            say(who + "accepted " + to_text(accepted->task) +
                " replicas=" + std::to_string(accepted->replicas));
        if (const auto* again = std::get_if<client::SendingAgain>(&event))
            say(who + "sends again " + to_text(again->task));
        if (const auto* changed = std::get_if<client::LeaderChanged>(&event))
            say(who + "leader " + to_text(changed->leader) + " epoch " + to_text(changed->epoch));
        if (const auto* failed = std::get_if<client::Failed>(&event))
            say(who + "failed " + to_text(failed->task) + ": " + failed->reason);
        if (const auto* answered = std::get_if<client::Answered>(&event))
            say(who + "answered " + to_text(answered->task) + " sends=" + std::to_string(answered->sends));
    }

    // Small ones when there are many. A stopped client submits nothing.
    void upload() {
        const HostId host = clients_[rng_.below(clients_.size())];
        if (world_.stalled(host)) return;
        for (std::size_t i = 0; i < plan_.burst && answers_.open() < 2 * plan_.burst; ++i) {
            const std::size_t bytes =
                plan_.burst > 1 ? 0 : pick(rng_, std::array<std::size_t, 5>{0, 1, 1420, 30'000, 200'000});
            const TaskId id = world_.upload(host, bytes + rng_.below(100));
            ++result_.tasks;
            say("client " + std::to_string(host) + ": upload " + to_text(id) + " of " +
                std::to_string(bytes));
            answers_.submitted(id, SimWorld::work(id, world_.client(host)->open_tasks().at(id).upload));
        }
    }

    void change_loads() {
        for (const HostId host : nodes_)
            if (auto* node = world_.node(host); node != nullptr && rng_.chance(0.3))
                node->set_load(static_cast<std::uint16_t>(rng_.below(10'001)));
    }

    // One client ends without a word; another comes.
    void replace_client() {
        HostId& host = clients_[rng_.below(clients_.size())];
        say("client " + std::to_string(host) + " vanishes");
        for (const auto& [id, task] : world_.client(host)->open_tasks()) answers_.excuse(id);
        world_.crash(host);
        std::erase_if(to_acknowledge_, [&](const auto& entry) { return entry.first == host; });
        host = world_.add_client();
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

    static NodeId id_of(std::size_t host) { return NodeId{static_cast<std::uint32_t>(host + 1)}; }

    Plan plan_;
    SimWorld world_;
    Rng rng_;
    std::function<void(const std::string&)> log_;
    Nemesis nemesis_;
    Violations violations_;
    AnswerChecker answers_;
    BoundsChecker bounds_;
    EpochChecker epochs_;
    ElectionChecker elections_;
    LeaseChecker leases_;
    RecoveryChecker recoveries_;
    CustodyChecker custody_;
    std::vector<HostId> nodes_;
    std::vector<HostId> clients_;
    std::vector<std::pair<HostId, TaskId>> to_acknowledge_;
    RunResult result_;
};

} // namespace

RunResult run_seed(std::uint64_t seed, const std::function<void(const std::string&)>& log) {
    return Run{seed, log}.play();
}

} // namespace cp::sim
