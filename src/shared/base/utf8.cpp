#include "base/utf8.hpp"

namespace cp {
namespace {

struct Lead {
    std::size_t size;
    char32_t bits; // of the code, in the leading byte
    char32_t min;  // below this the form is overlong
};

Lead lead_of(unsigned char byte) {
    if (byte < 0x80) return {1, byte, 0};
    if (byte >= 0xc2 && byte <= 0xdf) return {2, byte & 0x1fU, 0x80};
    if (byte >= 0xe0 && byte <= 0xef) return {3, byte & 0x0fU, 0x800};
    if (byte >= 0xf0 && byte <= 0xf4) return {4, byte & 0x07U, 0x10000};
    return {0, 0, 0};
}

std::string escaped(char32_t control) {
    if (control == U'\n') return "\\n";
    if (control == U'\r') return "\\r";
    if (control == U'\t') return "\\t";
    static constexpr std::string_view digits = "0123456789abcdef";
    return std::string{"\\u{"} + digits[control >> 4U & 0xfU] + digits[control & 0xfU] + '}';
}

} // namespace

Utf8Char first_utf8(std::string_view text) {
    const Lead lead = lead_of(static_cast<unsigned char>(text.front()));
    if (lead.size == 0 || lead.size > text.size()) return {};
    char32_t code = lead.bits;
    for (char c : text.substr(1, lead.size - 1)) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xc0U) != 0x80U) return {};
        code = code << 6U | (byte & 0x3fU);
    }
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    if (code < lead.min || code > 0x10ffff || surrogate) return {};
    return {code, lead.size};
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const Utf8Char c = first_utf8(text);
        if (c.code == not_utf8) return false;
        text.remove_prefix(c.size);
    }
    return true;
}

void append_utf8(std::string& out, char32_t code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
        return;
    }
    const unsigned following = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    const unsigned marks = 0xff00U >> (following + 1) & 0xffU; // as many leading ones as there are bytes
    out += static_cast<char>(marks | code >> 6U * following);
    for (unsigned i = following; i-- > 0;) out += static_cast<char>(0x80U | (code >> 6U * i & 0x3fU));
}

std::string valid_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const Utf8Char c = first_utf8(text);
        out += c.code == not_utf8 ? std::string_view{"\uFFFD"} : text.substr(0, c.size);
        text.remove_prefix(c.size);
    }
    return out;
}

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const Utf8Char c = first_utf8(text);
        if (c.code == not_utf8) {
            out += "\uFFFD";
        } else if (is_control(c.code)) {
            out += escaped(c.code);
        } else {
            out += text.substr(0, c.size);
        }
        text.remove_prefix(c.size);
    }
    return out;
}

} // namespace cp
