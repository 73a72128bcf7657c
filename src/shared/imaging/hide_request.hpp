// What a client asks of the cluster when something is to be hidden: the body of such a task's upload
// (docs/protocol.md). Pure; reading is total on any bytes and copies neither payload nor cover.
#pragma once

#include "base/result.hpp"
#include "imaging/stego.hpp"

#include <string>

namespace cp::imaging {

enum class HideMethod : std::uint8_t { adaptive = 1, lsb = 2 };

struct HideRequest {
    HideMethod method = HideMethod::adaptive;
    HiddenKind kind = HiddenKind::text;
    unsigned height = 8;
    StegoKeys keys;
    std::string name;
    ByteView payload; // these two are views into what was read, or what is to be written
    ByteView cover;   // the file of the picture
};

// REQUIRES: a name of at most hidden_name_max bytes.
[[nodiscard]] Bytes write_hide_request(const HideRequest&);
// Errors: truncated, bad_field (a method that nobody assigned; hide() checks the rest).
[[nodiscard]] Result<HideRequest> read_hide_request(ByteView);

} // namespace cp::imaging
