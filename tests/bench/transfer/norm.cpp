// NORM (RFC 5740) by its reference library: one data object to a group, receivers send NACKs.
// Keys: id, rate (Mbit/s; 0: its own congestion control), receivers, parity (sent without being asked, of
// 64).
#include "bench_object.hpp"

#include <normApi.h>
#include <unistd.h>

namespace {

constexpr const char* group = "239.255.67.91";
constexpr UINT16 port = 7803;
constexpr UINT16 segment = 1400; // the headers of NORM fit into 72 bytes
constexpr UINT16 block = 64;
constexpr UINT16 parity_made = 32; // what repairs are taken from
constexpr unsigned buffer = 4 << 20;

void send(NormInstanceHandle instance, NormSessionHandle session, bench::CommandLine& line) {
    const double rate = static_cast<double>(line.number("rate")) * 1e6;
    if (rate > 0)
        NormSetTxRate(session, rate);
    else
        NormSetCongestionControl(session, true);
    NormSetTxCacheBounds(session, line.object().size() + (1 << 20), 1, 16);
    bench::require(NormStartSender(session, 1, 128 << 20, segment, block, parity_made), "NormStartSender");
    NormSetTxSocketBuffer(session, buffer);
    NormSetAutoParity(session, static_cast<unsigned char>(line.number("parity")));
    bench::say("begin", bench::now_us());
    bench::require(NormDataEnqueue(session, line.object().data(),
                                   static_cast<UINT32>(line.object().size())) != NORM_OBJECT_INVALID,
                   "NormDataEnqueue");
    NormEvent event;
    while (NormGetNextEvent(instance, &event)) {
    } // the bench ends us
}

void receive(NormInstanceHandle instance, NormSessionHandle session, bench::CommandLine& line) {
    NormSetRxCacheLimit(session, 4096);
    bench::require(NormStartReceiver(session, 256 << 20), "NormStartReceiver");
    NormSetRxSocketBuffer(session, buffer);
    bench::say("ready");
    NormEvent event;
    while (NormGetNextEvent(instance, &event)) {
        if (event.type == NORM_RX_OBJECT_ABORTED) bench::say("wrong");
        if (event.type != NORM_RX_OBJECT_COMPLETED) continue;
        const auto us = bench::now_us();
        bench::done(us, line.object(), NormDataAccessData(event.object), NormObjectGetSize(event.object));
        return;
    }
}

} // namespace

int main(int argc, char** argv) {
    bench::CommandLine line{argc, argv};
    const NormInstanceHandle instance = NormCreateInstance();
    const NormSessionHandle session =
        NormCreateSession(instance, group, port, static_cast<NormNodeId>(line.number("id") + 1));
    NormSetMulticastInterface(session, "eth0");
    NormSetRxPortReuse(session, true);
    // A LAN: its defaults (0.5 s of round trip, back-off of 4 of them, 1000 receivers) are those of the
    // Internet.
    NormSetGrttEstimate(session, 0.001);
    NormSetGrttMax(session, 0.1);
    NormSetBackoffFactor(session, line.number("receivers", 3) > 4 ? 1.0 : 0.0);
    NormSetGroupSize(session, static_cast<unsigned>(line.number("receivers", 3)) + 1);
    if (line.sends())
        send(instance, session, line);
    else
        receive(instance, session, line);
    pause();
}
