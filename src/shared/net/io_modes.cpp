#include "net/io_modes.hpp"

#include <array>
#include <cstdlib>
#include <string>
#include <utility>

namespace cp::net {
namespace {

constexpr const char* variable = "CLOUDP2P_TEST_IO";

constexpr std::array<std::pair<std::string_view, IoModes>, 6> words{{
    {"", {}},
    {"gso,gro", {IoMode::segmented, IoMode::segmented}},
    {"gso", {IoMode::segmented, IoMode::batch}},
    {"gro", {IoMode::batch, IoMode::segmented}},
    {"batch", {IoMode::batch, IoMode::batch}},
    {"plain", {IoMode::plain, IoMode::plain}},
}};

} // namespace

Outcome<IoModes> IoModes::parse(std::string_view text) {
    for (const auto& [word, modes] : words) {
        if (word == text) return modes;
    }
    return Failure{errc::bad_config, std::string{variable} + "=" + std::string{text} +
                                         ": want gso,gro or gso or gro or batch or plain"};
}

Outcome<IoModes> IoModes::from_environment() {
    const char* text = std::getenv(variable);
    return parse(text == nullptr ? "" : text);
}

std::ostream& operator<<(std::ostream& out, IoMode mode) {
    constexpr std::array names{"plain", "batch", "segmented"};
    return out << names[static_cast<std::size_t>(mode)];
}

std::ostream& operator<<(std::ostream& out, const IoModes& modes) {
    return out << "sends " << modes.send << ", receives " << modes.receive;
}

} // namespace cp::net
