// One request of the client until its answer is acknowledged: what was sent, who said what, when to ask next.
// A plain state with the rules about asking and sending again; ClientCore does the talking.
#pragma once

#include "base/ids.hpp"
#include "base/payload.hpp"
#include "base/time.hpp"
#include "wire/messages.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace cp::client {

[[nodiscard]] inline ObjectId upload_object(const TaskId& id) { return {id, ObjectKind::upload}; }
[[nodiscard]] inline ObjectId result_object(const TaskId& id) { return {id, ObjectKind::result}; }

struct PendingTask {
    enum class State {
        waiting,  // for a leader
        sending,  // the upload is on its way
        sent,     // everybody counted has it, or was left behind
        answered, // the result is here; the shell verifies and saves it
    };

    // Nobody claimed to hold it for that many questions in a row, with a leader serving: send again.
    static constexpr int silent_rounds_max = 4;
    static constexpr Duration ask_every = std::chrono::milliseconds{250};
    // A new leader is asked at once, and again soon: the question or its answer may get lost. Then ever more
    // rarely; only the questions that are ask_every apart count as rounds.
    static constexpr Duration ask_again_first = std::chrono::milliseconds{30};

    TaskId id;
    Payload upload;
    std::uint64_t work_bytes = 0;       // what a node needs beside the upload
    std::optional<std::uint64_t> ready; // only so much of it is final
    State state = State::waiting;
    unsigned sends = 0; // how often the whole payload went out
    int silent_rounds = 0;
    TimePoint ask_at = never;
    Duration ask_gap = ask_every;
    std::set<NodeId> declined; // a decline is told once
    bool accepted = false;

    [[nodiscard]] bool open() const { return state == State::sending || state == State::sent; }
    // Somebody has it or is getting it.
    void ask_later(TimePoint now) {
        silent_rounds = 0;
        ask_gap = ask_every;
        ask_at = now + ask_gap;
    }
    void ask_soon(TimePoint now) {
        ask_at = now;
        ask_gap = ask_again_first;
    }
    // True when this question counts as a round.
    bool asked(TimePoint now) {
        ask_at = now + ask_gap;
        const bool round = ask_gap == ask_every;
        ask_gap = std::min(2 * ask_gap, ask_every);
        return round;
    }
    [[nodiscard]] bool nobody_holds() const { return silent_rounds >= silent_rounds_max; }
};

} // namespace cp::client
