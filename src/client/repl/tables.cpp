// The parts of wording.hpp that have columns.
#include "base/utf8.hpp"
#include "client_core/wrap.hpp"
#include "repl/units.hpp"
#include "repl/wording.hpp"
#include "wire/member_state.hpp"

#include <algorithm>
#include <array>

namespace cp::client {
namespace {

constexpr std::size_t field_count = 8;
using Row = std::array<std::string, field_count>;

const Row headings{"ID", "ROLE", "STATE", "LOAD", "SEEN", "ADDRESS", "PATH", "API"};
constexpr std::array<bool, field_count> right_aligned{true, false, false, true, true, false, false, false};

std::string age(std::uint64_t ms) {
    return ms < 10'000 ? std::to_string(ms) + " ms" : time_left(std::chrono::milliseconds{ms});
}

Row row_of(const MemberLine& m) {
    return {to_text(m.id),
            m.leads ? "leader" : "follower",
            std::string{wire::to_text(m.state)},
            m.load ? fixed(*m.load, 1) : "-",
            age(m.last_seen_ms),
            printable(m.address),
            m.path.empty() ? "-" : printable(m.path),
            m.api.empty() ? "-" : printable(m.api)};
}

std::string table_line(const Row& row, const std::array<std::size_t, field_count>& widths) {
    std::string line;
    for (std::size_t i = 0; i < field_count; ++i) {
        const std::string padding(widths[i] - std::min(widths[i], row[i].size()), ' ');
        if (i > 0) line += "  ";
        line += right_aligned[i] ? padding + row[i] : row[i] + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line + '\n';
}

std::string block(const MemberLine& m) {
    const Row row = row_of(m);
    std::string text = "Node " + row[0] + ": " + row[1] + ", " + row[2] + '\n';
    text += "  load " + row[3] + ", seen " + row[4] + " ago\n";
    text += "  " + row[5] + " over " + row[6] + '\n';
    if (!m.api.empty()) text += "  API " + row[7] + '\n';
    return text;
}

std::string_view label(DoctorLine::Level level) {
    switch (level) {
    case DoctorLine::Level::ok: return "ok    ";
    case DoctorLine::Level::warn: return "warn  ";
    case DoctorLine::Level::fail: return "fail  ";
    }
    return "fail  ";
}

} // namespace

std::string member_table(const StatusReport& report, std::size_t columns) {
    std::array<std::size_t, field_count> widths{};
    std::vector<Row> rows{headings};
    for (const MemberLine& member : report.members) rows.push_back(row_of(member));
    std::size_t total = 2 * (field_count - 1);
    for (std::size_t i = 0; i < field_count; ++i) {
        for (const Row& row : rows) widths[i] = std::max(widths[i], row[i].size());
        total += widths[i];
    }
    std::string text;
    if (total <= columns) {
        for (const Row& row : rows) text += table_line(row, widths);
    } else {
        for (const MemberLine& member : report.members) text += block(member);
    }
    return text;
}

std::string doctor_text(std::span<const DoctorLine> lines, std::size_t columns) {
    std::string text;
    for (const DoctorLine& line : lines) {
        const std::string_view level = label(line.level);
        text += level;
        append_wrapped(text, printable(line.text), level.size(), columns);
        if (line.advice.empty()) continue;
        text.append(level.size(), ' ');
        append_wrapped(text, "-> " + printable(line.advice), level.size() + 3, columns);
    }
    return text;
}

} // namespace cp::client
