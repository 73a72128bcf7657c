#include "leadership_checkers.hpp"

#include <algorithm>

namespace cp::sim {
namespace {

using namespace std::chrono_literals;

constexpr auto lately = 2s;
constexpr auto told_within = 1s; // several failure timeouts of any profile
constexpr auto leases_last = 1s; // several of any profile
constexpr auto disk_takes = 100ms;

} // namespace

// --- epochs

void EpochChecker::on_node_event(HostId host, NodeId self, const node::NodeEvent& event) {
    const auto* changed = std::get_if<node::LeaderChanged>(&event);
    if (changed == nullptr || !changed->leader) return;
    if (changed->epoch.leader != changed->leader)
        violations_.add("epoch " + to_text(changed->epoch) + " is not of leader " + to_text(changed->leader));
    auto& adopted = adopted_[world_.life(host)];
    if (!adopted.empty() && changed->epoch < adopted.back().epoch)
        violations_.add("node " + to_text(self) + " went back from epoch " + to_text(adopted.back().epoch) +
                        " to " + to_text(changed->epoch));
    if (changed->leader == self) on_claim(host, self, changed->epoch);
    adopted.push_back({world_.now(), changed->epoch});
}

void EpochChecker::on_claim(HostId host, NodeId self, const Epoch& epoch) {
    const auto [at, fresh] = claims_.emplace(epoch, world_.life(host));
    if (!fresh && at->second != world_.life(host))
        violations_.add("two lives lead in epoch " + to_text(epoch));
    if (epoch.counter <= on_disk_[{host, world_.disk(host)}])
        violations_.add("node " + to_text(self) + " forgot: claims epoch " + to_text(epoch) +
                        ", an earlier life had adopted " +
                        std::to_string(on_disk_[{host, world_.disk(host)}]));
}

void EpochChecker::on_death(HostId host) {
    auto& counter = on_disk_[{host, world_.disk(host)}];
    for (const auto& [at, epoch] : adopted_[world_.life(host)])
        if (world_.now() - at >= disk_takes) counter = std::max(counter, epoch.counter);
}

// --- false elections

void ElectionChecker::on_node_event(HostId host, NodeId self, const node::NodeEvent& event) {
    const auto* changed = std::get_if<node::LeaderChanged>(&event);
    if (changed == nullptr || !changed->leader) return;
    const Epoch before = std::exchange(followed_[host], changed->epoch);
    if (changed->leader != self || changed->reason != "leader_lost" || !before.leader) return;
    ++elections_;
    const HostId old = world_.host_of(before.leader);
    if (old == host || !leads(old, before)) return;
    const double loss = world_.network().options().loss;
    if (world_.in_touch(host, old, lately)) {
        ++false_;
        if (loss <= 0.05)
            violations_.add("false election: " + to_text(self) + " was in touch with its leader " +
                            to_text(before.leader));
    } else if (loss == 0 && world_.steady(host, told_within) && world_.steady(old, told_within) &&
               could_be_told(host, old)) {
        ++false_;
        violations_.add("false election: others could tell " + to_text(self) + " that its leader " +
                        to_text(before.leader) + " lives");
    }
}

bool ElectionChecker::leads(HostId host, const Epoch& epoch) {
    const auto* node = world_.node(host);
    return node != nullptr && world_.incarnation(host) == epoch.incarnation && node->leader() &&
           node->leader()->node == epoch.leader;
}

bool ElectionChecker::could_be_told(HostId claimant, HostId leader) {
    for (HostId other = 0; other < world_.hosts(); ++other) {
        const auto* node = world_.node(other);
        if (other == claimant || other == leader || node == nullptr || !node->leader()) continue;
        if (world_.host_of(node->leader()->node) == leader && world_.in_touch(other, claimant, told_within) &&
            world_.in_touch(other, leader, told_within))
            return true;
    }
    return false;
}

// --- leases

void LeaseChecker::on_send(HostId host, const wire::Outgoing& item) {
    const auto* node = world_.node(host);
    if (node == nullptr) return;
    const auto* setup = std::get_if<wire::Setup>(&item.message);
    const bool answer = setup != nullptr && setup->object.kind == ObjectKind::result &&
                        begun_.insert({world_.life(host), setup->transfer}).second;
    if (!answer && !std::holds_alternative<wire::TaskAccepted>(item.message)) return;
    const auto leader = node->leader();
    if (!leader || world_.host_of(leader->node) != host) return; // a worker for its leader
    if (leader->epoch != serving_) {
        if (earlier_.contains(leader->epoch) && leads_on() && !world_.clock_stepped(lately))
            violations_.add("leader of epoch " + to_text(leader->epoch) + " serves after that of " +
                            to_text(serving_));
        earlier_.insert(serving_);
        serving_ = leader->epoch;
    }
    last_ = host;
    served_ = world_.now();
}

bool LeaseChecker::leads_on() const {
    const auto* node = world_.node(last_);
    return node != nullptr && !world_.stalled(last_) && world_.now() - served_ < leases_last &&
           node->leader() == election::Leader{serving_.leader, serving_};
}

// --- recovery

// One that was silent meanwhile is excused, also if it is heard again at last.
std::set<NodeId> RecoveryChecker::asked_by(const node::NodeCore& leader) {
    std::set<NodeId> asked;
    for (const auto& member : leader.members().members())
        if (member.state == wire::MemberState::alive) asked.insert(member.node);
    return asked;
}

void RecoveryChecker::on_node_event(HostId host, NodeId self, const node::NodeEvent& event) {
    const std::uint64_t life = world_.life(host);
    if (const auto* changed = std::get_if<node::LeaderChanged>(&event)) {
        if (changed->leader != self) return static_cast<void>(terms_.erase(life));
        Term& term = terms_[life];
        if (!term.served) term = {changed->epoch, world_.now(), asked_by(*world_.node(host)), false};
    } else if (const auto* lost = std::get_if<node::MemberLost>(&event)) {
        if (const auto term = terms_.find(life); term != terms_.end()) term->second.asked.erase(lost->node);
    } else if (const auto* silent = std::get_if<node::MemberSuspected>(&event)) {
        if (const auto term = terms_.find(life); term != terms_.end()) term->second.asked.erase(silent->node);
    } else if (const auto* joined = std::get_if<node::MemberJoined>(&event)) {
        if (const auto term = terms_.find(life); term != terms_.end()) term->second.asked.erase(joined->node);
    } else if (const auto* serving = std::get_if<node::Serving>(&event)) {
        Term& term = terms_[life];
        if (term.served || term.epoch != serving->epoch) return;
        term.served = true;
        // Its clock may be a little fast: microseconds in a window.
        if (world_.now() - term.since + 100us >= tasks::Recovery::window || !world_.steady(host, 1s)) return;
        for (const NodeId node : term.asked) {
            const auto* member = world_.node(host)->members().find(node);
            // One that has fallen silent since is not waited for.
            const bool there = member != nullptr && member->state == wire::MemberState::alive;
            if (there && !told_.contains({term.epoch, node}))
                violations_.add("leader of epoch " + to_text(term.epoch) + " serves before node " +
                                to_text(node) + " told its ledger");
        }
    }
}

void RecoveryChecker::on_send(HostId host, const wire::Outgoing& item) {
    const auto* summary = std::get_if<wire::LedgerSummary>(&item.message);
    if (summary != nullptr && world_.node(host) != nullptr) told_.insert({summary->epoch, summary->node});
}

} // namespace cp::sim
