#include "client_core/wrap.hpp"

#include <algorithm>

namespace cp::client {

void append_wrapped(std::string& out, std::string_view text, std::size_t indent, std::size_t columns) {
    std::size_t at = indent;
    bool line_empty = true;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (!line_empty && at + 1 + word.size() > columns) {
            out.append("\n").append(indent, ' ');
            at = indent;
            line_empty = true;
        }
        out.append(line_empty ? "" : " ").append(word);
        at += word.size() + (line_empty ? 0 : 1);
        line_empty = false;
    }
    out += '\n';
}

} // namespace cp::client
