// PGM (RFC 3208) by OpenPGM, in UDP: one message a datagram, receivers send NAKs.
// Keys: rate (Mbit/s), address (own). Debian's build uses aligned SSE on what it is given: payloads are
// aligned to 16 bytes, and their sizes are multiples of it, the last one padded.
#include "bench_object.hpp"

#include <netinet/in.h>
#include <pgm/pgm.h>
#include <sys/select.h>

namespace {

constexpr const char* group = ";239.255.67.92";
constexpr std::uint16_t port = 7804;
constexpr std::size_t payload = 1424; // with PGM's, UDP's and IP's headers within 1500, and a multiple of 16
constexpr int buffer = 4 << 20;

void set(pgm_sock_t* sock, int option, int value) {
    if (!pgm_setsockopt(sock, IPPROTO_PGM, option, &value, sizeof value))
        bench::fail("pgm_setsockopt " + std::to_string(option));
}

pgm_sock_t* open_socket(bench::CommandLine& line) {
    pgm_error_t* error = nullptr;
    bench::require(pgm_init(&error), "pgm_init");
    pgm_addrinfo_t* info = nullptr;
    if (!pgm_getaddrinfo((line.text("address") + group).c_str(), nullptr, &info, &error))
        bench::fail(error->message);
    pgm_sock_t* sock = nullptr;
    bench::require(pgm_socket(&sock, AF_INET, SOCK_SEQPACKET, IPPROTO_UDP, &error), "pgm_socket");
    set(sock, PGM_UDP_ENCAP_UCAST_PORT, port);
    set(sock, PGM_UDP_ENCAP_MCAST_PORT, port);
    set(sock, PGM_MTU, 1500);
    const int bytes = buffer;
    (void)pgm_setsockopt(sock, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    (void)pgm_setsockopt(sock, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    // The whole object stays repairable, and a receiver may miss any part of it for a while.
    const int datagrams = static_cast<int>(line.object().size() / payload) + 1024;
    if (line.sends()) {
        set(sock, PGM_SEND_ONLY, 1);
        set(sock, PGM_TXW_SQNS, datagrams);
        set(sock, PGM_TXW_MAX_RTE, static_cast<int>(line.number("rate", 800) * 125000));
        set(sock, PGM_AMBIENT_SPM, pgm_msecs(20));
        const int beats[] = {pgm_msecs(4), pgm_msecs(4), pgm_msecs(8), pgm_msecs(16), pgm_msecs(20)};
        bench::require(pgm_setsockopt(sock, IPPROTO_PGM, PGM_HEARTBEAT_SPM, beats, sizeof beats),
                       "heartbeat");
    } else {
        set(sock, PGM_RECV_ONLY, 1);
        set(sock, PGM_RXW_SQNS, datagrams);
        set(sock, PGM_PEER_EXPIRY, pgm_secs(300));
        set(sock, PGM_SPMR_EXPIRY, pgm_msecs(50));
        set(sock, PGM_NAK_BO_IVL, pgm_msecs(2)); // its examples have 50, 200, 200: for the Internet
        set(sock, PGM_NAK_RPT_IVL, pgm_msecs(20));
        set(sock, PGM_NAK_RDATA_IVL, pgm_msecs(20));
        set(sock, PGM_NAK_DATA_RETRIES, 200);
        set(sock, PGM_NAK_NCF_RETRIES, 200);
    }
    pgm_sockaddr_t self{};
    self.sa_port = port;
    self.sa_addr.sport = DEFAULT_DATA_SOURCE_PORT;
    bench::require(pgm_gsi_create_from_hostname(&self.sa_addr.gsi, &error), "pgm_gsi_create");
    pgm_interface_req_t interface {};
    interface.ir_interface = info->ai_recv_addrs[0].gsr_interface;
    bench::require(pgm_bind3(sock, &self, sizeof self, &interface, sizeof interface, &interface,
                             sizeof interface, &error),
                   "pgm_bind");
    for (unsigned i = 0; i < info->ai_recv_addrs_len; ++i)
        bench::require(pgm_setsockopt(sock, IPPROTO_PGM, PGM_JOIN_GROUP, &info->ai_recv_addrs[i],
                                      sizeof(pgm_group_source_req)),
                       "join");
    bench::require(pgm_setsockopt(sock, IPPROTO_PGM, PGM_SEND_GROUP, &info->ai_send_addrs[0],
                                  sizeof(pgm_group_source_req)),
                   "group");
    set(sock, PGM_NOBLOCK, 1);
    set(sock, PGM_MULTICAST_LOOP, 0);
    bench::require(pgm_connect(sock, &error), "pgm_connect");
    pgm_freeaddrinfo(info);
    return sock;
}

// Until something arrives, there is room, or the library's timer is due.
void wait(pgm_sock_t* sock, int status, bool for_room = false) {
    timeval due{0, 1000};
    socklen_t size = sizeof due;
    if (status == PGM_IO_STATUS_TIMER_PENDING)
        (void)pgm_getsockopt(sock, IPPROTO_PGM, PGM_TIME_REMAIN, &due, &size);
    if (status == PGM_IO_STATUS_RATE_LIMITED)
        (void)pgm_getsockopt(sock, IPPROTO_PGM, PGM_RATE_REMAIN, &due, &size);
    fd_set readable, writable;
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    int count = 0;
    (void)pgm_select_info(sock, &readable, for_room ? &writable : nullptr, &count);
    (void)select(count, &readable, &writable, nullptr, &due);
}

// NAKs and timers are served by whoever reads.
void serve(pgm_sock_t* sock, bool sleep) {
    alignas(16) static char ignored[2048];
    std::size_t count = 0;
    for (;;) {
        const int status = pgm_recv(sock, ignored, sizeof ignored, MSG_DONTWAIT, &count, nullptr);
        if (status == PGM_IO_STATUS_NORMAL) continue;
        if (sleep) wait(sock, status);
        return;
    }
}

void send(pgm_sock_t* sock, bench::CommandLine& line) {
    auto& object = line.object();
    const std::size_t size = object.size();
    object.resize((size + 15) / 16 * 16);
    auto* aligned = static_cast<char*>(std::aligned_alloc(16, object.size()));
    std::memcpy(aligned, object.data(), object.size());
    for (const auto end = bench::now_us() + 200000; bench::now_us() < end;)
        serve(sock, true); // receivers meet us
    bench::say("begin", bench::now_us());
    for (std::size_t from = 0, turn = 0; from < object.size();) {
        const std::size_t count = std::min(payload, object.size() - from);
        const int status = pgm_send(sock, aligned + from, count, nullptr);
        if (status == PGM_IO_STATUS_NORMAL)
            from += count;
        else
            wait(sock, status, status == PGM_IO_STATUS_WOULD_BLOCK);
        if (++turn % 8 == 0 || status != PGM_IO_STATUS_NORMAL) serve(sock, false);
    }
    for (;;) serve(sock, true); // the bench ends us
}

void receive(pgm_sock_t* sock, bench::CommandLine& line) {
    const auto& object = line.object();
    std::vector<char> bytes;
    bytes.reserve(object.size() + 16);
    alignas(16) static char space[2048];
    bench::say("ready");
    while (bytes.size() < object.size()) {
        std::size_t count = 0;
        const int status = pgm_recv(sock, space, sizeof space, MSG_DONTWAIT, &count, nullptr);
        if (status == PGM_IO_STATUS_RESET) return bench::say("wrong"); // it has given something up
        if (status == PGM_IO_STATUS_NORMAL)
            bytes.insert(bytes.end(), space, space + count);
        else
            wait(sock, status);
    }
    const auto us = bench::now_us();
    bench::done(us, object, bytes.data(), object.size());
}

} // namespace

int main(int argc, char** argv) {
    bench::CommandLine line{argc, argv};
    pgm_sock_t* sock = open_socket(line);
    if (line.sends())
        send(sock, line);
    else
        receive(sock, line);
}
