// A member's state in the word that people and programs read: tables, the client's JSON, the HTTP API.
#pragma once

#include "wire/messages.hpp"

#include <string_view>

namespace cp::wire {

[[nodiscard]] constexpr std::string_view to_text(MemberState state) {
    switch (state) {
    case MemberState::alive: return "alive";
    case MemberState::suspect: return "suspect";
    case MemberState::gone: return "gone";
    }
    return "gone";
}

} // namespace cp::wire
