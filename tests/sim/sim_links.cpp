// The world's liveness links: each node holds a TCP connection to its leader, and when a program ends,
// whoever was connected to it hears so from its kernel, tries once more at once, and is refused. A partition,
// a stall or a power cut tells nobody anything. But whoever misses its leader's beat knocks at its machine
// (net/knocks.hpp), which answers while the program stalls, now and then not, as if all of it was suspended.
#include "sim_host.hpp"

#include <algorithm>
#include <cmath>

namespace cp::sim {
namespace {

using namespace std::chrono_literals;

constexpr auto connect_takes = 1ms; // with the mutual challenge
constexpr auto connect_again_after = 100ms;
constexpr auto refused_after_min = 100us;
constexpr auto refused_after_max = 500us;
constexpr auto no_answer_after = 5ms; // then the link says that nothing came
constexpr int knocks_a_round = 6;
constexpr auto round_takes = 6ms;
constexpr auto knock_again_after = 5ms;
constexpr double all_suspended = 0.2; // of stalls

} // namespace

void SimWorld::renew_link(Host& host) {
    const auto target = host.node->leader_link();
    if (target && host.link && host.link->target == *target) return;
    ++host.link_number;
    host.link.reset();
    if (!target) return;
    host.link = Host::Link{*target, false};
    schedule(connect_takes, [this, id = host.id, number = host.link_number] { try_link(id, number); });
}

void SimWorld::try_link(HostId id, std::uint64_t number) {
    Host& host = *hosts_[id];
    if (!host.node || host.link_number != number) return;
    const Host& peer = *hosts_[host_of(host.link->target.node)];
    const bool reached = peer.node && peer.session == host.link->target.session && !peer.stalled &&
                         !host.stalled && network_.sound(id, peer.id, Duration::zero());
    host.link->up = reached;
    if (!reached) schedule(connect_again_after, [this, id, number] { try_link(id, number); });
}

void SimWorld::renew_knocks(Host& host) {
    const bool doubted = host.node->leader_overdue();
    if (doubted == host.knocking) return;
    host.knocking = doubted;
    ++host.knock_number;
    if (doubted && host.link && host.link->up) knock(host, round_takes);
}

void SimWorld::knock(Host& host, Duration after) {
    schedule(after, [this, &host, number = host.knock_number, target = host.link->target] {
        if (!host.node || host.stalled || host.knock_number != number) return;
        const Host& peer = *hosts_[host_of(target.node)];
        const bool powered = peer.up() ? !peer.stalled || !rng_.chance(all_suspended) : !peer.powered_off;
        const double unanswered = std::pow(1 - std::pow(1 - network_.options().loss, 2), knocks_a_round);
        if (!powered || !network_.sound(host.id, peer.id, Duration::zero()) || rng_.chance(unanswered))
            return tell(host.id, target.node, target.session, wire::LinkVerdict::unreachable);
        if (!peer.node || peer.session != target.session)
            return tell(host.id, target.node, target.session, wire::LinkVerdict::crashed);
        knock(host, knock_again_after + round_takes);
    });
}

// REQUIRES: the core is still there, so that its own link is known.
void SimWorld::break_links(const Host& dead) {
    const auto verdict = [&](HostId hears) {
        if (!network_.sound(hears, dead.id, Duration::zero())) return;
        // One of the datagrams that tell it (end of stream, connect, refusal) is lost: nothing in time.
        const bool lost = rng_.chance(network_.options().loss * 2);
        const Duration after =
            lost ? Duration{no_answer_after} : rng_.between(refused_after_min, refused_after_max);
        schedule(after, [this, hears, lost, node = dead.node_id, session = dead.session] {
            tell(hears, node, session, lost ? wire::LinkVerdict::unanswered : wire::LinkVerdict::crashed);
        });
    };
    for (const auto& host : hosts_)
        if (host->node && host->link && host->link->up && host->link->target.session == dead.session)
            verdict(host->id);
    if (dead.link && dead.link->up) verdict(host_of(dead.link->target.node));
}

void SimWorld::tell(HostId id, NodeId dead, const SessionId& session, wire::LinkVerdict verdict) {
    Host& host = *hosts_[id];
    const Host& peer = *hosts_[host_of(dead)];
    if (!host.node || (verdict == wire::LinkVerdict::crashed && peer.node && peer.session == session))
        return; // it is back: the second attempt gets through
    when_awake(host, [this, &host, life = host.life, dead, session, verdict] {
        if (host.life != life) return;
        host.node->on_link(host.clock.at(now_), dead, session, verdict, host.out);
        after_call(host);
    });
}

void SimWorld::doubt(HostId id) {
    const Host& host = *hosts_[id];
    if (!host.link || !host.link->up) return;
    const node::LinkTarget& target = host.link->target;
    tell(id, target.node, target.session, wire::LinkVerdict::unanswered);
}

} // namespace cp::sim
