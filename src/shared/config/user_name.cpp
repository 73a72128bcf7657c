#include "config/user_name.hpp"

#include "base/utf8.hpp"
#include "config/value.hpp"

namespace cp {
namespace {

Failure refused(std::string_view name, std::string_view why) {
    return {errc::usage, "USER " + config::quoted(name) + ' ' + std::string{why}};
}

} // namespace

Outcome<void> check_user_name(std::string_view name) {
    constexpr std::size_t longest = 64;
    if (name.empty()) return refused(name, "is empty");
    if (name.size() > longest) {
        return refused(name, "is " + std::to_string(name.size()) + " bytes long: at most 64 are allowed");
    }
    if (name == "." || name == "..") return refused(name, "names a directory");
    for (std::string_view rest = name; !rest.empty();) {
        const Utf8Char c = first_utf8(rest);
        if (c.code == not_utf8) return refused(name, "is not UTF-8");
        if (is_control(c.code)) return refused(name, "contains a control character");
        if (c.code == U'/') return refused(name, "contains '/'");
        rest.remove_prefix(c.size);
    }
    return {};
}

} // namespace cp
