// Who may use the HTTP API, decided from what a request says about itself.
//
// - Loopback needs no login. From elsewhere a bearer token or the cookie made from it, compared in constant
//   time, unless the operator wrote http.auth = "none".
// - Against other web pages: Host must be an address, localhost or this machine's name (a page that rebinds
//   its own name to our address sends that name), and Origin, if present, must be the page we served or a
//   member's.
//
// Pure; holds the token's digests only.
#pragma once

#include "crypto/digest.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cp::web {

struct AccessPolicy {
    bool need_token = true; // for addresses that are not loopback
    std::string token;      // empty: nobody from elsewhere may
    std::string host_name;  // of this machine
    std::string scheme = "http";
};

struct Credentials {        // headers as they came, empty when absent
    std::uint32_t peer = 0; // IPv4, host byte order
    std::string_view host;
    std::string_view origin;
    std::string_view authorization;
    std::string_view cookie;
};

enum class Verdict : std::uint8_t { allowed, bad_host, bad_origin, no_token };

class Access {
public:
    explicit Access(const AccessPolicy&);

    // `members`: the API addresses of the cluster's nodes. `open`: a route that needs no login.
    [[nodiscard]] Verdict judge(const Credentials&, bool open, std::span<const std::string> members) const;
    // The cookie's value: derived from the token, so that a stolen one is not the token.
    [[nodiscard]] const std::string& cookie() const { return cookie_; }
    // Of what stands in Origin; the two are compared as text.
    [[nodiscard]] bool is_member(std::string_view origin, std::span<const std::string> members) const;

private:
    [[nodiscard]] bool logged_in(const Credentials&) const;
    [[nodiscard]] bool host_allowed(std::string_view host) const;

    AccessPolicy policy_;
    Digest key_{}; // of the token
    std::string cookie_;
};

inline constexpr std::string_view cookie_name = "cloudp2p_session";

[[nodiscard]] constexpr bool is_loopback(std::uint32_t address) { return address >> 24U == 127; }

} // namespace cp::web
