// The world's part that does what net/core_driver does for a real host: datagrams and time into the core,
// what it wants sent and done out of it.
#include "base/check.hpp"
#include "sim_host.hpp"

#include <algorithm>

namespace cp::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t pull_at_once = 32; // what a socket takes before the host turns to its inputs again
constexpr auto pull_again_after = 100us;
constexpr auto fsync_min = 1ms;
constexpr auto fsync_max = 30ms;

// As a worker makes it: what is not written yet holds anything else.
class AnswerInTheMaking {
public:
    explicit AnswerInTheMaking(Payload whole)
        : whole_{std::move(whole)}, made_{std::make_shared<Bytes>(whole_.size(), std::byte{0xee})} {}
    [[nodiscard]] std::size_t size() const { return whole_.size(); }
    // The same memory each time.
    [[nodiscard]] Payload write(std::size_t ready) {
        std::ranges::copy(whole_.view().first(ready), made_->begin());
        return {made_, *made_};
    }

private:
    Payload whole_;
    std::shared_ptr<Bytes> made_;
};

} // namespace

// Send what the core wants sent, take its events, pull bulk, sleep until its deadline.
void SimWorld::after_call(Host& host) {
    bool events_came = false;
    for (;;) {
        drain(host);
        if (host.node) {
            const auto events = host.node->take_events();
            (void)host.node->take_discarded();
            events_came = events_came || !events.empty();
            for (const auto& event : events) {
                if (on_node_event) on_node_event(host.id, event);
                act_on(host, event);
            }
        } else {
            for (const auto& event : host.client->take_events())
                if (on_client_event) on_client_event(host.id, event);
        }
        if (host.out.empty()) break;
    }
    if (host.node && events_came && options_.crash_link) renew_link(host);
    if (host.node && options_.crash_link) renew_knocks(host);
    if (host.node && options_.reserve_epochs) reserve_epochs(host);
    pull(host);
    arm(host);
    if (on_step) on_step(host.id);
}

void SimWorld::pull(Host& host) {
    if (host.pulling) return;
    const TimePoint now = host.clock.at(now_);
    const auto pulled = host.core([&](auto& core) { return core.pull(now, pull_at_once, host.out); });
    drain(host);
    if (pulled == 0) return;
    host.pulling = true;
    schedule(pull_again_after, [this, &host, life = host.life] {
        if (host.life != life || !host.up()) return;
        host.pulling = false;
        when_awake(host, [this, &host, life] {
            if (host.life == life) after_call(host);
        });
    });
}

void SimWorld::drain(Host& host) {
    for (const auto& item : host.out.items()) {
        if (on_send) on_send(host.id, item);
        const std::size_t size = host.sealer->seal(item, scratch_);
        deliver(host,
                std::make_shared<const Datagram>(
                    Datagram{Bytes(scratch_.begin(), scratch_.begin() + static_cast<std::ptrdiff_t>(size)),
                             host.endpoint, item.lane}),
                item);
    }
    host.out.clear();
}

void SimWorld::deliver(Host& from, const std::shared_ptr<const Datagram>& datagram,
                       const wire::Outgoing& item) {
    const auto send = [&](const Host& to) {
        if (to.id == from.id || !to.up()) return;
        for (const Duration delay : network_.deliveries(from.id, to.id))
            schedule(delay, Arrival{to.id, to.life, datagram});
    };
    if (item.lane == wire::Lane::unicast) {
        const auto to = from.core([&](auto& core) { return core.endpoint(item.to); });
        if (!to) return;
        const HostId id = to->address - hosts_.front()->endpoint.address;
        if (id < hosts_.size()) send(*hosts_[id]);
        return;
    }
    for (const auto& to : hosts_)
        if (item.lane == wire::Lane::control || to->in_data_group()) send(*to);
}

void SimWorld::arrive(const Arrival& arrival) {
    Host& host = *hosts_[arrival.to];
    if (!host.up() || host.life != arrival.life) return;
    if (host.stalled)
        host.sockets[static_cast<std::size_t>(arrival.datagram->lane)].put(arrival.datagram,
                                                                           options_.socket_bytes);
    else
        open(host, *arrival.datagram);
}

void SimWorld::open(Host& host, const Datagram& datagram) {
    Bytes copy = datagram.bytes; // opened in place
    host.core([&](auto& core) { core.on_datagram(host.clock.at(now_), copy, datagram.from, host.out); });
    after_call(host);
}

// One alarm is set for each host, for the earliest deadline; one that moved away rings too early once.
void SimWorld::arm(Host& host) {
    const TimePoint deadline = host.core([](auto& core) { return core.deadline(); });
    if (deadline == never || (host.armed != never && host.armed <= deadline)) return;
    host.armed = deadline;
    schedule(host.clock.until(deadline, now_), Alarm{host.id, ++host.alarm});
}

void SimWorld::ring(const Alarm& alarm) {
    Host& host = *hosts_[alarm.host];
    if (!host.up() || host.alarm != alarm.number || host.stalled) return;
    on_deadline(host);
}

void SimWorld::on_deadline(Host& host) {
    host.armed = never;
    const TimePoint now = host.clock.at(now_);
    host.core([&](auto& core) {
        if (now >= core.deadline()) core.on_deadline(now, host.out);
    });
    after_call(host);
}

// The shell's part: the mark is written while the core goes on.
void SimWorld::reserve_epochs(Host& host) {
    const auto mark = host.epochs.due(host.node->highest_counter());
    if (!mark) return;
    schedule(rng_.between(fsync_min, fsync_max), [this, &host, life = host.life, mark = *mark] {
        if (host.life == life) host.epochs.written(mark);
    });
}

void SimWorld::act_on(Host& host, const node::NodeEvent& event) {
    const auto* run = std::get_if<node::RunTask>(&event);
    if (run == nullptr) return;
    const Duration takes = rng_.between(options_.work_min, options_.work_max);
    const auto answer = std::make_shared<AnswerInTheMaking>(work(run->task, run->upload));
    const auto after = [&](Duration delay, auto tell) {
        schedule(delay, [this, &host, life = host.life, tell] {
            if (host.life != life || !host.node) return;
            when_awake(host, [this, &host, life, tell] {
                if (host.life != life) return;
                tell(host);
                after_call(host);
            });
        });
    };
    for (const unsigned thirds : {1U, 2U}) // it leaves while it is made
        after(takes * thirds / 3, [this, id = run->task, answer, thirds](Host& at) {
            const std::uint64_t ready = answer->size() * thirds / 3;
            at.node->on_work_under_way(at.clock.at(now_), id, answer->write(ready), ready, at.out);
        });
    after(takes, [this, id = run->task, answer](Host& at) {
        at.node->on_work_done(at.clock.at(now_), id, answer->write(answer->size()), at.out);
    });
}

} // namespace cp::sim
