// One program on the wire without its core: identity, sealer, session table, outbox, address.
#pragma once

#include "wire/sessions.hpp"

#include <vector>

namespace cp::test {

struct Datagram {
    wire::Lane lane = wire::Lane::control;
    Endpoint to; // of unicast ones
    Bytes bytes;
};

[[nodiscard]] wire::Identity identity(std::uint32_t number);
[[nodiscard]] Endpoint endpoint(std::uint32_t number);

class Party {
public:
    explicit Party(std::uint32_t number) : Party{identity(number), endpoint(number)} {}
    Party(const wire::Identity& who, const Endpoint& where);

    // What the outbox holds, sealed in its order; the outbox is empty then.
    std::vector<Datagram> sealed();
    // One message, sealed.
    Bytes multicast(const wire::Message&);
    Bytes multicast_data(const wire::Message&);
    Bytes unicast(const Party& to, const wire::Message&);

    // Opens a copy: the same recording may be played as often as one likes. Views in the result live until
    // the next call.
    Result<wire::Opened> hear(TimePoint now, const Bytes& datagram, const Endpoint& from);
    Result<wire::Opened> hear(TimePoint now, const Bytes& datagram, const Party& from) {
        return hear(now, datagram, from.at);
    }

    wire::Identity self;
    Endpoint at;
    wire::Sealer sealer;
    wire::SessionTable table;
    wire::Outbox out;

private:
    Bytes sealed_one();

    Bytes opened_;
};

// Carries what both say to each other until both are silent.
void talk(TimePoint now, Party& a, Party& b);
// After an announcement of `a`, each is proven to the other.
void introduce(TimePoint now, Party& a, Party& b);
// The same with fewer steps: `stranger` proves itself to `host`, who remains unproven to it.
void prove(TimePoint now, Party& stranger, Party& host);

} // namespace cp::test
