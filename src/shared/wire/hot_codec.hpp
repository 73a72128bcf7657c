// The messages that travel thousands of times a second, coded by hand. Private to cp_wire.
// docs/protocol.md shows each as a table; the order here is the order on the wire.
#pragma once

#include "base/bytes.hpp"
#include "wire/messages.hpp"

namespace cp::wire {

// Whether the numbers of a message fit the fields that carry them.
[[nodiscard]] bool fits(const Heartbeat&);
[[nodiscard]] bool fits(const Data&);
[[nodiscard]] bool fits(const Parity&);
[[nodiscard]] bool fits(const Report&);

// REQUIRES: fits.
void write_hot(ByteWriter&, const Heartbeat&);
void write_hot(ByteWriter&, const Data&);
void write_hot(ByteWriter&, const Parity&);
void write_hot(ByteWriter&, const Report&);

// False: a field outside its allowed values (or the reader ran out, which it knows itself).
[[nodiscard]] bool read_hot(ByteReader&, Heartbeat&);
[[nodiscard]] bool read_hot(ByteReader&, Data&);
[[nodiscard]] bool read_hot(ByteReader&, Parity&);
[[nodiscard]] bool read_hot(ByteReader&, Report&);

} // namespace cp::wire
