#include "repl/units.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace cp::client {
namespace {

struct Unit {
    double bytes;
    std::string_view name;
    int decimals;
};
constexpr std::array<Unit, 4> units{{{1e9, "GB", 1}, {1e6, "MB", 1}, {1e3, "kB", 0}, {1, "B", 0}}};

const Unit& unit_of(double bytes) {
    for (const Unit& unit : units) {
        if (bytes >= unit.bytes) return unit;
    }
    return units.back();
}

std::string two_digits(std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); }

} // namespace

std::string fixed(double value, int decimals) {
    if (!std::isfinite(value)) value = 0; // JSON has no other word for it
    std::array<char, 400> text{};         // the longest double has 309 digits before the point
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, decimals).ptr;
    return {text.data(), end};
}

std::string counted(std::uint64_t count, std::string_view what) {
    return std::to_string(count) + ' ' + std::string{what} + (count == 1 ? "" : "s");
}

std::string time_left(Duration d) {
    const std::int64_t seconds = (to_ms(d) + 999) / 1000; // "0 s left" would be a lie
    if (seconds < 60) return std::to_string(seconds) + " s";
    if (seconds < 3600) return std::to_string(seconds / 60) + ':' + two_digits(seconds % 60) + " min";
    return std::to_string(seconds / 3600) + ':' + two_digits(seconds / 60 % 60) + " h";
}

std::string byte_text(double bytes) {
    const Unit& unit = unit_of(bytes);
    return fixed(bytes / unit.bytes, unit.decimals) + ' ' + std::string{unit.name};
}

std::string progress_text(std::uint64_t done, std::uint64_t total) {
    const Unit& unit = unit_of(static_cast<double>(total));
    const auto in_unit = [&](std::uint64_t n) {
        return fixed(static_cast<double>(n) / unit.bytes, unit.decimals);
    };
    return in_unit(done) + '/' + in_unit(total) + ' ' + std::string{unit.name};
}

} // namespace cp::client
