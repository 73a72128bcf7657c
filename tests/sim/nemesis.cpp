#include "nemesis.hpp"

#include <algorithm>
#include <numeric>

namespace cp::sim {
namespace {

using namespace std::chrono_literals;

std::string ms(Duration d) { return std::to_string(to_ms(d)) + " ms"; }

} // namespace

Nemesis::Nemesis(SimWorld& world, Rng& rng, Say say) : world_{world}, rng_{rng}, say_{std::move(say)} {
    for (auto& weight : weights_) weight = rng_.chance(0.5) ? 0 : 0.5 + rng_.unit();
    // What has an end needs one.
    weights_[restart] = weights_[crash] + weights_[leave];
    weights_[heal] = 0.2 + 0.5 * (weights_[partition] + weights_[cut_one_way] + weights_[isolate]);
}

void Nemesis::strike() {
    double drawn = rng_.unit() * std::accumulate(weights_.begin(), weights_.end(), 0.0);
    for (std::size_t kind = 0; kind < kinds; ++kind) {
        drawn -= weights_[kind];
        if (drawn < 0) return do_fault(static_cast<Kind>(kind));
    }
}

void Nemesis::do_fault(Kind kind) {
    broken_ = broken_ || kind == partition || kind == cut_one_way || kind == isolate || kind == slow;
    switch (kind) {
    case crash:
    case leave: {
        const HostId host = victim();
        if (world_.node(host) == nullptr || alive() < 2) return;
        if (kind == crash) return fell(host);
        say_("leave " + name(host));
        return world_.leave(host);
    }
    case restart:
        for (const HostId host : nodes)
            if (world_.node(host) == nullptr) return revive(host);
        return;
    case partition: return split();
    case cut_one_way: {
        const HostId from = rng_.chance(0.5) ? victim() : any_host();
        const HostId to = rng_.chance(0.5) ? victim() : any_host();
        say_("cut " + name(from) + " to " + name(to));
        return world_.network().cut(from, to);
    }
    case isolate: { // still speaks, or still hears, or neither
        const HostId host = victim();
        const auto how = rng_.below(3);
        say_("isolate " + name(host) + (how == 0 ? "" : how == 1 ? ": is not heard" : ": hears nobody"));
        for (HostId other = 0; other < world_.hosts(); ++other) {
            if (how != 2) world_.network().cut(host, other);
            if (how != 1) world_.network().cut(other, host);
        }
        return;
    }
    case clog: {
        const HostId from = rng_.chance(0.5) ? victim() : any_host(), to = any_host();
        const Duration held = rng_.between(20ms, 1s);
        noise(held);
        say_("clog " + name(from) + " to " + name(to) + " for " + ms(held));
        return world_.network().clog(from, to, held);
    }
    case slow: {
        const HostId host = any_host();
        const Duration extra = rng_.chance(0.3) ? Duration{} : rng_.between(1ms, 40ms);
        say_("slow " + name(host) + " by " + ms(extra));
        return world_.network().slow(host, extra);
    }
    case stall: {
        const HostId host = rng_.chance(0.9) ? victim() : any_host();
        const Duration away = rng_.chance(0.5) ? rng_.between(20ms, 150ms) : rng_.between(100ms, 3s);
        noise(away);
        say_("stall " + name(host) + " for " + ms(away));
        return world_.stall(host, away);
    }
    case step_clock: {
        const HostId host = rng_.chance(0.9) ? victim() : any_host();
        const Duration forward = rng_.chance(0.5) ? rng_.between(20ms, 200ms) : rng_.between(100ms, 10s);
        noise({});
        say_("step the clock of " + name(host) + " by " + ms(forward));
        return world_.step_clock(host, forward);
    }
    case doubt: {
        const HostId host = nodes[rng_.below(nodes.size())];
        say_("doubt at " + name(host));
        return world_.doubt(host);
    }
    case heal:
        broken_ = false;
        noise({});
        say_("heal");
        return world_.network().heal();
    case kinds: return;
    }
}

void Nemesis::fell(HostId host) {
    const bool power = rng_.chance(0.3);
    say_((power ? "power cut at " : "crash ") + name(host));
    world_.crash(host, power ? Death::power : Death::killed);
}

void Nemesis::revive(HostId host) {
    const bool empty = rng_.chance(0.2) && world_.may_lose_disk(host);
    say_("restart " + name(host) + (empty ? " with an empty disk" : ""));
    world_.restart(host, empty ? Disk::lost : Disk::kept);
}

void Nemesis::split() {
    const auto sets = 2 + rng_.below(rng_.chance(0.7) ? 1 : world_.hosts());
    std::map<HostId, int> groups;
    for (HostId host = 0; host < world_.hosts(); ++host) groups[host] = static_cast<int>(rng_.below(sets));
    if (rng_.chance(0.4)) { // one node, and perhaps a client that will not notice, away from the rest
        const HostId alone = victim();
        for (const HostId host : nodes) groups[host] = host == alone ? 1 : 0;
    }
    std::string text = "partition";
    for (const auto& [host, group] : groups) text += ' ' + name(host) + ':' + std::to_string(group);
    say_(text);
    world_.network().partition(groups);
}

void Nemesis::end() {
    say_("heal and restart all");
    broken_ = false;
    noise({});
    world_.network().heal();
    world_.network().options().loss = std::min(world_.network().options().loss, 0.05);
    for (const HostId host : nodes)
        if (world_.node(host) == nullptr) revive(host);
}

HostId Nemesis::victim() {
    if (rng_.chance(0.5))
        for (const HostId host : nodes) {
            const auto* node = world_.node(host);
            if (node != nullptr && node->leader() && world_.host_of(node->leader()->node) == host)
                return host;
        }
    return nodes[rng_.below(nodes.size())];
}

std::size_t Nemesis::alive() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(nodes, [&](HostId host) { return world_.node(host) != nullptr; }));
}

std::string Nemesis::name(HostId host) const {
    const auto found = std::ranges::find(nodes, host);
    return found != nodes.end() ? std::to_string(host + 1) : "client " + std::to_string(host);
}

} // namespace cp::sim
