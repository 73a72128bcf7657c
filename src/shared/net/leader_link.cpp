#include "net/leader_link.hpp"

#include "net/clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace cp::net {
namespace {

constexpr auto token = asio::as_tuple(asio::use_awaitable);

} // namespace

struct LeaderLink::Pursuit {
    std::optional<Endpoint> home; // where that life has proven itself: refused there, it has ended
    bool told = false;            // of this silence
    int looks = link_looks;       // attempts without a pause that are left
    Duration pause{};             // before the next of the others
};

LeaderLink::LeaderLink(const asio::any_io_executor& executor, LinkContext& context)
    : context_{context}, socket_{std::make_shared<LinkSocket>(executor)}, wake_{executor, never},
      knocks_{executor, [this](Knocked knocked) { on_knocked(knocked); }} {}

void LeaderLink::start() {
    asio::co_spawn(wake_.get_executor(), run(), [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
    });
}

void LeaderLink::close() {
    open_ = false;
    aim(std::nullopt);
    socket_->close();
    wake_.cancel();
}

// The same life at another address is followed when its link ends; that does not end it.
void LeaderLink::aim(const std::optional<LinkAim>& target) {
    const bool same = target && target_ && target->session == target_->session;
    if (same || (!target && !target_)) {
        target_ = target;
        return;
    }
    target_ = open_ ? target : std::nullopt;
    ++aim_;
    proven_ = false;
    doubt(false);
    socket_->hang_up();
    wake_.cancel();
}

// Asked where its link stands: there it has proven that it answers. Without a link, nothing could be
// concluded from silence, which may be a firewall's.
void LeaderLink::doubt(bool doubted) {
    if (std::exchange(doubted_, doubted) == doubted) return;
    if (!doubted) return knocks_.stop();
    if (!proven_) return;
    // A slow network gets the time for several round trips.
    const Duration every = std::max<Duration>(context_.options.knock_every, 4 * round_trip_ / knocks_a_round);
    knocks_.start(linked_at_, every);
}

void LeaderLink::on_knocked(Knocked knocked) {
    context_.handlers.on_verdict(target_->session, knocked == Knocked::refused ? LinkVerdict::crashed
                                                                               : LinkVerdict::unreachable);
}

asio::awaitable<void> LeaderLink::run() {
    while (open_) {
        if (target_) {
            co_await pursue(target_->session);
        } else {
            wake_.expires_at(never);
            co_await wake_.async_wait(token);
        }
    }
}

asio::awaitable<void> LeaderLink::pursue(SessionId session) {
    const std::uint64_t aim = aim_;
    const LinkOptions& options = context_.options;
    Pursuit life;
    life.pause = options.retry_first;
    while (aim == aim_) {
        // A new leader is tried at once, and a link that ended is asked about at once, where it was.
        const bool looking = life.looks > 0;
        if (looking) --life.looks;
        const Endpoint at = looking && life.home ? *life.home : target_->at;
        const Duration within = looking ? options.check_within : std::max(options.check_within, life.pause);
        const Duration prove_within = looking ? 4 * options.check_within : options.proof_within;
        const TimePoint begin = now();
        const Ended ended = co_await hold(session, at, within, prove_within);
        if (aim != aim_) break;
        if (ended == Ended::after_proof && now() - begin >= options.retry_max) {
            life.looks = link_looks;
            life.pause = options.retry_first;
        }
        judge(life, session, at, ended);
        if (aim != aim_ || life.looks > 0) continue;
        wake_.expires_after(std::exchange(life.pause, std::min<Duration>(2 * life.pause, options.retry_max)));
        co_await wake_.async_wait(token);
    }
}

void LeaderLink::judge(Pursuit& life, const SessionId& session, const Endpoint& at, Ended ended) {
    switch (ended) {
    case Ended::after_proof:
        life.home = at;
        life.told = false;
        return;
    case Ended::refused:
        if (life.home != at) return; // no link there yet, or an address that we only heard of
        break;
    case Ended::other_life: // a holder of the key has that port now
        if (!life.home) return;
        break;
    case Ended::unanswered:
        if (life.home && !std::exchange(life.told, true))
            context_.handlers.on_verdict(session, LinkVerdict::unanswered);
        return;
    case Ended::unproven: return;
    }
    life.home.reset();
    context_.handlers.on_verdict(session, LinkVerdict::crashed);
}

// A lost datagram of the handshake would cost TCP's 200 ms, so a look is rather begun anew.
asio::awaitable<LeaderLink::Ended> LeaderLink::hold(SessionId session, Endpoint at, Duration connect_within,
                                                    Duration prove_within) {
    ++context_.counters.connects;
    socket_->arm(connect_within);
    const auto error = co_await socket_->connect(at);
    if (error == asio::error::connection_refused) co_return Ended::refused;
    if (error) co_return Ended::unanswered;
    const Ended ended = co_await prove(session, prove_within);
    if (ended == Ended::after_proof) {
        proven_ = true;
        linked_at_ = at;
        co_await socket_->end();
        proven_ = false;
        knocks_.stop();
    }
    socket_->hang_up();
    co_return ended;
}

// after_proof: both sides have proven themselves, and the link stands.
asio::awaitable<LeaderLink::Ended> LeaderLink::prove(SessionId session, Duration within) {
    const wire::LinkClient client{context_.challenges.next(), session};
    wire::LinkAnswer answer{};
    socket_->arm(within);
    const TimePoint asked = now();
    if (co_await socket_->write(client.hello())) co_return Ended::unproven;
    if ((co_await socket_->read(answer)).error) co_return Ended::unproven;
    round_trip_ = now() - asked;
    const auto proof = client.on_answer(answer);
    if (!proof) {
        ++context_.counters.refused;
        co_return proof.error() == errc::conflict ? Ended::other_life : Ended::unproven;
    }
    if (co_await socket_->write(*proof)) co_return Ended::unproven;
    socket_->disarm();
    ++context_.counters.proven;
    co_return Ended::after_proof;
}

} // namespace cp::net
