#include "net/interfaces.hpp"

#include "config/address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <fnmatch.h>
#include <ifaddrs.h>
#include <memory>
#include <net/if.h>
#include <netinet/in.h>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cp::net {
namespace {

std::size_t mtu_of(int any_socket, const std::string& name) {
    ifreq request{};
    name.copy(request.ifr_name, IFNAMSIZ - 1);
    return ::ioctl(any_socket, SIOCGIFMTU, &request) == 0 ? static_cast<std::size_t>(request.ifr_mtu) : 0;
}

bool matches(const Interface& interface, const std::string& pattern) {
    if (::fnmatch(pattern.c_str(), interface.name.c_str(), 0) == 0) return true;
    return std::ranges::any_of(interface.addresses,
                               [&](std::uint32_t address) { return config::ipv4_text(address) == pattern; });
}

const char* why_unusable(const Interface& interface) {
    if (!interface.up) return "is down";
    if (interface.addresses.empty()) return "has no IPv4 address";
    return "cannot multicast";
}

std::string have(const std::vector<Interface>& all) {
    std::string text = "have ";
    for (const Interface& interface : all) {
        if (text.size() > 5) text += ", ";
        text += interface.name;
        if (!interface.usable()) text += std::string{" ("} + why_unusable(interface) + ')';
    }
    return all.empty() ? "have none" : text;
}

std::string joined(const std::vector<std::string>& patterns) {
    std::string text;
    for (const std::string& pattern : patterns) text += (text.empty() ? "" : " ") + pattern;
    return text;
}

} // namespace

std::vector<Interface> list_interfaces() {
    ifaddrs* raw = nullptr;
    if (::getifaddrs(&raw) != 0) return {};
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> list{raw, &::freeifaddrs};
    const int any_socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    std::vector<Interface> all;
    for (const ifaddrs* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
        // One entry for each address; those of a link layer make sure that every interface is there.
        // An address with a label ("eth0:1") is one more of its interface.
        const std::string_view label{entry->ifa_name};
        const std::string_view name = label.substr(0, label.find(':'));
        auto found = std::ranges::find(all, name, &Interface::name);
        if (found == all.end()) {
            Interface interface;
            interface.name = name;
            interface.index = ::if_nametoindex(interface.name.c_str());
            interface.mtu = mtu_of(any_socket, interface.name);
            interface.up = (entry->ifa_flags & IFF_UP) != 0;
            interface.multicast = (entry->ifa_flags & IFF_MULTICAST) != 0;
            interface.loopback = (entry->ifa_flags & IFF_LOOPBACK) != 0;
            found = all.insert(all.end(), std::move(interface));
        }
        if (entry->ifa_addr != nullptr && entry->ifa_addr->sa_family == AF_INET) {
            const auto* address = reinterpret_cast<const sockaddr_in*>(entry->ifa_addr);
            found->addresses.push_back(ntohl(address->sin_addr.s_addr));
        }
    }
    if (any_socket >= 0) ::close(any_socket);
    return all;
}

Outcome<std::vector<Interface>> choose_interfaces(const std::vector<Interface>& all,
                                                  const InterfaceChoice& choice) {
    std::vector<std::string> wanted;
    std::vector<std::string> excluded;
    for (const std::string& pattern : choice.patterns) {
        if (pattern.starts_with('!')) {
            excluded.push_back(pattern.substr(1));
        } else {
            wanted.push_back(pattern);
        }
    }
    const auto is_wanted = [&](const Interface& interface) {
        if (wanted.empty()) return choice.lan != interface.loopback;
        return std::ranges::any_of(wanted, [&](const auto& pattern) { return matches(interface, pattern); });
    };
    const auto is_excluded = [&](const Interface& interface) {
        return std::ranges::any_of(excluded,
                                   [&](const auto& pattern) { return matches(interface, pattern); });
    };

    std::vector<Interface> chosen;
    for (const Interface& interface : all) {
        if (interface.usable() && is_wanted(interface) && !is_excluded(interface))
            chosen.push_back(interface);
    }
    if (!chosen.empty()) return chosen;
    const std::string what = !choice.patterns.empty()
                                 ? "no usable interface matches " + joined(choice.patterns)
                             : choice.lan ? "no interface to a LAN is usable"
                                          : "the loopback interface is not usable";
    return Failure{errc::bad_config, what + ": " + have(all)};
}

const Interface* interface_towards(const std::vector<Interface>& ours, const Endpoint& to) {
    const int any_socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (any_socket < 0) return nullptr;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(to.address);
    address.sin_port = htons(to.port);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    // A connected datagram socket has the address that its route gives it.
    const bool known =
        ::connect(any_socket, generic, size) == 0 && ::getsockname(any_socket, generic, &size) == 0;
    ::close(any_socket);
    if (!known) return nullptr;
    const std::uint32_t from = ntohl(address.sin_addr.s_addr);
    const auto found = std::ranges::find_if(
        ours, [from](const Interface& i) { return std::ranges::count(i.addresses, from) > 0; });
    return found == ours.end() ? nullptr : &*found;
}

bool loopback_only(const std::vector<Interface>& chosen) {
    return std::ranges::all_of(chosen, &Interface::loopback);
}

} // namespace cp::net
