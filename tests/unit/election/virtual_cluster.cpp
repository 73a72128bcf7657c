#include "unit/election/virtual_cluster.hpp"

#include <algorithm>

namespace cp::test {
namespace {

template <class Word, class Variant>
constexpr bool is_one_of = false;
template <class Word, class... Words>
constexpr bool is_one_of<Word, std::variant<Words...>> = (std::is_same_v<Word, Words> || ...);

} // namespace

VirtualCluster::VirtualCluster(std::uint64_t seed, const Options& options)
    : options_{options}, rng_{seed}, nodes_(options.nodes),
      cut_(options.nodes, std::vector<bool>(options.nodes, false)) {
    for (std::size_t i = 0; i < nodes_.size(); ++i) start(i);
}

void VirtualCluster::start(std::size_t i) {
    Node& node = nodes_[i];
    ++node.life;
    node.sights.assign(nodes_.size(), {});
    node.frozen_at = node.frozen_until = {};
    node.load = static_cast<std::uint16_t>(rng_.below(10'001));
    node.fence = {};
    node.announced.reset();
    node.next_beat = now_;
    election::ElectionConfig config;
    config.preempt = options_.preempt;
    config.preempt_after = 300ms;
    config.policy = options_.policy;
    config.leader_term = options_.leader_term;
    config.seed = rng_.next();
    if (rng_.chance(0.3)) node.stored = 0; // a new disk
    node.bully = std::make_unique<Bully>(id(i), node.life, Epoch{node.stored, {}, 0}, config, now_);
    node.quorum.emplace(election::QuorumConfig{options_.quorum ? nodes_.size() / 2 + 1 : 0, leader_timeout},
                        now_);
}

void VirtualCluster::stop(std::size_t i, bool gracefully) {
    Node& node = nodes_[i];
    if (gracefully && !frozen(node)) {
        node.bully->hand_over(out_);
        flush(i);
    }
    node.stored = node.bully->highest_counter();
    node.bully.reset();
    node.frozen_until = now_;
    node.inbox.clear();
    if (!gracefully && rng_.chance(0.5)) tell_of_crash(i);
}

// As a refused reconnect does: everybody learns it at once, and of this very life.
void VirtualCluster::tell_of_crash(std::size_t crashed) {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        Node& node = nodes_[i];
        if (i == crashed || !node.bully || frozen(node) || node.sights[crashed].life != nodes_[crashed].life)
            continue;
        node.quorum->release(id(crashed));
        lose(i, crashed);
    }
}

void VirtualCluster::freeze(std::size_t i, Duration duration) {
    Node& node = nodes_[i];
    if (!node.bully || frozen(node)) return;
    node.frozen_at = now_;
    node.frozen_until = now_ + duration;
}

// As NodeCore does: doubt, then what waited in the sockets; silence that was our own fault is nobody's loss.
void VirtualCluster::thaw(std::size_t i) {
    Node& node = nodes_[i];
    const Duration away = now_ - std::exchange(node.frozen_at, {});
    for (Sight& sight : node.sights) sight.heard += away;
    if (away >= leader_timeout) {
        node.bully->on_stalled(now_);
        flush(i);
    }
    for (const Delivery& d : std::exchange(node.inbox, {})) deliver(d);
}

void VirtualCluster::set_load(std::size_t i, std::uint16_t load) { nodes_[i].fixed_load = load; }

void VirtualCluster::run(Duration duration) {
    for (const TimePoint end = now_ + duration; now_ < end;) step();
}

void VirtualCluster::step() {
    now_ += tick;
    hand_ = (hand_ + 1) % wheel_.size();
    for (const Delivery& d : std::exchange(wheel_[hand_], {})) deliver(d);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        if (nodes_[i].bully && !frozen(nodes_[i])) serve(i);
    }
    check_who_serves();
}

void VirtualCluster::deliver(const Delivery& d) {
    Node& node = nodes_[d.to];
    if (!node.bully) return;
    if (node.frozen_at != TimePoint{}) return node.inbox.push_back(d);
    Bully& bully = *node.bully;
    Sight& sight = node.sights[d.from];
    if (d.life < sight.life) return; // a session that was replaced
    if (sight.life != 0 && d.life > sight.life) bully.on_member_lost(now_, id(d.from), out_);
    if (sight.life != d.life) bully.on_member_alive(now_, id(d.from), out_);
    sight = {d.life, now_};

    hand_to(bully, d);
    flush(d.to);
    grant(d);
}

void VirtualCluster::hand_to(Bully& bully, const Delivery& d) {
    const NodeId from = id(d.from);
    if (const auto* beat = std::get_if<wire::Heartbeat>(&d.word)) {
        bully.set_load(now_, from, beat->load);
        beat->leading ? bully.on_leader_heartbeat(now_, from, *beat, out_)
                      : bully.on_follower_heartbeat(now_, from, *beat, out_);
    } else if (const auto* election = std::get_if<wire::Election>(&d.word)) {
        bully.on_election(now_, from, *election, out_);
    } else if (const auto* answer = std::get_if<wire::Answer>(&d.word)) {
        bully.on_answer(now_, from, *answer, out_);
    } else if (const auto* coordinator = std::get_if<wire::Coordinator>(&d.word)) {
        bully.on_coordinator(now_, from, *coordinator, out_);
    } else if (const auto* hand_over = std::get_if<wire::HandOver>(&d.word)) {
        nodes_[d.to].quorum->on_hand_over(from, d.number);
        bully.on_hand_over(now_, from, *hand_over, out_);
    } else if (const auto* granted = std::get_if<wire::Grant>(&d.word)) {
        nodes_[d.to].quorum->on_grant(from, *granted);
    }
}

// What a leader said to somebody who follows it asks for a grant.
void VirtualCluster::grant(const Delivery& d) {
    Node& node = nodes_[d.to];
    std::optional<Epoch> asks;
    if (const auto* beat = std::get_if<wire::Heartbeat>(&d.word); beat != nullptr && beat->leading)
        asks = beat->epoch;
    if (const auto* coordinator = std::get_if<wire::Coordinator>(&d.word)) asks = coordinator->epoch;
    if (!asks || !node.bully->leader() || node.bully->leader()->epoch != *asks) return;
    if (const auto given = node.quorum->grant(now_, *asks, d.number)) send(d.to, d.from, 0, *given);
}

void VirtualCluster::serve(std::size_t i) {
    Node& node = nodes_[i];
    if (node.frozen_at != TimePoint{}) thaw(i);
    if (now_.time_since_epoch() % 10ms == 0ms) lose_the_silent(i);
    if (now_ >= node.bully->deadline()) {
        node.bully->on_deadline(now_, out_);
        flush(i);
    }
    if (now_ >= node.next_beat) beat(i);
}

void VirtualCluster::lose_the_silent(std::size_t i) {
    Node& node = nodes_[i];
    for (std::size_t k = 0; k < nodes_.size(); ++k) {
        Sight& sight = node.sights[k];
        if (sight.life == 0) continue;
        const auto leader = node.bully->leader();
        const bool leads = leader && leader->node == id(k);
        if (now_ - sight.heard < (leads ? leader_timeout : follower_timeout)) continue;
        lose(i, k);
    }
}

void VirtualCluster::lose(std::size_t at, std::size_t whom) {
    nodes_[at].sights[whom] = {};
    nodes_[at].bully->on_member_lost(now_, id(whom), out_);
    flush(at);
}

void VirtualCluster::beat(std::size_t i) {
    Node& node = nodes_[i];
    const bool leading = node.bully->leading();
    node.next_beat = now_ + (leading ? leader_interval : follower_interval);
    node.announced = leading ? node.bully->leader() : std::nullopt;
    wire::Heartbeat beat{.node = id(i), .epoch = node.bully->highest_seen(), .leading = leading};
    beat.followers = node.bully->followers();
    if (options_.lying_counts) beat.followers = static_cast<std::uint16_t>(rng_.below(4));
    if (rng_.chance(0.02)) node.load = static_cast<std::uint16_t>(rng_.below(10'001));
    beat.load = node.fixed_load.value_or(node.load);
    node.bully->set_load(now_, id(i), beat.load);
    out_.to_group(beat);
    transmit(i);
}

// What every call into a Bully ends with.
void VirtualCluster::flush(std::size_t i) {
    check(i);
    Node& node = nodes_[i];
    const auto leads = node.bully->leading() ? node.bully->leader() : std::nullopt;
    leads ? node.quorum->began(leads->epoch) : node.quorum->ended();
    transmit(i);
    if (leads != node.announced) beat(i);
}

void VirtualCluster::transmit(std::size_t i) {
    for (const wire::Outgoing& item : out_.items()) {
        nodes_[i].quorum->on_sent(now_, item);
        std::visit(
            [&](const auto& m) {
                if constexpr (is_one_of<std::decay_t<decltype(m)>, Word>) send(i, {}, item.number, m);
            },
            item.message);
    }
    out_.clear();
}

void VirtualCluster::send(std::size_t from, std::optional<std::size_t> only, std::uint64_t number,
                          const Word& word) {
    ++sent_;
    for (std::size_t to = 0; to < nodes_.size(); ++to) {
        if (to == from || cut_[from][to] || (only && *only != to)) continue;
        for (int copies = rng_.chance(options_.duplicates) ? 2 : 1; copies > 0; --copies) {
            if (rng_.chance(options_.loss)) continue;
            const std::size_t ticks = 1 + rng_.below(rng_.chance(0.1) ? 7 : 2);
            wheel_[(hand_ + ticks) % wheel_.size()].push_back({from, to, nodes_[from].life, number, word});
        }
    }
}

void VirtualCluster::check(std::size_t i) {
    Node& node = nodes_[i];
    const Bully& bully = *node.bully;
    if (bully.highest_seen() < node.fence) violation_ = "the fence of a node went down";
    if (bully.leader() && bully.leader()->epoch != bully.highest_seen())
        violation_ = "a leader below the highest epoch is followed";
    if (bully.leading() && bully.highest_seen() != node.fence) {
        const Epoch epoch = bully.leader()->epoch;
        if (epoch.leader != id(i)) violation_ = "leads in another's epoch";
        if (++owners_[epoch] > 1) violation_ = "epoch " + to_text(epoch) + " was claimed twice";
    }
    node.fence = bully.highest_seen();
}

void VirtualCluster::check_who_serves() {
    if (!options_.quorum) return;
    const auto serves = [&](const Node& node) {
        return node.bully && node.bully->leading() && node.quorum->holds(now_);
    };
    if (std::ranges::count_if(nodes_, serves) > 1) violation_ = "two leaders serve at once";
}

void VirtualCluster::misfortune() {
    const std::size_t i = rng_.below(nodes_.size());
    const std::size_t k = rng_.below(nodes_.size());
    switch (rng_.below(8)) {
    case 0: return partition(rng_.next());
    case 1: cut_[i][k] = true; return; // one way only
    case 2: cut_.assign(nodes_.size(), std::vector<bool>(nodes_.size(), false)); return;
    case 3:
        if (nodes_[i].bully) return stop(i, false);
        return start(i);
    case 4:
        if (nodes_[i].bully) return stop(i, true);
        return start(i);
    case 5:
    case 6: return freeze(i, rng_.between(20ms, 600ms));
    default:
        if (nodes_[i].bully) nodes_[i].bully->set_ever_held_task();
    }
}

void VirtualCluster::partition(std::uint64_t sides) {
    for (std::size_t a = 0; a < nodes_.size(); ++a) {
        for (std::size_t b = 0; b < nodes_.size(); ++b) cut_[a][b] = (sides >> a & 1U) != (sides >> b & 1U);
    }
}

void VirtualCluster::heal() {
    cut_.assign(nodes_.size(), std::vector<bool>(nodes_.size(), false));
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        nodes_[i].frozen_until = now_;
        if (!nodes_[i].bully) start(i);
    }
}

bool VirtualCluster::agreed() const {
    std::optional<election::Leader> leader;
    unsigned leading = 0;
    for (const Node& node : nodes_) {
        if (!node.bully || !node.bully->leader()) return false;
        if (leader && node.bully->leader() != leader) return false;
        leader = node.bully->leader();
        leading += node.bully->leading() ? 1 : 0;
    }
    if (leading != 1) return false;
    if (!nodes_[index_of(leader->node)].quorum->holds(now_)) return false;
    const bool highest = options_.preempt && options_.policy == election::Policy::id;
    return !highest || leader->node == id(nodes_.size() - 1);
}

NodeId VirtualCluster::leader_of(std::size_t index) const {
    const Node& node = nodes_[index];
    return node.bully && node.bully->leader() ? node.bully->leader()->node : NodeId{};
}

std::string VirtualCluster::describe() const {
    std::string text;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        text += "node " + to_text(id(i));
        if (!nodes_[i].bully) {
            text += " is down; ";
            continue;
        }
        const Bully& bully = *nodes_[i].bully;
        text += bully.leading() ? " leads " : " follows ";
        text += bully.leader() ? to_text(bully.leader()->epoch) : "nobody";
        text += ", has seen " + to_text(bully.highest_seen()) + "; ";
    }
    return text;
}

} // namespace cp::test
