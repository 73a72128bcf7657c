// Messages to bytes and back. Total: any bytes give a message or an errc, never an exception, and nothing is
// allocated that the bytes themselves do not pay for. Pure functions; safe from any thread.
#pragma once

#include "base/result.hpp"
#include "wire/messages.hpp"

#include <span>

namespace cp::wire {

// Writes the body into `out` and returns its size; errc::too_large when it does not fit `out`, or is a
// control message (all but Data and Parity) over limits::control_body_max, or a number of it does not fit its
// field.
[[nodiscard]] Result<std::size_t> encode(const Message&, std::span<std::byte> out);

// Errors: unknown_type, too_large (as above), truncated, trailing_bytes, bad_field.
// Views in a decoded Data or Parity point into `body`.
[[nodiscard]] Result<Message> decode(MessageType, ByteView body);

} // namespace cp::wire
