// For how long receivers are waited for: silent ones for a few questions, one that alone holds up all others
// for a bounded time. Says who has used it up; what follows is up to the sender. The counts stand with the
// receivers (credit_set.hpp). Not thread-safe; `now` never decreases.
#pragma once

#include "transfer/credit_set.hpp"

#include <optional>
#include <vector>

namespace cp::transfer {

class Patience {
public:
    explicit Patience(TimePoint now) : counted_until_{now} {}

    // Charges whoever held up the others with the time until now. From now on somebody does, or nobody.
    void count(CreditSet&, TimePoint now);
    void count(CreditSet& receivers, TimePoint now, bool held_up) {
        count(receivers, now);
        held_up_ = held_up;
    }

    // All were asked something.
    static void asked(CreditSet&, TimePoint now);
    // We were the ones who slept: their answers may be waiting in our own socket.
    static void slept(CreditSet&);

    // Who has not answered often and long enough.
    [[nodiscard]] static std::vector<TrackedReceiver*> silent(CreditSet&, TimePoint now);
    // Who has held up the others for too long; null: nobody. Never `essential`, the one that works on the
    // object: it is waited for however slow it is. REQUIRES: the set is summed up.
    [[nodiscard]] TrackedReceiver* too_slow(CreditSet&, TimePoint now, std::optional<NodeId> essential) const;

private:
    TimePoint counted_until_;
    bool held_up_ = false; // since then, by the laggard of the set
};

} // namespace cp::transfer
