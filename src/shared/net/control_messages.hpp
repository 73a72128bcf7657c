// What travels beside a datagram through sendmsg and recvmsg: cmsg(3) without its macros at the callers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>

namespace cp::net {

// Room for all that one message of ours has, in either direction.
union ControlBuffer {
    std::array<std::byte, CMSG_SPACE(sizeof(in_pktinfo)) + 2 * CMSG_SPACE(sizeof(std::uint32_t))> bytes;
    cmsghdr align;
};

// Appends to what is there: set msg_controllen to 0 before the first.
template <class T>
void append_control(msghdr& header, ControlBuffer& buffer, int level, int type, const T& value) {
    auto* control = reinterpret_cast<cmsghdr*>(buffer.bytes.data() + header.msg_controllen);
    control->cmsg_level = level;
    control->cmsg_type = type;
    control->cmsg_len = CMSG_LEN(sizeof value);
    std::memcpy(CMSG_DATA(control), &value, sizeof value);
    header.msg_control = &buffer;
    header.msg_controllen += CMSG_SPACE(sizeof value);
}

template <class T>
[[nodiscard]] std::optional<T> find_control(const msghdr& header, int level, int type) {
    for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr;
         c = CMSG_NXTHDR(const_cast<msghdr*>(&header), c)) {
        if (c->cmsg_level != level || c->cmsg_type != type) continue;
        T value;
        std::memcpy(&value, CMSG_DATA(c), sizeof value);
        return value;
    }
    return std::nullopt;
}

} // namespace cp::net
