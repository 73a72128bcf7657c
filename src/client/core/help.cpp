#include "client_core/command.hpp"
#include "client_core/wrap.hpp"

#include <algorithm>

namespace cp::client {
namespace {

constexpr std::size_t margin = 2;
constexpr std::size_t gap = 2;
constexpr std::size_t description_min = 36; // narrower than this, a description gets lines of its own
constexpr std::size_t synopsis_max = 24;    // a longer one has its line for itself

std::string one_command(const CommandEntry& entry, std::size_t columns) {
    std::string out = synopsis(entry) + '\n' + std::string(margin, ' ');
    append_wrapped(out, entry.does, margin, columns);
    out.append(margin, ' ');
    append_wrapped(out, "example: " + std::string{entry.example}, margin, columns);
    return out;
}

} // namespace

std::string help_text(std::size_t columns, std::string_view topic) {
    if (const CommandEntry* entry = topic.empty() ? nullptr : find_command(topic)) {
        return one_command(*entry, columns);
    }
    std::size_t widest = 0;
    for (const CommandEntry& entry : command_table()) {
        const std::size_t size = synopsis(entry).size();
        if (size <= synopsis_max) widest = std::max(widest, size);
    }
    const std::size_t aligned = margin + widest + gap;
    const bool beside = aligned + description_min <= columns;
    const std::size_t indent = beside ? aligned : margin + 4;

    std::string out = "Available commands:\n";
    for (const CommandEntry& entry : command_table()) {
        const std::string left = std::string(margin, ' ') + synopsis(entry);
        out += left;
        out += beside && left.size() + gap <= aligned ? std::string(aligned - left.size(), ' ')
                                                      : '\n' + std::string(indent, ' ');
        append_wrapped(out, entry.does, indent, columns);
    }
    return out;
}

} // namespace cp::client
