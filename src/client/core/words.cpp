#include "client_core/words.hpp"

#include <algorithm>
#include <utility>

namespace cp::client {
namespace {

constexpr bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
// As in a shell: inside double quotes a backslash before anything else is a backslash.
constexpr bool escapable_in_double(char c) { return c == '"' || c == '\\' || c == '$' || c == '`'; }

struct Scan {
    std::string_view home; // what a bare "~" before "/" stands for
    std::vector<std::string> words;
    std::string word; // the one the line ends in, when in_word
    bool in_word = false;
    std::size_t from = 0;
    char quote = 0; // still open at the end
    std::size_t quote_at = 0;
    bool backslash_last = false;
    bool comment = false;

    void begin(std::size_t at) {
        if (!in_word) from = at;
        in_word = true;
    }
    void end(std::size_t at) {
        if (in_word) words.push_back(std::exchange(word, {}));
        in_word = false;
        from = at;
    }
};

// One character inside quotes; returns how many bytes were used.
std::size_t quoted_step(Scan& scan, std::string_view rest) {
    if (rest[0] == scan.quote) {
        scan.quote = 0;
        return 1;
    }
    if (scan.quote == '"' && rest[0] == '\\' && rest.size() > 1 && escapable_in_double(rest[1])) {
        scan.word += rest[1];
        return 2;
    }
    scan.word += rest[0];
    return 1;
}

std::size_t plain_step(Scan& scan, std::string_view rest, std::size_t at) {
    if (is_blank(rest[0])) {
        scan.end(at + 1);
        return 1;
    }
    if (rest[0] == '#' && !scan.in_word) {
        scan.comment = true;
        return rest.size();
    }
    if (!scan.in_word && !scan.home.empty() && rest.starts_with("~/")) {
        scan.begin(at);
        scan.word = scan.home;
        return 1;
    }
    scan.begin(at);
    if (rest[0] == '\'' || rest[0] == '"') {
        scan.quote = rest[0];
        scan.quote_at = at;
        return 1;
    }
    if (rest[0] != '\\') {
        scan.word += rest[0];
        return 1;
    }
    scan.backslash_last = rest.size() == 1;
    if (!scan.backslash_last) scan.word += rest[1];
    return std::min<std::size_t>(2, rest.size());
}

Scan scan_line(std::string_view line, std::string_view home = {}) {
    Scan scan;
    scan.home = home;
    for (std::size_t at = 0; at < line.size();) {
        const std::string_view rest = line.substr(at);
        at += scan.quote != 0 ? quoted_step(scan, rest) : plain_step(scan, rest, at);
    }
    if (!scan.in_word) scan.from = line.size();
    return scan;
}

// Columns as a person counts them: UTF-8 continuation bytes are not counted.
std::size_t column_of(std::string_view line, std::size_t at) {
    const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; };
    return static_cast<std::size_t>(std::ranges::count_if(line.substr(0, at), begins)) + 1;
}

bool needs_backslash(char c) {
    return std::string_view{" \t\n\v\f\r'\"\\#$`&;|<>()*?[]{}!"}.find(c) != std::string_view::npos;
}

} // namespace

Outcome<std::vector<std::string>> split_line(std::string_view line, std::string_view home) {
    // No path can hold one: the system would silently open another file.
    if (line.find('\0') != std::string_view::npos) return Failure{errc::usage, "a NUL byte in the line"};
    Scan scan = scan_line(line, home);
    if (scan.quote != 0) {
        return Failure{errc::usage, std::string{"the quote "} + scan.quote + " at column " +
                                        std::to_string(column_of(line, scan.quote_at)) + " is not closed"};
    }
    if (scan.backslash_last) {
        return Failure{errc::usage, "the line ends with a backslash (\\\\ means the character itself)"};
    }
    scan.end(line.size());
    return std::move(scan.words);
}

OpenWord open_word(std::string_view line_before_cursor) {
    Scan scan = scan_line(line_before_cursor);
    OpenWord open{std::move(scan.words), scan.from, std::move(scan.word), Quoting::backslash, scan.comment};
    if (scan.quote == '\'') open.quoting = Quoting::single;
    if (scan.quote == '"') open.quoting = Quoting::with_double;
    return open;
}

std::string escaped(std::string_view word, Quoting quoting) {
    std::string out{closing(quoting)};
    for (char c : word) {
        switch (quoting) {
        case Quoting::backslash:
            if (needs_backslash(c)) out += '\\';
            out += c;
            break;
        case Quoting::single: out += c == '\'' ? std::string_view{"'\\''"} : std::string_view{&c, 1}; break;
        case Quoting::with_double:
            if (escapable_in_double(c)) out += '\\';
            out += c;
            break;
        }
    }
    return out;
}

std::string_view closing(Quoting quoting) {
    switch (quoting) {
    case Quoting::backslash: return "";
    case Quoting::single: return "'";
    case Quoting::with_double: return "\"";
    }
    return "";
}

} // namespace cp::client
