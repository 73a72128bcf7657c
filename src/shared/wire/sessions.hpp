// Datagrams in, messages out, and back: the seal applied with sessions, lanes, destinations and challenges.
//
// Sealer is the sending half: our session, our numbers. SessionTable is the receiving half: who else is
// there, under which key each speaks, what was seen already, and who has proven that it is alive now. A
// session that is new here is unproven: its first datagram is answered by a Challenge, and until a Proof
// echoes it only Challenge and Proof have an effect. So a recording of an old session, replayed to a node
// that does not know it (a restarted one), does nothing; and what a live session multicast before its Proof
// is never accepted after it, so a recording of a live session does nothing either.
//
// What is left to somebody without the key: to suppress datagrams, and to deliver one late that never
// arrived.
//
// Pure: no socket, no clock, no generator (`secret` comes from the operating system, drawn by the shell).
// Not thread-safe. No state is made before a tag verified, and at most limits::sessions_max sessions are
// kept.
#pragma once

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "base/token_bucket.hpp"
#include "crypto/replay_window.hpp"
#include "crypto/seal.hpp"
#include "wire/frame.hpp"
#include "wire/outbox.hpp"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace cp::wire {

// Our own identity in one cluster.
struct Identity {
    SessionId session; // 96 random bits, new at each start
    ClusterKey key;
    std::string cluster = "default";
    std::array<std::byte, 32> secret{}; // what challenges are derived from
};

class Sealer {
public:
    explicit Sealer(const Identity&);

    // Encodes and seals one outgoing message; returns the datagram's size within `out`.
    // REQUIRES: out holds limits::datagram_max; the message is within its own bounds; no number of a lane
    // comes twice (any order within a replay window), which CP_CHECK guards: a repeated nonce gives the key
    // away.
    [[nodiscard]] std::size_t seal(const Outgoing&, std::span<std::byte> out);

private:
    FrameHeader header_;
    SealCipher cipher_;
    std::array<ReplayWindow, lane_count> used_;
};

struct Opened {
    SessionId from;
    Lane lane = Lane::control;
    std::uint64_t number = 0;
    bool newly_proven = false; // this very datagram (a Proof) proved the session
    bool left = false; // it has said Leave: this was sent before, on another lane, and is no sign of life
    Message message;   // views in it point into the datagram
    // A word of who is there that its Leave has overtaken: to be ignored.
    [[nodiscard]] bool outdated() const;
};

class SessionTable {
public:
    explicit SessionTable(const Identity&);

    // What a Proof says about us; the uptime is counted from `started`.
    void introduce(const Introduction& self, TimePoint started);

    // Opens `datagram` in place. Challenges and proofs are answered here, into `out`, which must be the one
    // Outbox of this session: a Proof states its numbers. `now` never decreases between calls. Errors are
    // reasons for a counter: truncated, wrong_magic, wrong_version, wrong_cluster, own_echo, overloaded,
    // not_authentic, replayed, unproven, or what the codec says.
    [[nodiscard]] Result<Opened> open(TimePoint now, std::span<std::byte> datagram, const Endpoint& from,
                                      Outbox& out);

    // Where a session was last heard from, by the newest number of its control or unicast lane: a delayed or
    // replayed datagram does not move it. Nothing for sessions that are not known.
    [[nodiscard]] std::optional<Endpoint> endpoint(const SessionId&) const;
    [[nodiscard]] bool proven(const SessionId&) const;
    [[nodiscard]] std::size_t size() const { return sessions_.size(); }

private:
    // One lane of one session.
    struct Inbound {
        ReplayWindow window;
        std::uint64_t newest = 0;
        std::uint64_t history = 0; // numbers up to here were given out before the Proof
        [[nodiscard]] bool fresh(std::uint64_t number) const {
            return number > history && window.fresh(number);
        }
    };
    struct Session {
        Session(SealCipher c, const Endpoint& e, const ChallengeBytes& q)
            : cipher{std::move(c)}, endpoint{e}, question{q} {}
        SealCipher cipher;
        std::array<Inbound, lane_count> lanes;
        Endpoint endpoint;
        ChallengeBytes question; // what its Proof must echo
        bool proven = false;
        bool left = false; // said Leave: its place is free for the next
        TimePoint heard{};
        Endpoint asked_at; // where the last Challenge went, and when
        TimePoint asked{};
        unsigned asked_times = 0; // until it is proven; counted up to what makes a difference
        [[nodiscard]] bool settled() const { return proven && !left; }
    };
    using Sessions = std::unordered_map<SessionId, std::unique_ptr<Session>>;

    Result<Session*> admit(TimePoint now, const FrameHeader&, std::span<std::byte> datagram,
                           const Endpoint& from);
    bool open_with(SealCipher&, const FrameHeader&, std::span<std::byte> datagram) const;
    bool make_room(TimePoint now);
    static void note(TimePoint now, Session&, const FrameHeader&, const Endpoint& from);
    Result<Opened> answer(TimePoint now, Session&, Opened, Outbox&);
    Result<Opened> prove(TimePoint now, Session&, Opened, Outbox&);
    void challenge(TimePoint now, const SessionId&, Session&, Outbox&);
    [[nodiscard]] ChallengeBytes next_question(const SessionId&);
    [[nodiscard]] Introduction introduction(TimePoint now) const;

    Identity self_;
    std::uint32_t mark_;
    Introduction introduction_;
    TimePoint started_{};
    Sessions sessions_;
    std::uint64_t admitted_ = 0;
    TokenBucket derivations_{limits::key_derivations_per_second, limits::key_derivations_per_second};
    TokenBucket first_challenges_{limits::first_challenges_unanswered_max,
                                  limits::first_challenges_renewed_per_second};
    TokenBucket further_challenges_{limits::further_challenges_unanswered_max,
                                    limits::further_challenges_renewed_per_second};
    TimePoint tidy_again_{};
};

} // namespace cp::wire
