#include "wire/sessions.hpp"

#include "base/check.hpp"
#include "wire/codec.hpp"

#include <algorithm>

namespace cp::wire {
namespace {

using namespace std::chrono_literals;

constexpr auto challenge_again_after = 10ms;   // a lost challenge or proof costs no more than this
constexpr unsigned challenges_at_once = 4;     // that rate; then half as often each time, at last
constexpr auto challenge_again_at_last = 1s;   // so often: it does not hear us, or is a recording
constexpr auto unsettled_forgotten_after = 5s; // whoever is alive proves itself in a round trip
constexpr auto silent_replaceable_after = 60s; // a full table gives a proven session up only then

// Groups are one destination: lane and counter tell control and data apart.
constexpr SessionId group_destination{};

constexpr std::size_t index(Lane lane) { return static_cast<std::size_t>(lane); }

Nonce nonce_of(Lane lane, std::uint64_t counter) { return {static_cast<std::uint32_t>(lane), counter}; }

} // namespace

Sealer::Sealer(const Identity& self) : cipher_{self.key, self.session, self.cluster} {
    CP_CHECK(self.session); // never drawn: two lives would share their nonces
    header_.cluster = cluster_mark(self.cluster);
    header_.session = self.session;
}

std::size_t Sealer::seal(const Outgoing& item, std::span<std::byte> out) {
    ReplayWindow& used = used_[index(item.lane)];
    CP_CHECK(item.number != 0 && used.fresh(item.number));
    used.mark(item.number);
    header_.lane = item.lane;
    header_.type = type_of(item.message);
    header_.counter = item.number;
    const auto header = out.first<limits::frame_header_size>();
    write_header(header_, header);
    const auto body = out.subspan(limits::frame_header_size);
    const auto size = encode(item.message, body.first(body.size() - seal_tag_size));
    CP_CHECK(size.has_value()); // our own messages fit; peers' never come through here
    cipher_.seal(nonce_of(item.lane, item.number), header, item.to.bytes, body.first(*size),
                 body.first(*size + seal_tag_size));
    return limits::frame_header_size + *size + seal_tag_size;
}

SessionTable::SessionTable(const Identity& self) : self_{self}, mark_{cluster_mark(self.cluster)} {}

void SessionTable::introduce(const Introduction& self, TimePoint started) {
    introduction_ = self;
    started_ = started;
}

Result<Opened> SessionTable::open(TimePoint now, std::span<std::byte> datagram, const Endpoint& from,
                                  Outbox& out) {
    const auto header = read_header(datagram);
    if (!header) return header.error();
    if (header->cluster != mark_) return errc::wrong_cluster;
    if (header->session == self_.session) return errc::own_echo;

    const auto found = sessions_.find(header->session);
    Session* session = found == sessions_.end() ? nullptr : found->second.get();
    if (session != nullptr) {
        if (!session->lanes[index(header->lane)].fresh(header->counter)) return errc::replayed;
        if (!open_with(session->cipher, *header, datagram)) return errc::not_authentic;
    } else {
        const auto admitted = admit(now, *header, datagram, from);
        if (!admitted) return admitted.error();
        session = *admitted;
    }
    note(now, *session, *header, from);

    const std::size_t body_size = datagram.size() - limits::frame_header_size - seal_tag_size;
    auto message = decode(header->type, datagram.subspan(limits::frame_header_size, body_size));
    if (!message) return message.error();
    Opened opened{header->session, header->lane, header->counter, false, session->left, std::move(*message)};

    if (std::holds_alternative<Challenge>(opened.message))
        return answer(now, *session, std::move(opened), out);
    if (std::holds_alternative<Proof>(opened.message)) return prove(now, *session, std::move(opened), out);
    if (!session->proven) {
        challenge(now, header->session, *session, out);
        return errc::unproven;
    }
    if (std::holds_alternative<Leave>(opened.message)) session->left = true;
    return opened;
}

bool Opened::outdated() const {
    return left && (std::holds_alternative<Announce>(message) || std::holds_alternative<Discover>(message) ||
                    std::holds_alternative<Heartbeat>(message) || std::holds_alternative<Proof>(message));
}

std::optional<Endpoint> SessionTable::endpoint(const SessionId& id) const {
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return std::nullopt;
    return found->second->endpoint;
}

bool SessionTable::proven(const SessionId& id) const {
    const auto found = sessions_.find(id);
    return found != sessions_.end() && found->second->proven;
}

Result<SessionTable::Session*> SessionTable::admit(TimePoint now, const FrameHeader& header,
                                                   std::span<std::byte> datagram, const Endpoint& from) {
    if (header.counter == 0) return errc::replayed; // no sender gives it out
    // Garbage that claims a new session each time cannot eat the processor.
    if (!derivations_.take(now)) return errc::overloaded;
    SealCipher cipher{self_.key, header.session, self_.cluster};
    if (!open_with(cipher, header, datagram)) return errc::not_authentic;
    if (!make_room(now)) return errc::overloaded;
    const auto [at, inserted] = sessions_.emplace(
        header.session, std::make_unique<Session>(std::move(cipher), from, next_question(header.session)));
    return at->second.get();
}

// What every authentic datagram tells, whatever is in it.
void SessionTable::note(TimePoint now, Session& session, const FrameHeader& header, const Endpoint& from) {
    Inbound& lane = session.lanes[index(header.lane)];
    lane.window.mark(header.counter);
    session.heard = now;
    if (header.counter <= lane.newest) return;
    lane.newest = header.counter;
    // Clients do not hear the data group, so somebody could hand them its datagrams from elsewhere, all of
    // them new. Control and unicast are enough to follow a peer; but to ask it, any lane has to do.
    if (header.lane != Lane::data || !session.proven) session.endpoint = from;
}

Result<Opened> SessionTable::answer(TimePoint now, Session& session, Opened opened, Outbox& out) {
    // Only a unicast challenge names us; answering one that was multicast would help to replay proofs.
    if (opened.lane != Lane::unicast) return errc::bad_field;
    const auto& asked = std::get<Challenge>(opened.message);
    out.to(opened.from, Proof{asked.nonce, out.last(Lane::control), out.last(Lane::data), introduction(now)});
    if (session.proven) return opened;
    // Answered, but no sign of life: it may be a recording of a session that was forgotten meanwhile.
    challenge(now, opened.from, session, out);
    return errc::unproven;
}

Result<Opened> SessionTable::prove(TimePoint now, Session& session, Opened opened, Outbox& out) {
    const auto& proof = std::get<Proof>(opened.message);
    if (opened.lane != Lane::unicast || !equal_constant_time(proof.echo, session.question)) {
        // Perhaps an answer to what was asked before the session was forgotten and admitted again. Its key is
        // ours, so not errc::not_authentic.
        if (!session.proven) challenge(now, opened.from, session, out);
        return errc::unproven;
    }
    if (session.proven) return opened;
    opened.newly_proven = session.proven = true;
    first_challenges_.give_back(); // it was answered
    if (session.asked_times > 1) further_challenges_.give_back();
    session.lanes[index(Lane::control)].history = proof.control_sent;
    session.lanes[index(Lane::data)].history = proof.data_sent;
    session.lanes[index(Lane::unicast)].history = opened.number;
    return opened;
}

bool SessionTable::open_with(SealCipher& cipher, const FrameHeader& header,
                             std::span<std::byte> datagram) const {
    const SessionId& destination = header.lane == Lane::unicast ? self_.session : group_destination;
    const auto sealed = datagram.subspan(limits::frame_header_size);
    return cipher.open(nonce_of(header.lane, header.counter), datagram.first(limits::frame_header_size),
                       destination.bytes, sealed, sealed.first(sealed.size() - seal_tag_size));
}

// False: everybody here has proven to be alive, and spoke lately.
bool SessionTable::make_room(TimePoint now) {
    if (now >= tidy_again_) {
        tidy_again_ = now + unsettled_forgotten_after;
        std::erase_if(sessions_, [&](const auto& entry) {
            return !entry.second->settled() && now - entry.second->heard > unsettled_forgotten_after;
        });
    }
    if (sessions_.size() < limits::sessions_max) return true;
    // The unsettled have the least to lose; among equals it is the longest silent who goes.
    const auto victim = std::ranges::min_element(sessions_, {}, [](const auto& entry) {
        return std::pair{entry.second->settled(), entry.second->heard};
    });
    if (victim->second->settled() && now - victim->second->heard < silent_replaceable_after) return false;
    sessions_.erase(victim);
    return true;
}

// Rarely, unless it seems to have moved: whoever replays its datagrams from elsewhere must not keep us from
// asking it. One recorded datagram never causes more than one Challenge, which is not much larger; and there
// is a bound for those that nobody answers, because they would keep our own heartbeats waiting (limits.hpp).
// Whoever is new has a bound apart from those that were asked in vain: these must not keep it out.
void SessionTable::challenge(TimePoint now, const SessionId& id, Session& session, Outbox& out) {
    const unsigned in_vain = std::max(session.asked_times, challenges_at_once) - challenges_at_once;
    const Duration gap = std::min<Duration>(challenge_again_after * (1U << in_vain), challenge_again_at_last);
    if (session.asked_at == session.endpoint && now - session.asked < gap) return;
    TokenBucket& bucket = session.asked_times == 0 ? first_challenges_ : further_challenges_;
    if (!bucket.take(now)) return;
    session.asked_times = std::min(session.asked_times + 1, challenges_at_once + 7);
    session.asked = now;
    session.asked_at = session.endpoint;
    out.to(id, Challenge{session.question});
}

// Each admission asks something new: a session that was forgotten and is replayed cannot use its old proof.
ChallengeBytes SessionTable::next_question(const SessionId& id) {
    std::array<std::byte, 20> text{};
    ByteWriter writer{text};
    writer.bytes(id.bytes);
    writer.u64(++admitted_);
    const Digest digest = hmac_sha256(self_.secret, text);
    ChallengeBytes question{};
    std::copy_n(digest.begin(), question.size(), question.begin());
    return question;
}

Introduction SessionTable::introduction(TimePoint now) const {
    Introduction who = introduction_;
    who.uptime_ms = static_cast<std::uint64_t>(std::max<std::int64_t>(0, to_ms(now - started_)));
    return who;
}

} // namespace cp::wire
