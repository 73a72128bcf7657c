#include "base/utf8.hpp"
#include "log/record.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>

namespace cp::log {
namespace {

constexpr std::array<std::string_view, 2> id_names{"epoch", "task"}; // behind the node in a text line
constexpr std::array<std::string_view, 6> taken_names{"time", "mono_us", "level",
                                                      "node", "event",   "message"}; // the line's own

template <class Number>
std::string digits(Number number) {
    std::array<char, 40> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
    return error == std::errc{} ? std::string{buffer.data(), end} : "null";
}

std::string padded(std::uint64_t number, std::size_t width) {
    std::string text = std::to_string(number);
    return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

std::string timestamp(std::chrono::sys_time<std::chrono::microseconds> time) {
    namespace ch = std::chrono;
    const auto day = ch::floor<ch::days>(time);
    const ch::year_month_day date{day};
    const ch::hh_mm_ss clock{time - day};
    const auto part = [](auto count) { return padded(static_cast<std::uint64_t>(count), 2); };
    return padded(static_cast<std::uint64_t>(static_cast<int>(date.year())), 4) + '-' +
           padded(static_cast<unsigned>(date.month()), 2) + '-' +
           padded(static_cast<unsigned>(date.day()), 2) + 'T' + part(clock.hours().count()) + ':' +
           part(clock.minutes().count()) + ':' + part(clock.seconds().count()) + '.' +
           padded(static_cast<std::uint64_t>(clock.subseconds().count()), 6) + 'Z';
}

std::string json_string(std::string_view text) { return boost::json::serialize(valid_utf8(text)); }

struct JsonValue {
    std::string operator()(std::nullptr_t) const { return "null"; }
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(double v) const { return std::isfinite(v) ? digits(v) : "null"; }
    std::string operator()(const std::string& v) const { return json_string(v); }
    template <std::integral T>
    std::string operator()(T v) const {
        return digits(v);
    }
};

struct TextValue {
    std::string operator()(std::nullptr_t) const { return "none"; }
    std::string operator()(bool v) const { return v ? "yes" : "no"; }
    std::string operator()(double v) const { return digits(v); }
    std::string operator()(const std::string& v) const {
        std::string text = printable(v);
        if (!text.empty() && text.find_first_of(" \"=") == std::string::npos) return text;
        for (std::size_t at = 0; (at = text.find('"', at)) != std::string::npos; at += 2)
            text.insert(at, 1, '\\');
        return '"' + text + '"';
    }
    template <std::integral T>
    std::string operator()(T v) const {
        return digits(v);
    }
};

bool has_name(const Field& field, std::span<const std::string_view> names) {
    return std::ranges::count(names, field.name()) > 0;
}

// Without this a field would say something else than the key of the same name on every other line.
std::string name_of(const Field& field) {
    return has_name(field, taken_names) ? "event_" + field.name() : field.name();
}

std::string pair(const Field& field) {
    return ' ' + printable(name_of(field)) + '=' + std::visit(TextValue{}, field.value());
}

} // namespace

std::string_view to_text(Level level) {
    switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warn: return "warn";
    case Level::error: return "error";
    }
    return "info";
}

std::string format_text(const Record& record) {
    std::string level{to_text(record.level)};
    level.resize(5, ' '); // sentences begin in one column
    std::string line = timestamp(record.time) + ' ' + level + ' ';
    line += printable(record.sentence.empty() ? record.event : record.sentence);
    if (record.node) line += " node=" + to_text(record.node);
    for (const std::string_view id : id_names) {
        for (const Field& field : record.fields) {
            if (field.name() == id) line += pair(field);
        }
    }
    for (const Field& field : record.fields) {
        if (!has_name(field, id_names)) line += pair(field);
    }
    return line;
}

std::string format_json(const Record& record) {
    std::string line = "{\"time\":\"" + timestamp(record.time) +
                       "\",\"mono_us\":" + digits(record.monotonic_us) + ",\"level\":\"" +
                       std::string{to_text(record.level)} + '"';
    if (record.node) line += ",\"node\":" + to_text(record.node);
    if (!record.event.empty()) line += ",\"event\":" + json_string(record.event);
    for (const Field& field : record.fields) {
        line += ',' + json_string(name_of(field)) + ':' + std::visit(JsonValue{}, field.value());
    }
    if (!record.sentence.empty()) line += ",\"message\":" + json_string(record.sentence);
    return line + '}';
}

} // namespace cp::log
