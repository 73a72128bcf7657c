#include "net/core_driver.hpp"

#include "base/check.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <poll.h>
#include <utility>

namespace cp::net {
namespace {

constexpr auto token = asio::as_tuple(asio::use_awaitable);

// Bulk for one turn: full groups where there are any, so that the kernel is passed as seldom as may be. Few
// of them, and fewer datagrams where each is a pass of its own (up to 20 us through a bridge to several
// receivers), so that what else the thread has to do waits for less than a millisecond.
constexpr std::size_t groups_per_turn = 2;
constexpr std::size_t singles_per_turn = 32;

std::size_t pull_size(const GroupTransport& transport) {
    if (transport.io().send != IoMode::segmented) return singles_per_turn;
    return groups_per_turn * group_datagrams(transport.datagram_size());
}

// One pull and what a core may add to it: Setup and Poll of each of its transfers. None may be like the next.
constexpr std::size_t bulk_datagrams = 2 * groups_per_turn * group_datagrams_max;
// Control messages are at most an Ethernet datagram long. Full means that the socket took nothing for a
// while.
constexpr std::size_t urgent_datagrams = 512;
constexpr std::size_t urgent_bytes = urgent_datagrams * limits::datagram_ethernet;

// A late timer and a full socket are what a stalled program wakes up to. What is in the socket is older than
// the timer's verdict and may contradict it (heartbeats), so it is read first; but a flood never ends, so not
// for longer than this many turns: about what the control socket's buffer holds.
constexpr int postponed_turns_max = 16;

constexpr int last_flush_ms = 50;

// What belongs to one transfer stays in order: a Poll that overtook its Data would ask for repairs.
bool is_bulk(wire::MessageType type) {
    using enum wire::MessageType;
    return type == setup || type == data || type == parity || type == poll;
}

} // namespace

CoreDriver::CoreDriver(GroupTransport transport, std::unique_ptr<AnyCore> core, const wire::Identity& self,
                       std::function<void()> hook, const LossFilter& loss)
    : transport_{std::move(transport)}, core_{std::move(core)}, sealer_{self}, on_events_{std::move(hook)},
      loss_{loss}, urgent_{urgent_bytes, urgent_datagrams * transport_.targets(wire::Lane::control).size()},
      bulk_{bulk_datagrams * limits::datagram_max,
            bulk_datagrams * transport_.targets(wire::Lane::data).size()},
      deadline_timer_{transport_.executor()}, writer_timer_{transport_.executor(), never},
      ended_timer_{transport_.executor(), never} {}

CoreDriver::~CoreDriver() = default;

asio::awaitable<void> CoreDriver::run() {
    for (const Channel channel : channels) {
        if (transport_.socket(channel) != nullptr) start(receive_loop(channel));
    }
    start(deadline_loop());
    start(writer_loop());
    poke();
    while (loops_ > 0) co_await ended_timer_.async_wait(token);
    if (failure_) std::rethrow_exception(failure_);
}

void CoreDriver::start(asio::awaitable<void> loop) {
    ++loops_;
    asio::co_spawn(transport_.executor(), std::move(loop), [this](const std::exception_ptr& failure) {
        if (failure && !failure_) failure_ = failure;
        close(); // a loop ends only because all are to end
        if (--loops_ == 0) ended_timer_.cancel();
    });
}

asio::awaitable<void> CoreDriver::receive_loop(Channel channel) {
    while (open_) {
        co_await transport_.socket(channel)->async_wait(asio::ip::udp::socket::wait_read, token);
        if (open_) turn(channel);
    }
}

asio::awaitable<void> CoreDriver::deadline_loop() {
    while (open_) {
        armed_ = core_->deadline();
        deadline_timer_.expires_after(wait_until(armed_));
        co_await deadline_timer_.async_wait(token);
        // Woken early, because the deadline moved: the turn finds nothing due, and the timer is set anew.
        if (open_ && core_->deadline() <= net::now()) turn(Channel::data);
    }
}

// Sleeps until something is left over, because the socket was full or the turn's share was spent; then every
// turn waits for the socket, so that the others get theirs in between.
asio::awaitable<void> CoreDriver::writer_loop() {
    while (open_) {
        if (!write_wanted_) {
            co_await writer_timer_.async_wait(token);
            continue;
        }
        co_await transport_.socket(Channel::unicast)->async_wait(asio::ip::udp::socket::wait_write, token);
        write_wanted_ = false;
        if (open_) turn(Channel::unicast);
    }
}

// `least`: the least important channel to look at; the more important ones are looked at before it.
void CoreDriver::turn(Channel least) {
    ++counters_.turns;
    in_turn_ = true;
    if (core_->deadline() <= net::now()) least = Channel::data; // all that may contradict it
    bool backlog = false;
    for (const Channel channel : channels) {
        if (channel > least) break;
        const bool full = receive(channel);
        backlog = backlog || (full && channel != Channel::data);
    }
    const TimePoint now = net::now();
    if (core_->deadline() > now) {
        postponed_ = 0;
    } else if (!backlog || ++postponed_ > postponed_turns_max) {
        postponed_ = 0;
        core_->on_deadline(now, outbox_);
        seal_outbox();
    }
    finish_turn();
}

bool CoreDriver::receive(Channel channel) {
    const auto [datagrams, full] = transport_.receive(channel);
    const TimePoint now = net::now();
    for (const Received& received : datagrams) deliver(now, received);
    return full;
}

void CoreDriver::deliver(TimePoint now, const Received& received) {
    const auto verdict = loss_.next();
    if (verdict == LossFilter::Verdict::drop) {
        ++counters_.filtered;
        return;
    }
    // Opening a datagram in place destroys it, so its double is taken before.
    if (verdict == LossFilter::Verdict::twice)
        duplicate_.assign(received.bytes.begin(), received.bytes.end());
    core_->on_datagram(now, received.bytes, received.from, outbox_);
    seal_outbox();
    if (verdict == LossFilter::Verdict::twice) {
        core_->on_datagram(now, duplicate_, received.from, outbox_);
        seal_outbox();
    }
}

void CoreDriver::poke() {
    seal_outbox();
    if (!in_turn_ && open_) finish_turn();
}

void CoreDriver::finish_turn() {
    in_turn_ = true;
    flush(urgent_); // a claim does not wait for the log line about it
    if (on_events_) on_events_();
    if (open_) { // the hook may have closed us
        send();
        rearm();
    }
    in_turn_ = false;
}

void CoreDriver::seal_outbox() {
    for (const wire::Outgoing& item : outbox_.items()) enqueue(item);
    outbox_.clear();
}

void CoreDriver::enqueue(const wire::Outgoing& item) {
    Target peer;
    std::span<const Target> targets;
    if (item.lane == wire::Lane::unicast) {
        const auto endpoint = core_->endpoint(item.to);
        if (!endpoint) {
            ++counters_.unroutable;
            return;
        }
        peer.to = *endpoint;
        targets = {&peer, 1};
    } else {
        targets = transport_.targets(item.lane);
    }
    DatagramQueue& queue = is_bulk(wire::type_of(item.message)) ? bulk_ : urgent_;
    auto room = queue.room(targets.size());
    if (room.empty()) {
        flush();
        room = queue.room(targets.size());
    }
    if (room.empty()) {
        ++counters_.overflowed; // as if the network had lost it
        return;
    }
    queue.commit(sealer_.seal(item, room), targets);
}

void CoreDriver::send() {
    bool more = !flush();
    if (!more) {
        const std::size_t wanted = pull_size(transport_);
        const std::size_t pulled = core_->pull(net::now(), wanted, outbox_);
        seal_outbox();
        if (pulled > 0 && on_events_) on_events_();
        if (!open_) return;
        more = !flush() || pulled >= wanted;
    }
    if (!more || write_wanted_) return;
    write_wanted_ = true;
    writer_timer_.cancel();
}

// False when the socket took less than everything.
bool CoreDriver::flush() { return flush(urgent_) && flush(bulk_); }

bool CoreDriver::flush(DatagramQueue& queue) {
    while (!queue.empty()) {
        const auto [done, part, blocked] = transport_.send(queue.front());
        queue.pop(done, part);
        if (blocked) return false;
    }
    return true;
}

// A deadline that moved away needs nothing: the timer fires too early once, and is set anew.
void CoreDriver::rearm() {
    if (open_ && core_->deadline() < armed_) deadline_timer_.cancel();
}

void CoreDriver::close() {
    if (!open_) return;
    open_ = false;
    seal_outbox();
    bulk_.clear();
    if (!flush(urgent_)) {
        pollfd writable{transport_.socket(Channel::unicast)->native_handle(), POLLOUT, 0};
        if (::poll(&writable, 1, last_flush_ms) > 0) flush(urgent_);
    }
    deadline_timer_.cancel();
    writer_timer_.cancel();
    transport_.close();
}

} // namespace cp::net
