// The network interfaces of this machine, and which of them a program uses.
// Read once at start; an interface that appears later is not noticed.
#pragma once

#include "base/endpoint.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cp::net {

struct Interface {
    std::string name;
    unsigned index = 0;                     // what the kernel calls it
    std::vector<std::uint32_t> addresses{}; // IPv4, host byte order; datagrams come from the first
    std::size_t mtu = 0;                    // bytes, IP header included
    bool up = false;
    bool multicast = false; // as the kernel says: not set on loopback, which carries multicast all the same
    bool loopback = false;

    [[nodiscard]] bool usable() const { return up && !addresses.empty() && (multicast || loopback); }
};

// All of them, usable or not, in the kernel's order. Empty when the kernel refuses to list them.
[[nodiscard]] std::vector<Interface> list_interfaces();

struct InterfaceChoice {
    bool lan = false;                    // every usable interface but loopback
    std::vector<std::string> patterns{}; // names, globs ("eth*"), an own IPv4 address; "!" in front excludes
};

// Positive patterns decide; without any, `lan` does; without that it is loopback. Exclusions only narrow.
// Errors: bad_config, with a line that says what there is to choose from.
[[nodiscard]] Outcome<std::vector<Interface>> choose_interfaces(const std::vector<Interface>& all,
                                                                const InterfaceChoice&);

// Which of `ours` the kernel would send by to `to`, now; nothing is sent. Null: by none of them.
[[nodiscard]] const Interface* interface_towards(const std::vector<Interface>& ours, const Endpoint& to);

[[nodiscard]] bool loopback_only(const std::vector<Interface>& chosen);

} // namespace cp::net
