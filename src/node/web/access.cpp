#include "web/access.hpp"

#include "base/ids.hpp"

#include <algorithm>

namespace cp::web {
namespace {

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

// Without its port: "[::1]:3000" -> "[::1]".
std::string_view host_part(std::string_view host) {
    if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
    return host.substr(0, host.find(':'));
}

bool is_ip_literal(std::string_view host) {
    if (host.starts_with('[') && host.ends_with(']')) return true;
    return !host.empty() && host.find_first_not_of("0123456789.") == std::string_view::npos &&
           std::ranges::count(host, '.') == 3;
}

std::string_view cookie_value(std::string_view header, std::string_view name) {
    while (!header.empty()) {
        const std::size_t end = header.find(';');
        const std::string_view pair = trimmed(header.substr(0, end));
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
            return pair.substr(name.size() + 1);
        header = end == std::string_view::npos ? std::string_view{} : header.substr(end + 1);
    }
    return {};
}

} // namespace

Access::Access(const AccessPolicy& policy)
    : policy_{policy}, key_{sha256(as_bytes(policy.token))},
      cookie_{to_hex(hmac_sha256(as_bytes(policy.token), as_bytes("cloudp2p http session")))} {}

bool Access::host_allowed(std::string_view host) const {
    const std::string_view name = host_part(host);
    return is_ip_literal(name) || equal_ignoring_case(name, "localhost") ||
           (!policy_.host_name.empty() && equal_ignoring_case(name, policy_.host_name));
}

bool Access::is_member(std::string_view origin, std::span<const std::string> members) const {
    return std::ranges::any_of(members, [&](const std::string& api) {
        return !api.empty() && (origin == "http://" + api || origin == "https://" + api);
    });
}

bool Access::logged_in(const Credentials& from) const {
    constexpr std::string_view bearer = "Bearer ";
    if (policy_.token.empty()) return false;
    if (from.authorization.size() > bearer.size() &&
        equal_ignoring_case(from.authorization.substr(0, bearer.size()), bearer))
        // By their digests: texts of any length take the same time.
        return equal_constant_time(sha256(as_bytes(trimmed(from.authorization.substr(bearer.size())))), key_);
    const std::string_view value = cookie_value(from.cookie, cookie_name);
    return equal_constant_time(as_bytes(value), as_bytes(cookie_));
}

Verdict Access::judge(const Credentials& from, bool open, std::span<const std::string> members) const {
    if (!host_allowed(from.host)) return Verdict::bad_host;
    if (!from.origin.empty() &&
        !equal_ignoring_case(from.origin, policy_.scheme + "://" + std::string{from.host}) &&
        !is_member(from.origin, members))
        return Verdict::bad_origin;
    if (open || !policy_.need_token || is_loopback(from.peer) || logged_in(from)) return Verdict::allowed;
    return Verdict::no_token;
}

} // namespace cp::web
