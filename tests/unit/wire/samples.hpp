// One filled-in value of every message, by the name of its known answer in tests/vectors/frames.txt.
#pragma once

#include "wire/messages.hpp"
#include "wire/objects.hpp"

#include <string_view>
#include <vector>

namespace cp::test {

struct Sample {
    std::string_view name;
    wire::Message message;
};

[[nodiscard]] std::vector<Sample> samples();
[[nodiscard]] wire::TaskHeader sample_task_header();
[[nodiscard]] wire::ResultHeader sample_result_header();

// first, first + 1, …
template <std::size_t N>
[[nodiscard]] std::array<std::byte, N> counting_from(unsigned first) {
    std::array<std::byte, N> bytes{};
    for (std::size_t i = 0; i < N; ++i) bytes[i] = static_cast<std::byte>(first + i);
    return bytes;
}

[[nodiscard]] inline SessionId session_of(unsigned char repeated) {
    SessionId session;
    session.bytes.fill(static_cast<std::byte>(repeated));
    return session;
}

} // namespace cp::test
